import CommandLineSyntax
import Host
import Diagnostics
import Platform
import SourceText

@main
enum Penstock {
  static func main() {
    Interruptible.acceptSignals()
    exit(run(Array(CommandLine.arguments.dropFirst())).code)
  }

  private static func run(_ arguments: [String]) -> ExitStatus {
    let commandLine = CommandLineText(arguments, program: ProgramName.current)
    switch InvocationParser.parse(arguments, commandLine, isLoader: ProgramName.isLoader) {
    case .run(let invocation):
      let context = CommandContext(
        invocation: invocation, commandLine: commandLine, console: Console(invocation))
      return run(context)
    case .help(let command):
      if ProgramName.isLoader { return say(HelpCommand.ofLoader) }
      return say(command.map(HelpCommand.text(of:)) ?? HelpCommand.overview)
    case .version:
      return say(VersionCommand.text)
    case .complete(let words):
      return say(Completer.answer(words, lookup: LiveNames.all).text)
    case .nothing:
      Output.report(HelpCommand.overview)
      return ProgramName.usage(.usage)
    case .refused(let diagnostics, let status):
      var sources = SourceSet()
      sources.add(commandLine.file)
      Console(arguments: arguments).report(diagnostics, sources)
      return ProgramName.usage(status)
    }
  }

  private static func run(_ context: CommandContext) -> ExitStatus {
    switch context.invocation.command {
    case .compile: CompileCommand.run(context)
    case .check: CheckCommand.run(context)
    case .test: TestCommand.run(context)
    case .plan: PlanCommand.run(context)
    case .diff: DiffCommand.run(context)
    case .apply: ApplyCommand.run(context)
    case .run, .up: RunCommand.run(context)
    case .backfill: BackfillCommand.run(context)
    case .status: StatusCommand.run(context)
    case .history: HistoryCommand.run(context)
    case .logs: LogsCommand.run(context)
    case .cancel: CancelCommand.run(context)
    case .down: DownCommand.run(context)
    case .unlock: UnlockCommand.run(context)
    case .graph: GraphCommand.run(context)
    case .lint: LintCommand.run(context)
    case .fmt: FmtCommand.run(context)
    case .lsp: LanguageServerCommand.run(context)
    case .initialize: InitCommand.run(context)
    case .migrate: MigrateCommand.run(context)
    case .import: ImportCommand.run(context)
    case .explain: ExplainCommand.run(context)
    case .pipelines: PipelinesCommand.run(context)
    case .schema: SchemaCommand.run(context)
    case .completions: CompletionsCommand.run(context)
    case .doctor: DoctorCommand.run(context)
    case .version: VersionCommand.run(context)
    case .help: HelpCommand.run(context)
    }
  }

  private static func say(_ text: String) -> ExitStatus {
    (try? Output.write(Array(text.utf8), to: STDOUT_FILENO)) == nil ? .failure : .success
  }
}
