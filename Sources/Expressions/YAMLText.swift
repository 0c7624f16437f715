import Text
import Values

/// Writes values as block YAML that YAML 1.1 and 1.2 readers read back alike.
enum YAMLText {
  static func document(_ value: Value) -> String {
    var bytes = Array("---".utf8)
    write(value, indent: 0, isNested: false, into: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Writes what comes after `---`, `key:` or `-`, with the final newline.
  private static func write(
    _ value: Value, indent: Int, isNested: Bool, into bytes: inout [UInt8]
  ) {
    switch value {
    case .secret(let secret):
      write(secret.value, indent: indent, isNested: isNested, into: &bytes)
    case .optional(let wrapped):
      write(wrapped ?? .null, indent: indent, isNested: isNested, into: &bytes)
    case .list(let items) where !items.isEmpty:
      bytes.append(.newline)
      for item in items {
        pad(indent, into: &bytes)
        bytes.append(.hyphen)
        write(item, indent: indent + 2, isNested: true, into: &bytes)
      }
    case .map(let map) where !map.isEmpty:
      bytes.append(.newline)
      for entry in map.entries {
        pad(indent, into: &bytes)
        let start = bytes.count
        add(entry.key, to: &bytes)
        if bytes.count - start > 1000 {
          // Readers look for a key's colon only up to a limit.
          bytes.insert(contentsOf: [.question, .space], at: start)
          bytes.append(.newline)
          pad(indent, into: &bytes)
        }
        bytes.append(.colon)
        write(entry.value, indent: indent + 2, isNested: true, into: &bytes)
      }
    default:
      bytes.append(.space)
      add(value, to: &bytes)
      bytes.append(.newline)
    }
  }

  private static func pad(_ indent: Int, into bytes: inout [UInt8]) {
    for _ in 0..<indent { bytes.append(.space) }
  }

  private static func add(_ value: Value, to bytes: inout [UInt8]) {
    switch value.revealed {
    case .null: bytes += "null".utf8
    case .list: bytes += "[]".utf8
    case .map: bytes += "{}".utf8
    case .string(let text): add(text, to: &bytes)
    case .double(let number):
      if number.isNaN {
        bytes += ".nan".utf8
      } else if number.isInfinite {
        bytes += (number < 0 ? "-.inf" : ".inf").utf8
      } else {
        bytes += float(number).utf8
      }
    case .bytes(let content): add(Base64.encode(content), to: &bytes)
    case .timestamp, .duration, .type, .opaque: add(value.revealed.plainText ?? "", to: &bytes)
    default: bytes += (value.revealed.plainText ?? "null").utf8
    }
  }

  /// YAML 1.1 requires a decimal point in a float, and a sign in its exponent.
  private static func float(_ number: Double) -> String {
    let text = number.description
    guard let mark = text.firstIndex(of: "e") else { return text }
    let mantissa = text[..<mark]
    return "\(mantissa)\(mantissa.contains(".") ? "" : ".0")\(text[mark...])"
  }

  // MARK: Strings

  /// Most texts are written as they are; the others are quoted.
  private static func add(_ text: String, to bytes: inout [UInt8]) {
    let isWritten = text.withSharedUTF8 { utf8 in
      guard isPlain(utf8) else { return false }
      bytes.append(contentsOf: utf8)
      return true
    }
    if !isWritten { quote(text, to: &bytes) }
  }

  private static func quote(_ text: String, to bytes: inout [UInt8]) {
    bytes.append(.quote)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": bytes += Array("\\\"".utf8)
      case "\\": bytes += Array("\\\\".utf8)
      case "\n": bytes += Array("\\n".utf8)
      case "\t": bytes += Array("\\t".utf8)
      case "\r": bytes += Array("\\r".utf8)
      case " "..."~": bytes.append(UInt8(truncatingIfNeeded: scalar.value))
      case "\u{A1}"..."\u{2027}", "\u{2030}"..."\u{D7FF}", "\u{E000}"..."\u{FDCF}",
        "\u{FDF0}"..."\u{FEFE}", "\u{FF00}"..."\u{FFFD}", "\u{10000}"...:
        bytes += Array(String(scalar).utf8)
      default:
        bytes += Array("\\u".utf8)
        let hex = String(scalar.value, radix: 16, uppercase: true)
        bytes += Array(repeating: UInt8(ascii: "0"), count: 4 - hex.utf8.count)
        bytes += Array(hex.utf8)
      }
    }
    bytes.append(.quote)
  }

  /// Whether the text needs no quotes: letters, digits and a few signs without meaning in YAML, and
  /// not a word or number that has one.
  private static func isPlain(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let first = bytes.first, Lexer.startsName(first) || first == .slash, bytes.last != .colon
    else {
      return false
    }
    for (at, byte) in bytes.enumerated() {
      switch byte {
      case .hyphen, .dot, .slash, .at, .plus: continue
      case .colon where at + 1 < bytes.count && bytes[at + 1] != .space: continue
      case .space where at + 1 < bytes.count && Lexer.startsName(bytes[at + 1]): continue
      default: guard ASCII.isWord(byte) else { return false }
      }
    }
    return !isKeyword(bytes)
  }

  /// Words that YAML 1.1 reads as a bool or null.
  private static func isKeyword(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard bytes.count <= 5 else { return false }
    switch ASCII.lowercased(String(decoding: bytes, as: UTF8.self)) {
    case "y", "n", "yes", "no", "on", "off", "true", "false", "null": return true
    default: return false
    }
  }
}
