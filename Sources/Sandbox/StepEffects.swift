package import PlanFormat

/// What steps do to data, by their names: a simulated cluster cannot run their programs.
package struct StepEffects: Sendable {
  private var accesses: [String: [Plan.Access]] = [:]

  package init() {}

  /// What a plan says of its steps.
  package init(_ plan: Plan) {
    for step in plan.steps { accesses[step.name] = step.accesses }
  }

  package subscript(step: String) -> [Plan.Access] {
    get { accesses[step] ?? [] }
    set { accesses[step] = newValue }
  }
}
