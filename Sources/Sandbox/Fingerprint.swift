import Text
import Values

/// A short hash of bytes, the same on every machine.
enum Fingerprint {
  /// 64 bits (FNV-1a, then mixed).
  static func number(_ bytes: some Collection<UInt8>) -> UInt64 {
    var state: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in bytes { state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    state = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
    state = (state ^ state >> 27) &* 0x94D0_49BB_1331_11EB
    return state ^ state >> 31
  }

  /// 32 hexadecimal digits.
  static func text(_ bytes: [UInt8]) -> String {
    ASCII.hex(number(bytes)) + ASCII.hex(number(bytes.reversed()))
  }

  static func short(_ bytes: some Collection<UInt8>) -> String {
    String(ASCII.hex(number(bytes)).prefix(8))
  }
}
