/// Documents laid over one another.
package enum TreeLayers {
  /// One document out of several: of maps each later one adds to the earlier ones, entry by entry;
  /// any other value replaces the earlier one; null removes it.
  ///
  /// Entries are in the order in which the layers first have their keys. Documents that are empty
  /// change nothing.
  package static func merge(_ layers: [Tree]) -> Tree? {
    let filled = layers.filter { tree in tree.root.map { tree.kind($0) != .null } ?? false }
    guard let first = filled.first else { return layers.first }
    guard filled.count > 1 else { return first }
    var merger = Merger(trees: filled, assembler: TreeAssembler(filled))
    merger.add(
      filled.indices.compactMap { index in filled[index].root.map { (index, $0) } })
    return merger.assembler.tree
  }

  private struct Merger {
    typealias Layer = (tree: Int, node: NodeID)

    let trees: [Tree]
    var assembler: TreeAssembler

    /// - Parameter layers: at least one, the last of which takes precedence.
    mutating func add(_ layers: [Layer]) {
      guard let last = layers.last else { return }
      // Only the maps after the last value of another kind count.
      let start = layers.lastIndex { trees[$0.tree].kind($0.node) != .map }.map { $0 + 1 } ?? 0
      let maps = layers[start...]
      guard maps.count > 1, let first = maps.first else {
        return assembler.copy(last.node, of: last.tree)
      }
      assembler.begin(.map, as: first.node, of: first.tree)
      for entry in entries(maps) {
        assembler.copy(entry.key.node, of: entry.key.tree)
        add(entry.values)
      }
      assembler.end()
    }

    private func entries(_ maps: ArraySlice<Layer>) -> [(key: Layer, values: [Layer])] {
      var entries: [(key: Layer, values: [Layer])] = []
      var numbers: [String: Int] = [:]
      for map in maps {
        let tree = trees[map.tree]
        for entry in tree.entries(map.node) {
          let name = tree.string(entry.key)
          let key = (map.tree, entry.key)
          let value = (map.tree, entry.value)
          guard let number = numbers[name] else {
            numbers[name] = entries.count
            entries.append((key, [value]))
            continue
          }
          let isNull = tree.kind(entry.value) == .null
          let wasNull =
            entries[number].values.last.map { trees[$0.tree].kind($0.node) == .null } ?? true
          if isNull, !wasNull {
            entries[number].values = []
          } else {
            entries[number].values.append(value)
          }
          // The place of the key is that of the value that counts.
          if trees[map.tree].kind(entry.value) != .map || entries[number].values.count < 2 {
            entries[number].key = key
          }
        }
      }
      return entries.filter { !$0.values.isEmpty }
    }
  }
}
