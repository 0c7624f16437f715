import CommandLineSyntax
import Diagnostics
import SourceText

/// `penstock completions SHELL`: a script that the shell sources, and which asks
/// `penstock completions --complete WORD…` for what can come next.
enum CompletionsCommand {
  static func run(_ context: CommandContext) -> ExitStatus {
    guard let shell = context.invocation.argument else {
      let end = context.commandLine.span(Int.max, 0..<0)
      return context.refuse([.missingArgument("SHELL", of: .completions, at: end)], .usage)
    }
    switch shell.value {
    case "bash": return context.write(BashCompletions.script)
    case "zsh": return context.write(ZshCompletions.script)
    case "fish": return context.write(FishCompletions.script)
    default:
      return context.refuse(
        [
          .invalidOptionValue(
            shell.value, of: "completions", among: ["bash", "zsh", "fish"], at: shell.span)
        ], .usage)
    }
  }
}
