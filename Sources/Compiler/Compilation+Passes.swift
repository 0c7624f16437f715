import Diagnostics
import Passes
import PipelineIR
import SourceText
import Values

extension Compilation {
  /// Binds the pipeline to a program, and runs the passes on it.
  mutating func runPasses() {
    guard canGoOn, let pipeline else { return }
    let context = Context(
      pipeline: pipeline, kinds: kinds, options: input.options.ofRun, facts: facts, base: base,
      inputTrees: bound.mapValues { $0.documents.map(\.tree) })
    self.context = context
    var program = context.initialProgram()
    let status = Pass.standard.run(
      on: &program, context, into: &diagnostics, explanations: &explanations)
    program.facts = facts.records
    diagnostics += program.facts.filter(\.isAssumed).map { .factAssumed($0) }
    if requestedStatus == nil { requestedStatus = status }
    self.program = program
  }
}
