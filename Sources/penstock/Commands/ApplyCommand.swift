import CommandLineSyntax
import Host
import Diagnostics
import Executor
import Journal
import PlanFormat
import SourceText

/// `penstock apply`: carries out a plan, or continues one that was begun.
enum ApplyCommand {
  static func run(_ context: CommandContext) -> ExitStatus {
    guard let argument = context.invocation.argument else {
      let span = context.commandLine.span(1, 0..<0)
      return context.refuse([.missingArgument("PLAN", of: .apply, at: span)], .usage)
    }
    Interruptible.run { await perform(argument, context) }
  }

  /// Carries out or continues one run, and reports on it.
  static func perform(
    _ argument: Invocation.Text, _ context: CommandContext
  ) async -> ExitStatus {
    do throws(WorldRefusal) {
      return try await apply(argument, context)
    } catch {
      return context.refuse([error.diagnostic], error.status)
    }
  }

  private static func apply(
    _ argument: Invocation.Text, _ context: CommandContext
  ) async throws(WorldRefusal) -> ExitStatus {
    let planned: PlannedRun
    let plan = try plan(argument, context)
    do throws(PlannedRun.Refusal) {
      switch plan {
      case .journaled(let plan): planned = try PlannedRun.reload(plan)
      case .written(let bytes):
        let (plan, isEdited) = try PlannedRun.intactPlan(
          bytes, named: argument.value, allowsEdits: context.invocation.has(.allowEdited))
        planned = try PlannedRun.reload(plan, isEdited: isEdited)
      }
    } catch {
      context.console.report(error.diagnostics.sortedAndUnique(), error.sources)
      return .failure
    }
    if let trusted = planned.trusted {
      context.console.report([.planTrusted(trusted)], context.sources)
    }
    if let cluster = planned.plan.clusterAlreadyUp { return context.tellUp(cluster) }
    // The plan's own options apply, unless this command line overrides them.
    var merged = context
    merged.invocation.options.insert(contentsOf: planned.invocation.options, at: 0)
    let world = try RunWorld.open(merged, planned.entry)
    let journal = try RunJournal.open(merged)
    let done = try doneSteps(of: planned, journal)
    guard done.isEmpty else { return context.refuse(done, .failure) }
    var application = Application(
      context: merged, planned: planned, world: world, journal: journal,
      command: context.command(
        "apply", argument.value, [.allowEdited, .lock, .consul, .journal, .sandbox]),
      typed: context.invocation)
    application.checksAccount = true
    return try await application.carryOut()
  }

  /// What another run has done since the plan was made; nothing if the plan itself was begun.
  private static func doneSteps(
    of planned: PlannedRun, _ journal: Journal
  ) throws(WorldRefusal) -> [Diagnostic] {
    do throws(JournalError) {
      let known = try Executor.status(
        of: planned.key, in: journal, isAlive: { Machine.isAlive($0) })
      if known?.wasBegun == true { return [] }
    } catch {
      throw WorldRefusal(.journal(error, at: journal.path))
    }
    let done = try DoneSteps.check(
      planned.plan, planned.compiled, planned.invocation, journal, isApplied: true)
    // Their places are in the plan's command line, not in this one.
    return done.map { diagnostic in
      var diagnostic = diagnostic
      diagnostic.span = nil
      return diagnostic
    }
  }

  private enum Found {
    case written([UInt8])
    case journaled(Plan)
  }

  /// A plan's file, or else the plan of a run in the journal.
  private static func plan(
    _ argument: Invocation.Text, _ context: CommandContext
  ) throws(WorldRefusal) -> Found {
    do throws(FileFailure) {
      if argument.value == "-" { return .written(try Files.readStandardInput()) }
      if Files.exists(argument.value) || argument.value.contains("/") {
        return .written(try Files.read(argument.value))
      }
    } catch {
      throw WorldRefusal(
        .unreadableFile(argument.value, error.reason, at: argument.span), .failure)
    }
    let found = try RunLookup.find(argument, in: RunJournal.read(context))
    guard let plan = found.plan else {
      throw WorldRefusal(.runUnknown(argument.value, at: argument.span), .failure)
    }
    return .journaled(plan)
  }
}
