import Text
package import SourceText
package import Values

extension Value {
  /// The value of a node, with what names and forms say are secrets marked as such. For documents
  /// without a schema.
  ///
  /// - Parameter place: the node's place, as in a secret's reference.
  package init(markingSecretsOf tree: Tree, _ node: NodeID, at place: String) {
    self = SecretMarks(tree: tree).value(node, SecretHint(), place)
  }
}

/// Finds secrets by the names of members and the forms of texts.
package struct SecretMarks {
  let tree: Tree

  package init(tree: Tree) { self.tree = tree }

  /// Whether anything in a node is a secret.
  package func holdsSecrets(_ node: NodeID, _ name: SecretHint = SecretHint(), depth: Int = 0)
    -> Bool
  {
    guard depth < 160 else { return true }
    switch tree.kind(node) {
    case .null, .bool: return false
    case .int, .float: return name.isTelling
    case .string: return name.marks(.string(tree.string(node)))
    case .list:
      var before: String?
      for item in tree.items(node) {
        if holdsSecrets(item, name.item(after: before), depth: depth + 1) { return true }
        before = option(item)
      }
      return false
    case .map:
      let pair = pairName(node)
      return tree.entries(node).contains { entry in
        holdsSecrets(
          entry.value, name.member(tree.string(entry.key), in: pair), depth: depth + 1)
      }
    }
  }

  /// The places of the secrets in a node.
  package func spans(_ node: NodeID) -> [Span] {
    var spans: [Span] = []
    collect(node, SecretHint(), depth: 0, into: &spans)
    return spans
  }

  private func collect(_ node: NodeID, _ name: SecretHint, depth: Int, into spans: inout [Span]) {
    guard depth < 160 else { return spans.append(tree.span(node)) }
    switch tree.kind(node) {
    case .null, .bool: return
    case .int, .float, .string:
      if name.marks(Value(tree, node)) { spans.append(tree.span(node)) }
    case .list:
      var before: String?
      for item in tree.items(node) {
        collect(item, name.item(after: before), depth: depth + 1, into: &spans)
        before = option(item)
      }
    case .map:
      let pair = pairName(node)
      for entry in tree.entries(node) {
        let hint = name.member(tree.string(entry.key), in: pair)
        collect(entry.value, hint, depth: depth + 1, into: &spans)
      }
    }
  }

  /// The text in a map that names the value beside it.
  package func pairName(_ map: NodeID) -> String? {
    for entry in tree.entries(map) where SecretHint.isPairName(tree.string(entry.key)) {
      if tree.kind(entry.value) == .string { return tree.string(entry.value) }
    }
    return nil
  }

  /// The text of an item if it is an option, which names the next one.
  package func option(_ item: NodeID) -> String? {
    guard tree.kind(item) == .string, tree.withBytes(item, { $0.first == .hyphen }) else {
      return nil
    }
    return tree.string(item)
  }

  fileprivate func value(_ node: NodeID, _ name: SecretHint, _ place: String, depth: Int = 0)
    -> Value
  {
    guard depth < 160 else { return .secret(Secret(Value(tree, node), reference: place)) }
    switch tree.kind(node) {
    case .null, .bool: return Value(tree, node)
    case .int, .float, .string:
      let value = Value(tree, node)
      return name.marks(value) ? .secret(Secret(value, reference: place)) : value
    case .list:
      var before: String?
      return .list(
        tree.items(node).enumerated().map { at, item in
          defer { before = option(item) }
          return value(item, name.item(after: before), "\(place)/\(at)", depth: depth + 1)
        })
    case .map:
      let pair = pairName(node)
      return .map(
        ValueMap(
          tree.entries(node).map { entry in
            let key = tree.string(entry.key)
            return (
              key: .string(key),
              value: value(
                entry.value, name.member(key, in: pair), place + "/" + Self.escaped(key),
                depth: depth + 1)
            )
          }))
    }
  }

  /// A key as a step of a JSON pointer.
  package static func escaped(_ key: String) -> String {
    guard key.utf8.contains(where: { $0 == .tilde || $0 == .slash }) else { return key }
    var escaped = ""
    for scalar in key.unicodeScalars {
      switch scalar {
      case "~": escaped += "~0"
      case "/": escaped += "~1"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}
