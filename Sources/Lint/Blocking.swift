import Platform
import Synchronization

/// Waits for work on other threads.
enum Blocking {
  /// The work's result.
  static func run<Result: Sendable>(_ body: @escaping @Sendable () async -> Result) -> Result {
    let done = Done<Result>()
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { preconditionFailure("no pipe") }
    let (reading, writing) = (ends[0], ends[1])
    Task.detached {
      let result = await body()
      done.value.withLock { $0 = result }
      close(writing)
    }
    // Reads to the end of the pipe, whose other end is closed when the work is done.
    var byte: UInt8 = 0
    while true {
      let count = read(reading, &byte, 1)
      if count == 0 || (count < 0 && errno != EINTR) { break }
    }
    close(reading)
    guard let result = done.value.withLock({ $0 }) else { preconditionFailure("no result") }
    return result
  }

  private final class Done<Result: Sendable>: Sendable {
    let value = Mutex<Result?>(nil)
  }
}
