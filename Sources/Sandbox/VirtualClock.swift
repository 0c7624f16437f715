import AWSServices
package import Values

/// A clock that stands still until somebody waits: then it is later at once, and clusters have
/// gone on.
package struct VirtualClock: TimeSource {
  let file: WorldFile
  let pace: Double

  package var now: Value.Timestamp {
    let seconds = (try? file.update("clock", changes: false) { $0.world.now }) ?? 0
    return Value.Timestamp(seconds: seconds, nanoseconds: 0)
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
    // A folder that cannot be written shows in the next call.
    _ = try? file.update("clock", changes: true) { $0.world.now += whole }
    await Task.yield()
  }
}
