package import Documents
import Text
package import Diagnostics
import SourceText
import Values

/// Finds placeholders of other tools in a pipeline, which would be sent as they are: `{{ ds }}`,
/// `$.cluster`, `%(date)s`, `<SUBNET>`, `$region`, `#{x}`.
///
/// A program may fill in such marks by itself, so only a whole value, or a part of a location or of
/// `name=value`, is one; and it is a warning.
package enum PipelineMarks {
  /// Texts for people, names and patterns may hold anything.
  private static let ignored: Set = [
    "name", "message", "hint", "summary", "because", "source", "pattern", "stage", "pipeline",
  ]

  /// - Parameter input: the name of the pipeline's first input, for the hint.
  package static func scan(_ tree: Tree, input: String?) -> [Diagnostic] {
    guard let root = tree.root, tree.kind(root) == .map else { return [] }
    var found: [Diagnostic] = []
    var waiting = ["datasets", "stages", "cluster", "run"].compactMap { tree.value(root, $0) }
    while let node = waiting.popLast() {
      if tree.isAlias(node) { continue }
      switch tree.kind(node) {
      case .list: waiting.append(contentsOf: tree.items(node))
      case .map:
        for entry in tree.entries(node) {
          let key = tree.string(entry.key).lowercased()
          if !ignored.contains(key), !key.hasSuffix("pattern"), !key.hasPrefix("group") {
            waiting.append(entry.value)
          }
        }
      case .string:
        if let mark = tree.withBytes(node, { mark(in: $0) }) {
          found.append(diagnostic(tree, node, mark, input))
        }
      case .null, .bool, .int, .float: break
      }
    }
    return found.sortedAndUnique()
  }

  private static func diagnostic(
    _ tree: Tree, _ node: NodeID, _ mark: Range<Int>, _ input: String?
  ) -> Diagnostic {
    let text = tree.withBytes(node) { String(decoding: $0[mark], as: UTF8.self) }
    let isWhole = tree.withBytes(node) { mark.count == $0.count }
    var diagnostic = Diagnostic.templateMark(
      text, at: isWhole ? tree.span(node) : tree.span(inScalar: node, mark))
    let name = input ?? "config"
    let words = String(text.drop { "$.{<%( ".contains($0) })
    let isTime = ["ds", "date", "ts", "day", "time", "execution"].contains { words.hasPrefix($0) }
    let member = text.utf8.first == .dollar ? words : "key"
    diagnostic.hint =
      "nothing fills it in: put the value here, or an expression of Penstock's such as "
      + (isTime ? "`${formatTime(run.time, \"%Y-%m-%d\")}`" : "`${\(name).\(member)}`")
    diagnostic.severity = .warning
    return diagnostic
  }

  private static func mark(in text: UnsafeBufferPointer<UInt8>) -> Range<Int>? {
    let hasExpression = text.indices.dropLast().contains {
      text[$0] == .dollar && text[$0 + 1] == .openBrace
    }
    guard !text.isEmpty, !hasExpression else { return nil }
    if isWhole(text) { return text.startIndex..<text.endIndex }
    let isLocation = DataMarks.isLocation(text)
    for at in text.indices where text[at] == .openBrace || text[at] == .percent {
      let isValue = at > 0 && text[at - 1] == .equals
      guard isLocation || isValue else { continue }
      if let mark = TemplateMarks.braces(text, at: at) ?? python(text, at: at) { return mark }
    }
    return nil
  }

  private static func isWhole(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    let end = text.count
    if TemplateMarks.braces(text, at: 0)?.count == end || python(text, at: 0)?.count == end {
      return true
    }
    switch text[0] {
    case .dollar: return isVariable(text)
    case .less:
      return end > 2 && text[end - 1] == .greater
        && text[1..<(end - 1)].allSatisfy { ASCII.isWord($0) || $0 == .hyphen || $0 == .space }
    case .hash, .at: return end > 3 && text[1] == .openBrace && text[end - 1] == .closeBrace
    default: return false
    }
  }

  /// `$name`, `$NAME` or a JSON path: `$.a.b`, `$$.a`.
  private static func isVariable(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    var at = 1
    if at < text.count, text[at] == .dollar { at += 1 }
    if at < text.count, text[at] == .dot { at += 1 }
    guard at < text.count, !ASCII.isDigit(text[at]) else { return false }
    return text[at...].allSatisfy { ASCII.isWord($0) || $0 == .dot }
      && text[text.count - 1] != .dot
  }

  /// `%(name)s`, with which Python fills in a text.
  private static func python(_ text: UnsafeBufferPointer<UInt8>, at start: Int) -> Range<Int>? {
    guard start + 4 < text.count, text[start] == .percent, text[start + 1] == .openParenthesis
    else { return nil }
    var at = start + 2
    while at < text.count, ASCII.isWord(text[at]) || text[at] == .dot { at += 1 }
    guard at > start + 2, at + 1 < text.count, text[at] == .closeParenthesis,
      text[at + 1] == UInt8(ascii: "s")
    else { return nil }
    return start..<(at + 2)
  }
}
