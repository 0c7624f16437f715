/// Why a call to AWS failed.
package struct CloudError: Error, Hashable, Sendable {
  package enum Kind: String, Hashable, Sendable {
    /// The service asks for fewer calls; retried until the budget was spent.
    case throttled
    /// An error of the service itself (5xx).
    case unavailable
    /// No connection was made: the call did not reach the service.
    case unreachable
    /// The connection broke, or no complete response came in time, after the request was sent.
    case lost
    /// The response can't be read (cut short, not JSON or XML).
    case malformed
    /// The request was refused: invalid, or not allowed in this state.
    case refused
    /// Credentials are missing, wrong or expired.
    case unauthorized
    /// Credentials do not permit the action.
    case forbidden
    case notFound
    case preconditionFailed
    /// The machine's clock is too far off for signing requests.
    case clockSkew
    /// The caller was cancelled.
    case cancelled
  }

  package var kind: Kind
  /// `RunJobFlow`, `ListObjectsV2`, …
  package var operation: String
  /// The service's error code: `ValidationException`, `SlowDown`, …; empty if there was none.
  package var code: String
  package var message: String
  package var requestID: String
  /// The number of attempts.
  package var attempts: Int

  package init(
    _ kind: Kind, operation: String, code: String = "", message: String, requestID: String = "",
    attempts: Int = 1
  ) {
    self.kind = kind
    self.operation = operation
    self.code = code
    self.message = message
    self.requestID = requestID
    self.attempts = attempts
  }

  /// Whether the caller's credentials, clock or endpoint are at fault, not the request: it may succeed
  /// once they are corrected. When a service refuses the request itself, the error has a code.
  package var isAboutCaller: Bool {
    switch kind {
    case .unauthorized, .forbidden, .clockSkew: true
    case .refused: code.isEmpty
    case .throttled, .unavailable, .unreachable, .lost, .malformed, .notFound, .preconditionFailed,
      .cancelled:
      false
    }
  }

  /// Whether the service may have done what was asked although it didn't say so.
  ///
  /// Includes throttling: EMR has been seen to create a cluster and reply that it was throttled.
  package var isEffectUnknown: Bool {
    switch kind {
    case .throttled, .unavailable, .lost, .malformed, .cancelled: true
    case .unreachable, .refused, .unauthorized, .forbidden, .notFound, .preconditionFailed,
      .clockSkew:
      false
    }
  }
}
