import AWSServices
import PlanFormat
import Values

/// The state of a simulated EMR.
struct SandboxWorld: Sendable {
  struct Step: Sendable {
    var id: String
    var name: String
    var actionOnFailure: String
    var jar: String
    var arguments: [String]
    var mainClass: String?
    /// The Java properties of its program, as the request has them.
    var properties: Value = .null
    var effect: StepEffects.Effect
    var state: StepState = .pending
    var reason = StateChangeReason()
    var failure: StepDescription.Failure?
    var created: Int64
    var started: Int64?
    var ended: Int64?
    /// When its program ends; nil if it isn't running.
    var due: Int64?
    /// The files that its program found at its start, for each place that it reads.
    var inputs: [[String]] = []
    /// Why its program could not start.
    var problem: String?
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
    /// When its current state ends by itself; nil if it waits for steps, or for nothing.
    var due: Int64?
    var staysAlive: Bool
    /// Whether it has termination protection: it ends only when its steps end.
    var isProtected = false
    /// After how many seconds without work it ends by itself; nil: never.
    var idleTimeout: Int64?
    /// How many steps run at once.
    var stepConcurrency = 1
    var logURI: String?
    var bootstrapActions: Int
    /// RunJobFlow's body without its steps, with placeholders for secrets; null in a world that an
    /// older Penstock made.
    var request: Value = .null
    /// Whether it ends with errors once it is terminated.
    var isFailed = false
    var steps: [Step] = []
  }

  /// Seconds since 1970.
  var now: Int64
  var lastNumber: Int64 = 0
  var clusters: [Cluster] = []
  /// What would have been sent, and to whom.
  var notices: [Notice] = []

  struct Notice: Sendable {
    var target: String
    var body: Value
  }

  /// An id like EMR's: a prefix and 13 characters.
  mutating func id(_ prefix: String) -> String {
    lastNumber += 1
    var digits = String(lastNumber, radix: 36, uppercase: true)
    digits = String(repeating: "0", count: max(0, 8 - digits.count)) + digits
    return "\(prefix)SANDB\(digits)"
  }
}

extension SandboxWorld.Cluster {
  /// Indices of the running steps.
  var running: [Int] { steps.indices.filter { steps[$0].state == .running } }

  /// How many steps are pending or running.
  var activeSteps: Int { steps.count { !$0.state.isFinal } }
}
