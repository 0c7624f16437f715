import Diagnostics
import Passes
import PipelineIR
import SourceText
import Values

/// A run's program after the passes.
struct Passed: Sendable {
  let bound: Bound
  let program: Program
  let explanations: [Explanation]
  /// The exit status set by the first failed requirement.
  let requestedStatus: ExitStatus?

  /// Nil if there are errors so far.
  init?(
    _ bound: Bound,
    observe: ((_ pass: Pass, _ program: Program, _ report: Report) -> Void)? = nil
  ) {
    guard bound.inputs.work.canGoOn else { return nil }
    var bound = bound
    let context = bound.context
    var program = context.initialProgram()
    var explanations: [Explanation] = []
    let passes = context.isForCluster ? Pass.ofClusters : Pass.standard
    requestedStatus = passes.run(
      on: &program, context, into: &bound.inputs.work.diagnostics, explanations: &explanations,
      observe: observe)
    program.facts = context.facts.records
    bound.inputs.work.diagnostics += program.facts.filter(\.isAssumed).map { .factAssumed($0) }
    self.program = program
    self.explanations = explanations
    self.bound = bound
  }
}
