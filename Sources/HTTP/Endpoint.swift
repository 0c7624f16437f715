import Text
internal import Values

/// Where a service is: a scheme, a host, a port, and a prefix of its paths.
package struct Endpoint: Hashable, Sendable {
  package var isSecure: Bool
  /// Lower case; an IPv6 address without its brackets.
  package var host: String
  /// Nil for the scheme's default.
  package var port: Int?
  /// Empty, or a path that starts with a slash and doesn't end with one.
  package var basePath: String

  package init(host: String, isSecure: Bool = true, port: Int? = nil, basePath: String = "") {
    self.isSecure = isSecure
    self.host = ASCII.lowercased(host)
    self.port = port == (isSecure ? 443 : 80) ? nil : port
    self.basePath = basePath
  }

  /// Reads `http://host:port/path`; nil for anything else, including user names, queries and
  /// fragments.
  package init?(_ url: String) {
    let scheme: Bool
    let rest: Substring
    if let end = Self.dropPrefix("https://", of: url) {
      (scheme, rest) = (true, end)
    } else if let end = Self.dropPrefix("http://", of: url) {
      (scheme, rest) = (false, end)
    } else {
      return nil
    }
    let authority = rest.prefix { $0 != "/" }
    var path = rest.dropFirst(authority.count)
    while path.hasSuffix("/") { path.removeLast() }
    guard let (host, port) = Self.hostAndPort(authority),
      !path.utf8.contains(where: { $0 <= .space || $0 == .question || $0 == .hash || $0 == 0x7F })
    else { return nil }
    self.init(
      host: host, isSecure: scheme, port: port,
      basePath: PercentEncoding.decode(String(path)))
  }

  private static func dropPrefix(_ prefix: String, of text: String) -> Substring? {
    let head = text.prefix(prefix.count)
    return ASCII.equalsIgnoringCase(String(head), prefix) ? text[head.endIndex...] : nil
  }

  /// Splits `host`, `host:80`, `[::1]` and `[::1]:80`.
  package static func hostAndPort(_ text: Substring) -> (host: String, port: Int?)? {
    var host = text
    var port: Substring?
    if text.hasPrefix("[") {
      guard let close = text.firstIndex(of: "]") else { return nil }
      host = text[text.index(after: text.startIndex)..<close]
      let rest = text[text.index(after: close)...]
      guard rest.isEmpty || rest.hasPrefix(":") else { return nil }
      port = rest.isEmpty ? nil : rest.dropFirst()
    } else if let colon = text.firstIndex(of: ":") {
      host = text[..<colon]
      port = text[text.index(after: colon)...]
    }
    let isPlain = host.utf8.allSatisfy { byte in
      switch byte {
      case UInt8.digits, UInt8.uppercase, UInt8.lowercase, .hyphen, .dot, .colon, .underscore: true
      default: false
      }
    }
    guard !host.isEmpty, isPlain else { return nil }
    guard let port else { return (String(host), nil) }
    guard let number = Int(port), (1...65_535).contains(number) else { return nil }
    return (String(host), number)
  }

  /// Host and port as in the `Host` header.
  package var authority: String {
    let name = host.utf8.contains(.colon) ? "[\(host)]" : host
    return port.map { "\(name):\($0)" } ?? name
  }

  package var url: String { (isSecure ? "https://" : "http://") + authority }

  /// Whether the host is written as an IP address.
  package var isAddress: Bool {
    host.utf8.contains(.colon)
      || host.utf8.allSatisfy { ASCII.isDigit($0) || $0 == .dot }
  }
}
