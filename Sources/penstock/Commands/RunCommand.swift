import AWSServices
import CommandLineSyntax
import Documents
import Host
import Reports
import Compiler
import DiagnosticRendering
import Diagnostics
import Executor
import Platform
import Journal
import PipelineSyntax
import PlanFormat
import SourceText
import Values

/// `penstock run`: plans a run for the current state of S3 and EMR, and carries it out.
enum RunCommand {
  static func run(_ context: CommandContext) -> ExitStatus {
    Interruptible.run { await perform(context) }
  }

  /// Plans and carries out one run, and reports on it.
  static func perform(_ context: CommandContext) async -> ExitStatus {
    do throws(WorldRefusal) {
      switch try await RunRecovery.read(context) {
      case .ready(let context, let parsed, _): return try await carryOut(parsed, context)
      case .refused(let status): return status
      }
    } catch {
      return context.refuse([error.diagnostic], error.status)
    }
  }

  private static func carryOut(
    _ parsed: Parsed, _ context: CommandContext
  ) async throws(WorldRefusal) -> ExitStatus {
    _ = try RunWorld.faults(context.invocation)
    let journal = try RunJournal.open(context)
    // A running run also shows in S3's contents, but a held lock says it more clearly.
    let planned = try await Planner.plan(parsed, context) { access throws(WorldRefusal) in
      try await checkLock(access, context)
    }
    let result = planned.result
    var diagnostics: [Diagnostic] = []
    let plan = result.plan(context.planDetails(planned.account), into: &diagnostics)
    report(result.diagnostics + diagnostics, result.sources, goesAhead: plan != nil, context)
    if Task.isCancelled { return .interrupted }
    guard let plan else {
      let status = result.exitStatus.ofFailure
      note(status, of: result, parsed.input, in: journal, context)
      await tell(status, of: planned, parsed.input, context)
      return status
    }
    if let cluster = plan.clusterAlreadyUp { return context.tellUp(cluster) }
    let fresh = try fresh(plan, in: journal)
    if try isDone(fresh, in: journal) {
      report([.runDone(fresh.runID)], result.sources, goesAhead: true, context)
    }
    let done = try DoneSteps.check(fresh, result, context.invocation, journal)
    guard done.isEmpty else { return context.refuse(done, .failure) }
    let run = PlannedRun(fresh, result, context.invocation)
    // The journal keeps the plan, so that the run's id is enough to continue.
    var application = Application(
      context: context, planned: run, world: try planned.world(context, run), journal: journal,
      command: context.command("apply", plan.runID), typed: context.invocation)
    application.isNew = context.isOfThisMoment
    application.facts = parsed.input.facts.flatMap(facts)
    return try await application.carryOut()
  }

  /// Whether standard output has EmrEtlRunner's log.
  private static func hasRunnersLog(_ context: CommandContext) -> Bool {
    ProgramName.isRunner && context.invocation[.format]?.value != "json"
  }

  /// In place of EmrEtlRunner, what doesn't keep the run from going ahead is in its log.
  private static func report(
    _ diagnostics: [Diagnostic], _ sources: SourceSet, goesAhead: Bool, _ context: CommandContext
  ) {
    let console = context.console
    guard hasRunnersLog(context), goesAhead, console.format == .text else {
      return console.report(diagnostics, sources)
    }
    let now = Clock.now()
    let log = RunnerLog(process: getpid(), utcOffset: Clock.utcOffset(at: now))
    let text = ProgramName.naming(log.render(console.shown(diagnostics), sources, at: now))
    try? Output.write(Array(text.utf8), to: STDOUT_FILENO)
  }

  /// Whether a run with the same id and time, which relied on the same answers, has succeeded.
  private static func isDone(_ plan: Plan, in journal: Journal) throws(WorldRefusal) -> Bool {
    do throws(JournalError) {
      let known = try Executor.status(
        of: plan.identity, in: journal, isAlive: { Machine.isAlive($0) })
      return known?.standing == .succeeded
    } catch {
      throw WorldRefusal(.journal(error, at: journal.path))
    }
  }

  /// The plan as a new attempt, if one has failed: `apply` continues a plan, `run` starts one.
  private static func fresh(_ plan: Plan, in journal: Journal) throws(WorldRefusal) -> Plan {
    var plan = plan
    do throws(JournalError) {
      while let known = try Executor.status(
        of: plan.identity, in: journal, isAlive: { Machine.isAlive($0) }),
        known.standing == .failed || known.standing == .nothingToDo
      {
        plan.attempt += 1
      }
    } catch {
      throw WorldRefusal(.journal(error, at: journal.path))
    }
    return plan
  }

  /// Runs that had nothing to do are in the history too. Nothing depends on that, so a journal that
  /// can't be written doesn't matter here.
  private static func note(
    _ status: ExitStatus, of result: CompilerResult, _ input: CompilerInput, in journal: Journal,
    _ context: CommandContext
  ) {
    let codes: [ExitStatus: DiagnosticCode] = [
      .noData: .noDataToProcess, .notEmpty: .datasetNotEmpty, .clusterBusy: .clusterBusy,
    ]
    guard let code = codes[status] else { return }
    let error = result.diagnostics.first { $0.code == code }
    if hasRunnersLog(context), let words = RunnerLog.refusal(status, error?.message ?? "") {
      try? Output.write(Array(ProgramName.naming(words).utf8), to: STDOUT_FILENO)
    }
    let random = SystemRandom()
    let run = JournaledRun(
      key: JournaledRun.unbegunPrefix + random.token(),
      name: result.pipeline?.name?.value ?? input.pipeline.name,
      runID: input.options.effectiveRunID, begun: input.options.runTime, holder: nil)
    try? Executor.note(
      notBegun: run, RunEnd(status: status, summary: error?.message ?? "", code: code),
      in: journal, owner: Machine.owner(), token: random.token())
  }

  /// Tells those whom the pipeline names that a run was refused, or has nothing to do.
  private static func tell(
    _ status: ExitStatus, of planned: Planner.Outcome, _ input: CompilerInput,
    _ context: CommandContext
  ) async {
    let result = planned.result
    let (settings, secrets) = result.settingsOfRun()
    guard settings["notify"] != nil,
      let world = planned.world
        ?? (try? RunWorld.open(context, RunWorld.Entry(result.access)))
    else { return }
    let error = result.diagnostics.first { $0.severity == .error }
    let run = NotificationMessage.Run(
      pipeline: result.pipeline?.name?.value ?? input.pipeline.name,
      id: input.options.effectiveRunID, event: status == .noData ? "no-data" : "refused",
      status: status.code, code: error?.code.rawValue, summary: error?.message ?? "",
      time: world.now)
    for told in await RefusalNotice.send(run, settings: settings, secrets: secrets, in: world) {
      guard let problem = told.problem else { continue }
      Output.report("warning: \(told.entry.name) could not be told of the run's end: \(problem)\n")
    }
  }

  private static func checkLock(
    _ access: RunAccess, _ context: CommandContext
  ) async throws(WorldRefusal) {
    guard let lock = context.invocation[.lock], !context.invocation.has(.ignoreLockOnStart),
      let store = try LockPlace.store(
        of: context.invocation, in: RunWorld.open(context, RunWorld.Entry(access)))
    else { return }
    let holder: RunLock.Holder?
    do throws(LockFailure) {
      holder = try await RunLock.holder(
        of: store, asSeenBy: Machine.owner(), isAlive: { Machine.isAlive($0) })
    } catch {
      throw WorldRefusal(.lockUnusable(lock.value, error.message, at: lock.span), .failure)
    }
    guard let holder else { return }
    // The recovery of a failed run takes over its lock.
    if holder.isGone,
      holder.name == RunLock.name(pipeline: access.pipeline, runID: access.runID)
    {
      return
    }
    throw WorldRefusal(
      .lockHeld(
        RunLock.summary(holder, store.name), hint: RunLock.hint(holder), at: lock.span), .lockHeld)
  }

  private static func facts(_ file: SourceFile) -> Facts? {
    var diagnostics: [Diagnostic] = []
    guard
      let tree = JSONReader.read(file.text, source: SourceID(index: 0), into: &diagnostics)
    else { return nil }
    return Facts(tree, into: &diagnostics)
  }
}

extension Planner.Outcome {
  /// The world that was asked, or else the run's; a sandbox's clusters must know the steps.
  fileprivate func world(
    _ context: CommandContext, _ run: PlannedRun
  ) throws(WorldRefusal) -> RunWorld {
    if let world, !world.isSandbox { return world }
    return try RunWorld.open(context, run.entry)
  }
}
