import Documents
import Text

/// Texts as they are written: quotes, and lines.
enum ScalarText {
  /// A key; nil if it needs more than one line.
  static func key(_ scalar: LayoutScalar) -> [UInt8]? {
    guard !scalar.style.isBlock, !hasBreak(scalar.raw) else { return nil }
    return quoted(scalar)
  }

  /// A text on one line; nil if it can't be.
  static func flat(_ scalar: LayoutScalar) -> [UInt8]? {
    guard !scalar.style.isBlock else { return nil }
    if let spaced = spaced(scalar) { return spaced }
    guard hasBreak(scalar.raw) else { return quoted(scalar) }
    let lines = lines(of: scalar)
    guard lines.allSatisfy({ !$0.isEmpty && $0.last != .backslash }) else { return nil }
    return Array(lines.joined(separator: [.space]))
  }

  /// A text on one line whose expressions are laid out; nil if it has none.
  static func spaced(_ scalar: LayoutScalar) -> [UInt8]? {
    guard scalar.isTemplate, !scalar.style.isBlock, !hasBreak(scalar.raw),
      let text = ExpressionLayout.spaced(scalar.value), !hasBreak(text)
    else { return nil }
    if text == scalar.value { return quoted(scalar) }
    return scalar.style == .plain && isPlain(text) ? text : quote(text)
  }

  /// A text on one line with the quotes that need fewer escapes, double ones if both need as many.
  static func quoted(_ scalar: LayoutScalar) -> [UInt8] {
    let raw = scalar.raw
    guard !EmbeddedRuby.holdsMark(raw), !hasBreak(raw) else { return raw }
    switch scalar.style {
    case .plain, .literal, .folded: return raw
    case .singleQuoted: return isSingleBetter(scalar.value) ? raw : quote(scalar.value)
    case .doubleQuoted:
      let isSimple = zip(raw, raw.dropFirst()).reduce((true, false)) { state, pair in
        // An escape's second byte doesn't start another.
        if state.1 { return (state.0, false) }
        guard pair.0 == .backslash else { return state }
        return (state.0 && (pair.1 == .quote || pair.1 == .backslash), true)
      }
      guard isSimple.0, isSingleBetter(scalar.value), isPrintable(scalar.value) else { return raw }
      return quote(scalar.value)
    }
  }

  /// Puts a printable text on one line in quotes.
  static func quote(_ text: [UInt8]) -> [UInt8] {
    let isSingle = isSingleBetter(text)
    var quoted: [UInt8] = [isSingle ? .apostrophe : .quote]
    for byte in text {
      if isSingle, byte == .apostrophe { quoted.append(.apostrophe) }
      if !isSingle, byte == .quote || byte == .backslash { quoted.append(.backslash) }
      quoted.append(byte)
    }
    return quoted + [isSingle ? .apostrophe : .quote]
  }

  private static func isSingleBetter(_ text: [UInt8]) -> Bool {
    text.count { $0 == .apostrophe } < text.count { $0 == .quote || $0 == .backslash }
  }

  static func isPrintable(_ text: [UInt8]) -> Bool {
    text.allSatisfy { $0 >= .space && $0 < 0x7F }
  }

  /// Whether a text that was plain may stay so after blanks were added to it.
  static func isPlain(_ text: [UInt8]) -> Bool {
    guard let first = text.first, let last = text.last, first != .space, last != .space,
      last != .colon
    else { return false }
    return !zip(text, text.dropFirst()).contains { pair in
      pair.0 == .colon && pair.1 == .space || pair.0 == .space && pair.1 == .hash
    }
  }

  static func hasBreak(_ text: [UInt8]) -> Bool {
    text.contains { $0 == .newline || $0 == .carriageReturn }
  }

  /// The lines of a plain or quoted text as written, without blanks at their ends.
  static func lines(of scalar: LayoutScalar) -> [[UInt8]] {
    let lines = split(scalar.raw)
    return lines.indices.map { index in
      var line = lines[index][...]
      if index > 0 { line = line.drop { $0 == .space || $0 == .tab } }
      while index < lines.count - 1, let last = line.last, last == .space || last == .tab {
        line.removeLast()
      }
      return Array(line)
    }
  }

  /// Splits at line ends of all kinds.
  static func split(_ text: [UInt8]) -> [[UInt8]] {
    var lines: [[UInt8]] = [[]]
    var at = 0
    while at < text.count {
      if text[at] == .newline || text[at] == .carriageReturn {
        if text[at] == .carriageReturn, at + 1 < text.count, text[at + 1] == .newline { at += 1 }
        lines.append([])
      } else {
        lines[lines.count - 1].append(text[at])
      }
      at += 1
    }
    return lines
  }
}
