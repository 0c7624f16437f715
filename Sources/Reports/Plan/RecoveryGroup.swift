import PlanFormat

/// Steps after whose failure the run is recovered in the same way.
struct RecoveryGroup {
  /// Indices, in order.
  var steps: [Int]
  var recovery: Recovery

  /// As many steps as EMR allows.
  static var most: Int { 256 }

  static func recoveries(of plan: Plan) -> [Recovery] {
    guard plan.steps.count <= most else { return [] }
    let rules = RecoveryRules(plan)
    return plan.steps.indices.map { rules.recovery(afterFailureIn: $0) }
  }

  static func all(of plan: Plan) -> [RecoveryGroup] {
    var groups: [RecoveryGroup] = []
    for (index, recovery) in recoveries(of: plan).enumerated() {
      if let at = groups.firstIndex(where: { isSame($0.recovery, recovery) }) {
        groups[at].steps.append(index)
      } else {
        groups.append(RecoveryGroup(steps: [index], recovery: recovery))
      }
    }
    return groups
  }

  /// The skipped steps, those completed, differ from step to step.
  private static func isSame(_ one: Recovery, _ other: Recovery) -> Bool {
    one.again == other.again && one.toEmpty == other.toEmpty && one.byHand == other.byHand
      && one.unsure == other.unsure && one.losses == other.losses
      && one.isPossible == other.isPossible
  }

  static func words(_ recovery: Recovery) -> String {
    guard recovery.isPossible else { return recovery.explanation }
    var text = "the completed steps are skipped"
    if !recovery.again.isEmpty {
      text += ", except \(Recovery.list(recovery.again)), which later steps need again"
    }
    if !recovery.unsure.isEmpty {
      text +=
        "; \(Recovery.list(recovery.unsure)) must not be done twice: its log says whether to skip it too"
    }
    return text
  }
}
