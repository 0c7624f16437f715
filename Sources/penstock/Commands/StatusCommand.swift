import CommandLineSyntax
import Diagnostics
import Host
import Reports
import AWSServices
import Executor
import Platform
import Journal
import PlanFormat
import SourceText

/// `penstock status`: a run's state, from its journal and from EMR.
enum StatusCommand {
  static func run(_ context: CommandContext) -> ExitStatus {
    Interruptible.run {
      do throws(WorldRefusal) {
        let journal = try RunJournal.read(context)
        let found = try RunLookup.find(context.invocation.argument, in: journal)
        return context.write(try await bytes(found, context))
      } catch {
        return context.refuse([error.diagnostic], error.status)
      }
    }
  }

  /// The run's steps in EMR: on a reused cluster those that it is known to have added, on its own
  /// all.
  private static func steps(
    of found: RunLookup, _ now: [StepDescription]
  ) -> [StepDescription] {
    let own = Set(found.overview.steps.map(\.id))
    if own.isEmpty, found.plan?.cluster.reusedID == nil { return now }
    let steps = now.filter { own.contains($0.id) }
    return steps.isEmpty ? found.overview.steps : steps
  }

  private static func bytes(
    _ found: RunLookup, _ context: CommandContext
  ) async throws(WorldRefusal) -> [UInt8] {
    var overview = found.overview
    var hint = ""
    if !context.invocation.has(.offline), overview.end == nil, let cluster = overview.cluster {
      let world = try found.world(context)
      do throws(CloudError) {
        let now = try await Executor.look(
          at: cluster, steps: overview.steps, emr: world.emr)
        overview.clusterState = now.cluster.state
        overview.steps = Self.steps(of: found, now.steps)
      } catch {
        // What the journal knows is still worth showing.
        context.console.report([.awsCallFailed(error)], context.sources)
      }
    }
    if let plan = found.plan {
      overview.outlook = StepOutlook.of(plan, steps: overview.steps, isOver: overview.end != nil)
    }
    if context.invocation[.format]?.value == "json" {
      return RunText.bytes(RunText.value(overview))
    }
    if overview.standing == .left {
      hint = "\nTo continue it: \(context.command("apply", overview.run.runID))\n"
    } else if let plan = found.plan, overview.hasLeftCluster(of: plan) {
      let command = context.command("down", overview.run.runID)
      hint = "\nTo end its cluster, if that still waits: \(command)\n"
    }
    let isColored = Console.isColored(context.invocation[.color]?.value, on: STDOUT_FILENO)
    let names = found.plan?.steps.map(\.name) ?? []
    return Array((RunText.text(overview, steps: names, colored: isColored) + hint).utf8)
  }
}
