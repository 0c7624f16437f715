import PlanFormat
import Values

/// The parts of a plan that are compared: its steps and its cluster.
struct PlannedFlow {
  struct Step: Equatable {
    var body: Value
    var step: Plan.Step
  }

  var steps: [Step]
  var cluster: Value

  /// - Parameter absent: the answers in whose place something else comes.
  init(_ plan: Plan, absent: Set<Int> = []) {
    let requests = plan.requests.map { DeploymentDraft.filled($0.body, absent) }
    steps = zip(requests.flatMap(DeploymentDraft.steps), plan.steps).map { body, step in
      var step = step
      step.name = DeploymentDraft.filled(step.name, absent)
      step.emptiedBeforeRetry = step.emptiedBeforeRetry.map { DeploymentDraft.filled($0, absent) }
      step.predecessors = []
      step.accesses = []
      step.origin = nil
      return Step(body: body, step: step)
    }
    var cluster = ValueMap()
    if case .map(let body)? = requests.first { cluster = body }
    cluster["Steps"] = nil
    // A cluster may have applications that only a missing step needs.
    cluster["Applications"] = nil
    self.cluster = .map(cluster)
  }

  /// The steps that another flow lacks; nil if the flows differ in anything else.
  func missing(in other: PlannedFlow) -> [Int]? {
    guard cluster == other.cluster else { return nil }
    var missing: [Int] = []
    var at = 0
    for (index, step) in steps.enumerated() {
      if at < other.steps.count, step == other.steps[at] {
        at += 1
      } else {
        missing.append(index)
      }
    }
    return at == other.steps.count && !missing.isEmpty ? missing : nil
  }
}
