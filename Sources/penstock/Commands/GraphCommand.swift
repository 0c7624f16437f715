import Compiler
import SourceText

/// `penstock graph`: the stages, steps and data of a run, to be drawn by Mermaid or Graphviz.
enum GraphCommand {
  static func run(_ context: CommandContext) -> ExitStatus {
    let (input, errors) = InputReader.read(context.invocation)
    guard let input else { return context.refuse(errors, .failure) }
    let result = Compiler.compile(input)
    context.console.report(result.diagnostics, result.sources)
    guard result.exitStatus == 0, let program = result.program else {
      return ExitStatus(result.exitStatus)
    }
    let graph = RunGraph(program)
    switch context.invocation[.format]?.value {
    case "dot": return context.write(DotWriter.write(graph))
    default: return context.write(MermaidWriter.write(graph))
    }
  }
}
