import Foundation
import Journal
import Values

/// A folder for journals, gone when the test is over.
final class JournalFolder: Sendable {
  static let now = Value.Timestamp(seconds: 1_790_000_000, nanoseconds: 5)

  let folder = FileManager.default.temporaryDirectory
    .appending(path: "penstock-journal-\(UUID().uuidString)")
  var path: String { folder.appending(path: "journal.db").path }

  init() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
  }

  var bytes: [UInt8] {
    get throws { Array(try Data(contentsOf: URL(filePath: path))) }
  }

  /// Writes into the file that is there, if there is one.
  func overwrite(_ bytes: [UInt8]) throws {
    if let file = FileHandle(forWritingAtPath: path) {
      try file.truncate(atOffset: 0)
      try file.write(contentsOf: bytes)
      try file.close()
    } else {
      try Data(bytes).write(to: URL(filePath: path))
    }
  }

  static func run(_ key: String) -> JournaledRun {
    JournaledRun(key: key, name: "small", runID: "id of \(key)", begun: now, holder: nil)
  }

  static func owner(_ process: Int64 = 1) -> Owner {
    Owner(user: "me", host: "here", process: process, processStart: "7", since: now)
  }

  static func hold(
    _ key: String, in journal: Journal, token: String = "t", plan: String = "{}"
  ) throws -> JournalWriter {
    try journal.hold(
      run(key), plan: Array(plan.utf8), as: owner(), token: token, isAlive: { _ in false })
  }

  /// A journal of three runs whose entries and plans fill some pages.
  func fill() throws {
    let journal = try Journal(path: path)
    for key in ["sha256:aaa", "sha256:bbb", "none:ccc"] {
      let plan = String(repeating: "a plan of \(key), ", count: key.hasPrefix("n") ? 0 : 500)
      let writer = try Self.hold(key, in: journal, plan: plan)
      for number in 0..<20 {
        let text = String(repeating: "\(number) of \(key), ", count: number)
        try writer.append(
          "kind-\(number % 3)", ValueMap(["text": .string(text)]), at: Self.now)
      }
      if key != "sha256:bbb" { try writer.release() }
    }
  }

  /// All that a journal says.
  static func contents(_ journal: Journal) throws -> String {
    var text = ""
    for run in try journal.runs() {
      text += "\(run)\n"
      let plan = try journal.plan(of: run.key) ?? []
      text += "\(String(decoding: plan, as: UTF8.self))\n"
      for entry in try journal.entries(of: run.key) {
        text += "\(entry.sequence) \(entry.time) \(entry.kind) \(entry.body)\n"
      }
    }
    return text
  }

  /// Changes the journal as another program would.
  func change(_ statement: String) throws {
    try python(
      """
      c = sqlite3.connect(sys.argv[1])
      c.execute(\"\"\"\(statement)\"\"\")
      c.commit()
      """)
  }

  /// Runs a program of Python with the journal's path as its argument.
  func python(_ program: String) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", "-c", "import os, sqlite3, sys\n" + program, path]
    try process.run()
    process.waitUntilExit()
  }
}
