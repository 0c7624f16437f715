package import SourceText

/// A registry from a resolver's configuration.
package struct Registry: Sendable {
  package enum Connection: Sendable, Hashable {
    /// A folder in which `schemas/VENDOR/NAME/FORMAT/VERSION` are files.
    case embedded(path: String)
    case http(uri: String, key: String?)
  }

  package var name: String
  package var priority: Double
  package var prefixes: [String]
  package var connection: Connection
  /// The place of its name; nil for one that isn't in a file.
  package var span: Span?
  /// The place of its address.
  package var connectionSpan: Span?

  package init(
    name: String, priority: Double = 0, prefixes: [String] = [], connection: Connection,
    span: Span? = nil, connectionSpan: Span? = nil
  ) {
    self.name = name
    self.priority = priority
    self.prefixes = prefixes
    self.connection = connection
    self.span = span
    self.connectionSpan = connectionSpan
  }

  /// Its address without a key or a password.
  package var place: String {
    switch connection {
    case .embedded(let path): path
    case .http(let uri, _): Self.withoutLogin(uri)
    }
  }

  package static func withoutLogin(_ uri: String) -> String {
    guard let at = uri.lastIndex(of: "@"), let slash = uri.firstIndex(of: "/") else { return uri }
    let rest = uri[uri.index(after: at)...]
    return slash < at && !rest.isEmpty ? "\(uri[...slash])/\(rest)" : uri
  }

  func matches(_ vendor: String) -> Bool { prefixes.contains { vendor.hasPrefix($0) } }

  /// Files go before the network, among registries that are otherwise equal.
  var classPriority: Int {
    switch connection {
    case .embedded: 1
    case .http: 100
    }
  }
}

extension [Registry] {
  /// The indices of registries in the order in which they are asked for a vendor's schemas: those
  /// with a matching prefix first; then files before the network; then by priority and position.
  package func order(for vendor: String) -> [Int] {
    indices.sorted { left, right in
      rank(left, vendor) < rank(right, vendor)
    }
  }

  private func rank(_ index: Int, _ vendor: String) -> (Int, Int, Double, Int) {
    let registry = self[index]
    return (
      registry.matches(vendor) ? 0 : 1, registry.classPriority, registry.priority, index
    )
  }
}
