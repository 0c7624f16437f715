package import SourceText

/// Builds a `Tree` from a parser's events, depth first.
package struct TreeBuilder {
  package internal(set) var tree: Tree
  /// Open containers: their node and the last child that was linked (0 = none yet).
  var open: [(node: UInt32, last: UInt32, children: UInt32)] = []

  package init(source: SourceID, text: [UInt8], parts: TextParts? = nil) {
    tree = Tree(source: source, storage: TreeStorage(text: text, parts: parts))
  }

  package var depth: Int { open.count }

  /// The innermost open container.
  package var container: NodeID? { open.last.map { NodeID(index: $0.node) } }

  /// Children linked so far into the innermost container (keys and values both count).
  package var childrenOfContainer: Int { Int(open.last?.children ?? 0) }

  /// Adds a scalar whose decoded text is verbatim in the source at `range`.
  @discardableResult
  package mutating func scalar(
    _ kind: Tree.Kind, style: Tree.Style, span: Range<Int>, textInSource range: Range<Int>,
    isSymbol: Bool = false
  ) -> NodeID {
    link(
      Tree.Node(
        kind: kind, style: style, flags: isSymbol ? Tree.Flag.symbol : 0,
        start: UInt32(clamping: span.lowerBound), end: UInt32(clamping: span.upperBound),
        first: UInt32(clamping: range.lowerBound), count: UInt32(clamping: range.count), next: 0))
  }

  /// Adds a scalar whose decoded text isn't verbatim in the source.
  @discardableResult
  package mutating func scalar(
    _ kind: Tree.Kind, style: Tree.Style, span: Range<Int>, decoded: some Collection<UInt8>,
    isSymbol: Bool = false
  ) -> NodeID {
    Array(decoded).withUnsafeBufferPointer {
      scalar(kind, style: style, span: span, copying: $0, isSymbol: isSymbol)
    }
  }

  /// The same for text in unmanaged memory.
  @discardableResult
  package mutating func scalar(
    _ kind: Tree.Kind, style: Tree.Style, span: Range<Int>,
    copying text: UnsafeBufferPointer<UInt8>,
    isSymbol: Bool = false
  ) -> NodeID {
    let at = tree.storage.append(pool: text)
    return link(
      Tree.Node(
        kind: kind, style: style, flags: Tree.Flag.pooled | (isSymbol ? Tree.Flag.symbol : 0),
        start: UInt32(clamping: span.lowerBound), end: UInt32(clamping: span.upperBound),
        first: UInt32(clamping: at), count: UInt32(clamping: text.count), next: 0))
  }

  /// Adds an alias of an earlier node.
  @discardableResult
  package mutating func alias(_ target: NodeID, span: Range<Int>) -> NodeID {
    link(
      Tree.Node(
        kind: tree.kind(target), style: .plain, flags: Tree.Flag.alias,
        start: UInt32(clamping: span.lowerBound), end: UInt32(clamping: span.upperBound),
        first: tree.resolved(target).index, count: 0, next: 0))
  }

  /// Opens a list or map; nodes added next are its children.
  @discardableResult
  package mutating func begin(_ kind: Tree.Kind, start: Int, isFlow: Bool = false) -> NodeID {
    let id = link(
      Tree.Node(
        kind: kind, style: .plain, flags: isFlow ? Tree.Flag.flow : 0,
        start: UInt32(clamping: start), end: UInt32(clamping: start), first: 0, count: 0, next: 0))
    open.append((id.index, 0, 0))
    return id
  }

  /// Closes the innermost container. A map must have as many values as keys.
  package mutating func end(at end: Int) {
    guard let closed = open.popLast() else { return }
    tree.storage.change(closed.node) { node in
      node.end = UInt32(clamping: end)
      node.count = node.kind == .map ? closed.children / 2 : closed.children
    }
  }

  private mutating func link(_ node: Tree.Node) -> NodeID {
    let index = tree.storage.append(node)
    if let last = open.indices.last {
      if open[last].last == 0 {
        tree.storage.change(open[last].node) { $0.first = index }
      } else {
        tree.storage.change(open[last].last) { $0.next = index }
      }
      open[last].last = index
      open[last].children += 1
    }
    return NodeID(index: index)
  }
}
