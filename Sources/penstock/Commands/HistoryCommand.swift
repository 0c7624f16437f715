import CommandLineSyntax
import Diagnostics
import Reports
import Executor
import Platform
import Journal
import SourceText
import Values

/// `penstock history`: the runs in the journal, latest first.
enum HistoryCommand {
  static func run(_ context: CommandContext) -> ExitStatus {
    do throws(WorldRefusal) {
      let runs = try runs(RunJournal.read(context))
      if context.invocation[.format]?.value == "json" {
        return context.write(RunText.bytes(.list(runs.map(RunText.value))))
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
