/// Provides the credentials for signing requests.
package protocol CredentialProvider: Sendable {
  /// Credentials that are valid for some more minutes.
  func credentials() async throws(CredentialError) -> Credentials

  /// Reloads credentials that a service rejected as expired. Returns the same ones if nothing newer
  /// is available.
  func renewed(after refused: Credentials) async throws(CredentialError) -> Credentials
}

/// Why no credentials could be loaded. The text never contains a secret.
package struct CredentialError: Error, Hashable, Sendable {
  package var message: String
  /// What to do about it, or empty.
  package var hint: String

  package init(_ message: String, hint: String = "") {
    self.message = message
    self.hint = hint
  }

  /// The message with its hint, on one line.
  package var text: String { hint.isEmpty ? message : "\(message) (\(hint))" }
}

/// Keys given by the user.
package struct FixedCredentials: CredentialProvider {
  private let keys: Credentials

  package init(_ keys: Credentials) { self.keys = keys }

  package func credentials() async throws(CredentialError) -> Credentials { keys }

  package func renewed(after refused: Credentials) async throws(CredentialError) -> Credentials {
    keys
  }
}
