import Cloud
import PlanFormat
import Values

/// What a simulated EMR remembers.
struct SandboxWorld: Sendable {
  struct Step: Sendable {
    var id: String
    var name: String
    var actionOnFailure: String
    var jar: String
    var arguments: [String]
    var accesses: [Plan.Access]
    var state: StepState = .pending
    var reason = StateChangeReason()
    var failure: StepDescription.Failure?
    var created: Int64
    var started: Int64?
    var ended: Int64?
  }

  struct Cluster: Sendable {
    var id: String
    var name: String
    var state: ClusterState = .starting
    var reason = StateChangeReason()
    var tags: [Tag] = []
    var created: Int64
    var ready: Int64?
    var ended: Int64?
    /// When the state it is in ends by itself; nil where it waits for steps, or for nothing.
    var due: Int64?
    var staysAlive: Bool
    var logURI: String?
    var bootstrapActions: Int
    /// How it ends once it is terminated.
    var isFailed = false
    var steps: [Step] = []
  }

  /// Seconds since 1970.
  var now: Int64
  var lastNumber: Int64 = 0
  var clusters: [Cluster] = []

  /// An id as EMR makes them: a prefix and 13 characters.
  mutating func id(_ prefix: String) -> String {
    lastNumber += 1
    var digits = String(lastNumber, radix: 36, uppercase: true)
    digits = String(repeating: "0", count: max(0, 8 - digits.count)) + digits
    return "\(prefix)SANDB\(digits)"
  }
}
