/// Percent-encoding of everything but RFC 3986's unreserved characters.
package enum PercentEncoding {
  package static func encode(_ text: String, keepingSlashes: Bool = false) -> String {
    var out: [UInt8] = []
    out.reserveCapacity(text.utf8.count + 8)
    for byte in text.utf8 {
      if isUnreserved(byte) || (keepingSlashes && byte == .slash) {
        out.append(byte)
      } else {
        out.append(.percent)
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
      if byte == .percent, rest.count >= 2, let high = ASCII.hexValue(rest[rest.startIndex]),
        let low = ASCII.hexValue(rest[rest.startIndex + 1])
      {
        out.append(high << 4 | low)
        rest = rest.dropFirst(2)
      } else {
        out.append(plusIsSpace && byte == .plus ? .space : byte)
      }
    }
    return out
  }

  private static func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8.digits, UInt8.uppercase, UInt8.lowercase, .hyphen, .dot, .underscore, .tilde: true
    default: false
    }
  }
}
