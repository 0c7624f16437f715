package import Values

/// Whom a message is sent to.
package enum NotificationTarget: Hashable, Sendable {
  /// An address that takes JSON by POST.
  case webhook(url: String)
  /// The ARN of an SNS topic.
  case topic(arn: String)
  /// A program and its arguments.
  case command([String])
}

/// What is said of the end of a run. Contains no secrets.
package struct NotificationMessage: Sendable {
  /// One line.
  package var text: String
  /// `{"text": …, "penstock": {…}}`.
  package var body: Value
  /// Environment variables for a program.
  package var variables: [String: String]

  package init(text: String, body: Value, variables: [String: String]) {
    self.text = text
    self.body = body
    self.variables = variables
  }
}

/// Sends messages, once each; the real one, or the sandbox's.
package protocol NotificationSender: Sendable {
  /// - Parameter seconds: how long it may take.
  func send(
    _ message: NotificationMessage, to target: NotificationTarget, seconds: Double
  ) async throws(CloudError)
}
