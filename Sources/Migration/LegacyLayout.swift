package import Documents
package import SourceText
import Values

/// An older layout of an input, as described in its schema under `x-legacy-layouts`:
///
///     { "layout": "the layout of release 0.9.4",
///       "has": ["etl.job_name"], "lacks": ["aws"],
///       "moved": [ { "from": "etl.job_name", "to": "aws.emr.jobflow.job_name" } ],
///       "hint": "…" }
package struct LegacyLayout {
  package let name: String
  package let hint: String?
  /// Keys of the document that are in another place today.
  package let moved: [(from: Spanned<String>, to: String)]
  package let span: Span

  /// The first layout whose `has` are all present and whose `lacks` are all absent.
  package static func detect(_ document: Tree, schema: Tree) -> LegacyLayout? {
    guard let root = document.root, let top = schema.root,
      let layouts = schema.value(top, "x-legacy-layouts")
    else { return nil }
    for layout in schema.items(layouts) {
      let paths = { (key: String) in
        schema.value(layout, key).map { schema.items($0).map { schema.string($0) } } ?? []
      }
      guard paths("has").allSatisfy({ find($0, document, root) != nil }),
        paths("lacks").allSatisfy({ find($0, document, root) == nil })
      else { continue }
      return LegacyLayout(layout, schema, document, root, first: paths("has").first)
    }
    return nil
  }

  private init(
    _ layout: NodeID, _ schema: Tree, _ document: Tree, _ root: NodeID, first: String?
  ) {
    name = schema.value(layout, "layout").map { schema.string($0) } ?? "an older layout"
    hint = schema.value(layout, "hint").map { schema.string($0) }
    let entries = schema.value(layout, "moved").map { Array(schema.items($0)) } ?? []
    moved = entries.compactMap { entry in
      guard let from = schema.value(entry, "from").map({ schema.string($0) }),
        let to = schema.value(entry, "to").map({ schema.string($0) }),
        let place = Self.find(from, document, root)
      else { return nil }
      return (Spanned(from, document.span(place)), to)
    }
    span = document.span(first.flatMap { Self.find($0, document, root) } ?? root)
  }

  /// The key node at a path of dot-separated keys.
  private static func find(_ path: String, _ document: Tree, _ root: NodeID) -> NodeID? {
    var at = root
    var key: NodeID?
    for part in path.split(separator: ".") {
      guard let entry = document.entry(at, String(part)) else { return nil }
      key = entry.key
      at = entry.value
    }
    return key
  }
}
