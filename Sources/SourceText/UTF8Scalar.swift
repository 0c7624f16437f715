/// The scalars of UTF-8 text.
package enum UTF8Scalar {
  /// The length of the well-formed scalar at an offset; 0 if there is none.
  package static func length(_ bytes: UnsafeBufferPointer<UInt8>, at: Int) -> Int {
    guard at < bytes.count else { return 0 }
    let lead = bytes[at]
    let length: Int
    var second: ClosedRange<UInt8> = 0x80...0xBF
    switch lead {
    case 0..<0x80: return 1
    case 0xC2...0xDF: length = 2
    case 0xE0...0xEF:
      length = 3
      if lead == 0xE0 { second = 0xA0...0xBF }
      if lead == 0xED { second = 0x80...0x9F }
    case 0xF0...0xF4:
      length = 4
      if lead == 0xF0 { second = 0x90...0xBF }
      if lead == 0xF4 { second = 0x80...0x8F }
    default: return 0
    }
    guard at + length <= bytes.count, second.contains(bytes[at + 1]) else { return 0 }
    for index in (at + 2)..<max(at + 2, at + length) where bytes[index] & 0xC0 != 0x80 { return 0 }
    return length
  }

  package static func value(_ bytes: UnsafeBufferPointer<UInt8>, at: Int, length: Int) -> UInt32 {
    guard length > 1 else { return UInt32(bytes[at]) }
    var value = UInt32(bytes[at]) & (0x7F >> UInt32(length))
    for index in (at + 1)..<(at + length) { value = value << 6 | UInt32(bytes[index] & 0x3F) }
    return value
  }
}
