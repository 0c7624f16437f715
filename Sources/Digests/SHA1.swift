import Text

/// SHA-1 (RFC 3174), for name-based UUIDs.
package enum SHA1 {
  /// The namespace of all UUIDs that Penstock makes.
  private static let namespace: [UInt8] = [
    0x5E, 0x0D, 0x1C, 0x7B, 0x9A, 0x42, 0x5F, 0x36, 0x8B, 0x61, 0x2D, 0x74, 0xC9, 0xE3, 0x50, 0xA8,
  ]

  /// The version 5 UUID for a name.
  package static func uuid(of name: String) -> String {
    var bytes = Array(digest(namespace + Array(name.utf8))[..<16])
    bytes[6] = bytes[6] & 0x0F | 0x50
    bytes[8] = bytes[8] & 0x3F | 0x80
    let parts = [bytes[0..<4], bytes[4..<6], bytes[6..<8], bytes[8..<10], bytes[10..<16]]
    return parts.map { ASCII.hex(Array($0)) }.joined(separator: "-")
  }

  package static func digest(_ message: [UInt8]) -> [UInt8] {
    var state: [UInt32] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0]
    let padded = message.prefix(message.count / 64 * 64) + MessagePadding.tail(of: message)
    for start in stride(from: 0, to: padded.count, by: 64) {
      compress(padded[start..<start + 64], into: &state)
    }
    return state.flatMap { word in
      stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: word >> UInt32($0)) }
    }
  }

  private static func compress(_ block: ArraySlice<UInt8>, into state: inout [UInt32]) {
    var words: [UInt32] = []
    words.reserveCapacity(80)
    for at in stride(from: block.startIndex, to: block.endIndex, by: 4) {
      words.append(block[at..<at + 4].reduce(0) { $0 << 8 | UInt32($1) })
    }
    for at in 16..<80 {
      words.append(rotate(words[at - 3] ^ words[at - 8] ^ words[at - 14] ^ words[at - 16], 1))
    }
    var (a, b, c, d, e) = (state[0], state[1], state[2], state[3], state[4])
    for at in 0..<80 {
      let mixed: UInt32
      switch at {
      case ..<20: mixed = (b & c | ~b & d) &+ 0x5A82_7999
      case ..<40: mixed = (b ^ c ^ d) &+ 0x6ED9_EBA1
      case ..<60: mixed = (b & c | b & d | c & d) &+ 0x8F1B_BCDC
      default: mixed = (b ^ c ^ d) &+ 0xCA62_C1D6
      }
      let next = rotate(a, 5) &+ mixed &+ e &+ words[at]
      (a, b, c, d, e) = (next, a, rotate(b, 30), c, d)
    }
    for (at, word) in [a, b, c, d, e].enumerated() { state[at] = state[at] &+ word }
  }

  private static func rotate(_ word: UInt32, _ by: UInt32) -> UInt32 {
    word << by | word >> (32 - by)
  }
}
