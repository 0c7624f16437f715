import Documents
package import SourceText
import Values

/// A resolver's configuration, of any version from 1-0-0 on.
package struct ResolverConfig: Sendable {
  package var registries: [Registry] = []
  /// How many schemas are cached; nil if unspecified.
  package var cacheSize: Int?
  /// For how many seconds schemas are cached.
  package var cacheSeconds: Int?
  /// The place of the list of registries.
  package var span: Span

  /// Reads data that is valid by its schema.
  package init(_ document: SelfDescribing) {
    let tree = document.tree
    span =
      tree.entry(document.data, "repositories").map { tree.span($0.key) }
      ?? tree.span(document.data)
    cacheSize = tree.value(document.data, "cacheSize").flatMap { tree.number($0) }
      .map { Int($0.clamped(to: 0...1_000_000)) }
    cacheSeconds = tree.value(document.data, "cacheTtl").flatMap { tree.number($0) }
      .map { Int($0.clamped(to: 0...1_000_000_000)) }
    guard let list = tree.value(document.data, "repositories") else { return }
    registries = tree.items(list).compactMap { Self.registry(tree, $0) }
  }

  private static func registry(_ tree: Tree, _ node: NodeID) -> Registry? {
    func text(_ path: [String]) -> String? {
      tree.value(node, path: path).flatMap { tree.kind($0) == .string ? tree.string($0) : nil }
    }
    let connection: Registry.Connection
    let place: [String]
    if let uri = text(["connection", "http", "uri"]) {
      connection = .http(uri: uri, key: text(["connection", "http", "apikey"]))
      place = ["connection", "http", "uri"]
    } else if let path = text(["connection", "embedded", "path"]) {
      connection = .embedded(path: path)
      place = ["connection", "embedded", "path"]
    } else {
      return nil
    }
    let prefixes = tree.value(node, "vendorPrefixes").map { tree.items($0).map(tree.string) }
    return Registry(
      name: text(["name"]) ?? "", priority: tree.value(node, "priority").flatMap(tree.number) ?? 0,
      prefixes: prefixes ?? [], connection: connection,
      span: tree.value(node, "name").map(tree.span),
      connectionSpan: tree.value(node, path: place).map(tree.span))
  }
}

extension Tree {
  func number(_ node: NodeID) -> Double? {
    kind(node) == .int || kind(node) == .float ? Double(string(node)) : nil
  }
}

extension Double {
  func clamped(to range: ClosedRange<Double>) -> Double {
    self >= range.lowerBound ? Swift.min(self, range.upperBound) : range.lowerBound
  }
}
