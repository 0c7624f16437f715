import Foundation

/// A server of Tests/Python that runs as long as the tests do: it writes its port, and ends when
/// its input does.
package final class PythonServer: Sendable {
  package let port: Int
  private let input: FileHandle

  package init(_ script: String, _ arguments: [String] = []) throws {
    let process = Process()
    let output = Pipe()
    let stdin = Pipe()
    process.executableURL = Locations.repository.appending(path: "scripts/python")
    process.arguments =
      [Locations.repository.appending(path: "Tests/Python/\(script)").path] + arguments
    process.standardOutput = output
    process.standardInput = stdin
    process.standardError = FileHandle.nullDevice
    try process.run()
    // Closed when the tests end in any way: the server then ends too.
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

  package func stop() { try? input.close() }

  deinit { stop() }
}
