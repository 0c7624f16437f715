import AWSServices
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
    var effect: StepEffects.Effect
    var state: StepState = .pending
    var reason = StateChangeReason()
    var failure: StepDescription.Failure?
    var created: Int64
    var started: Int64?
    var ended: Int64?
    /// When its program ends; nil where that does not run, as where it waits for other steps.
    var due: Int64?
    /// The files that its program found when it started, for each place that it reads.
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
    /// When the state it is in ends by itself; nil where it waits for steps, or for nothing.
    var due: Int64?
    var staysAlive: Bool
    /// Whether only the end of its steps ends it.
    var isProtected = false
    /// How many steps run at one time.
    var stepConcurrency = 1
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

extension SandboxWorld.Cluster {
  /// Indices of the steps that run.
  var running: [Int] { steps.indices.filter { steps[$0].state == .running } }

  enum Predecessors {
    case completed
    /// Some have not ended.
    case open
    case failed(name: String)
  }

  /// How the steps stand that a step waits for: of each name the last one before it. Steps that are
  /// not on this cluster are done.
  func predecessors(of index: Int) -> Predecessors {
    var isOpen = false
    for name in steps[index].effect.predecessors {
      guard let step = steps[..<index].last(where: { $0.name == name }) else { continue }
      if !step.state.isFinal {
        isOpen = true
      } else if step.state != .completed {
        return .failed(name: name)
      }
    }
    return isOpen ? .open : .completed
  }
}
