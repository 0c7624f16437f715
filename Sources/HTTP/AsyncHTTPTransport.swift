internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL
internal import Synchronization

/// Requests over HTTP/1.1 with async-http-client, with one client for each proxy in use.
///
/// Connections idle for more than a few seconds are closed: EMR is polled every half minute, and a
/// request on a connection that the service has just closed would be lost.
package final class AsyncHTTPTransport: HTTPTransport {
  private let settings: TransportSettings
  private let connectTimeout: Double
  /// By the proxy's endpoint; nil means no proxy.
  private let clients = Mutex<[Endpoint?: HTTPClient]>([:])

  package init(
    settings: TransportSettings, connectTimeout: Double = TransportLimits.standard.connect
  ) {
    self.settings = settings
    self.connectTimeout = connectTimeout
  }

  deinit {
    let open = clients.withLock { Array($0.values) }
    guard !open.isEmpty else { return }
    Task { for client in open { try? await client.shutdown() } }
  }

  package func send(
    _ request: HTTPRequest, limits: TransportLimits
  ) async throws(TransportError) -> HTTPResponse {
    let client = client(for: request.endpoint)
    var message = HTTPClientRequest(url: request.endpoint.url + request.target)
    message.method = HTTPMethod(rawValue: request.method)
    for header in request.headers { message.headers.add(name: header.name, value: header.value) }
    if !request.body.isEmpty { message.body = .bytes(ByteBuffer(bytes: request.body)) }
    do {
      return try await Self.exchange(message, client, limits)
    } catch {
      if Task.isCancelled { throw TransportError(.cancelled, "cancelled") }
      throw await described(error, request.endpoint)
    }
  }

  /// An error, with the reason why a certificate isn't accepted if that can be found out.
  private func described(_ error: any Error, _ endpoint: Endpoint) async -> TransportError {
    let described = Self.described(error, endpoint)
    guard described.message.hasSuffix(Self.untrusted), settings.proxy(for: endpoint) == nil,
      let reason = await CertificateProbe.trouble(of: endpoint, seconds: connectTimeout)
    else { return described }
    return TransportError(described.kind, "TLS with `\(endpoint.authority)` failed: \(reason)")
  }

  private static let untrusted = "its certificate isn't trusted: no known authority made it"

  /// The whole exchange, or an error when time is up.
  private static func exchange(
    _ message: HTTPClientRequest, _ client: HTTPClient, _ limits: TransportLimits
  ) async throws -> HTTPResponse {
    var response: HTTPResponse?
    // The body returns nothing: see `concurrently`.
    try await withThrowingTaskGroup(of: HTTPResponse.self) { group in
      group.addTask {
        let answer = try await client.execute(message, timeout: milliseconds(limits.total))
        var body: [UInt8] = []
        for try await part in answer.body {
          guard body.count + part.readableBytes <= limits.bodyBytes else {
            throw TransportError(
              .tooLarge, "the response has more than \(limits.bodyBytes) bytes")
          }
          body.append(contentsOf: part.readableBytesView)
        }
        let headers = answer.headers.map { (name: $0.name, value: $0.value) }
        return HTTPResponse(status: Int(answer.status.code), headers: headers, body: body)
      }
      group.addTask {
        try await Task.sleep(nanoseconds: UInt64(bounded(limits.total) * 1e9))
        throw TransportError(.timedOut, "no complete response within \(limits.total) s")
      }
      defer { group.cancelAll() }
      response = try await group.next()
    }
    guard let response else { throw TransportError(.cancelled, "cancelled") }
    return response
  }

  private static func milliseconds(_ seconds: Double) -> TimeAmount {
    .milliseconds(Int64(bounded(seconds) * 1000))
  }

  /// A time-out comes from outside and may be NaN.
  private static func bounded(_ seconds: Double) -> Double {
    seconds > 0 ? min(seconds, 100_000) : 0
  }

  private func client(for endpoint: Endpoint) -> HTTPClient {
    let proxy = settings.proxy(for: endpoint)
    return clients.withLock { clients in
      if let client = clients[proxy?.endpoint] { return client }
      let client = HTTPClient(
        eventLoopGroup: MultiThreadedEventLoopGroup.singleton, configuration: configuration(proxy))
      clients[proxy?.endpoint] = client
      return client
    }
  }

  private func configuration(_ proxy: TransportSettings.Proxy?) -> HTTPClient.Configuration {
    var tls = TLSConfiguration.makeClientConfiguration()
    if let file = settings.trustFile { tls.trustRoots = .file(file) }
    var configuration = HTTPClient.Configuration(
      tlsConfiguration: tls, redirectConfiguration: .disallow, decompression: .disabled)
    configuration.timeout.connect = Self.milliseconds(connectTimeout)
    configuration.httpVersion = .http1Only
    configuration.connectionPool.idleTimeout = .seconds(4)
    configuration.connectionPool.retryConnectionEstablishment = false
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 16
    if let proxy {
      configuration.proxy = .server(
        host: proxy.endpoint.host, port: proxy.endpoint.port ?? 80,
        authorization: proxy.login.map { login in
          let name = login.prefix { $0 != ":" }
          return .basic(
            username: String(name), password: String(login.dropFirst(name.count + 1)))
        })
    }
    return configuration
  }
}

extension AsyncHTTPTransport {
  /// How far the request got, according to an error. An unknown one counts as after it was sent.
  private static func described(_ error: any Error, _ endpoint: Endpoint) -> TransportError {
    let place = endpoint.authority
    if let error = error as? TransportError { return error }
    if let error = error as? HTTPClientError { return described(error, place) }
    if let error = error as? NIOConnectionError {
      return TransportError(.unreachable, "can't connect to `\(place)`: \(reason(error))")
    }
    if let error = error as? NIOSSLError, case .failedToLoadCertificate = error {
      return TransportError(.unreachable, "the file of trusted certificates can't be read")
    }
    if let error = error as? NIOSSLError, case .handshakeFailed = error {
      return TransportError(.unreachable, "TLS with `\(place)` failed: \(trouble("\(error)"))")
    }
    if error is NIOSSLExtraError || error is BoringSSLError {
      return TransportError(.unreachable, "TLS with `\(place)` failed: \(trouble("\(error)"))")
    }
    if let error = error as? IOError, isBeforeSending(error) {
      return TransportError(.unreachable, "can't connect to `\(place)`: \(words(error))")
    }
    return TransportError(.broken, "the connection to `\(place)` broke: \(error)")
  }

  private static func described(_ error: HTTPClientError, _ place: String) -> TransportError {
    switch error {
    case .connectTimeout, .tlsHandshakeTimeout, .httpProxyHandshakeTimeout,
      .getConnectionFromPoolTimeout:
      TransportError(.unreachable, "no connection to `\(place)` in time")
    case .proxyAuthenticationRequired:
      TransportError(.unreachable, "the proxy for `\(place)` requires a name and a password")
    case .invalidProxyResponse:
      TransportError(.unreachable, "the proxy for `\(place)` refused the connection")
    case .deadlineExceeded, .readTimeout, .writeTimeout:
      TransportError(.timedOut, "no response from `\(place)` in time")
    case .remoteConnectionClosed:
      TransportError(.broken, "`\(place)` closed the connection before its response was complete")
    case .cancelled: TransportError(.cancelled, "cancelled")
    case .emptyHost, .invalidURL, .emptyScheme:
      TransportError(.invalid, "the request's address isn't valid")
    default:
      if error.shortDescription.contains("nvalid header") {
        TransportError(.invalid, "a header of the request isn't valid")
      } else {
        TransportError(.broken, "the exchange with `\(place)` failed: \(error.shortDescription)")
      }
    }
  }

  /// What went wrong in TLS, without the library's source lines.
  private static func trouble(_ text: String) -> String {
    for (word, meaning) in [
      ("CERTIFICATE_VERIFY_FAILED", untrusted),
      ("failedToValidateHostname", "its certificate is for another name"),
      ("HANDSHAKE_FAILURE", "it accepts none of the offered ciphers"),
      ("WRONG_VERSION_NUMBER", "it doesn't speak TLS"),
    ] where text.utf8.firstRange(of: word.utf8) != nil {
      return meaning
    }
    return "the handshake failed"
  }

  private static func reason(_ error: NIOConnectionError) -> String {
    if let failure = error.connectionErrors.first {
      return (failure.error as? IOError).map(words) ?? "\(failure.error)"
    }
    return "the host name can't be resolved"
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
