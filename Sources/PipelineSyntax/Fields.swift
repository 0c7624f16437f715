import SourceText
import Values

/// The entries of a map node by name: the one way in which declarations are taken out of a tree.
struct Fields {
  let tree: Tree
  let node: NodeID

  init(_ tree: Tree, _ node: NodeID) {
    self.tree = tree
    self.node = node
  }

  subscript(name: String) -> NodeID? { tree.value(node, name) }

  func string(_ name: String) -> Marked<String>? {
    guard let value = self[name], tree.kind(value) != .list, tree.kind(value) != .map else {
      return nil
    }
    return Marked(tree.string(value), tree.span(value))
  }

  func bool(_ name: String) -> Bool? {
    guard let value = self[name], tree.kind(value) == .bool else { return nil }
    return tree.string(value) == "true"
  }

  func int(_ name: String) -> Int? {
    guard let value = self[name], tree.kind(value) == .int else { return nil }
    return Int(tree.string(value))
  }

  func fields(_ name: String) -> Fields? {
    guard let value = self[name], tree.kind(value) == .map else { return nil }
    return Fields(tree, value)
  }

  func items(_ name: String) -> [NodeID] { self[name].map { Array(tree.items($0)) } ?? [] }

  func entries(_ name: String) -> [(key: NodeID, value: NodeID)] {
    self[name].map { Array(tree.entries($0)) } ?? []
  }
}
