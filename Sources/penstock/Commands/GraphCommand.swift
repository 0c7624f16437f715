import Compiler
import SourceText

/// `penstock graph`: stages, steps and data, to be drawn by Mermaid or Graphviz: those of a run, or
/// without inputs those of the pipeline as it is declared.
enum GraphCommand {
  static func run(_ context: CommandContext) -> ExitStatus {
    let (input, errors) = InputReader.read(context.invocation, context.commandLine)
    guard let input else { return context.refuse(errors, .failure) }
    let result = input.files.isEmpty ? Compiler.check(input) : Compiler.compile(input)
    context.console.report(result.diagnostics, result.sources)
    guard result.exitStatus == 0 else { return ExitStatus(result.exitStatus) }
    guard let graph = graph(of: result) else { return .failure }
    switch context.invocation[.format]?.value {
    case "dot": return context.write(DotWriter.write(graph))
    default: return context.write(MermaidWriter.write(graph))
    }
  }

  /// Of the run where there is one, else of the pipeline as it is declared.
  private static func graph(of result: CompilerResult) -> RunGraph? {
    if let program = result.program { return RunGraph(program) }
    guard let pipeline = result.pipeline, let uses = result.uses else { return nil }
    return RunGraph(pipeline, uses)
  }
}
