/// Base 64 with `+` and `/` (RFC 4648, section 4), padded, without line breaks.
package enum Base64 {
  package static func encode(_ bytes: some Collection<UInt8>) -> String {
    var out: [UInt8] = []
    out.reserveCapacity((bytes.count + 2) / 3 * 4)
    var group: UInt32 = 0
    var filled = 0
    for byte in bytes {
      group = group << 8 | UInt32(byte)
      filled += 1
      if filled == 3 {
        for shift in [18, 12, 6, 0] {
          out.append(digit(UInt8(truncatingIfNeeded: group >> shift) & 63))
        }
        group = 0
        filled = 0
      }
    }
    if filled == 1 {
      out.append(digit(UInt8(truncatingIfNeeded: group >> 2) & 63))
      out.append(digit(UInt8(truncatingIfNeeded: group << 4) & 63))
      out.append(contentsOf: [0x3D, 0x3D])
    } else if filled == 2 {
      out.append(digit(UInt8(truncatingIfNeeded: group >> 10) & 63))
      out.append(digit(UInt8(truncatingIfNeeded: group >> 4) & 63))
      out.append(digit(UInt8(truncatingIfNeeded: group << 2) & 63))
      out.append(0x3D)
    }
    return String(decoding: out, as: UTF8.self)
  }

  /// Nil where the text is not base 64. Padding may be missing.
  package static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
    var out: [UInt8] = []
    var group: UInt32 = 0
    var bits = 0
    var digits = 0
    var padding = 0
    for character in text {
      if character == 0x3D {
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
    case 0..<26: 0x41 + value
    case 26..<52: 0x61 + value - 26
    case 52..<62: 0x30 + value - 52
    case 62: 0x2B
    default: 0x2F
    }
  }

  private static func value(of digit: UInt8) -> UInt8? {
    switch digit {
    case 0x41...0x5A: digit - 0x41
    case 0x61...0x7A: digit - 0x61 + 26
    case 0x30...0x39: digit - 0x30 + 52
    case 0x2B: 62
    case 0x2F: 63
    default: nil
    }
  }
}
