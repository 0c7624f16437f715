import AWSClient
import Foundation
import TestSupport
import Web

/// A server that plays AWS, started once for all tests; it ends with them.
final class MotoServer: Sendable {
  static let shared: MotoServer? = Python.hasModules ? try? MotoServer() : nil

  let port: Int
  private let input: FileHandle

  private init() throws {
    let process = Process()
    let output = Pipe()
    let stdin = Pipe()
    process.executableURL = Locations.repository.appending(path: "scripts/python")
    process.arguments = [Locations.repository.appending(path: "Tests/Python/moto_server.py").path]
    process.standardOutput = output
    process.standardInput = stdin
    process.standardError = FileHandle.nullDevice
    try process.run()
    // Closed when the tests end, however they do: the server then ends too.
    input = stdin.fileHandleForWriting
    var line: [UInt8] = []
    while line.last != 0x0A {
      let part = output.fileHandleForReading.availableData
      guard !part.isEmpty else { throw CocoaError(.fileReadUnknown) }
      line += part
    }
    guard let port = Int(String(decoding: line.dropLast(), as: UTF8.self)) else {
      throw CocoaError(.fileReadCorruptFile)
    }
    self.port = port
  }

  var endpoint: Endpoint { Endpoint(host: "127.0.0.1", isSecure: false, port: port) }
}
