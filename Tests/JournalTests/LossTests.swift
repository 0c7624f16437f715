import Foundation
import Journal
import Testing
import Values

/// A journal that can no longer be written, or is no longer there, while a run is under way.
@Suite struct LossTests {
  private let files: JournalFolder

  init() throws { files = try JournalFolder() }

  enum Loss: CaseIterable, Sendable {
    case deleted, renamed, replaced, replacedByACopy, folderRenamed, emptied, overwrittenByOlder,
      overwrittenByOther, overwrittenByText, entriesDeleted, entryChanged, pagesOverwritten
  }

  private func lose(_ loss: Loss, older: [UInt8], others: [UInt8]) throws {
    let manager = FileManager.default
    let aside = files.path + ".aside"
    switch loss {
    case .deleted: try manager.removeItem(atPath: files.path)
    case .renamed: try manager.moveItem(atPath: files.path, toPath: aside)
    case .replaced:
      try manager.removeItem(atPath: files.path)
      try files.overwrite(others)
    case .replacedByACopy:
      try manager.moveItem(atPath: files.path, toPath: aside)
      try manager.copyItem(atPath: aside, toPath: files.path)
    case .folderRenamed:
      let other = files.folder.path + "-other"
      try manager.moveItem(atPath: files.folder.path, toPath: other)
      try manager.createDirectory(atPath: files.folder.path, withIntermediateDirectories: false)
      try manager.copyItem(atPath: other + "/journal.db", toPath: files.path)
      try manager.removeItem(atPath: other)
    case .emptied: try files.overwrite([])
    case .overwrittenByOlder: try files.overwrite(older)
    case .overwrittenByOther: try files.overwrite(others)
    case .overwrittenByText: try files.overwrite(Array(repeating: 0x20, count: 30_000))
    case .entriesDeleted: try files.change("delete from entries")
    case .entryChanged: try files.change("update entries set body = '{}' where sequence = 2")
    case .pagesOverwritten:
      // All but the header's page, by which SQLite tells that a file has changed.
      let bytes = try files.bytes
      try files.overwrite(Array(bytes[..<4096]) + bytes[4096...].map { ~$0 })
    }
  }

  @Test(arguments: Loss.allCases) func nothingIsRecordedElsewhere(_ loss: Loss) throws {
    let other = try JournalFolder()
    try other.fill()
    let writer = try JournalFolder.hold("a", in: Journal(path: files.path))
    try writer.append("one", ValueMap(), at: JournalFolder.now)
    let older = try files.bytes
    try writer.append("two", ValueMap(["text": .string("x")]), at: JournalFolder.now)
    try writer.check()
    try lose(loss, older: older, others: other.bytes)
    #expect(throws: JournalError.self, "\(loss)") { try writer.check() }
    #expect(throws: JournalError.self, "\(loss)") {
      try writer.append("three", ValueMap(), at: JournalFolder.now)
    }
    switch loss {
    case .deleted, .renamed, .replaced, .replacedByACopy, .folderRenamed:
      #expect(throws: JournalError.gone, "\(loss)") { try writer.check() }
    case .emptied, .overwrittenByOlder, .overwrittenByOther:
      #expect(throws: JournalError.overwritten, "\(loss)") { try writer.check() }
    case .overwrittenByText, .entriesDeleted, .entryChanged, .pagesOverwritten: break
    }
    // What is there now isn't changed.
    if loss == .overwrittenByOlder { #expect(try files.bytes == older) }
    if loss == .replaced { #expect(try files.bytes == other.bytes) }
  }

  /// What an append doesn't look at, a check does.
  @Test(arguments: [
    "update entries set body = '[]' where sequence = 1", "update plans set plan = '{} '",
    "delete from plans where run = 'a'", "delete from runs where key = 'b'",
  ]) func aCheckSeesAllThatARunNeeds(_ change: String) throws {
    let journal = try Journal(path: files.path)
    _ = try JournalFolder.hold("b", in: journal)
    let writer = try JournalFolder.hold("a", in: journal)
    for kind in ["one", "two", "three"] {
      try writer.append(kind, ValueMap(), at: JournalFolder.now)
    }
    try writer.check()
    try files.change(change)
    #expect(throws: JournalError.self) { try writer.check() }
    #expect(throws: JournalError.self) { try Journal(path: files.path) }
  }

  @Test func aMovedJournalThatComesBackGoesOn() throws {
    let writer = try JournalFolder.hold("a", in: Journal(path: files.path))
    try writer.append("one", ValueMap(), at: JournalFolder.now)
    let aside = files.path + ".aside"
    try FileManager.default.moveItem(atPath: files.path, toPath: aside)
    #expect(throws: JournalError.gone) {
      try writer.append("two", ValueMap(), at: JournalFolder.now)
    }
    try FileManager.default.moveItem(atPath: aside, toPath: files.path)
    try writer.append("two", ValueMap(), at: JournalFolder.now)
    #expect(try Journal(reading: files.path).entries(of: "a").map(\.kind) == ["one", "two"])
  }

  /// A copy may lack what was begun since it was made.
  @Test func aCopyBeganWhenItWasFirstWritten() throws {
    func began(_ key: String, at seconds: Int64) throws -> Int64? {
      let journal = try Journal(path: files.path)
      let time = Value.Timestamp(seconds: seconds, nanoseconds: 0)
      let run = JournaledRun(key: key, name: "small", runID: key, begun: time, holder: nil)
      let writer = try journal.hold(
        run, as: JournalFolder.owner(), token: key, isAlive: { _ in false })
      try writer.release()
      return try journal.began()?.seconds
    }
    #expect(try Journal(path: files.path).began() == nil)
    #expect(try began("none:x", at: 50) == nil)
    #expect(try began("a", at: 100) == 100)
    #expect(try began("b", at: 200) == 100)
    let aside = files.path + ".aside"
    try FileManager.default.moveItem(atPath: files.path, toPath: aside)
    try FileManager.default.copyItem(atPath: aside, toPath: files.path)
    #expect(try began("b", at: 300) == 300)
    #expect(try began("c", at: 400) == 300)
    try FileManager.default.removeItem(atPath: files.path)
    try FileManager.default.moveItem(atPath: aside, toPath: files.path)
    #expect(try began("a", at: 500) == 100)
  }
}
