import Text
import Foundation
import Platform
import Synchronization
import Values

/// A server on a real socket of this machine, with given answers and faults.
package final class SocketServer: Sendable {
  package struct Request: Sendable {
    package var method: String
    package var path: String
    package var query: [String: String]
    /// By name in lower case.
    package var headers: [String: String]
    package var body: [UInt8]

    package var text: String { String(decoding: body, as: UTF8.self) }
  }

  package enum Reply: Sendable {
    case answer(status: Int, headers: [String: String] = [:], body: String = "")
    case bytes(status: Int, headers: [String: String] = [:], body: [UInt8])
    /// The first half of the answer, then the connection's end.
    indirect case half(Reply)
    /// These bytes as they are, then the connection's end.
    case raw([UInt8])
    /// The connection is reset.
    case reset
    /// Nothing, for as long as the client waits.
    case silence
  }

  package let port: Int
  private let listener: Int32
  private let open = Mutex<(sockets: Set<Int32>, isStopped: Bool)>(([], false))
  private let handler: @Sendable (Request) -> Reply

  /// - Parameter isListening: if false, nothing listens at the port, which stays reserved, so that
  ///   no other test's server comes to it.
  package init(
    isListening: Bool = true, _ handler: @escaping @Sendable (Request) -> Reply
  ) throws {
    self.handler = handler
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let socket = listener
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(socket, $0, length) == 0 && (!isListening || listen(socket, 64) == 0)
          && getsockname(socket, $0, &length) == 0
      }
    }
    guard isBound else { throw POSIXError(.EADDRNOTAVAIL) }
    port = Int(UInt16(bigEndian: address.sin_port))
    if isListening { Thread.detachNewThread { [self] in acceptAll() } }
  }

  package var url: String { "http://127.0.0.1:\(port)" }

  /// Ends all connections; a server that is not stopped lives as long as the tests.
  package func stop() {
    open.withLock { state in
      guard !state.isStopped else { return }
      state.isStopped = true
      for socket in state.sockets { shutdown(socket, Int32(SHUT_RDWR)) }
      shutdown(listener, Int32(SHUT_RDWR))
    }
  }

  private func acceptAll() {
    while true {
      let socket = accept(listener, nil, nil)
      guard socket >= 0 else { break }
      let isOpen = open.withLock { state in
        if !state.isStopped { state.sockets.insert(socket) }
        return !state.isStopped
      }
      guard isOpen else {
        close(socket)
        break
      }
      Thread.detachNewThread { [self] in
        serve(socket)
        open.withLock { _ = $0.sockets.remove(socket) }
        close(socket)
      }
    }
    close(listener)
  }

  private func serve(_ socket: Int32) {
    var buffer: [UInt8] = []
    while let request = Self.read(socket, &buffer) {
      var reply = handler(request)
      var share = 1.0
      if case .half(let whole) = reply { (reply, share) = (whole, 0.5) }
      switch reply {
      case .answer(let status, let headers, let body):
        let bytes = Self.bytes(status, headers, Array(body.utf8), isHead: request.method == "HEAD")
        guard Self.write(socket, bytes, share: share) else { return }
      case .bytes(let status, let headers, let body):
        let bytes = Self.bytes(status, headers, body, isHead: request.method == "HEAD")
        guard Self.write(socket, bytes, share: share) else { return }
      case .raw(let bytes):
        _ = Self.write(socket, bytes)
        return
      case .half: return
      case .reset:
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(
          socket, SOL_SOCKET, SO_LINGER, &linger,
          socklen_t(MemoryLayout.size(ofValue: linger)))
        return
      case .silence:
        var byte: UInt8 = 0
        while recv(socket, &byte, 1, 0) > 0 {}
        return
      }
    }
  }

  /// Whether the connection is still usable: everything was written, as intended.
  private static func write(_ socket: Int32, _ bytes: [UInt8], share: Double) -> Bool {
    write(socket, Array(bytes.prefix(Int(Double(bytes.count) * share)))) && share == 1
  }

  private static func write(_ socket: Int32, _ bytes: [UInt8]) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes {
        send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      sent += count
    }
    return true
  }

  private static func bytes(
    _ status: Int, _ headers: [String: String], _ body: [UInt8], isHead: Bool
  ) -> [UInt8] {
    var head = "HTTP/1.1 \(status) X\r\n"
    for (name, value) in headers.sorted(by: { $0.key < $1.key }) { head += "\(name): \(value)\r\n" }
    if status != 204 { head += "Content-Length: \(body.count)\r\n" }
    return Array((head + "\r\n").utf8) + (isHead ? [] : body)
  }

  private static func read(_ socket: Int32, _ buffer: inout [UInt8]) -> Request? {
    func more() -> Bool {
      var part = [UInt8](repeating: 0, count: 65_536)
      let count = recv(socket, &part, part.count, 0)
      guard count > 0 else { return false }
      buffer += part.prefix(count)
      return true
    }
    let end = Array("\r\n\r\n".utf8)
    var headEnd = buffer.firstRange(of: end)
    while headEnd == nil {
      guard more() else { return nil }
      headEnd = buffer.firstRange(of: end)
    }
    guard let headEnd else { return nil }
    let lines = String(decoding: buffer[..<headEnd.lowerBound], as: UTF8.self)
      .components(separatedBy: "\r\n")
    let first = lines[0].split(separator: " ").map(String.init)
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      let name = line.prefix { $0 != ":" }
      headers[name.lowercased()] = line.dropFirst(name.count + 1).trimmingCharacters(
        in: .whitespaces)
    }
    let length = headers["content-length"].flatMap { Int($0) } ?? 0
    while buffer.count < headEnd.upperBound + length { guard more() else { return nil } }
    let body = Array(buffer[headEnd.upperBound..<(headEnd.upperBound + length)])
    buffer.removeFirst(headEnd.upperBound + length)
    guard first.count >= 2 else { return nil }
    let parts = first[1].split(separator: "?", maxSplits: 1).map(String.init)
    return Request(
      method: first[0], path: PercentEncoding.decode(parts.first ?? "/"),
      query: fields(parts.count > 1 ? parts[1] : ""), headers: headers, body: body)
  }

  /// A query's or form's fields.
  package static func fields(_ text: String) -> [String: String] {
    var fields: [String: String] = [:]
    for pair in text.split(separator: "&") {
      let name = pair.prefix { $0 != "=" }
      fields[PercentEncoding.decode(String(name))] =
        PercentEncoding.decode(String(pair.dropFirst(name.count + 1)))
    }
    return fields
  }
}
