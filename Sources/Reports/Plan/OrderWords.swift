import PlanFormat
import Values

/// The order of a plan's steps in words.
struct OrderWords {
  private let plan: Plan
  private let order: PlanOrder
  private let predecessors: [[Int]]

  /// Nil if no step waits for another one, or the plan doesn't say.
  init?(_ plan: Plan) {
    guard plan.steps.contains(where: { !$0.predecessors.isEmpty }) else { return nil }
    self.plan = plan
    order = PlanOrder(plan)
    predecessors = plan.predecessorIndices
  }

  /// Whether the steps can only run one after the other.
  var isOneChain: Bool { order.longestChain.count == plan.steps.count }

  /// Whether each step is added once the steps that it waits for are completed.
  var hasWaits: Bool { plan.cluster.isFed && !isOneChain }

  /// How many steps the longest chain has.
  var chain: String {
    let count = order.longestChain.count
    return isOneChain
      ? "all \(count) steps, each after the one before it"
      : "\(count) of \(DiffLabels.count(plan.steps.count, "step")) (how long they take isn't known)"
  }

  /// The names of the longest chain's steps; in the middle only how many there are.
  func chainNames(most: Int = 6) -> String {
    var names = order.longestChain.map { plan.steps[$0].name }
    if names.count > most {
      let left = names.count - most + 1
      names.replaceSubrange(most / 2..<most / 2 + left, with: ["… \(left) more …"])
    }
    return names.joined(separator: " → ")
  }

  /// How many steps can run at once.
  var front: String {
    let count = order.widestFront.count
    let text = DiffLabels.count(count, "step")
    guard let level = concurrency, count > 1 else { return text }
    return text
      + (level == 1
        ? "; the cluster runs one at a time" : "; the cluster runs up to \(level) at a time")
  }

  /// `longest chain 4 of 12 steps, up to 3 at once`.
  var short: String {
    "longest chain \(order.longestChain.count) of \(DiffLabels.count(plan.steps.count, "step")), "
      + "up to \(order.widestFront.count) at once"
  }

  /// For each step that must be completed before one: its index, and why in few words.
  func waits(_ step: Int) -> [(step: Int, reason: String)] {
    zip(predecessors[step], plan.steps[step].predecessors).map { earlier, predecessor in
      (earlier, reason(predecessor.reason, of: plan.steps[step]))
    }
  }

  /// `after 1 (warehouse), 2 (after)`.
  func note(_ step: Int) -> String {
    let waits = waits(step).map { "\($0.step + 1) (\($0.reason))" }
    return waits.isEmpty ? "" : "after " + waits.joined(separator: ", ")
  }

  private func reason(_ reason: Plan.Predecessor.Reason, of step: Plan.Step) -> String {
    switch reason {
    case .after: return "`after`"
    case .cluster: return "cluster"
    case .data(let place, _, _):
      let dataset = step.accesses.first { $0.place == place }?.dataset ?? ""
      return dataset.isEmpty ? place : dataset
    }
  }

  /// How many steps a new cluster runs at a time; nil for one that is reused.
  private var concurrency: Int64? {
    guard let request = plan.requests.first, request.operation == "RunJobFlow" else { return nil }
    guard case .map(let body) = request.body, case .int(let level)? = body["StepConcurrencyLevel"]
    else { return 1 }
    return level
  }
}
