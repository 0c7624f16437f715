import Diagnostics
import Passes
import PipelineIR
import SourceText
import Values

/// A run's program, as the passes left it.
struct Passed: Sendable {
  let bound: Bound
  let program: Program
  let explanations: [Explanation]
  /// What the first expectation that failed asks the command to end with.
  let requestedStatus: Int32?

  /// Nil where there are errors by now.
  init?(_ bound: Bound) {
    guard bound.inputs.work.canGoOn else { return nil }
    var bound = bound
    let context = bound.context
    var program = context.initialProgram()
    var explanations: [Explanation] = []
    requestedStatus = Pass.standard.run(
      on: &program, context, into: &bound.inputs.work.diagnostics, explanations: &explanations)
    program.facts = context.facts.records
    bound.inputs.work.diagnostics += program.facts.filter(\.isAssumed).map { .factAssumed($0) }
    self.program = program
    self.explanations = explanations
    self.bound = bound
  }
}
