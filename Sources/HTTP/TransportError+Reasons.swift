internal import Text
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL

extension TransportError {
  static let untrusted = "its certificate isn't trusted: no known authority made it"

  /// How far the request got, according to an error of the sockets, TLS or HTTP. An unknown one
  /// counts as after it was sent.
  init(_ error: any Error, at endpoint: Endpoint) {
    let place = endpoint.authority
    switch error {
    case let error as TransportError: self = error
    case let error as NIOConnectionError:
      self.init(.unreachable, "can't connect to `\(place)`: \(Self.reason(error))")
    case let error as TunnelHandler.Refusal: self = Self.refused(error, place)
    case let error as ChannelError: self = Self.ended(error, place)
    case let error as HTTPParserError: self = Self.unreadable(error, place)
    case NIOSSLError.uncleanShutdown: self = Self.cut(place)
    case NIOSSLError.handshakeFailed, is NIOSSLExtraError, is BoringSSLError:
      self.init(.unreachable, "TLS with `\(place)` failed: \(Self.trouble("\(error)"))")
    case let error as IOError where Self.isBeforeSending(error):
      self.init(.unreachable, "can't connect to `\(place)`: \(Self.words(error))")
    default: self.init(.broken, "the connection to `\(place)` broke: \(error)")
    }
  }

  private static func cut(_ place: String) -> TransportError {
    TransportError(.broken, "`\(place)` closed the connection before its response was complete")
  }

  private static func ended(_ error: ChannelError, _ place: String) -> TransportError {
    switch error {
    case .connectTimeout: TransportError(.unreachable, "no connection to `\(place)` in time")
    case .eof, .ioOnClosedChannel, .alreadyClosed, .inputClosed, .outputClosed: cut(place)
    default: TransportError(.broken, "the connection to `\(place)` broke: \(error)")
    }
  }

  private static func refused(_ refusal: TunnelHandler.Refusal, _ place: String) -> TransportError {
    switch refusal {
    case .wantsLogin:
      TransportError(.unreachable, "the proxy for `\(place)` requires a name and a password")
    case .refused:
      TransportError(.unreachable, "the proxy for `\(place)` refused the connection")
    }
  }

  private static func unreadable(_ error: HTTPParserError, _ place: String) -> TransportError {
    switch error {
    case .invalidHeaderToken: TransportError(.invalid, "a header of the request isn't valid")
    case .invalidEOFState, .closedConnection: cut(place)
    default: TransportError(.broken, "the answer of `\(place)` isn't HTTP: \(error)")
    }
  }

  /// What went wrong in TLS, without the library's source lines.
  private static func trouble(_ text: String) -> String {
    for (word, meaning) in [
      ("CERTIFICATE_VERIFY_FAILED", untrusted),
      ("failedToValidateHostname", "its certificate is for another name"),
      ("HANDSHAKE_FAILURE", "it accepts none of the offered ciphers"),
      ("WRONG_VERSION_NUMBER", "it doesn't speak TLS"),
    ] where text.contains(word) {
      return meaning
    }
    return "the handshake failed" + (Self.cause(text).map { ": `\($0)`" } ?? "")
  }

  /// The TLS library's name for an error, such as `UNSUPPORTED_PROTOCOL`.
  private static func cause(_ text: String) -> Substring? {
    text.split { !($0.isASCII && ($0.isUppercase || $0 == "_")) }
      .first { $0.utf8.contains(.underscore) && $0.utf8.count > 4 }
  }

  private static func reason(_ error: NIOConnectionError) -> String {
    guard let failure = error.connectionErrors.first else {
      return "the host name can't be resolved"
    }
    if let error = failure.error as? IOError { return words(error) }
    if case .connectTimeout? = failure.error as? ChannelError { return "it doesn't respond" }
    return "\(failure.error)"
  }

  /// The system's error for a connection, without the name of the call.
  private static func words(_ error: IOError) -> String {
    switch error.errnoCode {
    case 101: "its network is unreachable"
    case 110: "it doesn't respond"
    case 111: "connection refused"
    case 113: "it is unreachable"
    default: error.description
    }
  }

  /// Whether an error can only come from connecting.
  private static func isBeforeSending(_ error: IOError) -> Bool {
    [101, 110, 111, 112, 113].contains(error.errnoCode)
  }
}
