import Text
import Values

/// The characters that RFC 3986 allows in a URI.
enum URIText {
  /// Whether all parts of a URI have only characters allowed there; the scheme must be valid.
  static func isSound(_ text: some Collection<UInt8>) -> Bool {
    var rest = Array(text.drop { $0 != 0x3A }.dropFirst())[...]
    if let hash = rest.firstIndex(of: 0x23) {
      guard has(rest[(hash + 1)...], "/?:@") else { return false }
      rest = rest[..<hash]
    }
    if let mark = rest.firstIndex(of: 0x3F) {
      guard has(rest[(mark + 1)...], "/?:@") else { return false }
      rest = rest[..<mark]
    }
    if rest.starts(with: [0x2F, 0x2F]) {
      rest = rest.dropFirst(2)
      let authority = rest.prefix { $0 != 0x2F }
      guard isAuthority(authority) else { return false }
      rest = rest.dropFirst(authority.count)
    }
    return has(rest, "/:@")
  }

  private static func isAuthority(_ text: ArraySlice<UInt8>) -> Bool {
    var host = text
    if let at = text.lastIndex(of: 0x40) {
      guard has(text[..<at], ":") else { return false }
      host = text[(at + 1)...]
    }
    if host.first == 0x5B {
      guard let close = host.firstIndex(of: 0x5D) else { return false }
      let inside = host[(host.startIndex + 1)..<close]
      guard InternetAddress.version6(inside) != nil || isFuture(inside) else { return false }
      let port = host[(close + 1)...]
      return port.isEmpty || (port.first == 0x3A && isDigits(port.dropFirst()))
    }
    if let colon = host.lastIndex(of: 0x3A) {
      guard isDigits(host[(colon + 1)...]) else { return false }
      host = host[..<colon]
    }
    return has(host, "")
  }

  /// `v1.…`: an address of a future version (IPvFuture).
  private static func isFuture(_ text: ArraySlice<UInt8>) -> Bool {
    guard let first = text.first, first | 0x20 == 0x76, let dot = text.firstIndex(of: 0x2E) else {
      return false
    }
    let version = text[(text.startIndex + 1)..<dot]
    return !version.isEmpty && version.allSatisfy { ASCII.hexValue($0) != nil }
      && !text[(dot + 1)...].isEmpty && has(text[(dot + 1)...], ":")
  }

  private static func isDigits(_ text: ArraySlice<UInt8>) -> Bool {
    text.allSatisfy { (0x30...0x39).contains($0) }
  }

  /// Unreserved characters, delimiters within parts, percent-encoded bytes, and `more`.
  private static func has(_ text: ArraySlice<UInt8>, _ more: String) -> Bool {
    var at = text.startIndex
    while at < text.endIndex {
      let byte = text[at]
      if byte == 0x25 {
        guard at + 2 < text.endIndex, ASCII.hexValue(text[at + 1]) != nil,
          ASCII.hexValue(text[at + 2]) != nil
        else { return false }
        at += 3
        continue
      }
      guard
        HostText.isAlphanumeric(byte) || "-._~!$&'()*+,;=".utf8.contains(byte)
          || more.utf8.contains(byte)
      else { return false }
      at += 1
    }
    return true
  }
}
