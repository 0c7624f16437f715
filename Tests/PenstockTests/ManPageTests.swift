import Foundation
import TestSupport
import Testing

/// The man pages as programs that show them read them.
@Suite struct ManPageTests {
  private static func isInstalled(_ program: String) -> Bool {
    FileManager.default.isExecutableFile(atPath: "/usr/bin/" + program)
  }

  private static func pages(_ scratch: Scratch) throws -> [URL] {
    let run = try Run(["help", "--man", "man"], folder: scratch.folder)
    #expect(run.status == 0 && run.output.isEmpty, "\(run.errors)")
    let folder = scratch.folder.appending(path: "man")
    return try FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: nil
    ).sorted { $0.path < $1.path }
  }

  private static func complaints(_ program: String, _ arguments: [String]) throws -> [String] {
    let scratch = try Scratch()
    let file = try scratch.file("complaints")
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/" + program)
    process.arguments = arguments
    process.environment = ["LC_ALL": "C.UTF-8", "MANWIDTH": "80", "PATH": "/usr/bin:/bin"]
    process.standardInput = FileHandle.nullDevice
    let handle = try FileHandle(forWritingTo: file)
    process.standardError = handle
    process.standardOutput = program == "mandoc" ? handle : FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return String(decoding: try Locations.bytes(file), as: UTF8.self)
      .split(separator: "\n").map(String.init)
  }

  @Test(.enabled(if: isInstalled("mandoc"), "mandoc is not installed"))
  func mandocFindsNothing() throws {
    let scratch = try Scratch()
    for page in try Self.pages(scratch) {
      let found = try Self.complaints("mandoc", ["-Tlint", "-Wwarning", page.path])
      // Only a build from git knows the date.
      #expect(found.filter { !$0.contains("missing date") }.isEmpty, "\(found)")
    }
  }

  @Test(.enabled(if: isInstalled("man"), "man is not installed"))
  func manFindsNothing() throws {
    let scratch = try Scratch()
    for page in try Self.pages(scratch) {
      let found = try Self.complaints(
        "man", ["--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", page.path])
      #expect(found.isEmpty, "\(found)")
    }
  }

  @Test func theyAreWrittenWhereTheyAreAsked() throws {
    let scratch = try Scratch()
    let names = try Self.pages(scratch).map(\.lastPathComponent)
    #expect(names.contains("penstock.1") && names.contains("penstock-compile.1"))
    #expect(names.contains("snowplow-emr-etl-runner.1"))
    #expect(try Self.pages(scratch).count == names.count, "again")
    try scratch.file("file")
    let refused = try Run(["help", "--man", "file/man"], folder: scratch.folder)
    #expect(refused.status == 1 && refused.errors.contains("error[output-failed]"))
  }
}
