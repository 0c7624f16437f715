import Compiler
import CommandLineSyntax
import Diagnostics
import Lint
import SourceText

/// `penstock completions SHELL`: a script that the shell sources.
enum CompletionsCommand {
  static func run(_ context: CommandContext) -> ExitStatus {
    guard let shell = context.invocation.argument else {
      let end = context.commandLine.span(Int.max, 0..<0)
      return context.refuse([.missingArgument("shell", of: .completions, at: end)], .usage)
    }
    switch shell.value {
    case "bash": return context.write(BashCompletions.script(choices(of:)))
    case "zsh": return context.write(ZshCompletions.script(choices(of:)))
    case "fish": return context.write(FishCompletions.script(choices(of:)))
    default:
      return context.refuse(
        [
          .invalidOptionValue(
            shell.value, of: "completions", among: ["bash", "zsh", "fish"], at: shell.span)
        ], .usage)
    }
  }

  /// The values of a command's argument, if they are known in advance.
  private static func choices(of command: CommandName) -> [String] {
    switch command {
    case .compile, .check, .plan, .run, .graph, .pipelines: BuiltinPipelines.names
    case .lint: LintSubject.allCases.map(\.rawValue)
    case .explain: Option.codes
    case .schema: SchemaCommand.names
    case .completions: ["bash", "zsh", "fish"]
    case .apply, .status, .history, .logs, .cancel, .unlock, .migrate, .diff: []
    case .help: CommandName.allCases.map(\.rawValue)
    }
  }
}
