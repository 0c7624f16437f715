import TestSupport
import HTTP

/// A server that plays AWS, started once for all tests.
final class MotoServer: Sendable {
  static let shared: MotoServer? =
    Python.hasModules ? (try? PythonServer("moto_server.py")).map(MotoServer.init) : nil

  private let server: PythonServer

  private init(_ server: PythonServer) { self.server = server }

  var endpoint: Endpoint { Endpoint(host: "127.0.0.1", isSecure: false, port: server.port) }
}
