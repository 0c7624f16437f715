package import Documents
package import Diagnostics
import Values

extension Facts {
  /// Reads a facts file's document: `{"s3": {BUCKET: [KEY]}, "clusters": [{id, name, state,
  /// description}]}`.
  package init(_ tree: Tree, into diagnostics: inout [Diagnostic]) {
    self.init()
    guard let root = tree.root else { return }
    guard tree.kind(root) == .map else {
      diagnostics.append(.factsShape("a facts file must be an object", at: tree.span(root)))
      return
    }
    for entry in tree.entries(root) {
      switch tree.string(entry.key) {
      case "s3": objects = Self.objects(tree, entry.value, into: &diagnostics)
      case "clusters": clusters = Self.clusters(tree, entry.value, into: &diagnostics)
      default:
        diagnostics.append(
          .factsShape(
            "unknown key `\(tree.string(entry.key))` in a facts file", at: tree.span(entry.key),
            hint: Suggestion.hint(for: tree.string(entry.key), among: ["s3", "clusters"])
              ?? "a facts file has `s3` and `clusters`"))
      }
    }
  }

  private static func objects(
    _ tree: Tree, _ node: NodeID, into diagnostics: inout [Diagnostic]
  ) -> [String: [String]] {
    var objects: [String: [String]] = [:]
    guard tree.kind(node) == .map else {
      diagnostics.append(
        .factsShape("`s3` must map buckets to lists of keys", at: tree.span(node)))
      return [:]
    }
    for bucket in tree.entries(node) {
      guard tree.kind(bucket.value) == .list else {
        diagnostics.append(
          .factsShape("a bucket must be a list of keys", at: tree.span(bucket.value)))
        continue
      }
      let keys = tree.items(bucket.value).compactMap { item -> String? in
        guard tree.kind(item) == .string else {
          diagnostics.append(.factsShape("a key must be a string", at: tree.span(item)))
          return nil
        }
        return tree.string(item)
      }
      // In S3's order, which is by bytes, for determinism.
      objects[tree.string(bucket.key)] = keys.sorted {
        $0.utf8.lexicographicallyPrecedes($1.utf8)
      }
    }
    return objects
  }

  private static func clusters(
    _ tree: Tree, _ node: NodeID, into diagnostics: inout [Diagnostic]
  ) -> [Cluster] {
    guard tree.kind(node) == .list else {
      diagnostics.append(.factsShape("`clusters` must be a list", at: tree.span(node)))
      return []
    }
    return tree.items(node).compactMap { item in
      let text = { (key: String) in tree.value(item, key).map { tree.string($0) } }
      guard let id = text("id"), let name = text("name"), let state = text("state") else {
        diagnostics.append(
          .factsShape("a cluster must have `id`, `name` and `state`", at: tree.span(item)))
        return nil
      }
      return Cluster(
        id: id, name: name, state: state,
        description: tree.value(item, "description").map { Value(tree, $0) })
    }
  }
}
