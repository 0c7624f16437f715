import Text
import Values

/// An address of the internet protocol, version 4 or 6.
struct IPAddress: Equatable {
  /// 4 or 16 bytes.
  var bytes: [UInt8]

  var family: Int64 { bytes.count == 4 ? 4 : 6 }

  /// Nil if the text isn't an address. An IPv4 address mapped into IPv6 becomes IPv4.
  init?(_ text: String, mapsVersion4: Bool = true) {
    let input = Array(text.utf8)
    guard input.contains(.colon) else {
      guard let bytes = InternetAddress.version4(input) else { return nil }
      self.bytes = bytes
      return
    }
    guard let bytes = InternetAddress.version6(input) else { return nil }
    self.bytes = bytes
    if mapsVersion4, isMapped { self.bytes = Array(bytes[12...]) }
  }

  init(bytes: [UInt8]) { self.bytes = bytes }

  var isMapped: Bool {
    bytes.count == 16 && bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 255
      && bytes[11] == 255
  }

  /// In RFC 5952's form.
  var text: String {
    if bytes.count == 4 { return bytes.map { String($0) }.joined(separator: ".") }
    let groups = stride(from: 0, to: 16, by: 2).map {
      UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1])
    }
    var longest = 0..<0
    var start = 0
    for at in 0...groups.count where at == groups.count || groups[at] != 0 {
      if at - start > max(longest.count, 1) { longest = start..<at }
      start = at + 1
    }
    func written(_ range: Range<Int>) -> String {
      groups[range].map { String($0, radix: 16) }.joined(separator: ":")
    }
    if longest.isEmpty { return written(0..<8) }
    return "\(written(0..<longest.lowerBound))::\(written(longest.upperBound..<8))"
  }

  var isUnspecified: Bool { bytes.allSatisfy { $0 == 0 } }

  var isLoopback: Bool {
    bytes.count == 4 ? bytes[0] == 127 : bytes.dropLast().allSatisfy { $0 == 0 } && bytes[15] == 1
  }

  private var isMulticast: Bool {
    bytes.count == 4 ? bytes[0] & 0xF0 == 0xE0 : bytes[0] == 0xFF
  }

  var isLinkLocalMulticast: Bool {
    bytes.count == 4
      ? bytes[0] == 224 && bytes[1] == 0 && bytes[2] == 0
      : bytes[0] == 0xFF && bytes[1] & 0x0F == 2
  }

  var isLinkLocalUnicast: Bool {
    bytes.count == 4
      ? bytes[0] == 169 && bytes[1] == 254 : bytes[0] == 0xFE && bytes[1] & 0xC0 == 0x80
  }

  var isGlobalUnicast: Bool {
    !isUnspecified && !isLoopback && !isMulticast && !isLinkLocalUnicast
      && !(bytes.count == 4 && bytes.allSatisfy { $0 == 255 })
  }

  /// With all bits after the first `length` set to zero.
  func masked(_ length: Int) -> IPAddress {
    var masked = bytes
    for at in masked.indices {
      let kept = min(8, max(0, length - at * 8))
      masked[at] &= UInt8(truncatingIfNeeded: 0xFF00 >> kept)
    }
    return IPAddress(bytes: masked)
  }
}

/// A range of addresses: `192.168.0.0/24`.
struct IPRange: Equatable {
  var address: IPAddress
  var length: Int

  init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard let slash = bytes.lastIndex(of: .slash) else { return nil }
    let digits = bytes[(slash + 1)...]
    guard (1...3).contains(digits.count), digits.allSatisfy(ASCII.isDigit),
      digits.count == 1 || digits.first != UInt8(ascii: "0"),
      let length = Int(String(decoding: digits, as: UTF8.self)),
      let address = IPAddress(
        String(decoding: bytes[..<slash], as: UTF8.self), mapsVersion4: false),
      !address.isMapped, length <= address.bytes.count * 8
    else { return nil }
    self.address = address
    self.length = length
  }

  var text: String { "\(address.text)/\(length)" }

  func contains(_ other: IPAddress) -> Bool {
    other.bytes.count == address.bytes.count && other.masked(length) == address.masked(length)
  }

  func contains(_ other: IPRange) -> Bool { length <= other.length && contains(other.address) }
}

extension Evaluator {
  func network(_ builtin: Builtin, _ arguments: [Value]) throws(EvaluationError) -> Value? {
    guard let first = arguments.first else { return nil }
    switch (builtin, arguments.count, first) {
    case (.ip, 1, .string(let text)):
      guard let address = Self.address(text) else {
        throw EvaluationError("`\(text)` isn't an IP address")
      }
      return Self.opaque(address)
    case (.isIP, 1, .string(let text)): return .bool(Self.address(text) != nil)
    case (.isCanonical, 1, .string(let text)):
      guard let address = Self.address(text) else {
        throw EvaluationError("`\(text)` isn't an IP address")
      }
      return .bool(address.text == text)
    case (.cidr, 1, .string(let text)):
      guard let range = IPRange(text) else { throw EvaluationError("`\(text)` isn't an IP range") }
      return Self.opaque(range)
    case (.isCIDR, 1, .string(let text)): return .bool(IPRange(text) != nil)
    case (_, 1, .opaque("net.IP", let text)):
      guard let address = IPAddress(text) else { return nil }
      return question(builtin, address)
    case (_, _, .opaque("net.CIDR", let text)):
      guard let range = IPRange(text) else { return nil }
      return try question(builtin, range, arguments)
    default: return nil
    }
  }

  /// An address as functions accept it; an IPv4 address mapped into IPv6 must be in hexadecimal.
  private static func address(_ text: String) -> IPAddress? {
    if text.utf8.contains(.colon), text.utf8.contains(.dot) {
      guard let address = IPAddress(text, mapsVersion4: false), !address.isMapped else {
        return nil
      }
      return address
    }
    return IPAddress(text)
  }

  private static func opaque(_ address: IPAddress) -> Value {
    .opaque(type: "net.IP", text: address.text)
  }

  private static func opaque(_ range: IPRange) -> Value {
    .opaque(type: "net.CIDR", text: range.text)
  }

  private func question(_ builtin: Builtin, _ address: IPAddress) -> Value? {
    switch builtin {
    case .family: .int(address.family)
    case .isUnspecified: .bool(address.isUnspecified)
    case .isLoopback: .bool(address.isLoopback)
    case .isGlobalUnicast: .bool(address.isGlobalUnicast)
    case .isLinkLocalMulticast: .bool(address.isLinkLocalMulticast)
    case .isLinkLocalUnicast: .bool(address.isLinkLocalUnicast)
    default: nil
    }
  }

  private func question(
    _ builtin: Builtin, _ range: IPRange, _ arguments: [Value]
  ) throws(EvaluationError) -> Value? {
    if arguments.count == 1 {
      switch builtin {
      case .addressOf: return Self.opaque(range.address)
      case .prefixLength: return .int(Int64(range.length))
      case .masked:
        var masked = range
        masked.address = range.address.masked(range.length)
        return Self.opaque(masked)
      default: return nil
      }
    }
    guard arguments.count == 2 else { return nil }
    switch (builtin, arguments[1]) {
    case (.containsIP, .opaque("net.IP", let text)):
      return IPAddress(text).map { .bool(range.contains($0)) }
    case (.containsIP, .string(let text)):
      guard let address = Self.address(text) else {
        throw EvaluationError("`\(text)` isn't an IP address")
      }
      return .bool(range.contains(address))
    case (.containsCIDR, .opaque("net.CIDR", let text)):
      return IPRange(text).map { .bool(range.contains($0)) }
    case (.containsCIDR, .string(let text)):
      guard let other = IPRange(text) else { throw EvaluationError("`\(text)` isn't an IP range") }
      return .bool(range.contains(other))
    default: return nil
    }
  }
}
