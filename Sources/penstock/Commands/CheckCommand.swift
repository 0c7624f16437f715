import Diagnostics
import Host
import Compiler
import SourceText

/// `penstock check`: makes all checks that need no run. Without the required inputs, it checks the
/// pipeline alone.
enum CheckCommand {
  static func run(_ context: CommandContext) -> ExitStatus {
    let (read, errors) = InputReader.read(context.invocation, context.commandLine)
    guard var parsed = read else { return context.refuse(errors, .failure) }
    parsed.refusesOnAssumption = false
    let result = Compiler.check(parsed)
    context.console.report(result.diagnostics, result.sources)
    if result.exitStatus == .success, context.console.isChatty {
      Output.report("\(parsed.input.pipeline.name): no errors\n")
    }
    return result.exitStatus
  }
}
