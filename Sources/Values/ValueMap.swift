import Text

/// A map that keeps the order in which its entries were written.
package struct ValueMap: Sendable {
  package private(set) var entries: [(key: Value, value: Value)] = []
  /// The entries with string keys; kept only if the map has more than `linearLimit` entries.
  private var index: TextIndex?
  private static var linearLimit: Int { 8 }

  package init() {}

  /// The later of two entries with equal keys wins.
  package init(_ entries: [(key: Value, value: Value)]) {
    self.entries.reserveCapacity(entries.count)
    for entry in entries { self[entry.key] = entry.value }
  }

  package init(_ entries: KeyValuePairs<String, Value>) {
    for entry in entries { self[.string(entry.key)] = entry.value }
  }

  package var count: Int { entries.count }
  package var isEmpty: Bool { entries.isEmpty }
  package var keys: [Value] { entries.map(\.key) }

  package subscript(key: String) -> Value? {
    get { position(of: key).map { entries[$0].value } }
    set { self[.string(key)] = newValue }
  }

  package subscript(key: Value) -> Value? {
    get { position(of: key).map { entries[$0].value } }
    set {
      guard let newValue else { return remove(key) }
      let at = place(for: key)
      if at < entries.count {
        entries[at].value = newValue
        return
      }
      entries.append((key, newValue))
      if index == nil, entries.count > Self.linearLimit { makeIndex() }
    }
  }

  private mutating func remove(_ key: Value) {
    guard let at = position(of: key) else { return }
    entries.remove(at: at)
    index = nil
    if entries.count > Self.linearLimit { makeIndex() }
  }

  private func position(of key: Value) -> Int? {
    if case .string(let name) = key { return position(of: name) }
    return entries.firstIndex { $0.key.equals(key) }
  }

  private func position(of key: String) -> Int? {
    key.withSharedUTF8 { position(of: $0) }
  }

  private func position(of key: UnsafeBufferPointer<UInt8>) -> Int? {
    if let index { return index.number(of: key) { hasKey($0, key) } }
    for at in entries.indices where hasKey(at, key) { return at }
    return nil
  }

  /// The position of a key's entry; the end if there is none.
  private mutating func place(for key: Value) -> Int {
    guard index != nil, case .string(let name) = key else {
      return position(of: key) ?? entries.count
    }
    return insert(name, at: entries.count)
  }

  /// Records a key's position unless it has one already; returns its position.
  private mutating func insert(_ key: String, at position: Int) -> Int {
    let entries = entries
    var key = key
    return key.withUTF8 { bytes in
      index?.number(of: bytes, orInsert: position) { at in
        Self.hasKey(entries, at, bytes)
      } hash: { at in
        at < entries.count ? Self.hash(entries, at) : TextIndex.hash(bytes)
      } ?? position
    }
  }

  private mutating func makeIndex() {
    index = TextIndex(capacity: entries.capacity)
    for at in entries.indices {
      if case .string(let name) = entries[at].key { _ = insert(name, at: at) }
    }
  }

  private func hasKey(_ at: Int, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    Self.hasKey(entries, at, bytes)
  }

  private static func hasKey(
    _ entries: [(key: Value, value: Value)], _ at: Int, _ bytes: UnsafeBufferPointer<UInt8>
  ) -> Bool {
    guard case .string(let name) = entries[at].key else { return false }
    return name.hasUTF8(bytes)
  }

  private static func hash(_ entries: [(key: Value, value: Value)], _ at: Int) -> UInt64 {
    guard case .string(var name) = entries[at].key else { return 0 }
    return name.withUTF8(TextIndex.hash)
  }
}

extension ValueMap: Equatable {
  /// As in CEL, the order of the entries doesn't matter.
  package static func == (left: ValueMap, right: ValueMap) -> Bool {
    Value.map(left).equals(.map(right))
  }
}
