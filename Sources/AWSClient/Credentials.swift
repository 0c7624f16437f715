package import Values

/// Keys for signing requests.
///
/// Its text forms and its mirror show no keys, so that none ends up in a log or a crash report.
package struct Credentials: Hashable, Sendable {
  package var accessKeyID: String
  package var secretAccessKey: String
  /// Set if the keys are temporary.
  package var sessionToken: String?
  /// When they expire; nil if they don't.
  package var expiry: Value.Timestamp?

  package init(
    accessKeyID: String, secretAccessKey: String, sessionToken: String? = nil,
    expiry: Value.Timestamp? = nil
  ) {
    self.accessKeyID = accessKeyID
    self.secretAccessKey = secretAccessKey
    self.sessionToken = sessionToken
    self.expiry = expiry
  }
}

extension Credentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String { "credentials" }
  package var debugDescription: String { description }
  package var customMirror: Mirror { Mirror(self, children: [:]) }
}
