import Compiler
import SourceText

/// `penstock check`: all that can be said without running anything. Without inputs, the pipeline
/// alone is checked.
enum CheckCommand {
  static func run(_ context: CommandContext) -> ExitStatus {
    let (read, errors) = InputReader.read(context.invocation, context.commandLine)
    guard var parsed = read else { return context.refuse(errors, .failure) }
    parsed.refusesOnAssumption = false
    let result = parsed.input.files.isEmpty ? Compiler.check(parsed) : Compiler.compile(parsed)
    context.console.report(result.diagnostics, result.sources)
    if result.exitStatus == 0, context.console.isChatty {
      Output.report("\(parsed.input.pipeline.name): no errors\n")
    }
    return ExitStatus(result.exitStatus)
  }
}
