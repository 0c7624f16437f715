package import Values

/// The time, and waiting: the machine's clock, a simulated one, or a test's manual one.
package protocol TimeSource: Sendable {
  /// Now, in UTC.
  var now: Value.Timestamp { get }
  /// Waits for a number of seconds.
  /// - Throws: `CancellationError` if the task is cancelled.
  func sleep(seconds: Double) async throws(CancellationError)
}
