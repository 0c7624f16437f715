package import SourceText

/// Trees of built-in files as bytes, so that a file that never changes is not parsed at each start.
///
///     "PTREES01", then for each file: the path's length and bytes; the digest and length of its
///     text; the numbers of nodes and of the pool's bytes; the nodes as they lie in memory; the pool
///
/// Integers are 64 bit, little-endian. A snapshot is read on the kind of machine that wrote it; a
/// reader that finds another digest, or anything else amiss, says nil, and the text is parsed.
package struct TreeSnapshots {
  private static let magic = Array("PTREES01".utf8)

  package private(set) var bytes: [UInt8] = magic

  package init() {}

  package mutating func add(_ tree: Tree, path: String) {
    append(path.utf8.count)
    bytes.append(contentsOf: path.utf8)
    bytes.append(contentsOf: withUnsafeBytes(of: Self.digest(tree.text)) { Array($0) })
    append(tree.text.count)
    append(tree.nodes.count)
    append(tree.pool.count)
    tree.nodes.withUnsafeBytes { bytes.append(contentsOf: $0) }
    bytes.append(contentsOf: tree.pool)
  }

  private mutating func append(_ number: Int) {
    bytes.append(contentsOf: withUnsafeBytes(of: UInt64(number).littleEndian) { Array($0) })
  }

  /// The tree of a file whose text is `text`; nil where there is none.
  package static func tree(
    _ path: String, text: [UInt8], source: SourceID, in snapshots: UnsafeRawBufferPointer
  ) -> Tree? {
    var reader = Reader(bytes: snapshots)
    guard let start = reader.take(magic.count), start.elementsEqual(magic) else { return nil }
    while let pathCount = reader.number(), let name = reader.take(pathCount),
      let digest = reader.number64(), let textCount = reader.number(),
      let nodeCount = reader.number(), let poolCount = reader.number(),
      nodeCount <= snapshots.count,
      let nodes = reader.take(nodeCount * MemoryLayout<Tree.Node>.stride),
      let pool = reader.take(poolCount)
    {
      guard name.elementsEqual(path.utf8) else { continue }
      guard textCount == text.count, digest == Self.digest(text) else { return nil }
      var tree = Tree(source: source, text: text)
      tree.nodes = Array(unsafeUninitializedCapacity: nodeCount) { buffer, count in
        UnsafeMutableRawBufferPointer(buffer).copyMemory(from: nodes)
        count = nodeCount
      }
      tree.pool = Array(pool)
      return tree
    }
    return nil
  }

  /// Tells an edited text from the one that was parsed: FNV-1a over words of eight bytes.
  static func digest(_ text: [UInt8]) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    text.withUnsafeBytes { bytes in
      var at = 0
      while at + 8 <= bytes.count {
        let word = bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self)
        hash = (hash ^ word) &* 0x100_0000_01b3
        hash ^= hash >> 29
        at += 8
      }
      while at < bytes.count {
        hash = (hash ^ UInt64(bytes[at])) &* 0x100_0000_01b3
        at += 1
      }
    }
    return hash
  }

  private struct Reader {
    let bytes: UnsafeRawBufferPointer
    var at = 0

    mutating func take(_ count: Int) -> UnsafeRawBufferPointer? {
      guard count >= 0, count <= bytes.count - at else { return nil }
      defer { at += count }
      return UnsafeRawBufferPointer(rebasing: bytes[at..<(at + count)])
    }

    mutating func number64() -> UInt64? {
      take(8).map { UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)) }
    }

    mutating func number() -> Int? { number64().flatMap { Int(exactly: $0) } }
  }
}
