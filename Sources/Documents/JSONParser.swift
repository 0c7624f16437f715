import Text
import Diagnostics
import SourceText

/// A JSON parser with an explicit stack instead of recursion.
struct JSONParser {
  /// How many duplicate keys are reported.
  private static var duplicateLimit: Int { 100 }

  let bytes: UnsafeBufferPointer<UInt8>
  var builder: TreeBuilder
  var at = 0
  var diagnostics: [Diagnostic] = []
  /// For each open container: whether it is an object.
  var isObject: [Bool] = []
  /// The decoded text of the string being read, if it has escapes.
  private var decoded: [UInt8] = []

  init(_ bytes: UnsafeBufferPointer<UInt8>, builder: TreeBuilder) {
    self.bytes = bytes
    self.builder = builder
  }

  mutating func readDocument() -> Bool {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { at = 3 }
    guard !refusesEncoding() else { return false }
    skipSpace()
    guard at < bytes.count else {
      refuse("the text is empty", length: 0, hint: "write `{}` for an empty object")
      return false
    }
    guard readValues() else { return false }
    skipSpace()
    guard at == bytes.count else {
      refuseRest()
      return false
    }
    return true
  }

  private mutating func skipSpace() {
    while at < bytes.count {
      switch bytes[at] {
      case .space, .tab, .newline, .carriageReturn: at += 1
      default: return
      }
    }
  }

  /// Reads a value with all its children.
  private mutating func readValues() -> Bool {
    while true {
      guard readValue() else { return false }
      // The value may be the last of its container, and that container the last of its parent.
      while true {
        guard let inObject = isObject.last else { return true }
        skipSpace()
        guard at < bytes.count else {
          refuseEnd()
          return false
        }
        if bytes[at] == (inObject ? .closeBrace : .closeBracket) {
          close()
        } else if bytes[at] == .comma {
          guard readComma(inObject) else { return false }
          break
        } else {
          refuseSeparator()
          return false
        }
      }
    }
  }

  /// Reads a scalar, or opens containers up to the first scalar or empty container.
  private mutating func readValue() -> Bool {
    while true {
      guard at < bytes.count else {
        refuseEnd()
        return false
      }
      switch bytes[at] {
      case .quote: return readString() != nil
      case .openBrace:
        guard begin(.map) else { return false }
        if at < bytes.count, bytes[at] == .closeBrace {
          close()
          return true
        }
        guard readKey() else { return false }
      case .openBracket:
        guard begin(.list) else { return false }
        if at < bytes.count, bytes[at] == .closeBracket {
          close()
          return true
        }
      default: return readLiteral()
      }
    }
  }

  private mutating func begin(_ kind: Tree.Kind) -> Bool {
    guard isObject.count < JSONReader.depthLimit else {
      diagnostics.append(.jsonTooDeep(limit: JSONReader.depthLimit, at: span(at..<(at + 1))))
      return false
    }
    builder.begin(kind, start: at, isFlow: true)
    isObject.append(kind == .map)
    at += 1
    skipSpace()
    return true
  }

  private mutating func close() {
    at += 1
    if isObject.removeLast() { checkKeys() }
    builder.end(at: at)
  }

  private mutating func checkKeys() {
    for (key, first) in builder.duplicateKeys(limit: Self.duplicateLimit) {
      guard diagnostics.count < Self.duplicateLimit else { return }
      diagnostics.append(
        .jsonDuplicateKey(
          shown(key), at: builder.tree.span(key), first: builder.tree.span(first)))
    }
  }

  private mutating func readComma(_ inObject: Bool) -> Bool {
    let comma = at
    at += 1
    skipSpace()
    if at < bytes.count, bytes[at] == (inObject ? .closeBrace : .closeBracket) {
      diagnostics.append(
        .jsonSyntax(
          "a comma after the last \(inObject ? "entry" : "item")", at: span(comma..<(comma + 1)),
          hint: "remove the comma"))
      return false
    }
    return !inObject || readKey()
  }

  private mutating func readKey() -> Bool {
    guard at < bytes.count, bytes[at] == .quote else {
      refuseKey()
      return false
    }
    guard let key = readString() else { return false }
    skipSpace()
    guard at < bytes.count, bytes[at] == .colon else {
      refuseColon(behind: key)
      return false
    }
    at += 1
    skipSpace()
    return true
  }

  // MARK: Strings

  /// Whether a byte of a string needs no special treatment: printable ASCII except `"` and `\`.
  private static func isPlain(_ byte: UInt8) -> Bool {
    byte >= .space && byte < 0x80 && byte != .quote && byte != .backslash
  }

  /// Reads a string and adds it.
  private mutating func readString() -> NodeID? {
    let start = at
    at += 1
    var copied = at
    var hasEscapes = false
    while true {
      while at < bytes.count, Self.isPlain(bytes[at]) { at += 1 }
      guard at < bytes.count else {
        refuseUnclosed(start)
        return nil
      }
      switch bytes[at] {
      case .quote:
        at += 1
        guard hasEscapes else {
          return builder.scalar(
            .string, style: .doubleQuoted, span: start..<at, textInSource: (start + 1)..<(at - 1))
        }
        decoded.append(contentsOf: bytes[copied..<(at - 1)])
        return decoded.withUnsafeBufferPointer { text in
          builder.scalar(.string, style: .doubleQuoted, span: start..<at, copying: text)
        }
      case .backslash:
        if !hasEscapes { decoded.removeAll(keepingCapacity: true) }
        hasEscapes = true
        decoded.append(contentsOf: bytes[copied..<at])
        guard readEscape() else { return nil }
        copied = at
      case 0..<0x20:
        refuseControl(in: start)
        return nil
      default:
        let length = UTF8Scalar.length(bytes, at: at)
        guard length > 0 else {
          refuseUTF8()
          return nil
        }
        at += length
      }
    }
  }

  /// Reads an escape into `decoded`.
  private mutating func readEscape() -> Bool {
    let start = at
    guard at + 1 < bytes.count else {
      refuse("the text ends inside an escape", length: 1)
      return false
    }
    at += 2
    let code = bytes[start + 1]
    switch code {
    case 0x22, 0x5C, 0x2F: decoded.append(code)
    case UInt8(ascii: "b"): decoded.append(0x08)
    case UInt8(ascii: "f"): decoded.append(0x0C)
    case UInt8(ascii: "n"): decoded.append(.newline)
    case UInt8(ascii: "r"): decoded.append(.carriageReturn)
    case UInt8(ascii: "t"): decoded.append(.tab)
    case UInt8(ascii: "u"):
      guard let scalar = readScalar() else {
        let end = min(start + 6, bytes.count)
        diagnostics.append(
          .jsonSyntax("`\\u` needs four hexadecimal digits", at: span(start..<end)))
        return false
      }
      // A lone surrogate isn't a character: it becomes U+FFFD, as in most readers.
      decoded.append(contentsOf: String(Unicode.Scalar(scalar) ?? "\u{FFFD}").utf8)
    default:
      refuseEscape(start)
      return false
    }
    return true
  }

  /// The scalar of an escape's digits; a surrogate pair of escapes counts as one.
  private mutating func readScalar() -> UInt32? {
    guard let unit = readHexadecimal() else { return nil }
    guard unit & 0xFC00 == 0xD800, at + 1 < bytes.count, bytes[at] == 0x5C, bytes[at + 1] == 0x75
    else { return unit }
    let before = at
    at += 2
    guard let low = readHexadecimal(), low & 0xFC00 == 0xDC00 else {
      at = before
      return unit
    }
    return 0x10000 + (unit & 0x3FF) << 10 + low & 0x3FF
  }

  private mutating func readHexadecimal() -> UInt32? {
    guard at + 4 <= bytes.count else { return nil }
    var value: UInt32 = 0
    for index in at..<(at + 4) {
      let digit: UInt8
      switch bytes[index] {
      case UInt8.digits: digit = bytes[index] - UInt8(ascii: "0")
      case 0x41...0x46: digit = bytes[index] - UInt8(ascii: "A") + 10
      case 0x61...0x66: digit = bytes[index] - UInt8(ascii: "a") + 10
      default: return nil
      }
      value = value << 4 | UInt32(digit)
    }
    at += 4
    return value
  }

  func span(_ range: Range<Int>) -> Span { Span(builder.tree.source, range) }
}
