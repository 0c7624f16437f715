import Documents
import Diagnostics
import SourceText
import Values
import YAMLSyntax

/// A text that was read, and what was said of it.
struct Reading {
  let text: [UInt8]
  let tree: Tree?
  let diagnostics: [Diagnostic]

  init(_ text: [UInt8], rules: ScalarRules = .ruby, limits: YAMLLimits = .standard) {
    var diagnostics: [Diagnostic] = []
    self.text = text
    tree = YAMLReader.read(
      SourceFile(name: "test.yml", text: text), source: SourceID(index: 0), rules: rules,
      limits: limits, into: &diagnostics)
    self.diagnostics = diagnostics
  }

  init(_ text: String, rules: ScalarRules = .ruby, limits: YAMLLimits = .standard) {
    self.init(Array(text.utf8), rules: rules, limits: limits)
  }

  var errors: [Diagnostic] { diagnostics.filter { $0.severity == .error } }

  /// The diagnostics' codes, messages and the text under each, one a line.
  var summary: [String] {
    diagnostics.map { diagnostic in
      let under = diagnostic.span.map { quote($0) } ?? "-"
      return "\(diagnostic.code.rawValue): \(diagnostic.message) [\(under)]"
    }
  }

  var hints: [String] { diagnostics.map { $0.hint ?? "" } }

  func quote(_ span: Span) -> String {
    let range = (Int(span.start)..<Int(span.end)).clamped(to: 0..<text.count)
    return String(decoding: text[range], as: UTF8.self)
  }

  /// The value at a path of keys and positions.
  func node(_ path: String...) -> NodeID? {
    guard let tree, var at = tree.root else { return nil }
    for key in path {
      let next: NodeID?
      if let index = Int(key), tree.kind(at) == .list {
        let items = Array(tree.items(at))
        next = items.indices.contains(index) ? items[index] : nil
      } else {
        next = tree.value(at, key)
      }
      guard let next else { return nil }
      at = next
    }
    return at
  }

  func quote(_ node: NodeID?) -> String? {
    guard let tree, let node else { return nil }
    return quote(tree.span(node))
  }

  /// The document in a short form: `{a: int 1, b: [null]}`.
  var shape: String {
    guard let tree, let root = tree.root else { return "nothing" }
    return Self.shape(tree, root)
  }

  private static func shape(_ tree: Tree, _ node: NodeID) -> String {
    switch tree.kind(node) {
    case .null: return "null"
    case .bool, .int, .float: return "\(tree.kind(node)) \(tree.string(node))"
    case .string:
      return tree.isSymbol(node) ? ":\(tree.string(node))" : "'\(tree.string(node))'"
    case .list: return "[" + tree.items(node).map { shape(tree, $0) }.joined(separator: ", ") + "]"
    case .map:
      let entries = tree.entries(node).map {
        (tree.isSymbol($0.key) ? ":" : "") + tree.string($0.key) + ": " + shape(tree, $0.value)
      }
      return "{" + entries.joined(separator: ", ") + "}"
    }
  }
}
