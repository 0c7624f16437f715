import Foundation
import Journal
import TestSupport
import Testing
import Values

/// A journal's file that isn't as it was written: that is told, or doesn't matter.
@Suite struct DamageTests {
  private let files: JournalFolder
  private let whole: [UInt8]
  private let contents: String

  init() throws {
    files = try JournalFolder()
    try files.fill()
    whole = try files.bytes
    contents = try JournalFolder.contents(Journal(reading: files.path))
    #expect(try files.names() == ["journal.db"])
  }

  /// What a reader sees; nil if it is told that the journal is damaged.
  private func read() throws -> String? {
    do {
      return try JournalFolder.contents(Journal(reading: files.path))
    } catch {
      #expect(isTold(error), "\(error)")
      return nil
    }
  }

  private func isTold(_ error: any Error) -> Bool {
    switch error as? JournalError {
    case .damaged, .newerFormat, .storage: true
    default: false
    }
  }

  /// What a writer sees that adds an entry to each run.
  private func write() throws -> String? {
    do {
      let journal = try Journal(path: files.path)
      let seen = try JournalFolder.contents(journal)
      let writer = try JournalFolder.hold("sha256:aaa", in: journal, token: "u")
      try writer.append("more", ValueMap(), at: JournalFolder.now)
      return seen
    } catch {
      #expect(isTold(error) || error as? JournalError == .readOnly, "\(error)")
      return nil
    }
  }

  private func expectTold(_ what: String, _ bytes: [UInt8], isCertain: Bool = false) throws -> Bool
  {
    try files.overwrite(bytes)
    let seen = try read()
    #expect(seen == nil || (!isCertain && seen == contents), "\(what), read")
    #expect(try files.bytes == bytes, "\(what): reading changed the file")
    let written = try write()
    #expect(written == nil || (!isCertain && written == contents), "\(what), written")
    return seen == nil
  }

  @Test func aChangedByteIsToldOrHasNoEffect() throws {
    var random = SeededGenerator(state: 7)
    var offsets = Array(0..<100) + Array(stride(from: 100, to: whole.count, by: 61))
    offsets += (0..<100).map { _ in Int.random(in: 0..<whole.count, using: &random) }
    var told = 0
    for offset in offsets {
      var bytes = whole
      bytes[offset] ^= UInt8.random(in: 1...255, using: &random)
      if try expectTold("byte \(offset) is \(bytes[offset])", bytes) { told += 1 }
    }
    // Most of the rest is between the cells of pages.
    #expect(told > offsets.count / 4)
  }

  /// A look at all runs and a writer notice what is wrong with any of them, and say with which.
  @Test(arguments: [
    ("update plans set plan = plan || ' ' where run = 'sha256:bbb'", "the plan of the run"),
    (
      "update entries set kind = 'x' where run = 'sha256:bbb' and sequence = 7",
      "entry 7 of the run"
    ),
  ]) func damageToOneRunIsToldByName(_ change: String, _ what: String) throws {
    try Journal(reading: files.path).check()
    try files.change(change)
    let told = JournalError.damaged(message: "\(what) `id of sha256:bbb` isn't what was written")
    let reader = try Journal(reading: files.path)
    #expect(throws: told) { try reader.check() }
    #expect(throws: told) { try Journal(path: files.path) }
    // What is wrong with one run doesn't keep the others from being looked at.
    #expect(try reader.entries(of: "sha256:aaa").count == 20)
  }

  @Test func aChangedPageIsTold() throws {
    for start in stride(from: 0, to: whole.count, by: 4096) {
      for fill in [UInt8(0), 0xff] {
        var bytes = whole
        bytes.replaceSubrange(start..<start + 4096, with: Array(repeating: fill, count: 4096))
        _ = try expectTold("the page at \(start) is all \(fill)", bytes, isCertain: true)
      }
    }
  }

  /// Pages of the same journal in each other's places are in themselves as they were written.
  @Test func pagesInOtherPlacesAreTold() throws {
    let count = whole.count / 4096
    var random = SeededGenerator(state: 8)
    for _ in 0..<40 {
      let (from, to) = (
        Int.random(in: 1..<count, using: &random) * 4096,
        Int.random(in: 1..<count, using: &random) * 4096
      )
      var bytes = whole
      bytes.replaceSubrange(to..<to + 4096, with: whole[from..<from + 4096])
      // One of them may be free.
      _ = try expectTold("the page of \(from) is at \(to)", bytes)
    }
  }

  @Test func aJournalThatIsCutIsTold() throws {
    var random = SeededGenerator(state: 9)
    var lengths = Array(stride(from: 4096, to: whole.count, by: 4096)) + [2, 15, 16, 99, 100, 511]
    lengths += (0..<40).map { _ in Int.random(in: 2..<whole.count, using: &random) }
    for length in lengths {
      // SQLite takes what a page lacks at the end of the file for zeros.
      let isCertain = whole[length...].contains { $0 != 0 }
      _ = try expectTold("cut at \(length)", Array(whole.prefix(length)), isCertain: isCertain)
    }
  }

  /// Of an empty file it can't be known that it ever had runs; but it isn't older than its first.
  @Test func anEmptyFileIsANewJournal() throws {
    try files.overwrite([])
    #expect(try read() == "")
    #expect(try Journal(path: files.path).began() == nil)
  }

  @Test(arguments: [
    "DELETE FROM entries WHERE run = 'sha256:aaa' AND sequence > 17",
    "DELETE FROM entries WHERE sequence = 5", "UPDATE entries SET kind = 'x' WHERE sequence = 9",
    "DELETE FROM runs WHERE key = 'sha256:bbb'", "UPDATE runs SET token = NULL",
    "UPDATE plans SET plan = '{}' WHERE run = 'sha256:aaa'", "DELETE FROM plans",
    "UPDATE runs SET key = 'sha256:abc' WHERE key = 'sha256:aaa'", "DROP TABLE plans",
    "PRAGMA user_version = 1", "PRAGMA user_version = 0", "UPDATE journal SET format = 1",
    "CREATE INDEX more ON runs (name)", "DELETE FROM journal",
  ])
  func whatSQLiteFindsInOrderIsTold(_ statement: String) throws {
    try files.python(
      """
      c = sqlite3.connect(sys.argv[1], isolation_level=None)
      c.execute("\(statement)")
      """)
    let bytes = try files.bytes
    #expect(bytes != whole)
    _ = try expectTold(statement, bytes, isCertain: true)
  }
}
