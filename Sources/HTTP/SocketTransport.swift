internal import CResolver
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL
internal import Synchronization
internal import Text

/// Requests over HTTP/1.1 and SwiftNIO's sockets and TLS; one exchange at a time on a connection.
///
/// Connections idle for more than a few seconds are closed: EMR is polled every half minute, and a
/// request on a connection that the service has just closed would be lost.
package final class SocketTransport: HTTPTransport {
  private let settings: TransportSettings
  private let connectTimeout: Double
  private let idle = IdleConnections()
  /// What TLS trusts, read when the first connection needs it.
  private let context = Mutex<NIOSSLContext?>(nil)

  /// Done once, before the first name is looked up.
  private static let resolver: Void = penstock_resolve_by_files_and_dns()

  package init(
    settings: TransportSettings, connectTimeout: Double = TransportLimits.standard.connect
  ) {
    _ = Self.resolver
    self.settings = settings
    self.connectTimeout = connectTimeout
  }

  deinit { idle.closeAll() }

  package func send(
    _ request: HTTPRequest, limits: TransportLimits
  ) async throws(TransportError) -> HTTPResponse {
    do {
      return try await exchange(request, limits)
    } catch {
      if Task.isCancelled { throw TransportError(.cancelled, "cancelled") }
      throw await explained(error, request.endpoint)
    }
  }

  /// An error, with the reason why a certificate isn't accepted if that can be found out.
  private func explained(_ error: any Error, _ endpoint: Endpoint) async -> TransportError {
    let error = TransportError(error, at: endpoint)
    guard error.message.hasSuffix(TransportError.untrusted), settings.proxy(for: endpoint) == nil,
      let reason = await CertificateProbe.trouble(of: endpoint, seconds: connectTimeout)
    else { return error }
    return TransportError(error.kind, "TLS with `\(endpoint.authority)` failed: \(reason)")
  }

  /// The whole exchange, or an error when time is up.
  private func exchange(
    _ request: HTTPRequest, _ limits: TransportLimits
  ) async throws -> HTTPResponse {
    let message = try OutgoingRequest(request)
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    // What comes first completes it: the response, an error, the clock, a cancellation.
    let answer = loop.makePromise(of: HTTPResponse.self)
    let timer = loop.scheduleTask(in: .limit(limits.total)) {
      answer.fail(
        TransportError(.timedOut, "no complete response within \(limits.total) s"))
    }
    defer { timer.cancel() }
    do {
      try start(message, limits, on: loop, answer)
    } catch {
      answer.fail(error)
    }
    return try await withTaskCancellationHandler {
      try await answer.futureResult.get()
    } onCancel: {
      answer.fail(TransportError(.cancelled, "cancelled"))
    }
  }

  private func start(
    _ message: OutgoingRequest, _ limits: TransportLimits, on loop: any EventLoop,
    _ answer: EventLoopPromise<HTTPResponse>
  ) throws {
    let key = message.connectionKey
    if let connection = idle.take(for: key) {
      send(message, limits, over: connection, answer) { error in
        // The service has closed it meanwhile, and nothing was sent: a new one has to do.
        guard error is ConnectionWasClosed else { return answer.fail(error) }
        do {
          try self.startAnew(message, limits, on: loop, answer)
        } catch {
          answer.fail(error)
        }
      }
    } else {
      try startAnew(message, limits, on: loop, answer)
    }
  }

  private func startAnew(
    _ message: OutgoingRequest, _ limits: TransportLimits, on loop: any EventLoop,
    _ answer: EventLoopPromise<HTTPResponse>
  ) throws {
    let key = message.connectionKey
    let connector = Connector(
      endpoint: key, proxy: settings.proxy(for: key), seconds: connectTimeout,
      context: key.isSecure ? try secureContext() : nil)
    connector.connect(on: loop).whenComplete { result in
      switch result {
      case .success(let connection):
        self.send(message, limits, over: connection, answer) { answer.fail($0) }
      case .failure(let error):
        answer.fail(error)
      }
    }
  }

  /// Sends a message over a connection, which goes back to the idle ones if it can be used again.
  private func send(
    _ message: OutgoingRequest, _ limits: TransportLimits, over connection: Connection,
    _ answer: EventLoopPromise<HTTPResponse>, failed: @escaping @Sendable (any Error) -> Void
  ) {
    let idle = idle
    // If something else completes the answer (the clock, a cancellation), nobody reads the rest.
    answer.futureResult.whenFailure { _ in connection.close() }
    connection.send(message, limit: limits.bodyBytes).whenComplete { result in
      switch result {
      case .success(let reply):
        if reply.isReusable { idle.put(connection, for: message.connectionKey) }
        answer.succeed(reply.response)
      case .failure(let error):
        failed(error)
      }
    }
  }

  private func secureContext() throws -> NIOSSLContext {
    try context.withLock { context in
      if let context { return context }
      var configuration = TLSConfiguration.makeClientConfiguration()
      configuration.applicationProtocols = ["http/1.1"]
      if let file = settings.trustFile { configuration.trustRoots = .file(file) }
      do {
        let new = try NIOSSLContext(configuration: configuration)
        context = new
        return new
      } catch {
        throw TransportError(
          .unreachable,
          settings.trustFile == nil
            ? "this system has no trusted certificates: install `ca-certificates`, or set `SSL_CERT_FILE`"
            : "the file of trusted certificates can't be read")
      }
    }
  }
}

extension TimeAmount {
  /// A time-out comes from outside and may be NaN.
  static func limit(_ seconds: Double) -> TimeAmount {
    .milliseconds(seconds > 0 ? Int64(min(seconds, 100_000) * 1000) : 0)
  }
}

/// A request as SwiftNIO takes it.
struct OutgoingRequest: Sendable {
  var head: HTTPRequestHead
  var body: ByteBuffer
  /// Which connections may carry it.
  var connectionKey: Endpoint

  init(_ request: HTTPRequest) throws(TransportError) {
    let endpoint = request.endpoint
    guard !endpoint.host.isEmpty, endpoint.host.utf8.allSatisfy({ $0 > .space && $0 != 0x7F })
    else { throw TransportError(.invalid, "the request's address isn't valid") }
    var headers = HTTPHeaders()
    for header in request.headers where !Self.isFraming(header.name) {
      headers.add(name: header.name, value: header.value)
    }
    if !headers.contains(name: "host") { headers.add(name: "Host", value: endpoint.authority) }
    if !request.body.isEmpty || ["POST", "PUT", "PATCH"].contains(request.method) {
      headers.add(name: "Content-Length", value: String(request.body.count))
    }
    head = HTTPRequestHead(
      version: .http1_1, method: HTTPMethod(rawValue: request.method), uri: request.target,
      headers: headers)
    body = ByteBuffer(bytes: request.body)
    connectionKey = Endpoint(
      host: endpoint.host, isSecure: endpoint.isSecure, port: endpoint.port)
  }

  private static func isFraming(_ name: String) -> Bool {
    ASCII.equalsIgnoringCase(name, "content-length")
      || ASCII.equalsIgnoringCase(name, "transfer-encoding")
  }
}
