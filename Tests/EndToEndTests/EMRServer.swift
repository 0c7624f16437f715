import Foundation
import Synchronization
import TestSupport
import Values

/// AWS as moto plays it, with clusters that live by a clock of the tests'.
final class EMRServer: Sendable {
  let port: Int
  private let input: FileHandle

  init() throws {
    let process = Process()
    let output = Pipe()
    let stdin = Pipe()
    process.executableURL = Locations.repository.appending(path: "scripts/python")
    process.arguments = [Locations.repository.appending(path: "Tests/Python/emr_server.py").path]
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

  deinit { try? input.close() }
}

/// A cluster as the server has it.
struct ServedCluster: Decodable {
  var id: String
  var name: String
  var state: String
  var tags: [String: String]
  var steps: [[String]]

  func count(_ state: String) -> Int { steps.count { $0.last == state } }
}
