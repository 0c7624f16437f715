package import Diagnostics
import EMRBackend
package import Passes
package import PipelineIR
package import PipelineSyntax
package import PlanFormat
package import SourceText

/// What a compilation can be written as.
package enum Emit: String, Sendable, CaseIterable {
  case jobFlow = "job-flow"
  case requests, plan, ir
}

/// What came out of a compilation.
package struct CompilerResult: Sendable {
  package var diagnostics: [Diagnostic]
  package var sources: SourceSet
  /// 0 where the program may be used; else why not, as the command exits.
  package var exitStatus: Int32
  package var explanations: [Explanation]
  /// The declared pipeline, as far as it could be read.
  package var pipeline: PipelineDecl?
  package var uses: DataUses?
  /// Nil where there were errors, or where only the pipeline was checked.
  package var program: Program?
  package var revealsSecrets: Bool
  /// What plans are made of.
  let compilation: Compilation

  /// What the run will do, in full; nil where there is no program.
  package func plan(_ details: PlanDetails) -> Plan? {
    guard let program else { return nil }
    var builder = PlanBuilder(program, compilation, details)
    return builder.plan(warnings: diagnostics)
  }

  /// Writes the program in pieces; nothing where there is none.
  package func write(
    _ emit: Emit, _ details: PlanDetails, pretty: Bool, to sink: @escaping ([UInt8]) -> Void
  ) {
    guard let program else { return }
    switch emit {
    case .jobFlow:
      var writer = JobFlowWriter(
        program, revealingSecrets: revealsSecrets, pretty: pretty, sink: sink)
      writer.writeJobFlow()
    case .requests:
      var writer = JobFlowWriter(
        program, revealingSecrets: revealsSecrets, pretty: pretty, sink: sink)
      writer.writeRequests()
    case .plan:
      if let plan = plan(details) {
        PlanWriter.write(plan, pretty: pretty) { sink(copy $0) }
      }
    case .ir: sink(Array(program.dump(revealingSecrets: revealsSecrets).utf8))
    }
  }
}
