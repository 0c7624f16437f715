import AWSServices
import CommandLineSyntax
import Compiler
import Diagnostics
import Executor
import Host
import Journal
import PlanDiff
import PlanFormat
import SourceText
import Text

/// `penstock down`: ends the cluster that a run has left waiting, or that of a pipeline.
enum DownCommand {
  static func run(_ context: CommandContext) -> ExitStatus {
    Interruptible.run {
      do throws(WorldRefusal) {
        return isPipeline(context.invocation.argument)
          ? try await endOfPipeline(context) : try await endOfRun(context)
      } catch {
        return context.refuse([error.diagnostic], error.status)
      }
    }
  }

  /// Whether a file is named that is a pipeline: any other may be a plan.
  private static func isPipeline(_ argument: Invocation.Text?) -> Bool {
    guard let name = argument?.value, let bytes = try? Files.read(name) else { return false }
    return DocumentKind(of: bytes, name: name) == .pipeline
  }

  private static func endOfRun(_ context: CommandContext) async throws(WorldRefusal) -> ExitStatus {
    let invocation = context.invocation
    let journal = try RunJournal.read(context)
    let found = try RunLookup.find(invocation.argument, in: journal)
    guard let plan = found.plan else {
      throw WorldRefusal(
        .runUnknown(found.overview.run.runID, at: invocation.argument?.span), .failure)
    }
    guard let cluster = found.overview.cluster else {
      return tell("the run has started no cluster", of: found.overview.run.runID, context)
    }
    return try await end(
      cluster, plan, found.overview.run.runID, journal, try found.world(context), context)
  }

  /// Ends the cluster that a run of a pipeline would take, as EMR has it now.
  private static func endOfPipeline(
    _ context: CommandContext
  ) async throws(WorldRefusal) -> ExitStatus {
    let (read, errors) = InputReader.read(context.invocation, context.commandLine)
    guard var parsed = read else { return context.refuse(errors, .failure) }
    // What the cluster is, and how long it would wait, doesn't matter any more.
    parsed.options.warned.append(.clusterDiffers)
    parsed.options.allowed += [.clusterDiffers, .clusterNoLease]
    let planned = try await Planner.plan(parsed, context)
    let result = planned.result
    var diagnostics: [Diagnostic] = []
    let plan = result.plan(context.planDetails(planned.account), into: &diagnostics)
    guard let plan else {
      context.console.report(result.diagnostics + diagnostics, result.sources)
      return result.exitStatus.ofFailure
    }
    guard let cluster = plan.clusterAlreadyUp else {
      return tell("no cluster named `\(plan.cluster.name)` is up", of: plan.pipeline, context)
    }
    let world: RunWorld
    if let asked = planned.world {
      world = asked
    } else {
      world = try RunWorld.open(context, RunWorld.Entry(result.access))
    }
    return try await end(
      cluster, plan, plan.pipeline, try RunJournal.existing(context), world, context)
  }

  /// - Parameter name: of the run or the pipeline.
  private static func end(
    _ cluster: String, _ plan: Plan, _ name: String, _ journal: Journal?, _ world: RunWorld,
    _ context: CommandContext
  ) async throws(WorldRefusal) -> ExitStatus {
    var runs: [RunOverview] = []
    if let journal {
      do throws(JournalError) {
        runs = try Executor.history(journal, isAlive: { Machine.isAlive($0) })
      } catch {
        throw WorldRefusal(.journal(error, at: journal.path))
      }
    }
    let ending: ClusterEnding
    do throws(CloudError) {
      ending = try await Executor.endCluster(
        cluster, plan, runs: runs, isForced: context.invocation.has(.force),
        isDryRun: context.invocation.has(.dryRun), emr: world.emr)
    } catch {
      throw WorldRefusal(.awsCallFailed(error), .failure)
    }
    switch ending {
    case .done(let words): return tell(words, of: name, context)
    case .refused(let failure): throw WorldRefusal(failure)
    }
  }

  private static func tell(
    _ words: String, of name: String, _ context: CommandContext
  ) -> ExitStatus {
    context.write(VisibleText.line("\(name): \(words)") + "\n")
  }
}
