import Foundation

/// The Python that `scripts/setup test` provides, for independent readers.
package enum Python {
  /// Whether what Tests/Python imports is installed.
  package static let hasModules: Bool =
    (try? execute(["-c", "import boto3, jsonschema, moto.server, yaml"], input: ""))?.status == 0

  /// Runs a script of Tests/Python.
  package static func run(
    _ script: String, _ arguments: [String], input: String = ""
  ) throws -> (status: Int32, output: String) {
    let path = Locations.repository.appending(path: "Tests/Python/\(script)").path
    return try execute([path] + arguments, input: input)
  }

  /// Runs a script's text.
  package static func run(
    script: String, _ arguments: [String], input: String = ""
  ) throws -> (status: Int32, output: String) {
    try execute(["-c", script] + arguments, input: input)
  }

  private static func execute(
    _ arguments: [String], input: String
  ) throws -> (status: Int32, output: String) {
    let process = Process()
    let output = Pipe()
    let stdin = Pipe()
    process.executableURL = Locations.repository.appending(path: "scripts/python")
    process.arguments = arguments
    process.standardOutput = output
    process.standardError = output
    process.standardInput = stdin
    try process.run()
    // Scripts read all of their input before they write.
    try stdin.fileHandleForWriting.write(contentsOf: Data(input.utf8))
    try stdin.fileHandleForWriting.close()
    let bytes = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: bytes, as: UTF8.self))
  }
}
