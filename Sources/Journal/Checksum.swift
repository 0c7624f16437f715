/// FNV-1a, 64 bits: a change of one byte always changes it, and any other damage leaves it the same
/// once in 2⁶⁴. It isn't a defence against people.
struct Checksum {
  private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

  /// As SQLite keeps it.
  var stored: Int64 { Int64(bitPattern: value) }

  /// Texts are preceded by their length, so that no two lists of them are the same.
  mutating func add(_ text: String) {
    var text = text
    text.withUTF8 { add(UnsafeRawBufferPointer($0)) }
  }

  mutating func add(_ text: String?) {
    add(text == nil ? 0 : 1)
    if let text { add(text) }
  }

  mutating func add(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { add($0) }
  }

  private mutating func add(_ bytes: UnsafeRawBufferPointer) {
    add(Int64(bytes.count))
    var value = value
    for byte in bytes { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }
    self.value = value
  }

  mutating func add(_ number: Int64) {
    var rest = UInt64(bitPattern: number)
    for _ in 0..<8 {
      value = (value ^ (rest & 0xff)) &* 0x100_0000_01b3
      rest >>= 8
    }
  }

  static func of(_ bytes: [UInt8]) -> Int64 {
    var sum = Checksum()
    sum.add(bytes)
    return sum.stored
  }

  static func of(_ text: String) -> Int64 {
    var sum = Checksum()
    sum.add(text)
    return sum.stored
  }
}
