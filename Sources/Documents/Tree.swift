import Text
package import SourceText

/// A node of a `Tree`: its index there.
public struct NodeID: Hashable, Sendable, BitwiseCopyable {
  public let index: UInt32

  @inlinable public init(index: UInt32) { self.index = index }
}

/// A YAML or JSON document in one flat array, with the place of every node.
///
/// A node costs 24 bytes. A scalar whose text is verbatim in the source (most are) points there;
/// others point into `pool`. Children of a list, and alternating keys and values of a map, are
/// linked by `next`. An alias is a separate node (its span is the alias's) that refers to its
/// target; every accessor but `span` sees through it.
///
/// Accessors that each phase calls for each node are public, although they are of no use outside of
/// the package: the compiler inlines nothing else across modules.
public struct Tree: Sendable {
  /// The kind of a node.
  ///
  /// The text of a bool is `true` or `false`; of an int, decimal digits with an optional minus; of
  /// a float, what `Double(_:)` reads. A reader that found another spelling (`yes`, `0x1F`) puts
  /// the normal one into `pool`.
  public enum Kind: UInt8, Sendable, BitwiseCopyable {
    case null, bool, int, float, string, list, map
  }

  /// How a scalar was written.
  public enum Style: UInt8, Sendable, BitwiseCopyable {
    case plain, singleQuoted, doubleQuoted, literal, folded
  }

  public struct Node: Sendable, BitwiseCopyable {
    @usableFromInline var kind: Kind
    @usableFromInline var style: Style
    /// Bit 0: text is in `pool`. Bit 1: alias. Bit 2: a Ruby symbol (`:name`). Bit 3: flow style.
    @usableFromInline var flags: UInt8
    @usableFromInline var start: UInt32
    @usableFromInline var end: UInt32
    /// Scalar: offset of its text. Container: first child (0 = none). Alias: target.
    @usableFromInline var first: UInt32
    /// Scalar: length of its text in bytes. Container: number of items or entries.
    @usableFromInline var count: UInt32
    /// Next sibling; 0 = none (node 0 is the root, which has no siblings).
    @usableFromInline var next: UInt32
  }

  /// The source of its nodes; of a tree put together of several documents, the first one's.
  package let source: SourceID
  @usableFromInline let storage: TreeStorage
  /// The templates among its texts, if they were parsed when the program was built.
  package var templates: (any SnapshotTexts)?

  init(source: SourceID, storage: TreeStorage) {
    self.source = source
    self.storage = storage
  }

  /// The parsed text of the source.
  package var text: [UInt8] { storage.text }

  /// All nodes, each container before its children.
  package var nodes: Nodes { Nodes(storage: storage) }

  /// A copy of the texts that are not verbatim in the source.
  package var pool: [UInt8] { withExtendedLifetime(storage) { Array(storage.pool) } }

  package var root: NodeID? { storage.nodes.isEmpty ? nil : NodeID(index: 0) }

  @inlinable func raw(_ id: NodeID) -> Node { storage.node(id.index) }

  /// The target of an alias; otherwise the node itself.
  @inlinable public func resolved(_ id: NodeID) -> NodeID {
    let node = raw(id)
    return node.flags & Flag.alias != 0 ? NodeID(index: node.first) : id
  }

  @inlinable public func kind(_ id: NodeID) -> Kind { raw(resolved(id)).kind }

  @inlinable public func style(_ id: NodeID) -> Style { raw(resolved(id)).style }

  /// Whether a container was written with brackets or braces.
  @inlinable public func isFlow(_ id: NodeID) -> Bool { raw(resolved(id)).flags & Flag.flow != 0 }

  /// The range of `text` that holds a scalar's decoded text verbatim, or nil.
  package func verbatimRange(_ id: NodeID) -> Range<Int>? {
    let node = raw(resolved(id))
    guard node.kind != .list, node.kind != .map, node.flags & Flag.pooled == 0 else { return nil }
    return Int(node.first)..<(Int(node.first) + Int(node.count))
  }

  @inlinable public func isAlias(_ id: NodeID) -> Bool { raw(id).flags & Flag.alias != 0 }

  /// Whether a plain scalar was a Ruby symbol; its text lacks the leading colon.
  package func isSymbol(_ id: NodeID) -> Bool { raw(resolved(id)).flags & Flag.symbol != 0 }

  /// The node's place: a scalar's text with its quotes, a container's first to last byte, or the
  /// alias itself.
  package func span(_ id: NodeID) -> Span {
    let node = raw(id)
    return place(node.start, node.end)
  }

  /// The place of a range of `text`.
  package func place(_ range: Range<Int>) -> Span {
    place(UInt32(clamping: range.lowerBound), UInt32(clamping: range.upperBound))
  }

  private func place(_ start: UInt32, _ end: UInt32) -> Span {
    guard let parts = storage.parts else { return Span(source, start, end) }
    return parts.span(start, end, otherwise: source)
  }

  /// The node's bytes in `text`.
  package func range(_ id: NodeID) -> Range<Int> {
    let node = raw(id)
    return Int(node.start)..<max(Int(node.start), Int(node.end))
  }

  /// The same tree, of a text that is a part of a source: only for a tree that was just read.
  package func placed(at span: Span) -> Tree {
    storage.parts = TextParts([TextParts.Part(start: 0, source: span.source, offset: span.start)])
    return self
  }

  /// What its text was put together of, if it was.
  package var parts: TextParts? { storage.parts }

  /// The sources of its nodes, at least one.
  package var sources: [SourceID] {
    guard let parts = storage.parts else { return [source] }
    var sources: [SourceID] = []
    for part in parts.parts where !sources.contains(part.source) { sources.append(part.source) }
    return sources
  }

  /// How a text that stands in the place of a node leads to `text`; nil for a text as written.
  package func rewriting(of id: NodeID) -> OffsetMap? { storage.maps?[resolved(id).index] }

  /// Calls `body` with the bytes of a scalar's decoded text; with no bytes for a container.
  @inlinable public func withBytes<Result>(
    _ id: NodeID, _ body: (UnsafeBufferPointer<UInt8>) -> Result
  ) -> Result {
    let node = raw(resolved(id))
    guard node.kind != .list, node.kind != .map else {
      return body(UnsafeBufferPointer(start: nil, count: 0))
    }
    let range = Int(node.first)..<(Int(node.first) + Int(node.count))
    if node.flags & Flag.pooled != 0 {
      return withExtendedLifetime(storage) { body(Self.part(range, of: storage.pool)) }
    }
    return storage.text.withUnsafeBufferPointer { body(Self.part(range, of: $0)) }
  }

  @inlinable static func part(
    _ range: Range<Int>, of buffer: UnsafeBufferPointer<UInt8>
  ) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(rebasing: buffer[range.clamped(to: 0..<buffer.count)])
  }

  /// A scalar's decoded text; empty for a container.
  public func string(_ id: NodeID) -> String {
    withBytes(id) { String(decoding: $0, as: UTF8.self) }
  }

  /// Number of items of a list or entries of a map; 0 for a scalar.
  @inlinable public func count(_ id: NodeID) -> Int {
    let node = raw(resolved(id))
    return node.kind == .list || node.kind == .map ? Int(node.count) : 0
  }

  /// The items of a list, in order; empty for anything else.
  @inlinable public func items(_ id: NodeID) -> Items {
    let node = raw(resolved(id))
    return Items(storage: storage, at: node.kind == .list ? node.first : 0)
  }

  /// The entries of a map, in order; empty for anything else.
  @inlinable public func entries(_ id: NodeID) -> Entries {
    let node = raw(resolved(id))
    return Entries(storage: storage, at: node.kind == .map ? node.first : 0)
  }

  /// The value of a map's entry, or nil. Time is linear in the map's size.
  package func value(_ id: NodeID, _ key: String) -> NodeID? { entry(id, key)?.value }

  package func entry(_ id: NodeID, _ key: String) -> (key: NodeID, value: NodeID)? {
    key.withSharedUTF8 { entry(id, $0) }
  }

  private func entry(
    _ id: NodeID, _ wanted: UnsafeBufferPointer<UInt8>
  ) -> (key: NodeID, value: NodeID)? {
    for entry in entries(id) where withBytes(entry.key, { $0.isSame(as: wanted) }) {
      return entry
    }
    return nil
  }

  /// Follows map keys; nil if one of them is missing.
  package func value(_ id: NodeID, path: [String]) -> NodeID? {
    var at = id
    for key in path {
      guard let next = value(at, key) else { return nil }
      at = next
    }
    return at
  }

  package struct Nodes: RandomAccessCollection {
    let storage: TreeStorage

    package var startIndex: Int { 0 }
    package var endIndex: Int { storage.nodes.count }
    package subscript(index: Int) -> Node { storage.node(UInt32(clamping: index)) }
  }

  public struct Items: Sequence, IteratorProtocol {
    @usableFromInline let storage: TreeStorage
    @usableFromInline var at: UInt32

    @inlinable init(storage: TreeStorage, at: UInt32) {
      self.storage = storage
      self.at = at
    }

    @inlinable public mutating func next() -> NodeID? {
      guard at != 0 else { return nil }
      let id = NodeID(index: at)
      at = storage.node(at).next
      return id
    }
  }

  public struct Entries: Sequence, IteratorProtocol {
    @usableFromInline let storage: TreeStorage
    @usableFromInline var at: UInt32

    @inlinable init(storage: TreeStorage, at: UInt32) {
      self.storage = storage
      self.at = at
    }

    @inlinable public mutating func next() -> (key: NodeID, value: NodeID)? {
      guard at != 0 else { return nil }
      let key = NodeID(index: at)
      let value = NodeID(index: storage.node(at).next)
      at = storage.node(value.index).next
      return (key, value)
    }
  }

  @usableFromInline enum Flag {
    @inlinable static var pooled: UInt8 { 1 }
    @inlinable static var alias: UInt8 { 2 }
    @inlinable static var symbol: UInt8 { 4 }
    @inlinable static var flow: UInt8 { 8 }
  }
}
