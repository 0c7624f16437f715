/// Percent-encoding of everything but RFC 3986's unreserved characters.
package enum PercentEncoding {
  package static func encode(_ text: String, keepingSlashes: Bool = false) -> String {
    var out: [UInt8] = []
    out.reserveCapacity(text.utf8.count + 8)
    for byte in text.utf8 {
      if isUnreserved(byte) || (keepingSlashes && byte == 0x2F) {
        out.append(byte)
      } else {
        out.append(0x25)
        out.append(ASCII.hexDigit(byte >> 4, uppercase: true))
        out.append(ASCII.hexDigit(byte & 15, uppercase: true))
      }
    }
    return String(decoding: out, as: UTF8.self)
  }

  /// The decoded text; `plusIsSpace` as in forms. A percent sign that isn't followed by two
  /// hexadecimal digits is kept.
  package static func decode(_ text: String, plusIsSpace: Bool = false) -> String {
    String(decoding: decodedBytes(text, plusIsSpace: plusIsSpace), as: UTF8.self)
  }

  /// The decoded bytes, which need not be UTF-8.
  package static func decodedBytes(_ text: String, plusIsSpace: Bool = false) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(text.utf8.count)
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      if byte == 0x25, rest.count >= 2, let high = ASCII.hexValue(rest[rest.startIndex]),
        let low = ASCII.hexValue(rest[rest.startIndex + 1])
      {
        out.append(high << 4 | low)
        rest = rest.dropFirst(2)
      } else {
        out.append(plusIsSpace && byte == 0x2B ? 0x20 : byte)
      }
    }
    return out
  }

  private static func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: true
    default: false
    }
  }
}
