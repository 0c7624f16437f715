import Text
import Values

/// The characters that RFC 3986 allows in a URI.
enum URIText {
  /// Whether all parts of a URI have only characters allowed there; the scheme must be valid.
  static func isSound(_ text: some Collection<UInt8>) -> Bool {
    var rest = Array(text.drop { $0 != .colon }.dropFirst())[...]
    if let hash = rest.firstIndex(of: .hash) {
      guard has(rest[(hash + 1)...], "/?:@") else { return false }
      rest = rest[..<hash]
    }
    if let mark = rest.firstIndex(of: .question) {
      guard has(rest[(mark + 1)...], "/?:@") else { return false }
      rest = rest[..<mark]
    }
    if rest.starts(with: [.slash, .slash]) {
      rest = rest.dropFirst(2)
      let authority = rest.prefix { $0 != .slash }
      guard isAuthority(authority) else { return false }
      rest = rest.dropFirst(authority.count)
    }
    return has(rest, "/:@")
  }

  private static func isAuthority(_ text: ArraySlice<UInt8>) -> Bool {
    var host = text
    if let at = text.lastIndex(of: .at) {
      guard has(text[..<at], ":") else { return false }
      host = text[(at + 1)...]
    }
    if host.first == .openBracket {
      guard let close = host.firstIndex(of: .closeBracket) else { return false }
      let inside = host[(host.startIndex + 1)..<close]
      guard InternetAddress.version6(inside) != nil || isFuture(inside) else { return false }
      let port = host[(close + 1)...]
      return port.isEmpty || (port.first == .colon && isDigits(port.dropFirst()))
    }
    if let colon = host.lastIndex(of: .colon) {
      guard isDigits(host[(colon + 1)...]) else { return false }
      host = host[..<colon]
    }
    return has(host, "")
  }

  /// `v1.…`: an address of a future version (IPvFuture).
  private static func isFuture(_ text: ArraySlice<UInt8>) -> Bool {
    guard let first = text.first, first | 0x20 == UInt8(ascii: "v"),
      let dot = text.firstIndex(of: .dot)
    else {
      return false
    }
    let version = text[(text.startIndex + 1)..<dot]
    return !version.isEmpty && version.allSatisfy { ASCII.hexValue($0) != nil }
      && !text[(dot + 1)...].isEmpty && has(text[(dot + 1)...], ":")
  }

  private static func isDigits(_ text: ArraySlice<UInt8>) -> Bool {
    text.allSatisfy { ASCII.isDigit($0) }
  }

  /// Unreserved characters, delimiters within parts, percent-encoded bytes, and `more`.
  private static func has(_ text: ArraySlice<UInt8>, _ more: String) -> Bool {
    var at = text.startIndex
    while at < text.endIndex {
      let byte = text[at]
      if byte == .percent {
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
