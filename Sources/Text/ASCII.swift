/// Helpers for ASCII text that don't need Unicode's tables.
package enum ASCII {
  package static func lowercased(_ text: String) -> String {
    String(decoding: text.utf8.map(lowercased), as: UTF8.self)
  }

  package static func uppercased(_ text: String) -> String {
    String(
      decoding: text.utf8.map { UInt8.lowercase ~= $0 ? $0 - UInt8(ascii: " ") : $0 }, as: UTF8.self
    )
  }

  package static func equalsIgnoringCase(_ left: String, _ right: String) -> Bool {
    left.utf8.elementsEqual(right.utf8) { lowercased($0) == lowercased($1) }
  }

  /// The value of a hexadecimal digit in either case.
  package static func hexValue(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8.digits: byte - UInt8(ascii: "0")
    case 0x41...0x46: byte - UInt8(ascii: "A") + 10
    case 0x61...0x66: byte - UInt8(ascii: "a") + 10
    default: nil
    }
  }

  /// The digit of a value below 16.
  package static func hexDigit(_ value: UInt8, uppercase: Bool = false) -> UInt8 {
    value < 10
      ? UInt8(ascii: "0") + value : (uppercase ? UInt8(ascii: "A") : UInt8(ascii: "a")) + value - 10
  }

  /// Two digits for each byte.
  package static func hex(_ bytes: [UInt8], uppercase: Bool = false) -> String {
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count * 2)
    for byte in bytes {
      out.append(hexDigit(byte >> 4, uppercase: uppercase))
      out.append(hexDigit(byte & 15, uppercase: uppercase))
    }
    return String(decoding: out, as: UTF8.self)
  }

  /// The 16 digits of a number.
  package static func hex(_ number: UInt64) -> String {
    hex(stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: number >> $0) })
  }

  @inlinable package static func isDigit(_ byte: UInt8) -> Bool {
    byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
  }

  @inlinable package static func isLetter(_ byte: UInt8) -> Bool {
    byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z")
  }

  /// Whether a byte can be part of a name: a letter, a digit or `_`.
  @inlinable package static func isWord(_ byte: UInt8) -> Bool {
    isLetter(byte) || isDigit(byte) || byte == UInt8(ascii: "_")
  }

  package static func isSpace(_ byte: UInt8) -> Bool {
    byte == .space || (0x09...0x0D).contains(byte)
  }

  /// The text without leading and trailing white space.
  package static func trimmed(_ text: some StringProtocol) -> String {
    var bytes = Array(text.utf8)[...]
    while let first = bytes.first, isSpace(first) { bytes.removeFirst() }
    while let last = bytes.last, isSpace(last) { bytes.removeLast() }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func lowercased(_ byte: UInt8) -> UInt8 {
    UInt8.uppercase ~= byte ? byte + UInt8(ascii: " ") : byte
  }
}
