import SourceText

/// `penstock completions SHELL`: a script that the shell sources.
enum CompletionsCommand {
  static func run(_ context: CommandContext) -> ExitStatus {
    guard let shell = context.invocation.argument else {
      let end = context.commandLine.span(Int.max, 0..<0)
      return context.refuse([.missingArgument("shell", of: .completions, at: end)], .usage)
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

/// What can stand as a command's argument, where that is known beforehand.
extension CommandName {
  var argumentChoices: [String] {
    switch self {
    case .compile, .check, .plan, .run, .graph, .pipelines: BuiltinPipelines.names
    case .lint: LintCommand.Subject.allCases.map(\.rawValue)
    case .explain: Option.codes
    case .schema: SchemaCommand.names
    case .completions: ["bash", "zsh", "fish"]
    case .apply, .status, .history, .logs, .cancel, .unlock, .migrate: []
    case .help: CommandName.allCases.map(\.rawValue)
    case .diff: []
    }
  }

  /// Whether its argument can be a file too.
  var takesFile: Bool {
    switch self {
    case .compile, .check, .plan, .apply, .run, .status, .cancel, .unlock, .diff, .graph, .migrate:
      true
    case .history, .logs, .lint, .explain, .pipelines, .schema, .completions, .help: false
    }
  }
}
