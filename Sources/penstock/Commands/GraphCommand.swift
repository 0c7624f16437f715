import CommandLineSyntax
import Host
import Reports
import Compiler
import Diagnostics
import Subprocess
import SourceText

/// `penstock graph`: stages, steps and data for Mermaid or Graphviz: those of a run, or without
/// inputs those of the pipeline as declared.
enum GraphCommand {
  static func run(_ context: CommandContext) -> ExitStatus {
    let (read, errors) = InputReader.read(context.invocation, context.commandLine)
    guard var parsed = read else { return context.refuse(errors, .failure) }
    parsed.refusesOnAssumption = false
    let result = parsed.input.files.isEmpty ? Compiler.declare(parsed) : Compiler.compile(parsed)
    context.console.report(result.diagnostics, result.sources)
    guard result.exitStatus == .success else { return result.exitStatus }
    guard let graph = graph(of: result) else { return .failure }
    switch context.invocation[.format]?.value {
    case "dot": return context.write(DotWriter.write(graph))
    case "svg": return draw(graph, context)
    default: return context.write(MermaidWriter.write(graph))
    }
  }

  /// Draws it with Graphviz.
  private static func draw(_ graph: RunGraph, _ context: CommandContext) -> ExitStatus {
    let program = ProcessRequest(
      arguments: ["dot", "-Tsvg"], environment: Environment.all(), timeout: .infinity)
    let span = context.invocation[.format]?.span
    let ended = ProcessRunner.runToEnd(program, input: Array(DotWriter.write(graph).utf8))
    guard let ended else {
      return context.refuse([.graphvizFailed("it is not installed", at: span)], .failure)
    }
    guard ended.status == 0, !ended.output.isEmpty else {
      let line = String(decoding: ended.errors, as: UTF8.self).split(separator: "\n").first
      return context.refuse(
        [.graphvizFailed(line.map(String.init) ?? "it drew nothing", at: span)], .failure)
    }
    return context.write(ended.output)
  }

  /// The graph of the run if there is one, or else of the pipeline as declared.
  private static func graph(of result: CompilerResult) -> RunGraph? {
    if let program = result.program { return RunGraph(program) }
    return result.pipeline.map { RunGraph($0, result.stepKinds) }
  }
}
