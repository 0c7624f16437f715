import Synchronization
package import Values

/// The exclusive right to write a run's journal.
package struct JournalWriter: Sendable {
  let journal: Journal
  package let key: String
  let token: String
  let state: WrittenState

  /// Adds an entry; when this returns, it is on the disk. Secrets in it are written as
  /// placeholders.
  /// - Throws: `.gone` if the file is no longer the one at the path, `.overwritten` or `.damaged` if
  ///   the run's last entry is no longer in it.
  package func append(
    _ kind: String, _ body: ValueMap, at time: Value.Timestamp
  ) throws(JournalError) {
    try journal.append(kind, body, at: time, by: self)
  }

  /// Makes sure that an entry could be written now: that the file is still the one at the path, that
  /// all of the run is still in it, and that no other process has taken the run over.
  package func check() throws(JournalError) { try journal.check(by: self) }

  /// Releases the journal.
  package func release() throws(JournalError) { try journal.release(by: self) }
}

/// What a writer knows of its run's entries, which nobody else may add.
final class WrittenState: Sendable {
  private let last: Mutex<(entries: Int64, head: Int64)>

  init(entries: Int64, head: Int64) { last = Mutex((entries, head)) }

  func set(entries: Int64, head: Int64) { last.withLock { $0 = (entries, head) } }

  func isLike(entries: Int64, head: Int64) -> Bool { last.withLock { $0 == (entries, head) } }
}
