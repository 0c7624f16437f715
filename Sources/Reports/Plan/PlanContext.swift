package import PlanDiff
package import PlanFormat
import Values

/// What there is to say of a plan that isn't in it.
package struct PlanContext {
  /// The command that recovers the run.
  package var recovery: String
  /// Where the run's time is from, if the command line doesn't say it.
  package var timeSource: String?
  /// The file that the plan was written to.
  package var file: String?
  /// How the cluster's costs differ from the last run's; nil if there was none.
  package var costs: CostComparison?

  package init(recovery: String, timeSource: String?, file: String?, costs: CostComparison?) {
    self.recovery = recovery
    self.timeSource = timeSource
    self.file = file
    self.costs = costs
  }
}

/// How a cluster's costs differ from those of another run: by what is dearer, not in money.
package struct CostComparison {
  let headline: String
  /// Each change with its values.
  let changes: [String]

  /// Nil if one of the runs reuses a cluster, or is the same run.
  /// - Parameter rules: called only if the clusters differ.
  package init?(_ before: Plan, _ after: Plan, rules: () -> ChangeRules) {
    guard let old = Self.launch(before), let new = Self.launch(after) else { return nil }
    let last = "the last run, \(before.runID)"
    guard old != new else {
      headline = "as \(last)"
      changes = []
      return
    }
    // Steps cost time, which nobody knows beforehand.
    let view = DiffView(Comparison(Side(old, name: "A"), Side(new, name: "B"), rules: rules()))
    let rows = view.sections.flatMap(\.rows).filter { $0.classes.contains(.cost) }
    headline =
      switch Set(rows.map(\.price)) {
      case []: "as \(last)"
      case [.dearer]: "more than \(last):"
      case [.cheaper]: "less than \(last):"
      default: "differs from \(last):"
      }
    changes = rows.map { row in
      let (before, after) = DiffLabels.change(row, limit: 40)
      let values = [before, after].compactMap(\.self).joined(separator: " → ")
      let price = row.price.map { " (\($0.rawValue))" } ?? ""
      return "\(DiffLabels.sign(row.kind)) \(row.label): \(values)\(price)"
    }
  }

  /// The plan with its cluster alone.
  private static func launch(_ plan: Plan) -> Plan? {
    guard plan.cluster.reusedID == nil,
      let request = plan.requests.first(where: { $0.operation == "RunJobFlow" }),
      case .map(let request) = request.body
    else { return nil }
    var body = request
    body["Steps"] = nil
    var launch = Plan(
      madeBy: "", pipeline: plan.pipeline, runID: "", runTime: .init(seconds: 0, nanoseconds: 0))
    launch.cluster = plan.cluster
    launch.requests = [Plan.Request(operation: "RunJobFlow", body: .map(body))]
    return launch
  }
}
