package import Values

/// One line of a run's journal: what happened, in the words of whoever wrote it.
package struct JournalEntry: Sendable {
  /// Counts a run's entries from 1.
  package var sequence: Int64
  package var time: Value.Timestamp
  package var kind: String
  package var body: ValueMap

  package init(sequence: Int64, time: Value.Timestamp, kind: String, body: ValueMap) {
    self.sequence = sequence
    self.time = time
    self.kind = kind
    self.body = body
  }
}

/// Who writes, or wrote, in a journal or holds a lock.
package struct Owner: Hashable, Sendable {
  package var user: String
  package var host: String
  package var process: Int64
  /// When the process began, as the system counts it, so that a later process with the same number
  /// is not taken for it; empty where that is not known.
  package var processStart: String
  package var since: Value.Timestamp

  package init(
    user: String, host: String, process: Int64, processStart: String, since: Value.Timestamp
  ) {
    self.user = user
    self.host = host
    self.process = process
    self.processStart = processStart
    self.since = since
  }
}

/// A run as the journal knows it.
package struct JournaledRun: Sendable {
  /// What tells runs apart: a plan's digest.
  package var key: String
  package var name: String
  package var runID: String
  package var begun: Value.Timestamp
  package var holder: Owner?

  package init(
    key: String, name: String, runID: String, begun: Value.Timestamp, holder: Owner?
  ) {
    self.key = key
    self.name = name
    self.runID = runID
    self.begun = begun
    self.holder = holder
  }
}

/// Why the journal did not do what it was asked.
package enum JournalError: Error, Sendable, Hashable {
  /// SQLite's own words: no space, not a database, read-only, …
  case storage(message: String)
  /// Written by a later version of this program.
  case newerFormat(version: Int64)
  /// Somebody else writes this run's journal.
  case held(by: Owner)
  /// This writer lost its hold (it was taken for dead, or unlocked): it must stop.
  case holdLost
  /// An entry that cannot be read.
  case damaged(message: String)
}
