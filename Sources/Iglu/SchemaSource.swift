/// Asks one registry.
package protocol SchemaSource: Sendable {
  func schema(_ key: SchemaKey) async -> SourceAnswer
  /// The versions that it has, in any order; empty where it has none or does not tell.
  func versions(of family: SchemaFamily, near version: SchemaVersion) async -> [SchemaVersion]
  /// The names that it has of a vendor, and its vendors; empty where it does not tell.
  func names(of vendor: String) async -> [String]
  func vendors() async -> [String]
}

/// A schema's text as a registry gave it.
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
  /// `instead`: why an older copy was taken.
  case found(SchemaText, instead: RegistryFailure? = nil)
  case missing
  case failed(RegistryFailure)
}

/// Why a registry did not say whether it has a schema.
package struct RegistryFailure: Error, Hashable, Sendable {
  package enum Kind: Int, Hashable, Sendable, Comparable {
    /// The answer is no schema, or the schema is another one.
    case malformed
    /// It wants a key, or another one.
    case unauthorised
    /// It answered that it cannot answer.
    case failed
    /// There was no answer.
    case unreachable
    /// It may not be asked.
    case notAsked

    package static func < (left: Kind, right: Kind) -> Bool { left.rawValue < right.rawValue }
  }

  package var kind: Kind
  /// What happened, for people; holds no key.
  package var message: String

  package init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }
}
