import Documents
import Diagnostics
import Platform
import SourceText
import Synchronization
package import Values

/// A record of what runs have done, in one SQLite file: entries are only ever added.
///
/// When `append` returns, the entry is on disk, and the file is still the one at the journal's
/// path. There is nothing beside the file but, during a commit, SQLite's rollback journal: a
/// write-ahead log could be lost, and with it the last entries, without a trace. A run's entries
/// have one writer at a time; several runs may share one file.
package final class Journal: Sendable {
  /// The version of the tables that this program writes and reads.
  package static var formatVersion: Int64 { JournalTables.formatVersion }

  /// The file, as it was named.
  package let path: String
  /// Where it is for SQLite; nil if there is no file.
  private let file: String?
  private let database: Mutex<Database>
  private let isReadOnly: Bool

  /// Opens a journal for writing, or creates it if there is none; upgrades an older one.
  package init(path: String) throws(JournalError) {
    self.path = path
    file = try Database.checked(path)
    isReadOnly = false
    database = Mutex(try Self.openForWriting(path))
  }

  /// Opens a journal only to read it: neither the file nor its folder are changed. If there is no
  /// file, it has no runs. It may be a copy, also of one that was in use.
  /// - Parameter scratch: a folder for temporary files, if reading takes some.
  package init(reading path: String, scratch: String = "/tmp") throws(JournalError) {
    self.path = path
    isReadOnly = true
    let checked = try Database.checked(path)
    guard try Database.isThere(checked) else {
      let empty = try Database()
      try JournalTables.prepare(empty)
      file = nil
      database = Mutex(empty)
      return
    }
    if let opened = try Self.openForReading(path) {
      file = checked
      database = Mutex(opened)
      return
    }
    file = nil
    let copy = try JournalCopy(of: path, in: scratch)
    defer { copy.remove() }
    database = Mutex(try Self.openForWriting(copy.path))
  }

  /// Nil if reading takes a change: of an older format, or of what a dead process left behind.
  private static func openForReading(_ path: String) throws(JournalError) -> Database? {
    let database = try Database(path: path, readOnly: true)
    if database.hasLog { return nil }
    var isOlder = false
    do throws(JournalError) {
      try database.run("PRAGMA cell_size_check = ON")
      try database.run("BEGIN")
      defer { try? database.run("ROLLBACK") }
      isOlder = try JournalTables.version(of: database) < formatVersion
      if !isOlder { try JournalTables.check(database) }
    } catch {
      // A transaction of a dead process is to be rolled back.
      guard error == .readOnly else { throw error }
      return nil
    }
    if isOlder { return nil }
    return database
  }

  private static func openForWriting(_ path: String) throws(JournalError) -> Database {
    let database = try Database(path: path, readOnly: false)
    try useNoLog(database)
    // The removal of the rollback journal is on disk, too, before a commit returns.
    try database.run("PRAGMA synchronous = EXTRA")
    try database.run("PRAGMA cell_size_check = ON")
    try database.run("BEGIN IMMEDIATE")
    do throws(JournalError) {
      try JournalTables.prepare(database)
      try JournalTables.check(database)
      try checkStructure(database)
      try JournalTables.checkContents(database)
      try database.run("COMMIT")
    } catch {
      try? database.run("ROLLBACK")
      throw error
    }
    return database
  }

  /// Older journals have a write-ahead log; this takes its entries over and removes it.
  private static func useNoLog(_ database: borrowing Database) throws(JournalError) {
    var mode = ""
    try database.run("PRAGMA journal_mode = DELETE") { mode = $0.text(0) }
    // It stays in use while another process has the file open.
    guard mode == "delete" else { throw .busy }
  }

  /// SQLite's own check, before anything is written into a damaged tree.
  private static func checkStructure(_ database: borrowing Database) throws(JournalError) {
    var problem = "ok"
    try database.run("PRAGMA quick_check(1)") { problem = $0.text(0) }
    guard problem == "ok" else {
      throw .damaged(message: problem.split(separator: "\n").joined(separator: " "))
    }
  }

  private func read<Result: Sendable>(
    _ body: (borrowing Database) throws(JournalError) -> Result
  ) throws(JournalError) -> Result { try transaction("DEFERRED", body) }

  /// - Parameter isFresh: whether the file is read even where it was read before.
  private func transaction<Result: Sendable>(
    _ kind: String, isFresh: Bool = false,
    _ body: (borrowing Database) throws(JournalError) -> Result
  ) throws(JournalError) -> Result {
    try database.withLock { database throws(JournalError) in
      if let file { try Database.checkBeside(file) }
      if isFresh { database.forgetPages() }
      try database.run("BEGIN \(kind)")
      do throws(JournalError) {
        let result = try body(database)
        try database.run("COMMIT")
        return result
      } catch {
        try? database.run("ROLLBACK")
        throw error
      }
    }
  }

  /// Makes sure that all of it is as it was written; reading a run looks only at what is read.
  /// Opening a journal for writing does this too.
  package func check() throws(JournalError) {
    try read { database throws(JournalError) in
      try Self.checkStructure(database)
      try JournalTables.checkContents(database)
    }
  }

  /// All runs, latest first.
  package func runs() throws(JournalError) -> [JournaledRun] {
    try read { database throws(JournalError) in
      try JournalTables.runs(in: database).map(\.run)
    }
  }

  /// The runs of a pipeline whose plan contains one of some texts, latest first.
  package func runs(
    of pipeline: String, whosePlanHas texts: [String]
  ) throws(JournalError) -> [JournaledRun] {
    guard !texts.isEmpty else { return [] }
    return try read { database throws(JournalError) in
      try JournalTables.runs(of: pipeline, whosePlanHas: texts, in: database).map(\.run)
    }
  }

  /// When the first run of this journal was begun; nil if it has none. What was begun after that
  /// with this journal is in it. Runs that were not begun don't count. A file that is a copy, or was
  /// upgraded, counts from when it was first written: the original may know more.
  package func began() throws(JournalError) -> Value.Timestamp? {
    try read { database throws(JournalError) in
      var began: Value.Timestamp?
      try database.run(
        """
        SELECT max(begun_seconds, (SELECT since FROM journal)) FROM runs WHERE key NOT LIKE ?
        ORDER BY begun_seconds LIMIT 1
        """,
        [.text(JournaledRun.unbegunPrefix + "%")]
      ) { began = Value.Timestamp(seconds: $0.int(0), nanoseconds: 0) }
      return began
    }
  }

  package func run(_ key: String) throws(JournalError) -> JournaledRun? {
    try read { database throws(JournalError) in
      try JournalTables.run(key, in: database)?.run
    }
  }

  /// The plan that a run carries out, as given when the run was created; nil if there is no such
  /// run.
  package func plan(of key: String) throws(JournalError) -> [UInt8]? {
    try read { database throws(JournalError) in
      try JournalTables.plan(of: key, in: database)
    }
  }

  /// A run's entries after a sequence number, in order.
  package func entries(
    of key: String, after sequence: Int64 = 0
  ) throws(JournalError) -> [JournalEntry] {
    let rows = try read { database throws(JournalError) in
      try JournalTables.entries(of: key, in: database)
    }
    var entries: [JournalEntry] = []
    for row in rows where row.sequence > sequence {
      guard let body = Self.body(row.body) else {
        throw .damaged(message: "entry \(row.sequence) can't be read")
      }
      entries.append(
        JournalEntry(sequence: row.sequence, time: row.time, kind: row.kind, body: body))
    }
    return entries
  }

  private static func body(_ bytes: [UInt8]) -> ValueMap? {
    var diagnostics: [Diagnostic] = []
    guard
      let tree = JSONReader.read(bytes, source: SourceID(index: 0), into: &diagnostics),
      let root = tree.root, case .map(let body) = Value(tree, root)
    else { return nil }
    return body
  }

  // MARK: Writing

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
    let row = try write { database throws(JournalError) in
      var row: RunRow
      if let there = try JournalTables.run(run.key, in: database) {
        row = there
      } else {
        row = RunRow(run)
        try JournalTables.insert(
          row, plan: String(decoding: plan(), as: UTF8.self), in: database)
      }
      if let holder = row.run.holder, isAlive(holder) { throw .held(by: holder) }
      _ = try JournalTables.entries(of: run.key, in: database)
      row.token = token
      row.holder = owner
      if !run.key.hasPrefix(JournaledRun.unbegunPrefix) {
        try JournalTables.note(file: fileNumber, at: run.begun, in: database)
      }
      try JournalTables.update(row, in: database)
      return row
    }
    return JournalWriter(
      journal: self, key: run.key, token: token,
      state: WrittenState(entries: row.entries, head: row.head))
  }

  /// Takes the hold of a run away from its holder, which will notice at its next write.
  package func breakHold(of key: String) throws(JournalError) {
    try write { database throws(JournalError) in
      guard var row = try JournalTables.run(key, in: database) else { return }
      row.token = nil
      try JournalTables.update(row, in: database)
    }
  }

  func append(
    _ kind: String, _ body: ValueMap, at time: Value.Timestamp, by writer: JournalWriter
  ) throws(JournalError) {
    var text = CanonicalJSONWriter(pretty: false)
    text.value(.map(body), revealingSecrets: false)
    let entry = EntryRow(sequence: 0, time: time, kind: kind, body: text.bytes)
    let row = try write { database throws(JournalError) in
      var row = try Self.held(by: writer, in: database)
      try JournalTables.checkLastEntry(of: row, in: database)
      try JournalTables.insert(entry, of: &row, in: database)
      try JournalTables.update(row, in: database)
      return row
    }
    writer.state.set(entries: row.entries, head: row.head)
  }

  func check(by writer: JournalWriter) throws(JournalError) {
    try throwIfMoved()
    try transaction("DEFERRED", isFresh: true) { database throws(JournalError) in
      _ = try Self.held(by: writer, in: database)
      try JournalTables.check(database)
      _ = try JournalTables.plan(of: writer.key, in: database)
      _ = try JournalTables.entries(of: writer.key, in: database)
    }
  }

  func release(by writer: JournalWriter) throws(JournalError) {
    try write { database throws(JournalError) in
      guard var row = try JournalTables.run(writer.key, in: database), row.token == writer.token
      else { return }
      row.token = nil
      try JournalTables.update(row, in: database)
    }
  }

  /// The row of a run whose writer still holds it.
  private static func held(
    by writer: JournalWriter, in database: borrowing Database
  ) throws(JournalError) -> RunRow {
    // Another file's contents are in the place of the journal's, perhaps those of an older copy.
    guard try JournalTables.version(of: database) == formatVersion,
      let row = try JournalTables.run(writer.key, in: database)
    else { throw .overwritten }
    guard row.token == writer.token else { throw .holdLost }
    guard writer.state.isLike(entries: row.entries, head: row.head) else { throw .overwritten }
    return row
  }

  /// Identifies the file within its file system: a copy is another one.
  private var fileNumber: Int64 {
    var status = stat()
    guard let file, stat(file, &status) == 0 else { return 0 }
    return Int64(truncatingIfNeeded: status.st_ino)
  }

  private func throwIfMoved() throws(JournalError) {
    if database.withLock({ $0.hasMoved }) { throw .gone }
  }

  /// Changes the journal; when this returns, the change is in the file at the path.
  private func write<Result: Sendable>(
    _ body: (borrowing Database) throws(JournalError) -> Result
  ) throws(JournalError) -> Result {
    guard !isReadOnly else { throw .readOnly }
    try throwIfMoved()
    let result = try transaction("IMMEDIATE", isFresh: true, body)
    try throwIfMoved()
    return result
  }
}
