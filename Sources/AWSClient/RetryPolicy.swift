internal import Synchronization

/// How often and when a call is retried: the standard mode of AWS's SDKs.
package struct RetryPolicy: Hashable, Sendable {
  /// The total number of attempts, including the first.
  package var attempts: Int
  /// In seconds; no pause is longer, even if the service asks for it.
  package var longestPause: Double

  package init(attempts: Int = 3, longestPause: Double = 20) {
    self.attempts = max(1, attempts)
    self.longestPause = longestPause
  }

  /// Seconds to wait before another attempt.
  /// - Parameters:
  ///   - attempt: the one that failed, from 1.
  ///   - random: 0 ..< 1.
  ///   - retryAfter: the minimum that the service asked for.
  package func pause(after attempt: Int, random: Double, retryAfter: Double?) -> Double {
    var base = 1.0
    for _ in 1..<max(1, min(attempt, 32)) { base *= 2 }
    let jittered = min(random * base, longestPause)
    return min(max(jittered, retryAfter ?? 0), longestPause)
  }
}

/// Keeps a program from hammering a service that is down: retries take from the quota, and only
/// success gives back.
package final class RetryQuota: Sendable {
  package static var capacity: Int { 500 }
  package static var cost: Int { 5 }
  package static var timeoutCost: Int { 10 }

  private let left = Mutex(capacity)

  package init() {}

  package var available: Int { left.withLock { $0 } }

  /// Takes for a retry; false if there isn't enough left: then the call fails without a retry.
  package func take(_ cost: Int) -> Bool {
    left.withLock { left in
      guard left >= cost else { return false }
      left -= cost
      return true
    }
  }

  /// Gives back what a success's last retry took, or one.
  package func giveBack(_ cost: Int?) {
    left.withLock { $0 = min(Self.capacity, $0 + (cost ?? 1)) }
  }
}
