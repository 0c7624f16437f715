package import Documents
import Text
package import Diagnostics
import SourceText
import Values

/// Finds placeholders that were not filled in: `{{X}}`, `$X`, `${x}`, `<your …>`, `ADD HERE`.
package enum TemplateMarks {
  /// One error for each string value that holds a placeholder. Keys are not looked at.
  ///
  /// For configs and the like only: a pipeline's own `${…}` isn't a placeholder.
  package static func scan(_ tree: Tree) -> [Diagnostic] {
    var found: [Diagnostic] = []
    guard let root = tree.root else { return [] }
    // Aliases are not followed: their targets are looked at in their own places.
    var waiting = [root]
    while let node = waiting.popLast() {
      if tree.isAlias(node) { continue }
      switch tree.kind(node) {
      case .list: waiting.append(contentsOf: tree.items(node))
      case .map: for entry in tree.entries(node) { waiting.append(entry.value) }
      case .string:
        if let mark = tree.withBytes(node, { mark(in: $0) }) {
          found.append(diagnostic(tree, node, mark))
        }
      case .null, .bool, .int, .float: break
      }
    }
    return found.sortedAndUnique()
  }

  /// A placeholder that is the whole value is an error; within a value, another tool may fill it.
  private static func diagnostic(_ tree: Tree, _ node: NodeID, _ mark: Range<Int>) -> Diagnostic {
    tree.withBytes(node) { text in
      let isWhole = mark.count == text.count
      let isCertain =
        text[mark.lowerBound] == .dollar ? text[mark.lowerBound + 1] == .openBrace : true
      var diagnostic = Diagnostic.templateMark(
        String(decoding: text[mark], as: UTF8.self), at: tree.span(inScalar: node, mark))
      if !isWhole || !isCertain { diagnostic.severity = .warning }
      return diagnostic
    }
  }

  /// The first placeholder in a value.
  static func mark(in text: UnsafeBufferPointer<UInt8>) -> Range<Int>? {
    if isOneOf(["ADD HERE", "CHANGE ME", "CHANGEME"], text) { return 0..<text.count }
    for at in text.indices {
      switch text[at] {
      case .openBrace:
        if let mark = braces(text, at: at) { return mark }
      case .dollar:
        if let mark = dollar(text, at: at) { return mark }
      case .less:
        if let mark = angles(text, at: at) { return mark }
      default: continue
      }
    }
    return nil
  }

  private static func isOneOf(_ words: [StaticString], _ text: UnsafeBufferPointer<UInt8>) -> Bool {
    words.contains { word in word.withUTF8Buffer { text.elementsEqual($0) } }
  }

  /// A complete `{{X}}`, `{{ .X }}` or `{% x %}`, on one line and of sensible length.
  static func braces(_ text: UnsafeBufferPointer<UInt8>, at start: Int) -> Range<Int>? {
    guard start + 3 < text.count, text[start] == .openBrace else { return nil }
    let inner = text[start + 1]
    let closing: UInt8 = inner == .openBrace ? .closeBrace : .percent
    guard inner == .openBrace || inner == .percent else { return nil }
    var at = start + 2
    while at + 1 < min(text.count, start + 256), !SourceLines.isBreak(text[at]) {
      if text[at] == closing, text[at + 1] == .closeBrace { return start..<(at + 2) }
      at += 1
    }
    return nil
  }

  /// `$NAME` as a whole word, or `${name}`; not `$folder$`, `$1` or a `$` inside a word.
  private static func dollar(_ text: UnsafeBufferPointer<UInt8>, at start: Int) -> Range<Int>? {
    let hasBraces = start + 1 < text.count && text[start + 1] == .openBrace
    let first = start + (hasBraces ? 2 : 1)
    var at = first
    while at < text.count, hasBraces ? KeyShape.isKeyByte(text[at]) : ASCII.isWord(text[at]) {
      at += 1
    }
    guard at > first, !UInt8.digits.contains(text[first]) else { return nil }
    if hasBraces {
      return at < text.count && text[at] == .closeBrace ? start..<(at + 1) : nil
    }
    // It must not be in the middle of a word, as in a password `a$b`.
    let isAtStart = start == 0 || text[start - 1] == .slash
    let isAtEnd = at == text.count || text[at] == .slash
    let name = text[first..<at]
    // A password may start with `$` too.
    let isName =
      name.count > 2 && name.allSatisfy { $0 & 0xDF == $0 || $0 < UInt8(ascii: "A") }
      || name.contains(.underscore) && name.contains { UInt8.uppercase.contains($0) }
    return isAtStart && isAtEnd && isName ? start..<at : nil
  }

  /// `<your bucket>`, `<INSERT_BUCKET>`: words in angle brackets that ask for a value.
  private static func angles(_ text: UnsafeBufferPointer<UInt8>, at start: Int) -> Range<Int>? {
    guard start == 0 || text[start - 1] == .slash || text[start - 1] == .dot else { return nil }
    var at = start + 1
    while at < min(text.count, start + 80), text[at] != .greater {
      guard KeyShape.isKeyByte(text[at]) || text[at] == .space else { return nil }
      at += 1
    }
    guard at < text.count, text[at] == .greater else { return nil }
    let word = String(
      decoding: text[(start + 1)..<at].prefix { $0 & 0xDF > .at && $0 != .underscore },
      as: UTF8.self)
    let asks = ["your", "my", "insert", "replace", "enter", "add", "change"]
      .contains(word.lowercased())
    return asks ? start..<(at + 1) : nil
  }
}
