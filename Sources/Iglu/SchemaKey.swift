/// The name of a schema in any registry.
package struct SchemaKey: Hashable, Sendable {
  package var family: SchemaFamily
  package var version: SchemaVersion

  package init(family: SchemaFamily, version: SchemaVersion) {
    self.family = family
    self.version = version
  }

  /// Reads `VENDOR/NAME/FORMAT/VERSION`.
  package init?(path: some StringProtocol) {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 4, let version = SchemaVersion(parts[3]) else { return nil }
    self.init(
      family: SchemaFamily(
        vendor: String(parts[0]), name: String(parts[1]), format: String(parts[2])),
      version: version)
  }

  package var path: String { "\(family.path)/\(version)" }
  package var uri: String { "iglu:\(path)" }

  package func at(_ version: SchemaVersion) -> SchemaKey {
    SchemaKey(family: family, version: version)
  }
}

/// All versions of one schema.
package struct SchemaFamily: Hashable, Sendable {
  package var vendor: String
  package var name: String
  package var format: String

  package init(vendor: String, name: String, format: String) {
    self.vendor = vendor
    self.name = name
    self.format = format
  }

  package var path: String { "\(vendor)/\(name)/\(format)" }
}
