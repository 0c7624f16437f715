import AWSServices
package import Values

/// A clock that stops until someone waits: waiting advances it, and the clusters with it, at once.
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
    // If the folder can't be written, the next call reports it.
    _ = try? file.update("clock", changes: true) { $0.world.now += whole }
    await Task.yield()
  }
}
