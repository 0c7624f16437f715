/// A way to ask one registry.
package protocol SchemaSource: Sendable {
  func schema(_ key: SchemaKey) async -> SourceAnswer
  /// The versions that it has, in any order; empty if it has none or doesn't say.
  func versions(of family: SchemaFamily, near version: SchemaVersion) async -> [SchemaVersion]
  /// The names that it has for a vendor, and its vendors; empty if it doesn't say.
  func names(of vendor: String) async -> [String]
  func vendors() async -> [String]
}

/// A schema's text from a registry.
package struct SchemaText: Sendable {
  package var bytes: [UInt8]
  /// Its path or address.
  package var name: String

  package init(bytes: [UInt8], name: String) {
    self.bytes = bytes
    self.name = name
  }
}

package enum SourceAnswer: Sendable {
  /// `instead` says why an older copy was used.
  case found(SchemaText, instead: RegistryFailure? = nil)
  case missing
  case failed(RegistryFailure)
}

/// Why a registry didn't say whether it has a schema.
package struct RegistryFailure: Error, Hashable, Sendable {
  package enum Kind: Int, Hashable, Sendable, Comparable {
    /// The answer isn't a schema, or is a different one.
    case malformed
    /// It requires a key, or a different one.
    case unauthorised
    /// It answered with an error.
    case failed
    /// It didn't answer.
    case unreachable
    /// Asking it isn't allowed.
    case notAsked

    package static func < (left: Kind, right: Kind) -> Bool { left.rawValue < right.rawValue }
  }

  package var kind: Kind
  /// What happened, for people; contains no key.
  package var message: String

  package init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }
}
