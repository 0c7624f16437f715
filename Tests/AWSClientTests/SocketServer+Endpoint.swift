import TestSupport
import HTTP

extension SocketServer {
  var endpoint: Endpoint { Endpoint(host: "127.0.0.1", isSecure: false, port: port) }
}
