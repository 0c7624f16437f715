internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL
internal import Text

/// Opens connections: the socket, a proxy's tunnel, TLS, HTTP.
struct Connector: Sendable {
  let endpoint: Endpoint
  let proxy: TransportSettings.Proxy?
  /// For all of it together.
  let seconds: Double
  /// Nil without TLS.
  let context: NIOSSLContext?

  func connect(on loop: any EventLoop) -> EventLoopFuture<Connection> {
    let first = proxy?.endpoint ?? endpoint
    let limit = TimeAmount.limit(seconds)
    let start = NIODeadline.now()
    return ClientBootstrap(group: loop)
      .connectTimeout(limit)
      .channelOption(.tcpOption(.tcp_nodelay), value: 1)
      .connect(host: first.host, port: first.port ?? first.defaultPort)
      .flatMap { channel in
        let timer = channel.eventLoop.scheduleTask(deadline: start + limit) {
          channel.pipeline.fireErrorCaught(ChannelError.connectTimeout(limit))
        }
        let opened = tunnel(channel).flatMap { exchange(over: channel) }
        opened.whenComplete { result in
          timer.cancel()
          if case .failure = result { channel.close(promise: nil) }
        }
        return opened
      }
  }

  private func tunnel(_ channel: any Channel) -> EventLoopFuture<Void> {
    guard let proxy else { return channel.eventLoop.makeSucceededVoidFuture() }
    let isOpen = channel.eventLoop.makePromise(of: Void.self)
    do {
      try channel.pipeline.syncOperations.addHandler(
        TunnelHandler(to: endpoint, login: proxy.login, isOpen: isOpen))
    } catch {
      isOpen.fail(error)
    }
    return isOpen.futureResult
  }

  private func exchange(over channel: any Channel) -> EventLoopFuture<Connection> {
    let ready = channel.eventLoop.makePromise(of: Void.self)
    do {
      let pipeline = channel.pipeline.syncOperations
      let handler = ExchangeHandler(ready: ready, isSecure: context != nil)
      if let context {
        try pipeline.addHandler(
          NIOSSLClientHandler(
            context: context, serverHostname: endpoint.isAddress ? nil : endpoint.host))
      }
      try pipeline.addHTTPClientHandlers()
      try pipeline.addHandler(handler)
      let connection = Connection(
        channel: channel, handler: NIOLoopBound(handler, eventLoop: channel.eventLoop))
      return ready.futureResult.map { connection }
    } catch {
      ready.fail(error)
      return channel.eventLoop.makeFailedFuture(error)
    }
  }
}

extension Endpoint {
  var defaultPort: Int { isSecure ? 443 : 80 }
}

/// Asks a proxy for a tunnel (`CONNECT`), and leaves the pipeline when it is open.
final class TunnelHandler: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  /// Why there is no tunnel.
  enum Refusal: Error { case wantsLogin, refused }

  private let endpoint: Endpoint
  private let login: String?
  private let isOpen: EventLoopPromise<Void>
  private var answer: [UInt8] = []
  private static let longestAnswer = 64 << 10

  init(to endpoint: Endpoint, login: String?, isOpen: EventLoopPromise<Void>) {
    self.endpoint = endpoint
    self.login = login
    self.isOpen = isOpen
  }

  func handlerAdded(context: ChannelHandlerContext) {
    let name = endpoint.host.utf8.contains(.colon) ? "[\(endpoint.host)]" : endpoint.host
    var text = "CONNECT \(name):\(endpoint.port ?? endpoint.defaultPort) HTTP/1.1\r\n"
    text += "Host: \(endpoint.authority)\r\n"
    if let login {
      text += "Proxy-Authorization: Basic \(Base64.encode(Array(login.utf8)))\r\n"
    }
    text += "\r\n"
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    answer.append(contentsOf: unwrapInboundIn(data).readableBytesView)
    guard answer.contains(Array("\r\n\r\n".utf8)) else {
      if answer.count > Self.longestAnswer { isOpen.fail(Refusal.refused) }
      return
    }
    // `HTTP/1.1 200 Connection established`. What follows can't be from the server, which speaks
    // only when it is spoken to.
    let words = answer.prefix { $0 != 0x0D }.split(separator: 0x20)
    let status = words.count > 1 ? String(decoding: words[1], as: UTF8.self) : ""
    guard words.first?.starts(with: Array("HTTP/1.".utf8)) == true, status.utf8.count == 3,
      status.hasPrefix("2")
    else { return isOpen.fail(status == "407" ? Refusal.wantsLogin : .refused) }
    context.pipeline.syncOperations.removeHandler(context: context, promise: isOpen)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    isOpen.fail(error)
    context.close(promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) {
    isOpen.fail(Refusal.refused)
    context.fireChannelInactive()
  }
}
