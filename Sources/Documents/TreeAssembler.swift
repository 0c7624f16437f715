package import SourceText

/// Puts a tree together of nodes of others. Every node keeps the place that it has in its own
/// source.
package struct TreeAssembler {
  private var builder: TreeBuilder
  private let trees: [Tree]
  /// Where each tree's text starts in the common one.
  private let starts: [Int]
  private var maps: [UInt32: OffsetMap] = [:]

  /// - Parameter trees: at least one; the new tree's own source is that of the first.
  package init(_ trees: [Tree]) {
    self.trees = trees
    var text: [UInt8] = []
    var starts: [Int] = []
    var parts: [TextParts.Part] = []
    for tree in trees {
      if !starts.isEmpty { text.append(UInt8(ascii: "\n")) }
      let start = UInt32(clamping: text.count)
      starts.append(text.count)
      if let own = tree.parts {
        parts += own.parts.map {
          TextParts.Part(start: $0.start + start, source: $0.source, offset: $0.offset)
        }
      } else {
        parts.append(TextParts.Part(start: start, source: tree.source, offset: 0))
      }
      text += tree.text
    }
    self.starts = starts
    let source = trees.first?.source ?? SourceID(index: 0)
    builder = TreeBuilder(source: source, text: text, parts: TextParts(parts))
  }

  package var tree: Tree {
    if !maps.isEmpty { builder.tree.storage.maps = maps }
    return builder.tree
  }

  /// Opens a list or map with the place of a node of one of the trees; nodes added next are its
  /// children.
  package mutating func begin(_ kind: Tree.Kind, as node: NodeID, of tree: Int) {
    let range = trees[tree].range(node)
    builder.begin(
      kind, start: range.lowerBound + starts[tree], isFlow: trees[tree].isFlow(node))
    ends.append(range.upperBound + starts[tree])
  }

  private var ends: [Int] = []

  package mutating func end() { builder.end(at: ends.popLast() ?? 0) }

  /// Adds a node with all its children; an alias as what it stands for.
  package mutating func copy(_ node: NodeID, of tree: Int) {
    let from = trees[tree]
    switch from.kind(node) {
    case .list:
      begin(.list, as: node, of: tree)
      for item in from.items(node) { copy(item, of: tree) }
      end()
    case .map:
      begin(.map, as: node, of: tree)
      for entry in from.entries(node) {
        copy(entry.key, of: tree)
        copy(entry.value, of: tree)
      }
      end()
    case .null, .bool, .int, .float, .string: scalar(node, of: tree)
    }
  }

  private mutating func scalar(_ node: NodeID, of tree: Int) {
    let from = trees[tree]
    let span = shifted(from.range(node), tree)
    if let home = from.verbatimRange(node), !from.isAlias(node) {
      builder.scalar(
        from.kind(node), style: from.style(node), span: span, textInSource: shifted(home, tree),
        isSymbol: from.isSymbol(node))
    } else {
      from.withBytes(node) { bytes in
        _ = builder.scalar(
          from.kind(node), style: from.style(node), span: span, copying: bytes,
          isSymbol: from.isSymbol(node))
      }
    }
  }

  /// Adds a text that stands in the place of a node.
  ///
  /// - Parameter map: from the text to that of the node's tree; nil: all of it is the whole node.
  package mutating func text(
    _ text: some Collection<UInt8>, kind: Tree.Kind = .string, as node: NodeID, of tree: Int,
    map: OffsetMap? = nil
  ) {
    let span = shifted(trees[tree].range(node), tree)
    let id = builder.scalar(kind, style: .plain, span: span, decoded: text)
    var shiftedMap = OffsetMap()
    for segment in map?.segments ?? [] {
      let origin = shifted(segment.origin, tree)
      if segment.isVerbatim {
        shiftedMap.append(derivedCount: segment.derived.count, origin: origin)
      } else {
        shiftedMap.appendReplacement(derivedCount: segment.derived.count, origin: origin)
      }
    }
    if map == nil { shiftedMap.appendReplacement(derivedCount: text.count, origin: span) }
    maps[id.index] = shiftedMap
  }

  private func shifted(_ range: Range<Int>, _ tree: Int) -> Range<Int> {
    (range.lowerBound + starts[tree])..<(range.upperBound + starts[tree])
  }
}
