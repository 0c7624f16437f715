/// Percent-encoding (RFC 3986): letters, digits and `-._~` stay as they are.
enum URLText {
  static func encode(_ text: String, keeping more: String = "") -> String {
    let kept = Array(("-._~" + more).utf8)
    let digits = Array("0123456789ABCDEF".utf8)
    var out: [UInt8] = []
    for byte in text.utf8 {
      let isPlain =
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
        || (0x61...0x7A).contains(byte) || kept.contains(byte)
      if isPlain {
        out.append(byte)
      } else {
        out += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: out, as: UTF8.self)
  }
}
