package import PlanFormat

/// What to do after a failure in each of a plan's steps, for people; steps with the same recovery
/// once.
package struct RecoveryText {
  private typealias Cell = StyledText.Cell

  package static func text(of plan: Plan, command: String, colored: Bool) -> String {
    var out = StyledText(colored: colored)
    out.line([Cell("\(plan.pipeline), run \(plan.runID): after a failure", .bold)])
    let groups = RecoveryGroup.all(of: plan)
    guard plan.steps.count <= RecoveryGroup.most else {
      out.line([Cell("It has too many steps to say this beforehand: the report will.")])
      return out.text
    }
    for group in groups {
      out.heading("in \(steps(group.steps)) (\(stages(of: group, plan)))")
      write(group.recovery, to: &out)
    }
    if groups.contains(where: { !$0.recovery.unsure.isEmpty }) {
      out.heading("If its log says that a failed step was done, add --skip-step and its name.")
    }
    if groups.contains(where: \.recovery.isPossible) {
      out.heading("To recover, whichever step failed: \(command)")
    }
    return out.text
  }

  private static func write(_ recovery: Recovery, to out: inout StyledText) {
    guard recovery.isPossible else {
      return out.line([Cell(recovery.explanation, .red)], indent: 2)
    }
    var rows: [[Cell]] = []
    for folder in recovery.byHand {
      rows.append([Cell("empty by hand", .red), Cell("\(folder.place): \(folder.reason)")])
      rows += folder.keep.map { [Cell("but keep", .red), Cell($0)] }
    }
    rows += recovery.toEmpty.map { [Cell("empties first", .red), Cell($0)] }
    rows += recovery.again.map { [Cell("repeats"), Cell("`\($0)`")] }
    rows += recovery.unsure.map { [Cell("maybe done", .yellow), Cell("`\($0)`: see its log")] }
    rows.append([
      Cell("skips"), Cell(recovery.again.isEmpty ? "what is done" : "what else is done"),
    ])
    out.table(rows)
  }

  private static func stages(of group: RecoveryGroup, _ plan: Plan) -> String {
    var names: [String] = []
    for step in group.steps {
      let stage = plan.steps[step].stage.isEmpty ? "the cluster's own" : plan.steps[step].stage
      if names.last != stage { names.append(stage) }
    }
    guard names.count > 4 else { return names.joined(separator: ", ") }
    return names.prefix(3).joined(separator: ", ") + " and \(names.count - 3) more stages"
  }

  /// `step 3`, `steps 1, 2, 6 to 9`.
  private static func steps(_ steps: [Int]) -> String {
    var ranges: [ClosedRange<Int>] = []
    for step in steps.map({ $0 + 1 }) {
      if let last = ranges.last, last.upperBound == step - 1 {
        ranges[ranges.count - 1] = last.lowerBound...step
      } else {
        ranges.append(step...step)
      }
    }
    let texts = ranges.map {
      $0.count == 1
        ? "\($0.lowerBound)"
        : $0.count == 2
          ? "\($0.lowerBound), \($0.upperBound)" : "\($0.lowerBound) to \($0.upperBound)"
    }
    return (steps.count == 1 ? "step " : "steps ") + texts.joined(separator: ", ")
  }
}
