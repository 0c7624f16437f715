/// Base 64 with `+` and `/` (RFC 4648, section 4), padded, without line breaks.
package enum Base64 {
  package static func encode(_ bytes: [UInt8]) -> String {
    let size = (bytes.count + 2) / 3 * 4
    return bytes.withUnsafeBufferPointer { bytes in
      String(unsafeUninitializedCapacity: size) { out in
        var at = 0
        var end = 0
        while at + 2 < bytes.count {
          let group = UInt32(bytes[at]) << 16 | UInt32(bytes[at + 1]) << 8 | UInt32(bytes[at + 2])
          put(group, count: 4, in: out, at: end)
          at += 3
          end += 4
        }
        if at + 1 < bytes.count {
          put(UInt32(bytes[at]) << 16 | UInt32(bytes[at + 1]) << 8, count: 3, in: out, at: end)
        } else if at < bytes.count {
          put(UInt32(bytes[at]) << 16, count: 2, in: out, at: end)
        }
        return size
      }
    }
  }

  package static func encode(_ text: String) -> String { encode(Array(text.utf8)) }

  /// Writes the digits of a group of up to three bytes, with padding for missing ones.
  private static func put(
    _ group: UInt32, count: Int, in out: UnsafeMutableBufferPointer<UInt8>, at start: Int
  ) {
    for position in 0..<4 {
      let value = UInt8(truncatingIfNeeded: group >> UInt32(18 - 6 * position)) & 63
      out[start + position] = position < count ? digit(value) : .equals
    }
  }

  /// Nil if the text isn't base 64. Padding may be missing.
  package static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
    var out: [UInt8] = []
    var group: UInt32 = 0
    var bits = 0
    var digits = 0
    var padding = 0
    for character in text {
      if character == .equals {
        padding += 1
        continue
      }
      guard padding == 0, let value = value(of: character) else { return nil }
      group = (group << 6 | UInt32(value)) & 0xFFFFFF
      bits += 6
      digits += 1
      if bits >= 8 {
        bits -= 8
        out.append(UInt8(truncatingIfNeeded: group >> bits))
      }
    }
    let rest = digits % 4
    guard rest != 1, padding == 0 || (rest != 0 && padding == 4 - rest) else { return nil }
    return out
  }

  private static func digit(_ value: UInt8) -> UInt8 {
    switch value {
    case 0..<26: UInt8(ascii: "A") + value
    case 26..<52: UInt8(ascii: "a") + value - 26
    case 52..<62: UInt8(ascii: "0") + value - 52
    case 62: .plus
    default: .slash
    }
  }

  /// The six bits of a digit; nil for anything else, also for padding.
  package static func value(of digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8.uppercase: digit - UInt8(ascii: "A")
    case UInt8.lowercase: digit - UInt8(ascii: "a") + 26
    case UInt8.digits: digit - UInt8(ascii: "0") + 52
    case .plus: 62
    case .slash: 63
    default: nil
    }
  }
}
