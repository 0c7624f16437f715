import Text
import Values

/// Numbers and strings.
extension Lexer {
  mutating func numeral() -> Token.Kind {
    if byte(at) == UInt8(ascii: "0"), byte(at + 1) | 0x20 == UInt8(ascii: "x") {
      return hexadecimal()
    }
    let start = at
    skipDigits()
    var isDouble = false
    if byte(at) == .dot, ASCII.isDigit(byte(at + 1)) {
      isDouble = true
      at += 1
      skipDigits()
    }
    if byte(at) | 0x20 == UInt8(ascii: "e") {
      let sign = byte(at + 1) == .plus || byte(at + 1) == .hyphen ? 1 : 0
      if ASCII.isDigit(byte(at + 1 + sign)) {
        isDouble = true
        at += 1 + sign
        skipDigits()
      }
    }
    let digits = start..<at
    if isDouble {
      number = Double(text(digits)) ?? .infinity
      return ended(.double)
    }
    magnitude = 0
    for index in digits { accumulate(UInt64(bytes[index] - UInt8(ascii: "0")), radix: 10) }
    return ended(suffix())
  }

  private mutating func hexadecimal() -> Token.Kind {
    at += 2
    let start = at
    magnitude = 0
    while let digit = ASCII.hexValue(byte(at)) {
      accumulate(UInt64(digit), radix: 16)
      at += 1
    }
    guard at > start else {
      problem = "`0x` needs digits"
      return .invalid
    }
    return ended(suffix())
  }

  private mutating func accumulate(_ digit: UInt64, radix: UInt64) {
    guard let value = magnitude else { return }
    let (product, overflow) = value.multipliedReportingOverflow(by: radix)
    let (sum, carry) = product.addingReportingOverflow(digit)
    magnitude = overflow || carry ? nil : sum
  }

  private mutating func suffix() -> Token.Kind {
    guard byte(at) | 0x20 == UInt8(ascii: "u") else { return .int }
    at += 1
    return .uint
  }

  /// Rejects a letter directly after a number.
  private mutating func ended(_ kind: Token.Kind) -> Token.Kind {
    guard Self.startsName(byte(at)) else { return kind }
    problem = "a number is directly followed by a name"
    at += 1
    return .invalid
  }

  private mutating func skipDigits() {
    while ASCII.isDigit(byte(at)) { at += 1 }
  }

  /// Reads a string, starting at the opening quote.
  mutating func quoted(isRaw: Bool, isBytes: Bool) -> Token.Kind {
    let quote = byte(at)
    let isTriple = byte(at + 1) == quote && byte(at + 2) == quote
    at += isTriple ? 3 : 1
    plainContent = isTriple ? nil : plain(until: quote, isRaw: isRaw)
    if let plainContent {
      at = plainContent.upperBound + 1
      return isBytes ? .bytes : .string
    }
    content.removeAll(keepingCapacity: true)
    while at < bytes.count {
      let byte = bytes[at]
      if byte == quote, !isTriple || (self.byte(at + 1) == quote && self.byte(at + 2) == quote) {
        at += isTriple ? 3 : 1
        return isBytes ? .bytes : .string
      }
      if !isTriple, byte == .newline || byte == .carriageReturn { break }
      if byte == .backslash, !isRaw {
        guard escape(isBytes: isBytes) else { return .invalid }
        continue
      }
      at += 1
      if isTriple, byte == .carriageReturn {
        // Line ends are read as newlines.
        if self.byte(at) == .newline { at += 1 }
        content.append(.newline)
      } else {
        content.append(byte)
      }
    }
    problem = "the string is not closed"
    return .invalid
  }

  /// The text before the closing quote, if it has no escapes.
  private func plain(until quote: UInt8, isRaw: Bool) -> Range<Int>? {
    var end = at
    while end < bytes.count, bytes[end] != quote {
      let byte = bytes[end]
      if byte == .newline || byte == .carriageReturn || (byte == .backslash && !isRaw) {
        return nil
      }
      end += 1
    }
    return end < bytes.count ? at..<end : nil
  }

  private mutating func escape(isBytes: Bool) -> Bool {
    let letter = byte(at + 1)
    at += 2
    switch letter {
    case UInt8(ascii: "a"): content.append(0x07)
    case UInt8(ascii: "b"): content.append(0x08)
    case UInt8(ascii: "f"): content.append(0x0C)
    case UInt8(ascii: "n"): content.append(.newline)
    case UInt8(ascii: "r"): content.append(.carriageReturn)
    case UInt8(ascii: "t"): content.append(.tab)
    case UInt8(ascii: "v"): content.append(0x0B)
    case .backslash, .question, .quote, .apostrophe, .backtick: content.append(letter)
    case 0x78, 0x58: return code(digits: 2, radix: 16, isBytes: isBytes)
    case 0x75 where !isBytes: return code(digits: 4, radix: 16, isBytes: false)
    case 0x55 where !isBytes: return code(digits: 8, radix: 16, isBytes: false)
    case 0x30...0x33:
      at -= 1
      return code(digits: 3, radix: 8, isBytes: isBytes)
    default:
      problem = "unknown escape in a string; write a backslash as `\\\\`"
      return false
    }
    return true
  }

  private mutating func code(digits: Int, radix: UInt32, isBytes: Bool) -> Bool {
    var code: UInt32 = 0
    for _ in 0..<digits {
      guard let digit = ASCII.hexValue(byte(at)), UInt32(digit) < radix else {
        problem = "an escape in a string is missing digits"
        return false
      }
      code = code &* radix &+ UInt32(digit)
      at += 1
    }
    if isBytes {
      content.append(UInt8(truncatingIfNeeded: code))
      return true
    }
    guard let scalar = Unicode.Scalar(code) else {
      problem = "an escape in a string isn't a character"
      return false
    }
    content.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    return true
  }
}
