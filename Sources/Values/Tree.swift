package import SourceText

/// A node of a `Tree`: its index there.
package struct NodeID: Hashable, Sendable {
  package let index: UInt32

  package init(index: UInt32) { self.index = index }
}

/// A YAML or JSON document with the place of every node, in one flat array.
///
/// A node costs 24 bytes. A scalar whose text stands in the source as it is (most do) points there;
/// others point into `pool`. Children of a list, and keys and values of a map in turn, are linked
/// by `next`. An alias is a node of its own (its span is the alias's) that stands for its target;
/// every accessor but `span` sees through it.
package struct Tree: Sendable {
  /// What a node is.
  ///
  /// The text of a bool is `true` or `false`, of an int decimal digits with an optional minus, of a
  /// float what `Double(_:)` reads; a reader that met another spelling (`yes`, `0x1F`) puts the
  /// normal one into `pool`.
  package enum Kind: UInt8, Sendable, BitwiseCopyable {
    case null, bool, int, float, string, list, map
  }

  /// How a scalar was written.
  package enum Style: UInt8, Sendable, BitwiseCopyable {
    case plain, singleQuoted, doubleQuoted, literal, folded
  }

  package struct Node: Sendable, BitwiseCopyable {
    var kind: Kind
    var style: Style
    /// Bit 0: text is in `pool`. Bit 1: alias. Bit 2: a Ruby symbol (`:name`). Bit 3: flow style.
    var flags: UInt8
    var start: UInt32
    var end: UInt32
    /// Scalar: offset of its text. Container: first child (0 = none). Alias: target.
    var first: UInt32
    /// Scalar: length of its text in bytes. Container: number of items or entries.
    var count: UInt32
    /// Next sibling; 0 = none (node 0 is the root, which is nobody's sibling).
    var next: UInt32
  }

  package let source: SourceID
  /// The parsed text of the source.
  package let text: [UInt8]
  package var nodes: [Node]
  package var pool: [UInt8]
  /// The templates among its texts, where they were parsed when the program was built.
  package var templates: SnapshotReader?

  package init(source: SourceID, text: [UInt8]) {
    self.source = source
    self.text = text
    self.nodes = []
    self.pool = []
  }

  package var root: NodeID? { nodes.isEmpty ? nil : NodeID(index: 0) }

  private func raw(_ id: NodeID) -> Node { nodes[Int(id.index)] }

  /// The node that an alias stands for; otherwise the node itself.
  package func resolved(_ id: NodeID) -> NodeID {
    let node = raw(id)
    return node.flags & Flag.alias != 0 ? NodeID(index: node.first) : id
  }

  package func kind(_ id: NodeID) -> Kind { raw(resolved(id)).kind }

  package func style(_ id: NodeID) -> Style { raw(resolved(id)).style }

  /// Whether a container was written with brackets or braces.
  package func isFlow(_ id: NodeID) -> Bool { raw(resolved(id)).flags & Flag.flow != 0 }

  /// The range of `text` that a scalar's decoded text stands at as it is; nil where it does not.
  package func verbatimRange(_ id: NodeID) -> Range<Int>? {
    let node = raw(resolved(id))
    guard node.kind != .list, node.kind != .map, node.flags & Flag.pooled == 0 else { return nil }
    return Int(node.first)..<(Int(node.first) + Int(node.count))
  }

  package func isAlias(_ id: NodeID) -> Bool { raw(id).flags & Flag.alias != 0 }

  /// Whether a plain scalar was a Ruby symbol; its text lacks the leading colon.
  package func isSymbol(_ id: NodeID) -> Bool { raw(resolved(id)).flags & Flag.symbol != 0 }

  /// Where the node stands: for a scalar its text with quotes, for a container its first to last
  /// byte, for an alias the alias.
  package func span(_ id: NodeID) -> Span {
    let node = raw(id)
    return Span(source, node.start, node.end)
  }

  /// Calls `body` with the bytes of a scalar's decoded text; with no bytes for a container.
  package func withBytes<Result>(
    _ id: NodeID, _ body: (UnsafeBufferPointer<UInt8>) -> Result
  ) -> Result {
    let node = raw(resolved(id))
    guard node.kind != .list, node.kind != .map else {
      return body(UnsafeBufferPointer(start: nil, count: 0))
    }
    let range = Int(node.first)..<(Int(node.first) + Int(node.count))
    let home = node.flags & Flag.pooled != 0 ? pool : text
    return home.withUnsafeBufferPointer { buffer in
      body(UnsafeBufferPointer(rebasing: buffer[range.clamped(to: 0..<buffer.count)]))
    }
  }

  /// A scalar's decoded text; empty for a container.
  package func string(_ id: NodeID) -> String {
    withBytes(id) { String(decoding: $0, as: UTF8.self) }
  }

  /// Number of items of a list or entries of a map; 0 for a scalar.
  package func count(_ id: NodeID) -> Int {
    let node = raw(resolved(id))
    return node.kind == .list || node.kind == .map ? Int(node.count) : 0
  }

  /// The items of a list, in order; empty for anything else.
  package func items(_ id: NodeID) -> Items {
    let node = raw(resolved(id))
    return Items(tree: self, at: node.kind == .list ? node.first : 0)
  }

  /// The entries of a map, in order; empty for anything else.
  package func entries(_ id: NodeID) -> Entries {
    let node = raw(resolved(id))
    return Entries(tree: self, at: node.kind == .map ? node.first : 0)
  }

  /// The value of a map's entry; nil where there is none. Time is linear in the map's size.
  package func value(_ id: NodeID, _ key: String) -> NodeID? { entry(id, key)?.value }

  package func entry(_ id: NodeID, _ key: String) -> (key: NodeID, value: NodeID)? {
    var wanted = key
    return wanted.withUTF8 { wanted in
      for entry in entries(id) where withBytes(entry.key, { $0.elementsEqual(wanted) }) {
        return entry
      }
      return nil
    }
  }

  /// Follows map keys; nil where one of them is missing.
  package func value(_ id: NodeID, path: [String]) -> NodeID? {
    var at = id
    for key in path {
      guard let next = value(at, key) else { return nil }
      at = next
    }
    return at
  }

  package struct Items: Sequence, IteratorProtocol {
    let tree: Tree
    var at: UInt32

    package mutating func next() -> NodeID? {
      guard at != 0 else { return nil }
      let id = NodeID(index: at)
      at = tree.nodes[Int(at)].next
      return id
    }
  }

  package struct Entries: Sequence, IteratorProtocol {
    let tree: Tree
    var at: UInt32

    package mutating func next() -> (key: NodeID, value: NodeID)? {
      guard at != 0 else { return nil }
      let key = NodeID(index: at)
      let value = NodeID(index: tree.nodes[Int(at)].next)
      at = tree.nodes[Int(value.index)].next
      return (key, value)
    }
  }

  enum Flag {
    static let pooled: UInt8 = 1
    static let alias: UInt8 = 2
    static let symbol: UInt8 = 4
    static let flow: UInt8 = 8
  }
}
