/// Sends one request and returns the complete response. It neither retries nor follows redirects.
package protocol HTTPTransport: Sendable {
  func send(_ request: HTTPRequest, limits: TransportLimits) async throws(TransportError)
    -> HTTPResponse
}

/// How long an exchange may take, in seconds, and how large the response may be.
package struct TransportLimits: Hashable, Sendable {
  /// For the name look-up, the connection and TLS.
  package var connect: Double
  /// From the start to the response's last byte.
  package var total: Double
  /// The response's body, in bytes.
  package var bodyBytes: Int

  package init(connect: Double = 10, total: Double = 60, bodyBytes: Int = 64 << 20) {
    self.connect = connect
    self.total = total
    self.bodyBytes = bodyBytes
  }

  package static let standard = TransportLimits()
}

/// Why there is no complete response.
package struct TransportError: Error, Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    /// No connection was made: the request was not sent.
    case unreachable
    /// The connection ended before the response was complete.
    case broken
    /// Time was up after the request may have been sent.
    case timedOut
    /// The response is larger than allowed.
    case tooLarge
    /// The request can't be sent as it is (a header has a line break, …).
    case invalid
    case cancelled
  }

  package var kind: Kind
  /// What happened, for people; contains no header and no body.
  package var message: String

  package init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }
}
