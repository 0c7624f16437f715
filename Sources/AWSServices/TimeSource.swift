package import Values

/// The time, and waiting: the machine's clock, a simulated one, or a test's hand-ticked one.
package protocol TimeSource: Sendable {
  /// Now, in UTC.
  var now: Value.Timestamp { get }
  /// Waits so many seconds.
  /// - Throws: `CancellationError` where the task is cancelled.
  func sleep(seconds: Double) async throws(CancellationError)
}
