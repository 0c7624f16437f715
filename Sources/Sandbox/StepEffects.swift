package import PlanFormat

/// What steps do, by their names: a simulated cluster cannot run their programs.
package struct StepEffects: Sendable {
  /// Of one step's program.
  struct Effect: Sendable {
    var accesses: [Plan.Access] = []
    /// Whether it fails where a folder that it writes is there.
    var needsFreshOutput = false
    /// Names of the steps that it waits for, and without whose success it fails.
    var predecessors: [String] = []
  }

  private var effects: [String: Effect] = [:]

  package init() {}

  /// What a plan says of its steps.
  package init(_ plan: Plan) {
    for step in plan.steps {
      effects[step.name] = Effect(
        accesses: step.accesses, needsFreshOutput: step.needsFreshOutput,
        predecessors: step.predecessors)
    }
  }

  subscript(step: String) -> Effect { effects[step] ?? Effect() }
}
