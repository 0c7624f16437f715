import Text
internal import Values

/// The environment's settings for proxies and trusted certificates.
package struct TransportSettings: Hashable, Sendable {
  package struct Proxy: Hashable, Sendable {
    package var endpoint: Endpoint
    /// `name:password`, decoded.
    package var login: String?
  }

  package enum SettingsError: Error, Hashable, Sendable {
    /// The variable's value isn't a proxy's address. It may hold a password, so it isn't repeated.
    case badProxy(variable: String)
  }

  package var secureProxy: Proxy?
  package var plainProxy: Proxy?
  /// Hosts that are connected to directly: `NO_PROXY`.
  package var direct: [String]
  /// Prefixes of link-local addresses, which never go through a proxy.
  package var ownLink: [String]
  /// A file of certificates to trust instead of the system's.
  package var trustFile: String?

  package static let linkLocal = ["169.254.", "fe80:"]

  package init(
    secureProxy: Proxy? = nil, plainProxy: Proxy? = nil, direct: [String] = [],
    ownLink: [String] = linkLocal, trustFile: String? = nil
  ) {
    self.secureProxy = secureProxy
    self.plainProxy = plainProxy
    self.direct = direct
    self.ownLink = ownLink
    self.trustFile = trustFile
  }

  /// Reads HTTPS_PROXY, HTTP_PROXY and NO_PROXY (lower case goes first, as with curl), and the
  /// first variable that is set among those that name a file of certificates.
  package init(
    variables: [String: String], trustVariables: [String] = ["SSL_CERT_FILE"],
    ownLink: [String] = linkLocal
  ) throws(SettingsError) {
    func first(_ names: String...) -> (name: String, value: String)? { first(of: names) }
    func first(of names: [String]) -> (name: String, value: String)? {
      for name in names {
        if let value = variables[name], !value.isEmpty { return (name, value) }
      }
      return nil
    }
    func proxy(_ found: (name: String, value: String)?) throws(SettingsError) -> Proxy? {
      guard let found else { return nil }
      guard let proxy = Proxy(found.value) else { throw .badProxy(variable: found.name) }
      return proxy
    }
    secureProxy = try proxy(first("https_proxy", "HTTPS_PROXY"))
    plainProxy = try proxy(first("http_proxy", "HTTP_PROXY"))
    direct = (first("no_proxy", "NO_PROXY")?.value ?? "").split { $0 == "," || $0 == " " }
      .map { ASCII.lowercased(ASCII.trimmed($0)) }
    self.ownLink = ownLink
    trustFile = first(of: trustVariables)?.value
  }

  /// The proxy for an endpoint; nil for a direct connection.
  package func proxy(for endpoint: Endpoint) -> Proxy? {
    guard let proxy = endpoint.isSecure ? secureProxy : plainProxy, !isDirect(endpoint) else {
      return nil
    }
    return proxy
  }

  private func isDirect(_ endpoint: Endpoint) -> Bool {
    // Link-local services may give out credentials, which a proxy must not see.
    if endpoint.isAddress, ownLink.contains(where: endpoint.host.hasPrefix) {
      return true
    }
    return direct.contains { entry in
      if entry == "*" { return true }
      guard
        let (name, port) = Endpoint.hostAndPort(
          entry.hasPrefix(".") ? entry.dropFirst() : entry[...])
      else { return entry == endpoint.host }
      if let port, port != endpoint.port ?? (endpoint.isSecure ? 443 : 80) { return false }
      return endpoint.host == name
        || (!endpoint.isAddress && endpoint.host.hasSuffix("." + name))
    }
  }
}

extension TransportSettings.Proxy {
  /// Reads `http://name:password@host:port`; the default scheme is `http`. Proxies that use TLS
  /// themselves are not supported.
  fileprivate init?(_ text: String) {
    var rest = text[...]
    if let scheme = rest.range(of: "://") {
      guard ASCII.equalsIgnoringCase(String(rest[..<scheme.lowerBound]), "http") else { return nil }
      rest = rest[scheme.upperBound...]
    }
    rest = rest.prefix { $0 != "/" }
    if let at = rest.lastIndex(of: "@") {
      login = PercentEncoding.decode(String(rest[..<at]))
      rest = rest[rest.index(after: at)...]
    }
    guard let (host, port) = Endpoint.hostAndPort(rest) else { return nil }
    endpoint = Endpoint(host: host, isSecure: false, port: port ?? 80)
  }
}

extension Substring {
  /// The first occurrence of a text.
  fileprivate func range(of text: String) -> Range<Index>? {
    var at = startIndex
    while at < endIndex {
      if self[at...].hasPrefix(text) { return at..<index(at, offsetBy: text.count) }
      at = index(after: at)
    }
    return nil
  }
}
