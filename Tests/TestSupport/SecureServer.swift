package import Foundation

/// A TLS server with its own certificate authority: `ca.pem` in its folder. It answers with the
/// files of the folder `answers`, and else with `secure`.
package final class SecureServer {
  private let server: PythonServer

  /// - Parameter days: how far the days in which its certificate is valid are shifted.
  package init(_ folder: URL, shiftedBy days: Int = 0) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    server = try PythonServer("tls_server.py", [folder.path, String(days)])
  }

  package var port: Int { server.port }

  package func stop() { server.stop() }
}
