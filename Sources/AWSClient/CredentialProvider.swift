/// Gives the credentials that requests are signed with.
package protocol CredentialProvider: Sendable {
  /// Credentials that are valid for some minutes more.
  func credentials() async throws(CredentialError) -> Credentials

  /// Fresh ones, because a service refused these as expired; the same where there are no others.
  func renewed(after refused: Credentials) async throws(CredentialError) -> Credentials
}

/// Why there are no credentials. Holds no secret.
package struct CredentialError: Error, Hashable, Sendable {
  package var message: String
  /// What to do about it; empty where there is nothing particular.
  package var hint: String

  package init(_ message: String, hint: String = "") {
    self.message = message
    self.hint = hint
  }

  /// The message with its hint, for one line.
  package var text: String { hint.isEmpty ? message : "\(message) (\(hint))" }
}

/// Keys that somebody gave.
package struct FixedCredentials: CredentialProvider {
  private let keys: Credentials

  package init(_ keys: Credentials) { self.keys = keys }

  package func credentials() async throws(CredentialError) -> Credentials { keys }

  package func renewed(after refused: Credentials) async throws(CredentialError) -> Credentials {
    keys
  }
}
