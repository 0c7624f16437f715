package import Foundation

/// A server over TLS, with an authority of its own: `ca.pem` in its folder. It answers with the files
/// of the folder `answers`, and else with `secure`.
package final class SecureServer {
  package let port: Int
  private let input: FileHandle

  package init(_ folder: URL) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let process = Process()
    let (output, stdin) = (Pipe(), Pipe())
    process.executableURL = Locations.repository.appending(path: "scripts/python")
    process.arguments = [
      Locations.repository.appending(path: "Tests/Python/tls_server.py").path, folder.path,
    ]
    process.standardOutput = output
    process.standardInput = stdin
    try process.run()
    input = stdin.fileHandleForWriting
    let line = output.fileHandleForReading.availableData
    port = Int(String(decoding: line, as: UTF8.self).trimmingCharacters(in: .newlines)) ?? 0
  }

  package func stop() { try? input.close() }
}
