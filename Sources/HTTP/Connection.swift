internal import NIOCore
internal import NIOHTTP1
internal import NIOTLS

/// A connection was closed before a request was sent on it.
struct ConnectionWasClosed: Error {}

/// An open connection, for one exchange after the other.
struct Connection: Sendable {
  let channel: any Channel
  let handler: NIOLoopBound<ExchangeHandler>

  struct Reply: Sendable {
    var response: HTTPResponse
    /// Whether the connection stays open for another exchange.
    var isReusable: Bool
  }

  var isOpen: Bool { channel.isActive }

  func send(_ message: OutgoingRequest, limit: Int) -> EventLoopFuture<Reply> {
    channel.eventLoop.flatSubmit { handler.value.exchange(message, limit: limit) }
  }

  func close() { channel.close(promise: nil) }
}

/// The end of a connection's pipeline: waits for TLS, then writes requests and collects responses.
final class ExchangeHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPClientResponsePart
  typealias OutboundOut = HTTPClientRequestPart

  private struct Exchange {
    var answer: EventLoopPromise<Connection.Reply>
    var limit: Int
    var head: HTTPResponseHead?
    var body: [UInt8] = []
  }

  /// When requests may be sent: at once, or after TLS's handshake.
  private let ready: EventLoopPromise<Void>
  private let isSecure: Bool
  private var context: ChannelHandlerContext?
  private var current: Exchange?

  init(ready: EventLoopPromise<Void>, isSecure: Bool) {
    self.ready = ready
    self.isSecure = isSecure
  }

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    if !isSecure { ready.succeed(()) }
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    self.context = nil
    fail(ChannelError.eof)
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if let event = event as? TLSUserEvent, case .handshakeCompleted = event { ready.succeed(()) }
    context.fireUserInboundEventTriggered(event)
  }

  func exchange(
    _ message: OutgoingRequest, limit: Int
  ) -> EventLoopFuture<Connection.Reply> {
    guard let context, context.channel.isActive, current == nil else {
      return ready.futureResult.eventLoop.makeFailedFuture(ConnectionWasClosed())
    }
    let answer = context.eventLoop.makePromise(of: Connection.Reply.self)
    current = Exchange(answer: answer, limit: limit)
    let sent = context.eventLoop.makePromise(of: Void.self)
    // A header that isn't valid fails this one.
    context.write(wrapOutboundOut(.head(message.head)), promise: sent)
    if message.body.readableBytes > 0 {
      context.write(wrapOutboundOut(.body(.byteBuffer(message.body))), promise: nil)
    }
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    let channel = context.channel
    sent.futureResult.whenFailure { error in
      answer.fail(error)
      channel.close(promise: nil)
    }
    return answer.futureResult
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard current != nil else { return }
    switch unwrapInboundIn(data) {
    case .head(let head):
      current?.head = head
    case .body(let part):
      guard let exchange = current,
        exchange.body.count + part.readableBytes <= exchange.limit
      else {
        let limit = current?.limit ?? 0
        fail(TransportError(.tooLarge, "the response has more than \(limit) bytes"))
        context.close(promise: nil)
        return
      }
      current?.body.append(contentsOf: part.readableBytesView)
    case .end:
      finish(context)
    }
  }

  private func finish(_ context: ChannelHandlerContext) {
    guard let exchange = current, let head = exchange.head else { return }
    current = nil
    let isReusable = head.isKeepAlive && context.channel.isActive
    if !isReusable { context.close(promise: nil) }
    let headers = head.headers.map { (name: $0.name, value: $0.value) }
    exchange.answer.succeed(
      Connection.Reply(
        response: HTTPResponse(
          status: Int(head.status.code), headers: headers, body: exchange.body),
        isReusable: isReusable))
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    fail(error)
    context.close(promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) {
    fail(ChannelError.eof)
    context.fireChannelInactive()
  }

  /// Fails what is waited for; only the first error counts.
  private func fail(_ error: any Error) {
    ready.fail(error)
    let exchange = current
    current = nil
    exchange?.answer.fail(error)
  }
}
