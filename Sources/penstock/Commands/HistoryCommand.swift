import CommandLineSyntax
import Diagnostics
import Reports
import Executor
import Host
import Platform
import Journal
import SourceText
import Text
import Values

/// `penstock history`: the runs in the journal, latest first.
enum HistoryCommand {
  static func run(_ context: CommandContext) -> ExitStatus {
    do throws(WorldRefusal) {
      let journal = try RunJournal.read(context)
      let runs = try runs(journal)
      if context.invocation[.format]?.value == "json" {
        return context.write(RunText.bytes(.list(runs.map(RunText.value))))
      }
      if runs.isEmpty {
        Output.report(VisibleText.line("no runs are recorded in \(journal.path)") + "\n")
        return .success
      }
      let isColored = Console.isColored(context.invocation[.color]?.value, on: STDOUT_FILENO)
      return context.write(RunText.text(runs, colored: isColored))
    } catch {
      return context.refuse([error.diagnostic], error.status)
    }
  }

  private static func runs(_ journal: Journal) throws(WorldRefusal) -> [RunOverview] {
    do throws(JournalError) {
      try journal.check()
      return try Executor.history(journal, isAlive: { Machine.isAlive($0) })
    } catch {
      throw WorldRefusal(.journal(error, at: journal.path))
    }
  }
}
