package import Diagnostics
import EMRBackend
package import Passes
package import PipelineIR
package import PipelineSyntax
package import SourceText

/// What a compilation can be written as.
package enum Emit: String, Sendable, CaseIterable {
  case jobFlow = "job-flow"
  case requests, ir
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

  /// Writes the program in pieces; nothing where there is none.
  package func write(_ emit: Emit, pretty: Bool, to sink: @escaping ([UInt8]) -> Void) {
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
    case .ir: sink(Array(program.dump(revealingSecrets: revealsSecrets).utf8))
    }
  }
}
