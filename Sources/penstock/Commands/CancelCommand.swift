import CommandLineSyntax
import Host
import AWSServices
import Diagnostics
import Executor
import Journal
import PlanFormat
import SourceText
import Text

/// `penstock cancel`: stops a run.
enum CancelCommand {
  static func run(_ context: CommandContext) -> ExitStatus {
    Interruptible.run {
      do throws(WorldRefusal) {
        return try await cancel(context)
      } catch {
        return context.refuse([error.diagnostic], error.status)
      }
    }
  }

  private static func cancel(_ context: CommandContext) async throws(WorldRefusal) -> ExitStatus {
    let found = try RunLookup.find(context.invocation.argument, in: RunJournal.read(context))
    guard let plan = found.plan else {
      throw WorldRefusal(
        .runUnknown(found.overview.run.runID, at: context.invocation.argument?.span), .failure)
    }
    let world = try found.world(context)
    let words: String
    do throws(CloudError) {
      words = try await Executor.cancel(
        found.overview, of: plan, isFed: plan.cluster.isFed, emr: world.emr)
    } catch {
      throw WorldRefusal(.awsCallFailed(error), .failure)
    }
    var text = VisibleText.line("\(found.overview.run.runID): \(words)") + "\n"
    if found.overview.standing == .left {
      text +=
        "No process is watching the run: `\(context.command("apply", found.overview.run.runID))` records "
        + "its end, and says how to recover.\n"
    }
    return context.write(text)
  }
}
