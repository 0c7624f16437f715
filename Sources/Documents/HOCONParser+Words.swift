import SourceText
import Text

/// A key of a path, as `a` and `b` in `a.b`.
struct HOCONKey {
  var text: [UInt8]
  var range: Range<Int>
}

/// Keys and texts.
extension HOCONParser {
  /// Whether a byte can't be part of a text without quotes.
  private static func isReserved(_ byte: UInt8) -> Bool {
    switch byte {
    case .dollar, .quote, .openBrace, .closeBrace, .openBracket, .closeBracket, .colon, .equals,
      .comma, .plus, .hash, .backtick, .caret, .question, .exclamation, .at, .asterisk,
      .ampersand, .backslash, 0...0x20, 0x7F:
      true
    default: false
    }
  }

  /// A word without quotes; nil if there is none here.
  mutating func readWord(stopsAtDot: Bool) -> UnsafeBufferPointer<UInt8>? {
    let start = at
    while let byte, !Self.isReserved(byte), !(stopsAtDot && byte == .dot), !has("//") { at += 1 }
    // A number may have a sign in its exponent.
    if byte == .plus, at > start, bytes[at - 1] | 0x20 == UInt8(ascii: "e"),
      at + 1 < bytes.count, ASCII.isDigit(bytes[at + 1]), !stopsAtDot
    {
      at += 1
      while let byte, ASCII.isDigit(byte) { at += 1 }
    }
    return at > start ? UnsafeBufferPointer(rebasing: bytes[start..<at]) : nil
  }

  /// A path of keys: `a.b`, `"a.b".c`, `a b`.
  mutating func readPath(_ what: String) throws(HOCONFailure) -> [HOCONKey] {
    var keys: [HOCONKey] = []
    while true {
      let start = at
      var text: [UInt8] = []
      var end = at
      while true {
        let before = at
        skipBlanks()
        let blanks = bytes[before..<at]
        let part: [UInt8]
        if byte == .quote {
          part = try readQuoted()
        } else if let word = readWord(stopsAtDot: true) {
          part = Array(word)
        } else {
          break
        }
        text += (end == start ? [] : Array(blanks)) + part
        end = at
      }
      guard end > start else {
        throw HOCONFailure(
          byte == nil ? "the text ends where \(what) is expected" : "expected \(what)", here)
      }
      keys.append(HOCONKey(text: text, range: start..<end))
      guard byte == .dot else {
        at = end
        return keys
      }
      at += 1
    }
  }

  /// A text in double quotes, or in three of them: decoded.
  mutating func readQuoted() throws(HOCONFailure) -> [UInt8] {
    if has("\"\"\"") { return try readRaw() }
    let start = at
    at += 1
    var text: [UInt8] = []
    while let byte {
      at += 1
      switch byte {
      case .quote: return text
      case .backslash: text += try readEscape()
      case .newline:
        throw HOCONFailure(
          "the text has no closing quote on its line", start..<(start + 1),
          hint: "close it with `\"`, or use three quotes for a text of several lines")
      default: text.append(byte)
      }
    }
    throw HOCONFailure("the text has no closing quote", start..<(start + 1))
  }

  /// A text in three quotes, without escapes. Of more than three quotes at its end, the first ones
  /// belong to it.
  private mutating func readRaw() throws(HOCONFailure) -> [UInt8] {
    let start = at
    at += 3
    let first = at
    while at < bytes.count, !has("\"\"\"") { at += 1 }
    guard at < bytes.count else {
      throw HOCONFailure("the text has no three closing quotes", start..<(start + 3))
    }
    while at + 3 < bytes.count, bytes[at + 3] == .quote { at += 1 }
    let text = Array(bytes[first..<at])
    at += 3
    return text
  }

  private mutating func readEscape() throws(HOCONFailure) -> [UInt8] {
    let start = at - 1
    guard let code = byte else {
      throw HOCONFailure("the text ends inside an escape", start..<at)
    }
    at += 1
    switch code {
    case .quote, .backslash, .slash: return [code]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0C]
    case UInt8(ascii: "n"): return [.newline]
    case UInt8(ascii: "r"): return [.carriageReturn]
    case UInt8(ascii: "t"): return [.tab]
    case UInt8(ascii: "u"):
      guard var value = readHexadecimal() else {
        throw HOCONFailure(
          "`\\u` needs four hexadecimal digits", start..<min(start + 6, bytes.count))
      }
      if value & 0xFC00 == 0xD800, has("\\u") {
        let before = at
        at += 2
        if let low = readHexadecimal(), low & 0xFC00 == 0xDC00 {
          value = 0x10000 + (value & 0x3FF) << 10 + low & 0x3FF
        } else {
          at = before
        }
      }
      return Array(String(Unicode.Scalar(value) ?? "\u{FFFD}").utf8)
    default:
      throw HOCONFailure(
        "unknown escape",
        start..<min(bytes.count, start + 1 + UTF8Scalar.length(bytes, at: start + 1)),
        hint: "write a backslash as `\\\\`")
    }
  }

  private mutating func readHexadecimal() -> UInt32? {
    guard at + 4 <= bytes.count else { return nil }
    let digits = String(decoding: bytes[at..<(at + 4)], as: UTF8.self)
    guard digits.utf8.allSatisfy({ $0 != .plus && $0 != .hyphen }),
      let value = UInt32(digits, radix: 16)
    else { return nil }
    at += 4
    return value
  }
}
