import Values

/// The tables of a journal: their versions, and whether they are as they were written.
///
/// SQLite notices damage to its own structures, but not to what it keeps in them, nor that a page
/// is missing whose loss leaves a tree in order. So a row has a checksum, a run's entries are a
/// chain whose length and end its row knows, and a table knows which runs there are.
enum JournalTables {
  /// The version that this program writes; it upgrades older ones.
  static var formatVersion: Int64 { 2 }

  /// By name, as SQLite keeps them.
  private static let statements: KeyValuePairs = [
    "entries": """
    CREATE TABLE entries (
      run TEXT NOT NULL REFERENCES runs (key), sequence INTEGER NOT NULL,
      seconds INTEGER NOT NULL, nanoseconds INTEGER NOT NULL,
      kind TEXT NOT NULL, body TEXT NOT NULL, checksum INTEGER NOT NULL,
      PRIMARY KEY (run, sequence)
    ) WITHOUT ROWID
    """,
    // One row: how many runs there are, and the exclusive or of their keys' checksums; which file
    // this is, and since when, if it wasn't made new.
    "journal": """
    CREATE TABLE journal (
      id INTEGER PRIMARY KEY, format INTEGER NOT NULL, runs INTEGER NOT NULL,
      keys INTEGER NOT NULL, file INTEGER NOT NULL, since INTEGER NOT NULL
    )
    """,
    "plans": """
    CREATE TABLE plans (
      run TEXT PRIMARY KEY, checksum INTEGER NOT NULL, plan TEXT NOT NULL
    ) WITHOUT ROWID
    """,
    "runs": """
    CREATE TABLE runs (
      key TEXT PRIMARY KEY, name TEXT NOT NULL, run_id TEXT NOT NULL,
      begun_seconds INTEGER NOT NULL, begun_nanoseconds INTEGER NOT NULL,
      token TEXT, user TEXT, host TEXT, process INTEGER, process_start TEXT, since INTEGER,
      entries INTEGER NOT NULL, head INTEGER NOT NULL,
      checksum INTEGER NOT NULL
    ) WITHOUT ROWID
    """,
  ]

  // MARK: Versions

  /// Makes the tables of an empty database, and upgrades older ones; in a transaction.
  static func prepare(_ database: borrowing Database) throws(JournalError) {
    switch try version(of: database) {
    case formatVersion: break
    case 0:
      guard try schema(of: database).isEmpty else { throw .damaged(message: "it has no version") }
      try create(database)
    default: try upgrade(database)
    }
  }

  /// 0 if there are no tables yet.
  static func version(of database: borrowing Database) throws(JournalError) -> Int64 {
    var version: Int64 = 0
    try database.run("PRAGMA user_version") { version = $0.int(0) }
    guard version <= formatVersion else { throw .newerFormat(version: version) }
    guard version >= 0 else { throw .damaged(message: "it has no version") }
    return version
  }

  private static func create(_ database: borrowing Database) throws(JournalError) {
    for (_, statement) in statements { try database.run(statement) }
    try database.run("INSERT INTO journal VALUES (1, ?, 0, 0, 0, 0)", [.int(formatVersion)])
    try database.run("PRAGMA user_version = \(formatVersion)")
  }

  private static func schema(
    of database: borrowing Database
  ) throws(JournalError) -> [(name: String, statement: String)] {
    var schema: [(name: String, statement: String)] = []
    try database.run("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name") {
      schema.append((name: $0.text(0), statement: $0.text(1)))
    }
    return schema
  }

  /// Version 1 had plans among the runs, and no checksums.
  private static func upgrade(_ database: borrowing Database) throws(JournalError) {
    try database.run("ALTER TABLE runs RENAME TO runs_1")
    try database.run("ALTER TABLE entries RENAME TO entries_1")
    try create(database)
    var runs: [(row: RunRow, plan: String)] = []
    try database.run(
      """
      SELECT key, name, run_id, begun_seconds, begun_nanoseconds, token, user, host, process,
        process_start, since, plan
      FROM runs_1
      """
    ) { row in
      var run = RunRow(
        JournaledRun(
          key: row.text(0), name: row.text(1), runID: row.text(2),
          begun: Value.Timestamp(
            seconds: row.int(3), nanoseconds: Int32(truncatingIfNeeded: row.int(4))), holder: nil))
      run.token = row.text(ifAny: 5)
      if !row.isNull(6) {
        run.holder = Owner(
          user: row.text(6), host: row.text(7), process: row.int(8), processStart: row.text(9),
          since: Value.Timestamp(seconds: row.int(10), nanoseconds: 0))
      }
      runs.append((run, row.text(11)))
    }
    for (run, plan) in runs {
      var run = run
      try insert(run, plan: plan, in: database)
      var entries: [EntryRow] = []
      try database.run(
        """
        SELECT sequence, seconds, nanoseconds, kind, body FROM entries_1 WHERE run = ?
        ORDER BY sequence
        """, [.text(run.key)]
      ) { entries.append(EntryRow($0)) }
      for entry in entries { try insert(entry, of: &run, in: database) }
      try update(run, in: database)
    }
    // Its last entries may have been lost with its log.
    try database.run("UPDATE journal SET file = -1")
    try database.run("DROP TABLE runs_1")
    try database.run("DROP TABLE entries_1")
  }

  // MARK: Writing

  static func insert(
    _ run: RunRow, plan: String, in database: borrowing Database
  ) throws(JournalError) {
    try update(run, in: database)
    try database.run(
      "INSERT INTO plans (run, checksum, plan) VALUES (?, ?, ?)",
      [.text(run.key), .int(Checksum.of(plan)), .text(plan)])
    var count: Int64 = 0
    var keys: Int64 = 0
    try database.run("SELECT runs, keys FROM journal") {
      count = $0.int(0)
      keys = $0.int(1)
    }
    try database.run(
      "UPDATE journal SET runs = ?, keys = ?", [.int(count + 1), .int(keys ^ Checksum.of(run.key))])
  }

  /// Notes which file the journal is in. If that isn't the one that it was in before, it is a copy,
  /// which may lack what was begun since it was made.
  static func note(
    file: Int64, at time: Value.Timestamp, in database: borrowing Database
  ) throws(JournalError) {
    var before: Int64 = 0
    try database.run("SELECT file FROM journal") { before = $0.int(0) }
    guard before != file else { return }
    try database.run(
      "UPDATE journal SET file = ?, since = ?", [.int(file), .int(before == 0 ? 0 : time.seconds)])
  }

  static func update(_ run: RunRow, in database: borrowing Database) throws(JournalError) {
    let marks = Array(repeating: "?", count: run.parameters.count).joined(separator: ", ")
    try database.run(
      "INSERT OR REPLACE INTO runs (\(RunRow.columns)) VALUES (\(marks))", run.parameters)
  }

  /// Adds an entry; the run's row, which is to be updated, then knows it.
  static func insert(
    _ entry: EntryRow, of run: inout RunRow, in database: borrowing Database
  ) throws(JournalError) {
    var entry = entry
    entry.sequence = run.entries + 1
    run.head = entry.checksum(of: run.key, after: run.head)
    run.entries += 1
    try database.run(
      """
      INSERT INTO entries (run, sequence, seconds, nanoseconds, kind, body, checksum)
      VALUES (?, ?, ?, ?, ?, ?, ?)
      """,
      [
        .text(run.key), .int(entry.sequence), .int(entry.time.seconds),
        .int(Int64(entry.time.nanoseconds)), .text(entry.kind),
        .text(String(decoding: entry.body, as: UTF8.self)), .int(run.head),
      ])
  }

  // MARK: Reading

  /// Makes sure that the tables are those that were written, with the same runs.
  static func check(_ database: borrowing Database) throws(JournalError) {
    let found = try schema(of: database)
    guard found.elementsEqual(statements, by: { $0.name == $1.key && $0.statement == $1.value })
    else { throw .damaged(message: "its tables aren't a journal's") }
    var rows: [(format: Int64, runs: Int64, keys: Int64)] = []
    try database.run("SELECT format, runs, keys FROM journal") {
      rows.append(($0.int(0), $0.int(1), $0.int(2)))
    }
    guard rows.count == 1, let row = rows.first, row.format == formatVersion else {
      throw .damaged(message: "its version is contradictory")
    }
    var keys: Int64 = 0
    let runs = try runs(in: database)
    for run in runs { keys ^= Checksum.of(run.key) }
    guard Int64(runs.count) == row.runs, keys == row.keys else {
      throw .damaged(message: "it has \(runs.count) runs, but not the \(row.runs) that it had")
    }
  }

  /// Makes sure that each run's plan and entries are what was written.
  static func checkContents(_ database: borrowing Database) throws(JournalError) {
    for run in try runs(in: database) {
      _ = try plan(of: run.key, in: database)
      _ = try entries(of: run.key, in: database)
    }
  }

  /// Makes sure that a run has as many entries as its row says, and that the last one is the one
  /// that the row has.
  static func checkLastEntry(
    of run: RunRow, in database: borrowing Database
  ) throws(JournalError) {
    var count: Int64 = 0
    try database.run("SELECT count(*) FROM entries WHERE run = ?", [.text(run.key)]) {
      count = $0.int(0)
    }
    var last: [(entry: EntryRow, checksum: Int64)] = []
    try database.run(
      """
      SELECT sequence, seconds, nanoseconds, kind, body, checksum FROM entries
      WHERE run = ? ORDER BY sequence DESC LIMIT 2
      """, [.text(run.key)]
    ) { last.append((EntryRow($0), $0.int(5))) }
    var head: Int64 = 0
    for (entry, checksum) in last.reversed() {
      // The first of two is known by its own checksum alone, which the second one includes.
      head =
        entry.sequence == run.entries ? entry.checksum(of: run.key, after: head) : checksum
    }
    guard count == run.entries, head == run.head else {
      throw .damaged(message: "the entries of the run `\(run.runID)` aren't what was written")
    }
  }

  static func runs(in database: borrowing Database) throws(JournalError) -> [RunRow] {
    try rows(in: database, "ORDER BY begun_seconds DESC, begun_nanoseconds DESC, key")
  }

  /// The runs of a pipeline whose plan contains one of some texts, latest first.
  static func runs(
    of pipeline: String, whosePlanHas texts: [String], in database: borrowing Database
  ) throws(JournalError) -> [RunRow] {
    let conditions = texts.map { _ in "instr(plan, ?) > 0" }.joined(separator: " OR ")
    return try rows(
      in: database,
      """
      WHERE name = ? AND key IN (SELECT run FROM plans WHERE \(conditions))
      ORDER BY begun_seconds DESC, begun_nanoseconds DESC, key
      """, [.text(pipeline)] + texts.map { .text($0) })
  }

  static func run(
    _ key: String, in database: borrowing Database
  ) throws(JournalError) -> RunRow? {
    try rows(in: database, "WHERE key = ?", [.text(key)]).first
  }

  private static func rows(
    in database: borrowing Database, _ condition: String, _ parameters: [Database.Parameter] = []
  ) throws(JournalError) -> [RunRow] {
    var found: [RunRow] = []
    var damage: JournalError?
    try database.run("SELECT \(RunRow.columns) FROM runs \(condition)", parameters) { row in
      do throws(JournalError) {
        found.append(try RunRow(row))
      } catch {
        damage = error
      }
    }
    if let damage { throw damage }
    return found
  }

  static func plan(
    of key: String, in database: borrowing Database
  ) throws(JournalError) -> [UInt8]? {
    var found: (plan: [UInt8], checksum: Int64)?
    try database.run("SELECT plan, checksum FROM plans WHERE run = ?", [.text(key)]) {
      found = ($0.bytes(0), $0.int(1))
    }
    if let found, Checksum.of(found.plan) == found.checksum { return found.plan }
    let run = try run(key, in: database)
    guard found == nil, run == nil else {
      throw .damaged(message: "the plan of the run `\(run?.runID ?? key)` isn't what was written")
    }
    return nil
  }

  /// A run's entries, all of them; none if there is no such run.
  static func entries(
    of key: String, in database: borrowing Database
  ) throws(JournalError) -> [EntryRow] {
    let run = try run(key, in: database)
    var entries: [EntryRow] = []
    var head: Int64 = 0
    var wrong: Int64?
    try database.run(
      """
      SELECT sequence, seconds, nanoseconds, kind, body, checksum FROM entries
      WHERE run = ? ORDER BY sequence
      """, [.text(key)]
    ) { row in
      let entry = EntryRow(row)
      head = entry.checksum(of: key, after: head)
      entries.append(entry)
      let isRight = head == row.int(5) && entry.sequence == Int64(entries.count)
      if wrong == nil, !isRight { wrong = Int64(entries.count) }
    }
    if wrong == nil, head != run?.head ?? 0 || Int64(entries.count) != run?.entries ?? 0 {
      wrong = Int64(entries.count) + 1
    }
    guard let wrong else { return entries }
    throw .damaged(
      message: "entry \(wrong) of the run `\(run?.runID ?? key)` isn't what was written")
  }
}

extension EntryRow {
  fileprivate init(_ row: Database.Row) {
    self.init(
      sequence: row.int(0),
      time: Value.Timestamp(
        seconds: row.int(1), nanoseconds: Int32(truncatingIfNeeded: row.int(2))),
      kind: row.text(3), body: row.bytes(4))
  }
}
