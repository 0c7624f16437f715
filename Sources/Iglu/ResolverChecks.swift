import Text
package import Diagnostics
import Values

/// Checks of a resolver's configuration that go beyond its schema.
package enum ResolverChecks {
  package static func diagnose(_ config: ResolverConfig) -> [Diagnostic] {
    var found: [Diagnostic] = []
    if !config.registries.contains(where: isCentral) {
      found.append(.resolverWithoutCentral(at: config.span))
    }
    for (index, registry) in config.registries.enumerated() {
      if case .http(let uri, let key?) = registry.connection, !key.isEmpty,
        ASCII.lowercased(String(uri.prefix(7))) == "http://"
      {
        found.append(.resolverKeyInPlain(registry.name, at: registry.connectionSpan))
      }
      let alike = config.registries[..<index].first { isAlike($0, registry) }
      if let alike { found.append(.resolverPriorityTwice(registry, alike)) }
    }
    return found
  }

  /// Whether only their order in the file decides which of two registries is asked first.
  private static func isAlike(_ left: Registry, _ right: Registry) -> Bool {
    guard left.priority == right.priority, left.classPriority == right.classPriority else {
      return false
    }
    if left.prefixes.isEmpty, right.prefixes.isEmpty { return true }
    return left.prefixes.contains { right.prefixes.contains($0) }
  }

  private static func isCentral(_ registry: Registry) -> Bool {
    guard case .http(let uri, _) = registry.connection else { return false }
    let behind = uri.utf8.split(separator: .slash).dropFirst().first ?? uri.utf8[...]
    let host = ASCII.lowercased(String(decoding: behind.prefix { $0 != .colon }, as: UTF8.self))
    return host == "iglucentral.com" || host.hasSuffix(".iglucentral.com")
  }
}
