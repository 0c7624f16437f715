import AWSServices
package import Values

/// A clock that stops until someone waits: waiting advances it, and the clusters with it, at once.
package struct VirtualClock: TimeSource {
  let file: WorldFile
  let pace: Double

  package var now: Value.Timestamp {
    Value.Timestamp(seconds: file.now, nanoseconds: 0)
  }

  package func sleep(seconds: Double) async throws(CancellationError) {
    guard seconds > 0, seconds.isFinite else { return }
    if pace > 0 {
      let real = min(seconds / pace, 86_400)
      do {
        try await Task.sleep(nanoseconds: UInt64(real * 1_000_000_000))
      } catch {
        throw CancellationError()
      }
    }
    if Task.isCancelled { throw CancellationError() }
    let whole = Int64(exactly: seconds.rounded(.up)) ?? 1
    file.pass(seconds: whole)
    await Task.yield()
  }
}
