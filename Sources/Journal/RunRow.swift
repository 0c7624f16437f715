import Values

/// A run's row: what `JournaledRun` says, who holds the run, and what its entries have to be.
struct RunRow {
  var key: String
  var name: String
  var runID: String
  var begun: Value.Timestamp
  /// Identifies the hold; nil if nobody has one.
  var token: String?
  var holder: Owner?
  /// How many entries there are, and the checksum of the last one.
  var entries: Int64 = 0
  var head: Int64 = 0

  /// The columns, in the order in which `init(_:)` reads them and `parameters` writes them.
  static var columns: String {
    "key, name, run_id, begun_seconds, begun_nanoseconds, token, user, host, process, "
      + "process_start, since, entries, head, checksum"
  }

  init(_ run: JournaledRun) {
    key = run.key
    name = run.name
    runID = run.runID
    begun = run.begun
  }

  /// - Throws: `.damaged` if the row isn't what was written.
  init(_ row: Database.Row) throws(JournalError) {
    key = row.text(0)
    name = row.text(1)
    runID = row.text(2)
    begun = Value.Timestamp(
      seconds: row.int(3), nanoseconds: Int32(truncatingIfNeeded: row.int(4)))
    token = row.text(ifAny: 5)
    if !row.isNull(6) {
      holder = Owner(
        user: row.text(6), host: row.text(7), process: row.int(8), processStart: row.text(9),
        since: Value.Timestamp(seconds: row.int(10), nanoseconds: 0))
    }
    entries = row.int(11)
    head = row.int(12)
    guard checksum == row.int(13) else {
      throw .damaged(message: "the record of the run `\(runID)` isn't what was written")
    }
  }

  var parameters: [Database.Parameter] {
    [
      .text(key), .text(name), .text(runID), .int(begun.seconds), .int(Int64(begun.nanoseconds)),
      .text(ifAny: token), .text(ifAny: holder?.user), .text(ifAny: holder?.host),
      holder.map { .int($0.process) } ?? .null, .text(ifAny: holder?.processStart),
      holder.map { .int($0.since.seconds) } ?? .null, .int(entries), .int(head), .int(checksum),
    ]
  }

  private var checksum: Int64 {
    var sum = Checksum()
    for text in [key, name, runID] { sum.add(text) }
    for number in [begun.seconds, Int64(begun.nanoseconds), entries, head] {
      sum.add(number)
    }
    sum.add(token)
    sum.add(holder?.user)
    sum.add(holder?.host)
    sum.add(holder?.processStart)
    sum.add(holder?.process ?? 0)
    sum.add(holder?.since.seconds ?? 0)
    return sum.stored
  }

  /// As callers see it: who has written the run and no longer holds it doesn't matter.
  var run: JournaledRun {
    JournaledRun(
      key: key, name: name, runID: runID, begun: begun, holder: token == nil ? nil : holder)
  }
}

/// An entry as it is stored.
struct EntryRow {
  var sequence: Int64
  var time: Value.Timestamp
  var kind: String
  /// A JSON object.
  var body: [UInt8]

  /// The checksum of the entry and, through that of the one before it, of all before it.
  func checksum(of run: String, after head: Int64) -> Int64 {
    var sum = Checksum()
    sum.add(head)
    sum.add(run)
    for number in [sequence, time.seconds, Int64(time.nanoseconds)] { sum.add(number) }
    sum.add(kind)
    sum.add(body)
    return sum.stored
  }
}
