import Documents
import Diagnostics
import SourceText
import Synchronization
package import Values

/// A record of what runs have done, in one SQLite file: entries are only ever added.
///
/// When `append` returns, the entry is on disk: the file is in WAL mode and synchronised at each
/// commit. A run's entries have one writer at a time; several runs may share one file.
package final class Journal: Sendable {
  /// The version of the tables that this program writes and reads.
  package static var formatVersion: Int64 { 1 }

  private let database: Mutex<Database>

  /// Opens a journal, or creates it if there is none.
  package init(path: String) throws(JournalError) {
    let database = try Database(path: path, readOnly: false)
    try Self.prepare(database)
    self.database = Mutex(database)
  }

  private static func prepare(_ database: borrowing Database) throws(JournalError) {
    // Setting WAL needs exclusive access; if it is set already, this does nothing.
    try database.run("PRAGMA journal_mode = WAL")
    try database.run("PRAGMA synchronous = FULL")
    try database.run("BEGIN IMMEDIATE")
    do throws(JournalError) {
      try create(database)
      try database.run("COMMIT")
    } catch {
      try? database.run("ROLLBACK")
      throw error
    }
  }

  private static func create(_ database: borrowing Database) throws(JournalError) {
    var version: Int64 = 0
    try database.run("PRAGMA user_version") { version = $0.int(0) }
    guard version <= formatVersion else { throw .newerFormat(version: version) }
    guard version == 0 else { return }
    try database.run(
      """
      CREATE TABLE runs (
        key TEXT PRIMARY KEY, name TEXT NOT NULL, run_id TEXT NOT NULL,
        begun_seconds INTEGER NOT NULL, begun_nanoseconds INTEGER NOT NULL, plan TEXT NOT NULL,
        token TEXT, user TEXT, host TEXT, process INTEGER, process_start TEXT, since INTEGER
      ) WITHOUT ROWID
      """)
    try database.run(
      """
      CREATE TABLE entries (
        run TEXT NOT NULL REFERENCES runs (key), sequence INTEGER NOT NULL,
        seconds INTEGER NOT NULL, nanoseconds INTEGER NOT NULL,
        kind TEXT NOT NULL, body TEXT NOT NULL,
        PRIMARY KEY (run, sequence)
      ) WITHOUT ROWID
      """)
    try database.run("PRAGMA user_version = \(formatVersion)")
  }

  /// All runs, latest first.
  package func runs() throws(JournalError) -> [JournaledRun] {
    try database.withLock { database throws(JournalError) in
      var runs: [JournaledRun] = []
      try database.run(
        """
        SELECT \(Self.runColumns) FROM runs
        ORDER BY begun_seconds DESC, begun_nanoseconds DESC, key
        """
      ) { runs.append(Self.run($0)) }
      return runs
    }
  }

  /// When the first run of this journal was begun; nil if it has none. What was begun after that
  /// with this journal is in it. Runs that were not begun don't count.
  package func began() throws(JournalError) -> Value.Timestamp? {
    try database.withLock { database throws(JournalError) in
      var began: Value.Timestamp?
      try database.run(
        "SELECT begun_seconds FROM runs WHERE key NOT LIKE ? ORDER BY begun_seconds LIMIT 1",
        [.text(JournaledRun.unbegunPrefix + "%")]
      ) { began = Value.Timestamp(seconds: $0.int(0), nanoseconds: 0) }
      return began
    }
  }

  package func run(_ key: String) throws(JournalError) -> JournaledRun? {
    try database.withLock { database throws(JournalError) in
      var found: JournaledRun?
      try database.run("SELECT \(Self.runColumns) FROM runs WHERE key = ?", [.text(key)]) {
        found = Self.run($0)
      }
      return found
    }
  }

  /// The plan that a run carries out, as given when the run was created; nil if there is no such
  /// run.
  package func plan(of key: String) throws(JournalError) -> [UInt8]? {
    try database.withLock { database throws(JournalError) in
      var plan: [UInt8]?
      try database.run("SELECT plan FROM runs WHERE key = ?", [.text(key)]) { plan = $0.bytes(0) }
      return plan
    }
  }

  private static var runColumns: String {
    "key, name, run_id, begun_seconds, begun_nanoseconds, token, user, host, process, "
      + "process_start, since"
  }

  private static func run(_ row: Database.Row) -> JournaledRun {
    var holder: Owner?
    if !row.isNull(5) {
      holder = Owner(
        user: row.text(6), host: row.text(7), process: row.int(8), processStart: row.text(9),
        since: Value.Timestamp(seconds: row.int(10), nanoseconds: 0))
    }
    return JournaledRun(
      key: row.text(0), name: row.text(1), runID: row.text(2),
      begun: Value.Timestamp(
        seconds: row.int(3), nanoseconds: Int32(truncatingIfNeeded: row.int(4))),
      holder: holder)
  }

  /// A run's entries after a sequence number, in order.
  package func entries(
    of key: String, after sequence: Int64 = 0
  ) throws(JournalError) -> [JournalEntry] {
    try database.withLock { database throws(JournalError) in
      var entries: [JournalEntry] = []
      var damage: JournalError?
      try database.run(
        """
        SELECT sequence, seconds, nanoseconds, kind, body FROM entries
        WHERE run = ? AND sequence > ? ORDER BY sequence
        """, [.text(key), .int(sequence)]
      ) { row in
        guard let body = Self.body(row.bytes(4)) else {
          damage = .damaged(message: "entry \(row.int(0)) can't be read")
          return
        }
        let time = Value.Timestamp(
          seconds: row.int(1), nanoseconds: Int32(truncatingIfNeeded: row.int(2)))
        entries.append(
          JournalEntry(sequence: row.int(0), time: time, kind: row.text(3), body: body))
      }
      if let damage { throw damage }
      return entries
    }
  }

  private static func body(_ bytes: [UInt8]) -> ValueMap? {
    var diagnostics: [Diagnostic] = []
    guard
      let tree = JSONReader.read(bytes, source: SourceID(index: 0), into: &diagnostics),
      let root = tree.root, case .map(let body) = Value(tree, root)
    else { return nil }
    return body
  }

  /// Takes a run's journal for writing, and records the run and its plan if it is new.
  /// - Parameters:
  ///   - plan: the plan that the run carries out, in UTF-8; kept so that the run can be continued.
  ///   - token: a random text that identifies this hold.
  ///   - isAlive: whether a holder may still be at work; otherwise its hold is taken over.
  /// - Throws: `.held` if another process may be at work.
  package func hold(
    _ run: JournaledRun, plan: @autoclosure () -> [UInt8] = [], as owner: Owner, token: String,
    isAlive: (Owner) -> Bool
  ) throws(JournalError) -> JournalWriter {
    if let holder = try self.run(run.key)?.holder, isAlive(holder) { throw .held(by: holder) }
    try transaction { database throws(JournalError) in
      try database.run(
        """
        INSERT INTO runs (key, name, run_id, begun_seconds, begun_nanoseconds, plan)
        VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
        """,
        [
          .text(run.key), .text(run.name), .text(run.runID), .int(run.begun.seconds),
          .int(Int64(run.begun.nanoseconds)), .text(String(decoding: plan(), as: UTF8.self)),
        ])
      var holder: Owner?
      try database.run("SELECT \(Self.runColumns) FROM runs WHERE key = ?", [.text(run.key)]) {
        holder = Self.run($0).holder
      }
      if let holder, isAlive(holder) { throw .held(by: holder) }
      try database.run(
        """
        UPDATE runs SET token = ?, user = ?, host = ?, process = ?, process_start = ?, since = ?
        WHERE key = ?
        """,
        [
          .text(token), .text(owner.user), .text(owner.host), .int(owner.process),
          .text(owner.processStart), .int(owner.since.seconds), .text(run.key),
        ])
    }
    return JournalWriter(journal: self, key: run.key, token: token)
  }

  /// Takes the hold of a run away from its holder, which will notice at its next write.
  package func breakHold(of key: String) throws(JournalError) {
    try transaction { database throws(JournalError) in
      try database.run("UPDATE runs SET token = NULL WHERE key = ?", [.text(key)])
    }
  }

  func append(
    _ kind: String, _ body: ValueMap, at time: Value.Timestamp, key: String, token: String
  ) throws(JournalError) {
    var writer = CanonicalJSONWriter(pretty: false)
    writer.value(.map(body), revealingSecrets: false)
    let text = String(decoding: writer.bytes, as: UTF8.self)
    try transaction { database throws(JournalError) in
      try Self.checkHold(database, key, token)
      try database.run(
        """
        INSERT INTO entries (run, sequence, seconds, nanoseconds, kind, body)
        SELECT ?1, 1 + coalesce(max(sequence), 0), ?2, ?3, ?4, ?5 FROM entries WHERE run = ?1
        """,
        [
          .text(key), .int(time.seconds), .int(Int64(time.nanoseconds)), .text(kind), .text(text),
        ])
    }
  }

  func release(key: String, token: String) throws(JournalError) {
    try transaction { database throws(JournalError) in
      try database.run(
        "UPDATE runs SET token = NULL WHERE key = ? AND token = ?", [.text(key), .text(token)])
    }
  }

  private static func checkHold(
    _ database: borrowing Database, _ key: String, _ token: String
  ) throws(JournalError) {
    var isHeld = false
    try database.run(
      "SELECT 1 FROM runs WHERE key = ? AND token = ?", [.text(key), .text(token)]
    ) { _ in isHeld = true }
    guard isHeld else { throw .holdLost }
  }

  private func transaction(
    _ body: (borrowing Database) throws(JournalError) -> Void
  ) throws(JournalError) {
    try database.withLock { database throws(JournalError) in
      try database.run("BEGIN IMMEDIATE")
      do throws(JournalError) {
        try body(database)
        try database.run("COMMIT")
      } catch {
        try? database.run("ROLLBACK")
        throw error
      }
    }
  }
}

/// The exclusive right to write a run's journal.
package struct JournalWriter: Sendable {
  let journal: Journal
  package let key: String
  let token: String

  /// Adds an entry; when this returns, it is on the disk. Secrets in it are written as
  /// placeholders.
  package func append(
    _ kind: String, _ body: ValueMap, at time: Value.Timestamp
  ) throws(JournalError) {
    try journal.append(kind, body, at: time, key: key, token: token)
  }

  /// Releases the journal.
  package func release() throws(JournalError) {
    try journal.release(key: key, token: token)
  }
}
