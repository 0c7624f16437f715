package import Documents
package import Diagnostics
import SourceText
import Values

/// A document that says which schema its data has: `{"schema": "iglu:…", "data": …}`.
package struct SelfDescribing: Sendable {
  package let tree: Tree
  package let reference: SchemaReference
  package let data: NodeID

  package init?(_ tree: Tree, into diagnostics: inout [Diagnostic]) {
    guard let root = tree.root else { return nil }
    guard tree.kind(root) == .map else {
      diagnostics.append(.notSelfDescribing("it isn't an object", at: tree.span(root)))
      return nil
    }
    var isWhole = true
    for name in ["schema", "data"] where tree.entry(root, name) == nil {
      let near = tree.entries(root).first { entry in
        Suggestion.nearest(to: tree.string(entry.key), among: [name]) != nil
      }
      diagnostics.append(
        .notSelfDescribing(
          "it is missing the key `\(name)`",
          at: near.map { tree.span($0.key) } ?? Self.opening(tree, root),
          hint: near.map { "is `\(tree.string($0.key))` meant to be `\(name)`?" }))
      isWhole = false
    }
    for entry in tree.entries(root) {
      let name = tree.string(entry.key)
      guard name != "schema", name != "data", isWhole else { continue }
      diagnostics.append(
        .notSelfDescribing(
          "besides `schema` and `data` it has the key `\(name)`", at: tree.span(entry.key),
          hint: "move it under `data`, which is what the schema describes"))
    }
    guard let schema = tree.value(root, "schema"),
      let reference = SchemaReference(tree, schema, into: &diagnostics),
      isWhole, let data = tree.value(root, "data")
    else { return nil }
    self.tree = tree
    self.reference = reference
    self.data = data
  }

  /// The opening brace, so that the whole document isn't underlined.
  private static func opening(_ tree: Tree, _ node: NodeID) -> Span {
    let span = tree.span(node)
    return Span(span.source, Int(span.start)..<(Int(span.start) + 1))
  }
}
