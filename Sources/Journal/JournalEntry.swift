package import Values

/// One entry of a run's journal: what happened, in the writer's own terms.
package struct JournalEntry: Sendable {
  /// The entry's number within the run, from 1.
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

/// The process that writes, or wrote, a journal or holds a lock.
package struct Owner: Hashable, Sendable {
  package var user: String
  package var host: String
  package var process: Int64
  /// When the process began, in the system's units, to distinguish it from a later process with the
  /// same number; empty if unknown.
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

/// A run as recorded in the journal.
package struct JournaledRun: Sendable {
  /// What the keys of runs begin with that were never begun, as there was nothing to do.
  package static var unbegunPrefix: String { "none:" }

  /// Identifies the run: its plan's digest.
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

/// Why a journal operation failed.
package enum JournalError: Error, Sendable, Hashable {
  /// The system's or SQLite's own message.
  case storage(message: String)
  /// No space is left for it: on its disk, in a quota, or below a limit for files.
  case full
  /// It, or its folder, can't be written.
  case readOnly
  /// It, or its folder, can't be read.
  case unreadable
  /// A file beside it, which SQLite needs, isn't one that it can use.
  /// - Parameter problem: what is wrong with it, to be said after its path.
  case beside(path: String, problem: String)
  /// Another program keeps it locked.
  case busy
  /// The file at the path is no longer the one that was opened.
  case gone
  /// The file is the one that was opened, but other contents were written into it.
  case overwritten
  /// The journal was written by a later version of this program.
  case newerFormat(version: Int64)
  /// Another process is writing this run's journal.
  case held(by: Owner)
  /// This writer lost its hold (it was believed dead, or unlocked): it must stop.
  case holdLost
  /// It isn't as it was written.
  case damaged(message: String)
}
