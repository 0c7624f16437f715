/// What MD5, SHA-1 and SHA-256 append to a message, whose blocks have 64 bytes.
enum MessagePadding {
  /// The end of a message that fills no block, a 1, zeros, and the message's length in bits.
  ///
  /// - Parameter isBigEndian: the order of the length's bytes; MD5's is little-endian.
  static func tail(of message: [UInt8], isBigEndian: Bool = true) -> [UInt8] {
    var tail = Array(message[(message.count / 64 * 64)...])
    tail.append(0x80)
    while tail.count % 64 != 56 { tail.append(0) }
    let bits = UInt64(message.count) &* 8
    let length = isBigEndian ? bits.bigEndian : bits.littleEndian
    withUnsafeBytes(of: length) { tail += $0 }
    return tail
  }
}
