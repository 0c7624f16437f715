import Text
package import Documents
package import SourceText
import Values

extension Schema {
  /// The places of a document's secrets, by the rules of `value(of:file:secrets:)`. The document need
  /// not be valid.
  package func secretSpans(of tree: Tree, secrets: [String]) -> [Span] {
    guard let node = tree.root else { return [] }
    let patterns = secrets.compactMap { pattern in
      SchemaURI.pointer(pattern.hasPrefix("#") ? String(pattern.dropFirst()) : pattern)
    }
    var search = SecretSearch(arena: arena, tree: tree, marks: SecretMarks(tree: tree))
    search.visit(node, [root], patterns, SecretSearch.Place())
    return search.spans
  }
}

private struct SecretSearch {
  struct Place {
    var depth = 0
    var isPublic = false
    var name = SecretHint()
  }

  let arena: SchemaArena
  let tree: Tree
  let marks: SecretMarks
  var spans: [Span] = []

  mutating func visit(
    _ node: NodeID, _ roots: [Int32], _ patterns: [[[UInt8]]], _ place: Place
  ) {
    var place = place
    let schemas = arena.expanded(roots)
    let says = arena.saySecret(schemas)
    if let says { place.isPublic = !says }
    let isSecret = says == true || patterns.contains { $0.count == place.depth }
    // Anything nested this deep might be a secret.
    if isSecret || place.depth > 160 {
      spans.append(tree.span(node))
      return
    }
    var part = place
    part.depth += 1
    switch tree.kind(node) {
    case .null, .bool: break
    case .int, .float, .string:
      if !place.isPublic, place.name.marks(Value(tree, node)) { spans.append(tree.span(node)) }
    case .list:
      var option: String?
      for (at, item) in tree.items(node).enumerated() {
        part.name = place.name.item(after: option)
        option = marks.option(item)
        visit(
          item, arena.schemas(of: schemas, atItem: at),
          Self.rest(patterns, place.depth, Array(String(at).utf8)), part)
      }
    case .map:
      let pair = marks.pairName(node)
      for entry in tree.entries(node) {
        let parts = tree.withBytes(entry.key) { arena.schemas(of: schemas, underKey: $0) }
        let key = tree.withBytes(entry.key) { Array($0) }
        part.name = place.name.member(tree.string(entry.key), in: pair)
        visit(entry.value, parts, Self.rest(patterns, place.depth, key), part)
      }
    }
  }

  private static func rest(
    _ patterns: [[[UInt8]]], _ depth: Int, _ step: [UInt8]
  ) -> [[[UInt8]]] {
    patterns.filter { depth < $0.count && ($0[depth] == [.asterisk] || $0[depth] == step) }
  }
}
