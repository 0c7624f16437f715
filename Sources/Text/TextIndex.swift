/// Finds numbers by texts that stand elsewhere: four bytes a text and nothing else.
///
/// The hash has a seed of its own in each process, so that nobody can prepare texts that collide;
/// nothing but the time that a search takes depends on it.
package struct TextIndex: Sendable {
  /// Numbers plus 1; 0 where there is none. Behind them, how many there are.
  private var slots: [UInt32]
  private var mask: Int { slots.count - 2 }

  package init(capacity: Int = 0) {
    var size = 16
    while size < capacity * 2 { size *= 2 }
    slots = Array(repeating: 0, count: size + 1)
  }

  /// The number of a text; nil where it has none. `isSame` tells whether a number's text is it.
  package func number(
    of text: UnsafeBufferPointer<UInt8>, where isSame: (Int) -> Bool
  ) -> Int? {
    let found = slots[slot(Self.hash(text), isSame)]
    return found == 0 ? nil : Int(found) - 1
  }

  /// The number of a text, which is `new` where it has none yet.
  ///
  /// - Parameter hash: of the text of a number, for when the table grows.
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

  /// Eight bytes at a time, each mixed in by a multiplication of full width.
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
  /// Its UTF-8 where it lies. `withUTF8`, which may change the text for that, wants a copy of it.
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
