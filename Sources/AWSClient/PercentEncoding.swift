/// Percent-encoding as AWS's signatures want it: only RFC 3986's unreserved characters stay.
package enum PercentEncoding {
  package static func encode(_ text: String, keepingSlashes: Bool = false) -> String {
    var out: [UInt8] = []
    out.reserveCapacity(text.utf8.count + 8)
    for byte in text.utf8 {
      if isUnreserved(byte) || (keepingSlashes && byte == 0x2F) {
        out.append(byte)
      } else {
        out.append(0x25)
        out.append(digit(byte >> 4))
        out.append(digit(byte & 15))
      }
    }
    return String(decoding: out, as: UTF8.self)
  }

  /// The text that was encoded; `plusIsSpace` as forms and S3's listings have it. A percent sign
  /// that two hexadecimal digits do not follow stands for itself.
  package static func decode(_ text: String, plusIsSpace: Bool = false) -> String {
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
    return String(decoding: out, as: UTF8.self)
  }

  private static func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: true
    default: false
    }
  }

  private static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? 0x30 + value : 0x41 + value - 10
  }
}
