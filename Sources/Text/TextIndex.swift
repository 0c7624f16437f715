/// Finds numbers by texts that are stored elsewhere; takes only four bytes per text.
///
/// The hash has a different seed in each process, so that colliding texts can't be prepared; only
/// the time of a search depends on it.
package struct TextIndex: Sendable {
  /// Numbers plus 1, or 0 for an empty slot; the last element is the count.
  private var slots: [UInt32]
  private var mask: Int { slots.count - 2 }

  package init(capacity: Int = 0) {
    var size = 16
    while size < capacity * 2 { size *= 2 }
    slots = Array(repeating: 0, count: size + 1)
  }

  /// The number of a text, or nil. `isSame` tells whether a number belongs to the text.
  package func number(
    of text: UnsafeBufferPointer<UInt8>, where isSame: (Int) -> Bool
  ) -> Int? {
    let found = slots[slot(Self.hash(text), isSame)]
    return found == 0 ? nil : Int(found) - 1
  }

  /// The number of a text; `new` if it has none yet.
  ///
  /// - Parameter hash: the hash of a number's text, needed when the table grows.
  package mutating func number(
    of text: UnsafeBufferPointer<UInt8>, orInsert new: Int, where isSame: (Int) -> Bool,
    hash: (Int) -> UInt64
  ) -> Int {
    let at = slot(Self.hash(text), isSame)
    if slots[at] != 0 { return Int(slots[at]) - 1 }
    slots[at] = UInt32(clamping: new + 1)
    slots[mask + 1] += 1
    if Int(slots[mask + 1]) * 2 > mask { grow(hash) }
    return new
  }

  private func slot(_ hash: UInt64, _ isSame: (Int) -> Bool) -> Int {
    let mask = mask
    var at = Int(truncatingIfNeeded: hash) & mask
    while slots[at] != 0, !isSame(Int(slots[at]) - 1) { at = (at + 1) & mask }
    return at
  }

  private mutating func grow(_ hash: (Int) -> UInt64) {
    let old = slots
    slots = Array(repeating: 0, count: (old.count - 1) * 2 + 1)
    slots[mask + 1] = old[old.count - 1]
    for number in old.dropLast() where number != 0 {
      slots[slot(hash(Int(number) - 1)) { _ in false }] = number
    }
  }

  private static let seed = UInt64(truncatingIfNeeded: Hasher().finalize())

  /// Eight bytes at a time, each mixed in by a full-width multiplication.
  package static func hash(_ text: UnsafeBufferPointer<UInt8>) -> UInt64 {
    let raw = UnsafeRawBufferPointer(text)
    var hash = seed ^ UInt64(truncatingIfNeeded: raw.count)
    var at = 0
    while at + 8 <= raw.count {
      hash = mixed(hash ^ raw.loadUnaligned(fromByteOffset: at, as: UInt64.self))
      at += 8
    }
    var rest: UInt64 = 0
    while at < raw.count {
      rest = rest << 8 | UInt64(raw[at])
      at += 1
    }
    return mixed(hash ^ rest)
  }

  private static func mixed(_ word: UInt64) -> UInt64 {
    let (high, low) = (word ^ 0xA076_1D64_78BD_642F).multipliedFullWidth(
      by: 0xE703_7ED1_A0B4_28DB ^ seed)
    return high ^ low
  }
}

extension String {
  /// Its UTF-8 in place. `withUTF8` is mutating and would need a copy.
  package func withSharedUTF8<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    if let result = utf8.withContiguousStorageIfAvailable(body) { return result }
    var copy = self
    return copy.withUTF8(body)
  }

  /// Whether its UTF-8 is these bytes.
  package func hasUTF8(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    withSharedUTF8 { $0.isSame(as: bytes) }
  }
}

extension UnsafeBufferPointer<UInt8> {
  package func isSame(as word: StaticString) -> Bool {
    count == word.utf8CodeUnitCount && word.withUTF8Buffer(isSame)
  }

  /// Whether the bytes are the same.
  package func isSame(as other: UnsafeBufferPointer<UInt8>) -> Bool {
    guard count == other.count else { return false }
    let left = UnsafeRawBufferPointer(self)
    let right = UnsafeRawBufferPointer(other)
    var at = 0
    while at + 8 <= left.count {
      let one = left.loadUnaligned(fromByteOffset: at, as: UInt64.self)
      if one != right.loadUnaligned(fromByteOffset: at, as: UInt64.self) { return false }
      at += 8
    }
    while at < left.count {
      if left[at] != right[at] { return false }
      at += 1
    }
    return true
  }
}
