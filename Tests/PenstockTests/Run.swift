import Foundation
import TestSupport

/// Runs the binary as a user would.
struct Run {
  var status: Int32
  var output: [UInt8]
  var errors: String

  var text: String { String(decoding: output, as: UTF8.self) }

  /// Without environment variables but PATH, which finds the program, and in UTC, unless given.
  init(
    _ arguments: [String], input: String? = nil, environment: [String: String] = [:],
    folder: URL? = nil, program: URL = Run.binary
  ) throws {
    let scratch = try Scratch()
    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    let path = program.deletingLastPathComponent().path + ":/usr/bin:/bin"
    process.environment = ["TZ": "UTC", "PATH": path].merging(environment) { $1 }
    if let folder { process.currentDirectoryURL = folder }
    // Files, not pipes: no amount of output can fill them.
    let output = try scratch.file("output")
    let errors = try scratch.file("errors")
    let inputFile = try scratch.file("input", input ?? "")
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: errors)
    process.standardInput = try FileHandle(forReadingFrom: inputFile)
    try process.run()
    process.waitUntilExit()
    // Ending by a signal is never a success.
    status = process.terminationReason == .exit ? process.terminationStatus : -1
    self.output = try Locations.bytes(output)
    self.errors = String(decoding: try Locations.bytes(errors), as: UTF8.self)
  }

  /// The binary named by `PENSTOCK_BINARY`, for `make test` the shipped one; else the one next to
  /// the tests, from the same build. Prints which.
  static let binary = {
    let binary: URL
    if let named = ProcessInfo.processInfo.environment["PENSTOCK_BINARY"], !named.isEmpty {
      binary = URL(filePath: named).absoluteURL
      note("PenstockTests run \(binary.path)")
    } else {
      binary = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent().appending(path: "penstock")
      note(
        "PenstockTests run \(binary.path), which is not the binary that ships: "
          + "PENSTOCK_BINARY names another, and make test names that one")
    }
    guard FileManager.default.isExecutableFile(atPath: binary.path) else {
      fatalError("no program at \(binary.path)")
    }
    return binary
  }()

  private static func note(_ text: String) {
    FileHandle.standardError.write(Data("\(text)\n".utf8))
  }
}

/// A folder that is gone when the test is over.
final class Scratch: Sendable {
  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(
      path: "penstock-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  @discardableResult
  func file(_ name: String, _ text: String = "") throws -> URL {
    let file = folder.appending(path: name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
    return file
  }
}
