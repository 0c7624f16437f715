/// Sends one request and gives its whole answer. It neither tries again nor follows redirects.
package protocol HTTPTransport: Sendable {
  func send(_ request: HTTPRequest, limits: TransportLimits) async throws(TransportError)
    -> HTTPResponse
}

/// How long an exchange may take, in seconds, and how much may come back.
package struct TransportLimits: Hashable, Sendable {
  /// For the name, the connection and TLS.
  package var connect: Double
  /// From the start to the answer's last byte.
  package var total: Double
  /// The answer's body, in bytes.
  package var bodyBytes: Int

  package init(connect: Double = 10, total: Double = 60, bodyBytes: Int = 64 << 20) {
    self.connect = connect
    self.total = total
    self.bodyBytes = bodyBytes
  }

  package static let standard = TransportLimits()
}

/// Why there is no whole answer.
package struct TransportError: Error, Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    /// No connection was made: the request was not sent.
    case unreachable
    /// The connection ended before the whole answer was there.
    case broken
    /// The time was over after the request may have been sent.
    case timedOut
    /// The answer is larger than what was allowed.
    case tooLarge
    /// The request cannot be sent as it is (a header holds a line break, …).
    case invalid
    case cancelled
  }

  package var kind: Kind
  /// What happened, for people; holds no header and no body.
  package var message: String

  package init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }
}
