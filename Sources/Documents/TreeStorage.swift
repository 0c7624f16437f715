import SourceText

/// A tree's storage: its text, its nodes in a row, and the texts that aren't verbatim in the
/// source.
///
/// One object, so that copying a tree costs one reference. It grows only while its builder has it,
/// and is never changed afterwards.
@usableFromInline
final class TreeStorage: @unchecked Sendable {
  @usableFromInline let text: [UInt8]
  /// Where the parts of the text are from; nil: all of it is one source's.
  var parts: TextParts?
  /// Of texts that stand in the place of others: how they lead to `text`, by node.
  var maps: [UInt32: OffsetMap]?
  @usableFromInline @exclusivity(unchecked) var nodeSpace: UnsafeMutableBufferPointer<Tree.Node>
  @usableFromInline @exclusivity(unchecked) var nodeCount = 0
  @usableFromInline @exclusivity(unchecked) var poolSpace: UnsafeMutableBufferPointer<UInt8>
  @usableFromInline @exclusivity(unchecked) var poolCount = 0
  /// Whether the two are in memory that it owns, not in the program's data.
  private let isOwner: Bool

  /// Empty, with space for about as many nodes as the text will have. Unused space costs only
  /// address space.
  init(text: [UInt8], parts: TextParts? = nil) {
    self.text = text
    self.parts = parts
    nodeSpace = .allocate(capacity: min(text.count / 8 + 16, 1 << 24))
    poolSpace = .allocate(capacity: 256)
    isOwner = true
  }

  /// A tree that was read when the program was built.
  init(
    text: [UInt8], nodes: UnsafeBufferPointer<Tree.Node>, pool: UnsafeBufferPointer<UInt8>
  ) {
    self.text = text
    parts = nil
    nodeSpace = UnsafeMutableBufferPointer(mutating: nodes)
    nodeCount = nodes.count
    poolSpace = UnsafeMutableBufferPointer(mutating: pool)
    poolCount = pool.count
    isOwner = false
  }

  deinit {
    guard isOwner else { return }
    nodeSpace.deallocate()
    poolSpace.deallocate()
  }

  var nodes: UnsafeBufferPointer<Tree.Node> {
    UnsafeBufferPointer(rebasing: nodeSpace[..<nodeCount])
  }

  @inlinable var pool: UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(rebasing: poolSpace[..<poolCount])
  }

  @inlinable func node(_ index: UInt32) -> Tree.Node {
    precondition(Int(index) < nodeCount, "no such node")
    return nodeSpace[Int(index)]
  }

  // MARK: Building

  /// The new node's index.
  func append(_ node: Tree.Node) -> UInt32 {
    precondition(isOwner, "a tree of the program cannot grow")
    if nodeCount == nodeSpace.count { nodeSpace = Self.grown(nodeSpace, nodeCount, by: 1) }
    nodeSpace.initializeElement(at: nodeCount, to: node)
    nodeCount += 1
    return UInt32(clamping: nodeCount - 1)
  }

  func change(_ index: UInt32, _ body: (inout Tree.Node) -> Void) {
    precondition(isOwner && Int(index) < nodeCount, "no such node")
    body(&nodeSpace[Int(index)])
  }

  /// Where the added text starts in the pool.
  func append(pool text: UnsafeBufferPointer<UInt8>) -> Int {
    precondition(isOwner, "a tree of the program cannot grow")
    if poolSpace.count - poolCount < text.count {
      poolSpace = Self.grown(poolSpace, poolCount, by: text.count)
    }
    _ = UnsafeMutableBufferPointer(rebasing: poolSpace[poolCount...]).initialize(from: text)
    poolCount += text.count
    return poolCount - text.count
  }

  private static func grown<Element: BitwiseCopyable>(
    _ space: UnsafeMutableBufferPointer<Element>, _ count: Int, by more: Int
  ) -> UnsafeMutableBufferPointer<Element> {
    let larger = UnsafeMutableBufferPointer<Element>.allocate(
      capacity: max(space.count * 2, count + more))
    _ = larger.initialize(from: UnsafeBufferPointer(rebasing: space[..<count]))
    space.deallocate()
    return larger
  }
}
