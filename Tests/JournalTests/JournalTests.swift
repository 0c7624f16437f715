import Foundation
import Journal
import TestSupport
import Testing
import Values

@Suite struct JournalTests {
  private let temporary = TemporaryFolder()
  private var path: String { temporary.path + "/journal.db" }
  private let now = Value.Timestamp(seconds: 1_790_000_000, nanoseconds: 5)

  private func run(_ key: String) -> JournaledRun {
    JournaledRun(key: key, name: "small", runID: "1", begun: now, holder: nil)
  }

  private func owner(_ process: Int64) -> Owner {
    Owner(user: "me", host: "here", process: process, processStart: "7", since: now)
  }

  @Test func entriesAreKeptInOrderAndByRun() throws {
    let journal = try Journal(path: path)
    let first = try journal.hold(run("a"), as: owner(1), token: "t", isAlive: { _ in true })
    let second = try journal.hold(run("b"), as: owner(1), token: "u", isAlive: { _ in true })
    try first.append("one", ValueMap(["x": .string("ü\u{0}\"")]), at: now)
    try second.append("other", ValueMap(), at: now)
    try first.append("two", ValueMap(["n": .int(.max)]), at: now)
    // Another connection sees what was written.
    let entries = try Journal(path: path).entries(of: "a")
    #expect(entries.map(\.kind) == ["one", "two"])
    #expect(entries.map(\.sequence) == [1, 2])
    #expect(entries.first?.time == now)
    #expect(entries.first?.body["x"]?.equals(.string("ü\u{0}\"")) == true)
    #expect(entries.last?.body["n"]?.equals(.int(.max)) == true)
    #expect(try journal.entries(of: "a", after: 1).map(\.kind) == ["two"])
    #expect(try journal.runs().map(\.key) == ["a", "b"])
  }

  @Test func runsAreFoundByWhatTheirPlansHave() throws {
    let journal = try Journal(path: path)
    for (key, plan) in [("a", #"{"place":"s3://b/x/"}"#), ("b", #"{"place":"s3://b/x/y/"}"#)] {
      _ = try journal.hold(
        run(key), plan: Array(plan.utf8), as: owner(1), token: key, isAlive: { _ in true })
    }
    func found(_ texts: String..., of pipeline: String = "small") throws -> [String] {
      try journal.runs(of: pipeline, whosePlanHas: texts).map(\.key)
    }
    #expect(try found(#""s3://b/x/""#) == ["a"])
    #expect(try found(#""s3://b/x/y/""#, #""s3://b/x/""#) == ["a", "b"])
    #expect(try found("s3://B/") == [])
    #expect(try found() == [])
    #expect(try found("s3", of: "other") == [])
  }

  @Test func aJournalIsAlwaysAFile() throws {
    #expect(throws: JournalError.storage(message: "its path is empty")) { try Journal(path: "") }
    // SQLite's name for an in-memory database.
    let name = ":memory:"
    defer {
      for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: name + end) }
    }
    _ = try Journal(path: name).hold(run("a"), as: owner(1), token: "t", isAlive: { _ in true })
    #expect(FileManager.default.fileExists(atPath: name))
    #expect(try Journal(path: name).runs().map(\.key) == ["a"])
  }

  @Test func oneWriterAtATime() throws {
    let journal = try Journal(path: path)
    let first = try journal.hold(run("a"), as: owner(1), token: "t", isAlive: { _ in true })
    #expect(throws: JournalError.held(by: heldOwner(1))) {
      try journal.hold(run("a"), as: owner(2), token: "u", isAlive: { _ in true })
    }
    try first.release()
    let second = try journal.hold(run("a"), as: owner(2), token: "u", isAlive: { _ in true })
    // The one before has lost its hold, whatever it thinks.
    #expect(throws: JournalError.holdLost) { try first.append("late", ValueMap(), at: now) }
    try second.append("mine", ValueMap(), at: now)
  }

  private func heldOwner(_ process: Int64) -> Owner {
    var owner = owner(process)
    owner.since.nanoseconds = 0
    return owner
  }

  @Test func aDeadWritersHoldIsTakenOver() throws {
    let journal = try Journal(path: path)
    let dead = try journal.hold(run("a"), as: owner(1), token: "t", isAlive: { _ in true })
    try dead.append("before", ValueMap(), at: now)
    let next = try journal.hold(run("a"), as: owner(2), token: "u", isAlive: { _ in false })
    try next.append("after", ValueMap(), at: now)
    #expect(throws: JournalError.holdLost) { try dead.append("late", ValueMap(), at: now) }
    #expect(try journal.entries(of: "a").map(\.kind) == ["before", "after"])
  }

  @Test func secretsAreNotWritten() throws {
    let journal = try Journal(path: path)
    let writer = try journal.hold(run("a"), as: owner(1), token: "t", isAlive: { _ in true })
    try writer.append(
      "x", ValueMap(["p": .secret(Secret(.string("PLANTED"), reference: "config#/p"))]), at: now)
    for file in [path, path + "-wal"] {
      let data = FileManager.default.contents(atPath: file) ?? Data()
      #expect(!String(decoding: data, as: UTF8.self).contains("PLANTED"))
    }
  }

  @Test func whatIsNoJournalIsRefused() throws {
    try Data("not a database, but long enough to be looked at as one".utf8)
      .write(to: URL(filePath: path))
    #expect(throws: JournalError.self) { try Journal(path: path) }
    #expect(throws: JournalError.self) { try Journal(path: "/nowhere/at/all.db") }
  }

  @Test func aNewerFormatIsRefused() throws {
    _ = try Journal(path: path)
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [
      "python3", "-c",
      "import sqlite3,sys; c=sqlite3.connect(sys.argv[1]); c.execute('PRAGMA user_version=99')",
      path,
    ]
    try process.run()
    process.waitUntilExit()
    #expect(throws: JournalError.newerFormat(version: 99)) { try Journal(path: path) }
  }
}
