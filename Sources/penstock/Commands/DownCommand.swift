import AWSServices
import CommandLineSyntax
import Diagnostics
import Executor
import Host
import Journal
import PlanFormat
import SourceText
import Text

/// `penstock down`: ends the cluster that a run has left waiting.
enum DownCommand {
  static func run(_ context: CommandContext) -> ExitStatus {
    Interruptible.run {
      do throws(WorldRefusal) {
        return try await end(context)
      } catch {
        return context.refuse([error.diagnostic], error.status)
      }
    }
  }

  private static func end(_ context: CommandContext) async throws(WorldRefusal) -> ExitStatus {
    let invocation = context.invocation
    let journal = try RunJournal.read(context)
    let found = try RunLookup.find(invocation.argument, in: journal)
    guard let plan = found.plan else {
      throw WorldRefusal(
        .runUnknown(found.overview.run.runID, at: invocation.argument?.span), .failure)
    }
    let runs: [RunOverview]
    do throws(JournalError) {
      runs = try Executor.history(journal, isAlive: { Machine.isAlive($0) })
    } catch {
      throw WorldRefusal(.journal(error, at: journal.path))
    }
    let world = try found.world(context)
    let ending: ClusterEnding
    do throws(CloudError) {
      ending = try await Executor.endCluster(
        of: found.overview, plan, runs: runs, isForced: invocation.has(.force),
        isDryRun: invocation.has(.dryRun), emr: world.emr)
    } catch {
      throw WorldRefusal(.awsCallFailed(error), .failure)
    }
    switch ending {
    case .done(let words):
      return context.write(VisibleText.line("\(found.overview.run.runID): \(words)") + "\n")
    case .refused(let failure): throw WorldRefusal(failure)
    }
  }
}
