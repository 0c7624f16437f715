import Foundation
import Journal
import Testing
import Values

/// Reading leaves the file and its folder as they are.
@Suite struct ReadingTests {
  private let files: JournalFolder

  init() throws { files = try JournalFolder() }

  private func expectUntouched(_ body: () throws -> Void) throws {
    let before = try state()
    try body()
    #expect(try state() == before)
  }

  /// The files beside the journal, with their contents.
  private func state() throws -> [String: Data] {
    var state: [String: Data] = [:]
    for name in try files.names() {
      state[name] = try Data(contentsOf: files.folder.appending(path: name))
    }
    return state
  }

  @Test func whereThereIsNoneItMakesNone() throws {
    let journal = try Journal(reading: files.path)
    #expect(try journal.runs().isEmpty)
    #expect(try journal.run("a") == nil && journal.plan(of: "a") == nil)
    #expect(try journal.entries(of: "a").isEmpty)
    #expect(throws: JournalError.readOnly) { try JournalFolder.hold("a", in: journal) }
    #expect(try files.names().isEmpty)
  }

  @Test func specialNamesAreRefused() throws {
    #expect(throws: JournalError.self) { try Journal(reading: "") }
    #expect(throws: JournalError.self) { try Journal(reading: files.folder.path) }
    #expect(try Journal(reading: ":memory:").runs().isEmpty)
  }

  @Test func aReaderSeesWhatIsWrittenMeanwhile() throws {
    let writer = try JournalFolder.hold("a", in: Journal(path: files.path))
    let reader = try Journal(reading: files.path)
    for number in 1...20 {
      try writer.append("\(number)", ValueMap(), at: JournalFolder.now)
      #expect(try reader.entries(of: "a").count == number)
    }
  }

  /// A process that died during a commit leaves a rollback journal.
  @Test func aHotJournalIsReadAndLeft() throws {
    try files.fill()
    let contents = try JournalFolder.contents(Journal(reading: files.path))
    // The cache is too small for the change, so that some of it is in the file before the commit.
    try files.python(
      """
      c = sqlite3.connect(sys.argv[1], isolation_level=None)
      c.execute("PRAGMA cache_size = 1")
      c.execute("BEGIN IMMEDIATE")
      c.execute("UPDATE entries SET body = body || body")
      os.kill(os.getpid(), 9)
      """)
    #expect(try files.names() == ["journal.db", "journal.db-journal"])
    var seen = ""
    try expectUntouched { seen = try JournalFolder.contents(Journal(reading: files.path)) }
    #expect(seen == contents)
    // A writer rolls it back.
    #expect(try JournalFolder.contents(Journal(path: files.path)) == contents)
    #expect(try files.names() == ["journal.db"])
  }

  /// The first format had a write-ahead log, and no checksums.
  static let older = """
    c = sqlite3.connect(sys.argv[1], isolation_level=None)
    c.execute("PRAGMA journal_mode = WAL")
    c.execute(\"\"\"CREATE TABLE runs (
      key TEXT PRIMARY KEY, name TEXT NOT NULL, run_id TEXT NOT NULL,
      begun_seconds INTEGER NOT NULL, begun_nanoseconds INTEGER NOT NULL, plan TEXT NOT NULL,
      token TEXT, user TEXT, host TEXT, process INTEGER, process_start TEXT, since INTEGER
    ) WITHOUT ROWID\"\"\")
    c.execute(\"\"\"CREATE TABLE entries (
      run TEXT NOT NULL REFERENCES runs (key), sequence INTEGER NOT NULL,
      seconds INTEGER NOT NULL, nanoseconds INTEGER NOT NULL,
      kind TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (run, sequence)
    ) WITHOUT ROWID\"\"\")
    c.execute("PRAGMA user_version = 1")
    for n, key in enumerate(["a", "b"]):
      c.execute("INSERT INTO runs VALUES (?, 'small', '1', ?, 5, '{}', 't', 'me', 'here', 1, '7', 3)",
        (key, 1790000000 + n))
      for i in range(1, 6):
        c.execute("INSERT INTO entries VALUES (?, ?, 1, 2, 'kind', '{\\"n\\":1}')", (key, i))
    """

  @Test(arguments: [true, false]) func anOlderJournalIsReadAndUpgraded(isLeftOpen: Bool) throws {
    try files.python(Self.older + (isLeftOpen ? "\nos.kill(os.getpid(), 9)" : "\nc.close()"))
    #expect(try files.names().contains("journal.db-wal") == isLeftOpen)
    var contents = ""
    try expectUntouched { contents = try JournalFolder.contents(Journal(reading: files.path)) }
    let journal = try Journal(path: files.path)
    #expect(try JournalFolder.contents(journal) == contents)
    #expect(try journal.runs().map(\.key) == ["b", "a"])
    #expect(try journal.entries(of: "a").map(\.sequence) == Array(1...5))
    #expect(try journal.runs().first?.holder != nil)
    let writer = try JournalFolder.hold("a", in: journal, token: "u")
    // What it may have lost with its log isn't in it.
    #expect(
      try journal.began() == Value.Timestamp(seconds: JournalFolder.now.seconds, nanoseconds: 0))
    try writer.append("more", ValueMap(), at: JournalFolder.now)
    #expect(try Journal(reading: files.path).entries(of: "a").count == 6)
    #expect(try files.names() == ["journal.db"])
  }

  /// Copies taken while entries are written, at any moment.
  @Test func copiesAreReadable() async throws {
    let writer = try JournalFolder.hold("a", in: Journal(path: files.path))
    let path = files.path
    let copying = Task.detached {
      var counts: [Int] = []
      for number in 1...60 {
        let copy = path + ".copy\(number)"
        try FileManager.default.copyItem(atPath: path, toPath: copy)
        do {
          counts.append(try Journal(reading: copy).entries(of: "a").count)
        } catch JournalError.damaged {
          // Taken in the middle of a commit: it says so, rather than show something else.
        }
        try FileManager.default.removeItem(atPath: copy)
      }
      return counts
    }
    for number in 1...200 {
      try writer.append("\(number)", ValueMap(), at: JournalFolder.now)
      if number % 10 == 0 { try await Task.sleep(for: .milliseconds(1)) }
    }
    let counts = try await copying.value
    #expect(counts == counts.sorted() && counts.count > 30)
  }
}
