/// IP addresses as text.
package enum InternetAddress {
  /// The 4 bytes of `192.0.2.1`, without leading zeros; nil if the text isn't an IPv4 address.
  package static func version4(_ text: some Collection<UInt8>) -> [UInt8]? {
    let parts = text.split(separator: .dot, omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var bytes: [UInt8] = []
    for part in parts {
      guard (1...3).contains(part.count), part.allSatisfy({ ASCII.isDigit($0) }),
        part.count == 1 || part.first != UInt8(ascii: "0"),
        let byte = UInt8(String(decoding: Array(part), as: UTF8.self))
      else { return nil }
      bytes.append(byte)
    }
    return bytes
  }

  /// The 16 bytes of `2001:db8::1`; the last four may be written as an IPv4 address.
  package static func version6(_ text: some Collection<UInt8>) -> [UInt8]? {
    let text = Array(text)
    guard
      let gap = text.indices.dropLast().first(where: {
        text[$0] == .colon && text[$0 + 1] == .colon
      })
    else {
      guard let bytes = groups(text[...]), bytes.count == 16 else { return nil }
      return bytes
    }
    guard let head = groups(text[..<gap], mayBeEmpty: true, endsWithVersion4: false),
      let tail = groups(text[(gap + 2)...], mayBeEmpty: true), head.count + tail.count <= 14
    else { return nil }
    return head + Array(repeating: 0, count: 16 - head.count - tail.count) + tail
  }

  private static func groups(
    _ text: ArraySlice<UInt8>, mayBeEmpty: Bool = false, endsWithVersion4: Bool = true
  ) -> [UInt8]? {
    if text.isEmpty { return mayBeEmpty ? [] : nil }
    var bytes: [UInt8] = []
    let parts = text.split(separator: .colon, omittingEmptySubsequences: false)
    for (at, part) in parts.enumerated() {
      if part.contains(.dot), endsWithVersion4, at == parts.count - 1 {
        guard let last = version4(part) else { return nil }
        bytes += last
        break
      }
      guard (1...4).contains(part.count), part.allSatisfy({ ASCII.hexValue($0) != nil }),
        let group = UInt16(String(decoding: part, as: UTF8.self), radix: 16)
      else { return nil }
      bytes.append(UInt8(group >> 8))
      bytes.append(UInt8(group & 255))
    }
    return bytes
  }
}
