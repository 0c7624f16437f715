extension TreeBuilder {
  /// Maps of up to this many entries are searched linearly, larger ones through a table.
  private static var linearLimit: Int { 16 }

  /// The repeated keys of the innermost open map, each with the first key of the same text; at most
  /// `limit` of them.
  ///
  /// Time is linear in the map's size. Keys must be scalars.
  package func duplicateKeys(limit: Int) -> [(key: NodeID, first: NodeID)] {
    guard let map = open.last, map.children > 2 else { return [] }
    let count = Int(map.children / 2)
    let first = tree.storage.node(map.node).first
    return count <= Self.linearLimit
      ? duplicatesOfFew(from: first, count: count, limit: limit)
      : duplicatesOfMany(from: first, count: count, limit: limit)
  }

  private func duplicatesOfFew(
    from first: UInt32, count: Int, limit: Int
  ) -> [(key: NodeID, first: NodeID)] {
    withUnsafeTemporaryAllocation(of: (mark: UInt64, key: UInt32).self, capacity: count) { seen in
      var found: [(key: NodeID, first: NodeID)] = []
      var filled = 0
      var at = first
      while at != 0, filled < count {
        let key = NodeID(index: at)
        let mark = tree.withBytes(key, Self.mark)
        let same = (0..<filled).first {
          seen[$0].mark == mark && hasSameText(key, NodeID(index: seen[$0].key))
        }
        if let same, found.count < limit { found.append((key, NodeID(index: seen[same].key))) }
        seen.initializeElement(at: filled, to: (mark, at))
        filled += 1
        at = tree.storage.node(tree.storage.node(at).next).next
      }
      return found
    }
  }

  /// The length of a text and its first bytes: texts with different marks are different.
  private static func mark(_ text: UnsafeBufferPointer<UInt8>) -> UInt64 {
    var mark = UInt64(truncatingIfNeeded: text.count)
    for byte in text.prefix(7) { mark = mark << 8 | UInt64(byte) }
    return mark
  }

  private func hasSameText(_ left: NodeID, _ right: NodeID) -> Bool {
    tree.withBytes(left) { left in tree.withBytes(right) { left.elementsEqual($0) } }
  }

  /// Uses a table with open addressing, or sorts keys that were made to collide.
  private func duplicatesOfMany(
    from first: UInt32, count: Int, limit: Int
  ) -> [(key: NodeID, first: NodeID)] {
    var found: [(key: NodeID, first: NodeID)] = []
    var size = 64
    while size < count * 2 { size *= 2 }
    var table = [UInt32](repeating: 0, count: size)
    var steps = 0
    var at = first
    while at != 0 {
      let key = NodeID(index: at)
      let hash = tree.withBytes(key, Self.hash)
      var slot = Int(truncatingIfNeeded: hash & UInt64(size - 1))
      while table[slot] != 0, !hasSameText(key, NodeID(index: table[slot])) {
        slot = (slot + 1) & (size - 1)
        steps += 1
      }
      if steps > count * 16 { return duplicatesBySorting(from: first, limit: limit) }
      if table[slot] == 0 {
        table[slot] = at
      } else if found.count < limit {
        found.append((key, NodeID(index: table[slot])))
      }
      at = tree.storage.node(tree.storage.node(at).next).next
    }
    return found
  }

  /// Eight bytes at a time, mixed by multiplication; the same on every machine and in every run.
  private static func hash(_ text: UnsafeBufferPointer<UInt8>) -> UInt64 {
    var hash = UInt64(truncatingIfNeeded: text.count) &* 0x9E37_79B9_7F4A_7C15
    let raw = UnsafeRawBufferPointer(text)
    var at = 0
    while at < raw.count {
      var word: UInt64 = 0
      if at + 8 <= raw.count {
        word = raw.loadUnaligned(fromByteOffset: at, as: UInt64.self)
      } else {
        for byte in raw[at...] { word = word << 8 | UInt64(byte) }
      }
      hash = (hash ^ word) &* 0xFF51_AFD7_ED55_8CCD
      hash ^= hash >> 32
      at += 8
    }
    return hash
  }

  private func duplicatesBySorting(
    from first: UInt32, limit: Int
  ) -> [(key: NodeID, first: NodeID)] {
    var keys: [NodeID] = []
    var at = first
    while at != 0 {
      keys.append(NodeID(index: at))
      at = tree.storage.node(tree.storage.node(at).next).next
    }
    // By text, to find equal ones, then by place, for determinism.
    keys.sort { left, right in
      tree.withBytes(left) { leftText in
        tree.withBytes(right) { rightText in
          leftText.lexicographicallyPrecedes(rightText)
            || left.index < right.index && leftText.elementsEqual(rightText)
        }
      }
    }
    var found: [(key: NodeID, first: NodeID)] = []
    var start = 0
    for index in keys.indices.dropFirst() {
      if hasSameText(keys[start], keys[index]) {
        found.append((keys[index], keys[start]))
      } else {
        start = index
      }
    }
    found.sort { $0.key.index < $1.key.index }
    return Array(found.prefix(limit))
  }

  /// Replaces the innermost open map's merge entries, given in order, by the entries of other maps.
  ///
  /// An entry is left out if the map itself, or an earlier merged map, has its key. Added entries
  /// have the places of the merged maps' entries; values are aliases of theirs.
  package mutating func merge(_ merges: [(key: NodeID, maps: [NodeID])]) {
    guard let map = open.last else { return }
    let own = tree.entries(NodeID(index: map.node)).map { $0 }
    var seen: Set<String> = []
    var waiting = merges[...]
    for entry in own {
      if entry.key == waiting.first?.key {
        waiting.removeFirst()
      } else {
        seen.insert(tree.string(entry.key))
      }
    }
    var chain: [UInt32] = []
    waiting = merges[...]
    for entry in own {
      guard let merge = waiting.first, merge.key == entry.key else {
        chain.append(contentsOf: [entry.key.index, entry.value.index])
        continue
      }
      waiting.removeFirst()
      for from in merge.maps {
        for merged in tree.entries(from).map({ $0 })
        where seen.insert(tree.string(merged.key)).inserted {
          chain.append(contentsOf: [copy(of: merged.key), alias(of: merged.value)])
        }
      }
    }
    relink(map.node, to: chain)
  }

  private mutating func relink(_ map: UInt32, to chain: [UInt32]) {
    for (index, child) in chain.enumerated() {
      tree.storage.change(child) { $0.next = index + 1 < chain.count ? chain[index + 1] : 0 }
    }
    tree.storage.change(map) { $0.first = chain.first ?? 0 }
    open[open.count - 1].last = chain.last ?? 0
    open[open.count - 1].children = UInt32(clamping: chain.count)
  }

  private mutating func copy(of id: NodeID) -> UInt32 {
    tree.storage.append(tree.storage.node(id.index))
  }

  private mutating func alias(of id: NodeID) -> UInt32 {
    var node = tree.storage.node(id.index)
    node.first = tree.resolved(id).index
    node.kind = tree.kind(id)
    node.flags = Tree.Flag.alias
    node.count = 0
    return tree.storage.append(node)
  }
}
