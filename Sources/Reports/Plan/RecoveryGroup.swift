import PlanFormat

/// Steps of one stage after whose failure the run is recovered in the same way.
struct RecoveryGroup {
  var stage: String
  var steps: Range<Int>
  var recovery: Recovery

  /// Limited to as many steps as EMR allows.
  static func recoveries(of plan: Plan) -> [Recovery] {
    guard plan.steps.count <= 256 else { return [] }
    let rules = RecoveryRules(plan)
    return plan.steps.indices.map { rules.recovery(afterFailureIn: $0) }
  }

  static func all(of plan: Plan) -> [RecoveryGroup] {
    var groups: [RecoveryGroup] = []
    for (index, recovery) in recoveries(of: plan).enumerated() {
      let stage = plan.steps[index].stage
      if let last = groups.last, last.stage == stage, isSame(last.recovery, recovery) {
        groups[groups.count - 1].steps = last.steps.lowerBound..<(index + 1)
      } else {
        groups.append(RecoveryGroup(stage: stage, steps: index..<(index + 1), recovery: recovery))
      }
    }
    return groups
  }

  /// The skipped steps, those completed, differ from step to step.
  private static func isSame(_ one: Recovery, _ other: Recovery) -> Bool {
    one.again == other.again && one.toEmpty == other.toEmpty && one.byHand == other.byHand
      && one.unsure == other.unsure && one.losses == other.losses
  }

  var words: String { Self.words(recovery) }

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
