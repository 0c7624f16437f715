import CommandLineSyntax
import Compiler
import Diagnostics
import Host
import SourceText
import Values

/// `penstock check`: makes all checks that need no run. Without the required inputs, it checks the
/// pipeline alone.
enum CheckCommand {
  static func run(_ context: CommandContext) -> ExitStatus {
    let isJSON = context.invocation[.format]?.value == "json"
    let (read, errors) = InputReader.read(context.invocation, context.commandLine)
    guard var parsed = read else {
      let status = context.status(of: errors)
      return isJSON
        ? answer(context, nil, errors, context.sources, status) : context.refuse(errors, status)
    }
    parsed.refusesOnAssumption = false
    let result = Compiler.check(parsed)
    let name = parsed.input.pipeline.name
    if isJSON {
      return answer(context, name, result.diagnostics, result.sources, result.exitStatus)
    }
    context.console.report(result.diagnostics, result.sources)
    if result.exitStatus == .success, context.console.isChatty {
      Output.report("\(name): no errors\n")
    }
    return result.exitStatus
  }

  private static func answer(
    _ context: CommandContext, _ pipeline: String?, _ diagnostics: [Diagnostic],
    _ sources: SourceSet, _ status: ExitStatus
  ) -> ExitStatus {
    let written = context.write(
      context.console.document(
        [
          ("pipeline", pipeline.map { .string($0) } ?? .null),
          ("valid", .bool(status == .success)), ("exitStatus", .int(Int64(status.code))),
        ], diagnostics, sources))
    return written == .success ? status : written
  }
}
