import CommandLineSyntax
import Compiler
import Diagnostics
import PipelineSyntax
import Reports
import SourceText

/// `penstock graph`: stages, steps and data as text for Mermaid or Graphviz, as a drawing, or as
/// JSON: those of a run, or without inputs those of the pipeline as declared.
enum GraphCommand {
  static func run(_ context: CommandContext) -> ExitStatus {
    let (read, errors) = InputReader.read(context.invocation, context.commandLine)
    guard var parsed = read else { return context.refuse(errors, .failure) }
    parsed.refusesOnAssumption = false
    var result = parsed.input.hasNoInputs ? Compiler.declare(parsed) : Compiler.compile(parsed)
    if parsed.input.hasNoInputs, let pipeline = result.pipeline,
      pipeline.inputs.allSatisfy(\.isOptional)
    {
      // It needs none: what a run does is known.
      let compiled = Compiler.compile(parsed)
      if compiled.program != nil { result = compiled }
    }
    context.console.report(result.diagnostics, result.sources)
    guard result.exitStatus == .success else { return result.exitStatus }
    guard let graph = graph(of: result) else { return .failure }
    switch context.invocation[.format]?.value {
    case "dot": return context.write(DotWriter.write(graph))
    case "svg": return context.write(GraphDrawing.file(graph))
    case "json": return context.write(GraphJSON.bytes(graph))
    default: return context.write(MermaidWriter.write(graph))
    }
  }

  /// The graph of the run if there is one, or else of the pipeline as declared.
  private static func graph(of result: CompilerResult) -> RunGraph? {
    if let program = result.program { return RunGraph(program) }
    return result.pipeline.map { RunGraph($0, result.stepKinds) }
  }
}
