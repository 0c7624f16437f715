package import AWSServices
internal import Synchronization
package import Values
package import HTTP

/// What the clients of all services share: transport, clock, randomness and retry budget.
package struct ClientContext: Sendable {
  package var transport: any HTTPTransport
  package var time: any TimeSource
  /// Random numbers, 0 ..< 1.
  package var chance: @Sendable () -> Double
  package var policy: RetryPolicy
  package var quota: RetryQuota
  package var clock: ClockCorrection
  package var limits: TransportLimits

  package init(
    transport: any HTTPTransport, time: any TimeSource, chance: @escaping @Sendable () -> Double,
    policy: RetryPolicy = RetryPolicy(), limits: TransportLimits = .standard
  ) {
    self.transport = transport
    self.time = time
    self.chance = chance
    self.policy = policy
    self.limits = limits
    quota = RetryQuota()
    clock = ClockCorrection()
  }

  /// The time according to the services.
  package var now: Value.Timestamp {
    var now = time.now
    now.seconds += clock.seconds
    return now
  }
}

/// How many seconds to add to the machine's clock to get AWS's time.
package final class ClockCorrection: Sendable {
  private let value = Mutex<Int64>(0)

  package init() {}

  package var seconds: Int64 { value.withLock { $0 } }

  package func set(_ seconds: Int64) { value.withLock { $0 = seconds } }
}
