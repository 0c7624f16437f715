extension SHA256 {
  /// The 32 bytes of a message's authentication code (HMAC, RFC 2104).
  package static func authenticationCode(of message: [UInt8], key: [UInt8]) -> [UInt8] {
    var block = key.count > 64 ? digest(key) : key
    block.append(contentsOf: repeatElement(0, count: 64 - block.count))
    return digest(block.map { $0 ^ 0x5C } + digest(block.map { $0 ^ 0x36 } + message))
  }
}
