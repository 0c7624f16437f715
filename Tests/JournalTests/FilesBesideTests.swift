import Foundation
import Journal
import Testing
import Values

/// What SQLite would look for beside a journal is something else.
@Suite struct FilesBesideTests {
  private let files: JournalFolder

  init() throws { files = try JournalFolder() }

  static let endings = ["-journal", "-wal", "-shm"]

  enum Thing: String, CaseIterable, Sendable {
    case pipe = "a pipe"
    case folder = "a folder"
    case link = "a link"

    func make(_ path: String) throws {
      switch self {
      case .pipe: #expect(mkfifo(path, 0o600) == 0)
      case .folder: #expect(mkdir(path, 0o700) == 0)
      case .link: #expect(symlink("none", path) == 0)
      }
    }
  }

  private func error(_ path: String, _ thing: Thing) -> JournalError {
    .beside(path: path, problem: "is \(thing.rawValue), not a regular file")
  }

  @Test(arguments: endings, Thing.allCases)
  func isNamedAtOnce(_ ending: String, _ thing: Thing) throws {
    try files.fill()
    let there = files.path + ending
    try thing.make(there)
    #expect(throws: error(there, thing)) { try Journal(reading: files.path) }
    #expect(throws: error(there, thing)) { try Journal(path: files.path) }
    // Before there is a journal, too.
    try FileManager.default.removeItem(atPath: files.path)
    #expect(throws: error(there, thing)) { try Journal(path: files.path) }
  }

  @Test(arguments: Thing.allCases) func isNamedWhileAJournalIsOpen(_ thing: Thing) throws {
    let writer = try JournalFolder.hold("a", in: Journal(path: files.path))
    try writer.append("one", ValueMap(), at: JournalFolder.now)
    let reader = try Journal(reading: files.path)
    let there = files.path + "-journal"
    try thing.make(there)
    #expect(throws: error(there, thing)) { try writer.check() }
    #expect(throws: error(there, thing)) {
      try writer.append("two", ValueMap(), at: JournalFolder.now)
    }
    #expect(throws: error(there, thing)) { try reader.runs() }
    try FileManager.default.removeItem(atPath: there)
    try writer.append("two", ValueMap(), at: JournalFolder.now)
    #expect(try reader.entries(of: "a").map(\.kind) == ["one", "two"])
  }

  /// SQLite has its files beside what a link leads to.
  @Test func isLookedForWhereALinkLeads() throws {
    let other = try JournalFolder()
    try other.fill()
    try FileManager.default.createSymbolicLink(
      atPath: files.path, withDestinationPath: other.path)
    _ = try Journal(path: files.path)
    try Thing.pipe.make(files.path + "-journal")
    _ = try Journal(path: files.path)
    try Thing.pipe.make(other.path + "-journal")
    #expect(throws: JournalError.self) { try Journal(path: files.path) }
    #expect(throws: JournalError.self) { try Journal(reading: files.path) }
  }
}
