import Text

/// Data computed from built-in files when the program was built, as bytes in its read-only data:
/// blobs by key.
///
///     "PENSNAP2"; the number of blobs; for each, sorted by key: the key's offset and length, the
///     blob's offset and length; keys and blobs, each at a multiple of 16
///
/// Integers are 64 bit, little-endian; tables have their layout in memory. A snapshot is only read
/// by the same build on the same kind of machine that wrote it.
package struct Snapshot: @unchecked Sendable {
  fileprivate static let magic: UInt64 = 0x3250_414E_534E_4550
  private let bytes: UnsafeRawBufferPointer

  /// An empty snapshot.
  package static var none: Snapshot { Snapshot(UnsafeRawBufferPointer(start: nil, count: 0)) }

  /// - Parameter bytes: must never be freed or changed, and be aligned to 16.
  package init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  /// The blob of a key; nil if there is none.
  package func blob(_ key: String) -> SnapshotReader? {
    var reader = SnapshotReader(bytes)
    guard reader.number() == Int(Self.magic), let count = reader.number(),
      let index = reader.table(of: Entry.self, count: count)
    else { return nil }
    var key = key
    return key.withUTF8 { wanted in
      var low = 0
      var high = index.count
      while low < high {
        let middle = (low + high) / 2
        let entry = index[middle]
        guard let name = part(entry.keyStart, entry.keyCount) else { return nil }
        if name.bindMemory(to: UInt8.self).isSame(as: wanted) {
          return part(entry.start, entry.count).map { SnapshotReader($0) }
        }
        if name.lexicographicallyPrecedes(wanted) { low = middle + 1 } else { high = middle }
      }
      return nil
    }
  }

  fileprivate struct Entry: BitwiseCopyable {
    var keyStart: Int64
    var keyCount: Int64
    var start: Int64
    var count: Int64
  }

  private func part(_ start: Int64, _ count: Int64) -> UnsafeRawBufferPointer? {
    let size = Int64(clamping: bytes.count)
    guard start >= 0, count >= 0, start <= size, count <= size - start else { return nil }
    return UnsafeRawBufferPointer(rebasing: bytes[Int(start)..<Int(start + count)])
  }
}

/// Reads a blob from its start.
package struct SnapshotReader: @unchecked Sendable {
  private let bytes: UnsafeRawBufferPointer
  private var at = 0

  fileprivate init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  package mutating func number() -> Int? {
    guard bytes.count - at >= 8 else { return nil }
    defer { at += 8 }
    return Int(Int64(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: Int64.self)))
  }

  /// A table, stored after its number of rows; it lives as long as the program.
  package mutating func table<Row: BitwiseCopyable>(
    of row: Row.Type
  ) -> UnsafeBufferPointer<Row>? {
    guard let count = number(), number() == MemoryLayout<Row>.stride else { return nil }
    return table(of: row, count: count)
  }

  fileprivate mutating func table<Row: BitwiseCopyable>(
    of row: Row.Type, count: Int
  ) -> UnsafeBufferPointer<Row>? {
    let start = (at + 15) & ~15
    let (size, isTooLarge) = count.multipliedReportingOverflow(by: MemoryLayout<Row>.stride)
    guard count >= 0, !isTooLarge, start <= bytes.count, size <= bytes.count - start else {
      return nil
    }
    at = start + size
    return UnsafeRawBufferPointer(rebasing: bytes[start..<at]).assumingMemoryBound(to: row)
  }

  package mutating func string() -> String? {
    table(of: UInt8.self).map { String(decoding: $0, as: UTF8.self) }
  }
}

/// Data in a snapshot about a tree's texts, opaque to all but the module that made it.
package protocol SnapshotTexts: AnyObject, Sendable {}

/// Makes a snapshot.
package struct SnapshotWriter {
  private var blobs: [(key: String, bytes: [UInt8])] = []

  package init() {}

  /// A blob being written.
  package struct Blob {
    fileprivate var bytes: [UInt8] = []

    package init() {}

    package mutating func number(_ number: Int) {
      withUnsafeBytes(of: Int64(number).littleEndian) { bytes.append(contentsOf: $0) }
    }

    package mutating func table<Row: BitwiseCopyable>(_ rows: UnsafeBufferPointer<Row>) {
      number(rows.count)
      number(MemoryLayout<Row>.stride)
      pad()
      bytes.append(contentsOf: UnsafeRawBufferPointer(rows))
    }

    package mutating func table<Row: BitwiseCopyable>(_ rows: [Row]) {
      rows.withUnsafeBufferPointer { table($0) }
    }

    package mutating func string(_ text: String) { table(Array(text.utf8)) }

    fileprivate mutating func pad() {
      while bytes.count % 16 != 0 { bytes.append(0) }
    }
  }

  package mutating func add(_ key: String, _ blob: Blob) { blobs.append((key, blob.bytes)) }

  /// The whole snapshot.
  package func bytes() -> [UInt8] {
    let sorted = blobs.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    var body = Blob()
    let start = (16 + sorted.count * MemoryLayout<Snapshot.Entry>.stride + 15) & ~15
    var index: [Snapshot.Entry] = []
    for (key, bytes) in sorted {
      body.pad()
      let keyStart = start + body.bytes.count
      body.bytes += Array(key.utf8)
      body.pad()
      index.append(
        Snapshot.Entry(
          keyStart: Int64(keyStart), keyCount: Int64(key.utf8.count),
          start: Int64(start + body.bytes.count), count: Int64(bytes.count)))
      body.bytes += bytes
    }
    var whole = Blob()
    whole.number(Int(Snapshot.magic))
    whole.number(sorted.count)
    index.withUnsafeBytes { whole.bytes.append(contentsOf: $0) }
    whole.pad()
    return whole.bytes + body.bytes
  }
}

extension SnapshotReader {
  /// Distinguishes an edited text from the original one: FNV-1a over words of eight bytes.
  package static func digest(_ text: [UInt8]) -> Int {
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
    return Int(hash >> 1)
  }
}
