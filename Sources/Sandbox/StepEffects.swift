package import PlanFormat

/// What steps do, by name: a simulated cluster can't run their programs.
package struct StepEffects: Sendable {
  /// What one step's program does.
  struct Effect: Sendable {
    var accesses: [Plan.Access] = []
    /// Whether it fails if a folder that it writes exists already.
    var needsFreshOutput = false
    /// How many folders below a place it reads files; nil: as many as there are.
    var readDepth: Int64?
    /// Names of the steps that it waits for, and whose success it needs.
    var predecessors: [String] = []
  }

  private var effects: [String: Effect] = [:]

  package init() {}

  /// Reads the effects of a plan's steps.
  package init(_ plan: Plan) {
    for step in plan.steps {
      effects[step.name] = Effect(
        accesses: step.accesses, needsFreshOutput: step.needsFreshOutput,
        readDepth: step.readDepth,
        predecessors: step.predecessors)
    }
  }

  subscript(step: String) -> Effect { effects[step] ?? Effect() }
}
