import Text
package import Documents
package import SourceText
import Values

extension Schema {
  /// The places of a document's secrets: values that the schema marks, and those at `secrets`, JSON
  /// pointers as in `value(of:file:secrets:)`. The document need not be valid.
  package func secretSpans(of tree: Tree, secrets: [String]) -> [Span] {
    guard let node = tree.root else { return [] }
    let patterns = secrets.compactMap { pattern in
      SchemaURI.pointer(pattern.hasPrefix("#") ? String(pattern.dropFirst()) : pattern)
    }
    guard arena.traits.contains(.hasSecrets) || !patterns.isEmpty else { return [] }
    var search = SecretSearch(arena: arena, tree: tree)
    search.visit(node, [root], patterns, depth: 0)
    return search.spans
  }
}

private struct SecretSearch {
  let arena: SchemaArena
  let tree: Tree
  var spans: [Span] = []

  mutating func visit(_ node: NodeID, _ roots: [Int32], _ patterns: [[[UInt8]]], depth: Int) {
    let schemas = arena.expanded(roots)
    let isSecret =
      patterns.contains { $0.count == depth }
      || schemas.contains { arena.nodes[$0].flags.contains(.isSecret) }
    // Anything nested this deep might be a secret.
    if isSecret || depth > 160 {
      spans.append(tree.span(node))
      return
    }
    guard !schemas.isEmpty || !patterns.isEmpty else { return }
    switch tree.kind(node) {
    case .null, .bool, .int, .float, .string: break
    case .list:
      for (at, item) in tree.items(node).enumerated() {
        visit(
          item, arena.schemas(of: schemas, atItem: at),
          Self.rest(patterns, depth, Array(String(at).utf8)), depth: depth + 1)
      }
    case .map:
      for entry in tree.entries(node) {
        let parts = tree.withBytes(entry.key) { arena.schemas(of: schemas, underKey: $0) }
        let key = tree.withBytes(entry.key) { Array($0) }
        visit(entry.value, parts, Self.rest(patterns, depth, key), depth: depth + 1)
      }
    }
  }

  private static func rest(
    _ patterns: [[[UInt8]]], _ depth: Int, _ step: [UInt8]
  ) -> [[[UInt8]]] {
    patterns.filter { depth < $0.count && ($0[depth] == [.asterisk] || $0[depth] == step) }
  }
}
