/// A document with one value set.
package struct TreeEdit {
  /// A step to the value: a map's key, or an item's position in a list.
  package enum Step: Hashable, Sendable {
    case key(String)
    case item(Int)
  }

  /// The document with a value at a path. Maps on the way that aren't there are made; null removes
  /// an entry. A list's item must be there.
  ///
  /// - Parameters:
  ///   - names: a list with a node for each step, which new keys have the places of.
  ///   - value: a document with the value.
  package static func set(
    _ path: [Step], in tree: Tree, names: Tree, to value: Tree
  ) -> Tree {
    guard let root = tree.root, let value0 = value.root, let list = names.root, !path.isEmpty else {
      return tree
    }
    var edit = TreeEdit(
      trees: [tree, names, value], assembler: TreeAssembler([tree, names, value]), path: path,
      names: Array(names.items(list)), value: value0)
    edit.add(root, 0)
    return edit.assembler.tree
  }

  private let trees: [Tree]
  private var assembler: TreeAssembler
  private let path: [Step]
  private let names: [NodeID]
  private let value: NodeID

  /// - Parameter node: what is there; nil: nothing that can be kept.
  private mutating func add(_ node: NodeID?, _ depth: Int) {
    guard depth < path.count else { return assembler.copy(value, of: 2) }
    switch path[depth] {
    case .key(let key): addMap(node, key, depth)
    case .item(let index):
      guard let node, trees[0].kind(node) == .list else { return assembler.copy(value, of: 2) }
      assembler.begin(.list, as: node, of: 0)
      for (at, item) in trees[0].items(node).enumerated() {
        if at == index { add(item, depth + 1) } else { assembler.copy(item, of: 0) }
      }
      assembler.end()
    }
  }

  private mutating func addMap(_ node: NodeID?, _ key: String, _ depth: Int) {
    let isLast = depth == path.count - 1
    let removes = isLast && trees[2].kind(value) == .null
    guard let node, trees[0].kind(node) == .map else {
      assembler.begin(.map, as: names[depth], of: 1)
      if !removes { addNew(depth) }
      return assembler.end()
    }
    assembler.begin(.map, as: node, of: 0)
    var isThere = false
    for entry in trees[0].entries(node) {
      guard trees[0].string(entry.key) == key else {
        assembler.copy(entry.key, of: 0)
        assembler.copy(entry.value, of: 0)
        continue
      }
      isThere = true
      if removes { continue }
      if isLast { assembler.copy(names[depth], of: 1) } else { assembler.copy(entry.key, of: 0) }
      add(entry.value, depth + 1)
    }
    if !isThere, !removes { addNew(depth) }
    assembler.end()
  }

  private mutating func addNew(_ depth: Int) {
    assembler.copy(names[depth], of: 1)
    add(nil, depth + 1)
  }
}
