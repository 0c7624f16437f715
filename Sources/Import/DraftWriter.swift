import Text

/// Writes a draft as YAML in block style.
struct DraftWriter {
  private(set) var text = ""
  /// Where marked parts are, in bytes; an inner one after the one that it is in.
  private(set) var places: [(mark: Draft.Mark, range: Range<Int>)] = []

  /// - Parameter spaced: whether an empty line is between the entries.
  mutating func write(_ entries: [Draft.Entry], depth: Int = 0, spaced: Bool = false) {
    for (at, entry) in entries.enumerated() {
      if spaced, at > 0, isLarge(entry.value) || isLarge(entries[at - 1].value) { text += "\n" }
      write(entry, indent: at == 0 && !spaced ? nil : depth, depth: depth)
    }
  }

  private func isLarge(_ draft: Draft) -> Bool {
    switch draft {
    case .map(let entries): !entries.isEmpty
    case .list(let items): !items.isEmpty
    case .text, .scalar: false
    }
  }

  /// - Parameter indent: nil if the line has been begun, as after a dash.
  private mutating func write(_ entry: Draft.Entry, indent: Int?, depth: Int) {
    let margin = String(repeating: "  ", count: depth)
    var isBegun = indent == nil && !text.isEmpty && !text.hasSuffix("\n")
    for comment in entry.comments {
      // A comment can't follow a dash.
      text += "\(isBegun ? "" : margin)# \(comment)\n"
      isBegun = false
    }
    let start = text.utf8.count
    text += "\(isBegun ? "" : margin)\(YAMLScalar.key(entry.key)):"
    writeValue(entry.value, depth: depth)
    if let mark = entry.mark { places.append((mark, start..<text.utf8.count)) }
  }

  /// What follows a colon.
  private mutating func writeValue(_ value: Draft, depth: Int) {
    switch value {
    case .map(let entries) where !entries.isEmpty:
      text += "\n"
      for entry in entries { write(entry, indent: depth + 1, depth: depth + 1) }
    case .list(let items) where !items.isEmpty:
      text += "\n"
      write(items, depth: depth + 1)
    default:
      text += " \(YAMLScalar.value(value, depth: depth + 1))\n"
    }
  }

  private mutating func write(_ items: [Draft.Item], depth: Int) {
    let margin = String(repeating: "  ", count: depth)
    for item in items {
      var comments = item.comments
      if case .map(let entries) = item.value, let first = entries.first {
        comments += first.comments
      }
      for comment in comments { text += "\(margin)# \(comment)\n" }
      let start = text.utf8.count
      text += "\(margin)-"
      switch item.value {
      case .map(let entries) where !entries.isEmpty:
        text += " "
        for (at, entry) in entries.enumerated() {
          var entry = entry
          if at == 0 { entry.comments = [] }
          write(entry, indent: at == 0 ? nil : depth + 1, depth: depth + 1)
        }
      case .list(let inner) where !inner.isEmpty:
        text += "\n"
        write(inner, depth: depth + 1)
      default: text += " \(YAMLScalar.value(item.value, depth: depth + 1))\n"
      }
      if let mark = item.mark { places.append((mark, start..<text.utf8.count)) }
    }
  }
}

/// Scalars as YAML 1.1 and 1.2 readers read them alike.
enum YAMLScalar {
  static func key(_ text: String) -> String { isPlain(text) ? text : quoted(text) }

  static func value(_ draft: Draft, depth: Int) -> String {
    switch draft {
    case .text(let text): return value(text.template, depth: depth)
    case .scalar(let text): return text
    case .list: return "[]"
    case .map: return "{}"
    }
  }

  /// A text: plain if it may be, several lines as a block.
  static func value(_ text: String, depth: Int) -> String {
    if isPlain(text) { return text }
    return block(text, depth: depth) ?? quoted(text)
  }

  private static func quoted(_ text: String) -> String {
    let isShown = text.unicodeScalars.allSatisfy { isPrintable($0) }
    if isShown, text.contains("\"") || text.contains("\\"), !text.contains("'") {
      return "'\(text)'"
    }
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\t": out += "\\t"
      case "\r": out += "\\r"
      default:
        if isPrintable(scalar) {
          out.unicodeScalars.append(scalar)
        } else {
          let digits = String(scalar.value, radix: 16, uppercase: true)
          let count = scalar.value > 0xFFFF ? 8 : 4
          out += scalar.value > 0xFFFF ? "\\U" : "\\u"
          out += String(repeating: "0", count: count - digits.count) + digits
        }
      }
    }
    return out + "\""
  }

  private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x20...0x7E, 0xA0...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD, 0x1_0000...0x10_FFFF:
      ![0x2028, 0x2029].contains(scalar.value)
    default: false
    }
  }

  /// A text of several lines as `|`, if it reads back.
  private static func block(_ text: String, depth: Int) -> String? {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.count > 1, let first = lines.first, !first.hasPrefix(" "), !first.isEmpty,
      text.unicodeScalars.allSatisfy({ $0 == "\n" || isPrintable($0) }),
      !lines.contains(where: { $0.hasSuffix(" ") }), !text.hasSuffix("\n\n")
    else { return nil }
    let margin = String(repeating: "  ", count: depth)
    let ends = text.hasSuffix("\n")
    let body = (ends ? lines.dropLast() : lines[...])
    return (ends ? "|" : "|-")
      + body.map { $0.isEmpty ? "\n" : "\n\(margin)\($0)" }.joined()
  }

  /// Whether a text is the same as a plain scalar, in block style.
  static func isPlain(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard let first = bytes.first, let last = bytes.last, last != .colon, last != .space else {
      return false
    }
    let starts: [UInt8] = [.slash, .dollar, .underscore, .dot, .openParenthesis]
    guard
      ASCII.isDigit(first) || ASCII.isLetter(first) || starts.contains(first)
        || first == .hyphen && bytes.count > 2 && bytes[1] != .space && bytes[1] != .hyphen
        || first == .hyphen && bytes.count > 2 && bytes[1] == .hyphen && ASCII.isLetter(bytes[2])
    else { return false }
    guard bytes.allSatisfy({ $0 >= .space && $0 < 0x7F }) else { return false }
    for (at, byte) in bytes.enumerated() {
      let next = at + 1 < bytes.count ? bytes[at + 1] : .space
      if byte == .colon, next == .space { return false }
      if byte == .hash, at > 0, bytes[at - 1] == .space { return false }
    }
    return !isTyped(text)
  }

  /// Whether some reader takes a plain text for something else than a text.
  private static func isTyped(_ text: String) -> Bool {
    let words = ["null", "true", "false", "yes", "no", "on", "off", "y", "n", ".inf", ".nan", "~"]
    if words.contains(text.lowercased()) { return true }
    guard let first = text.utf8.first,
      ASCII.isDigit(first) || first == .dot || first == .hyphen || first == .plus
    else { return false }
    // Numbers, dates and times: digits and what is between them.
    let other: [UInt8] = [
      .dot, .hyphen, .plus, .underscore, .colon, .comma, UInt8(ascii: "e"), UInt8(ascii: "E"),
      UInt8(ascii: "x"), UInt8(ascii: "o"), UInt8(ascii: "T"), UInt8(ascii: "Z"), .space,
    ]
    let isHexadecimal = text.hasPrefix("0x") || text.hasPrefix("0o")
    return isHexadecimal
      || text.utf8.allSatisfy { ASCII.isDigit($0) || other.contains($0) }
  }
}
