import AWSServices
import Diagnostics
package import Journal
package import PlanFormat
import Values

/// Carries out plans, and reports on runs.
package enum Executor {
  /// Carries out a plan, or continues where an earlier process stopped: nothing is done twice.
  /// Returns when the run has ended, or can no longer be watched.
  package static func apply(
    _ plan: Plan, services: Services, options: ApplyOptions
  ) async -> RunOutcome {
    let secrets = SecretTexts(options.secrets)
    let missing = secrets.missing(plan.secrets)
    guard missing.isEmpty else {
      return RunOutcome(.secretsMissing(missing))
    }
    if let refusal = await checkAccount(plan, services) { return RunOutcome(refusal) }
    let began = services.time.now
    let journaled = JournaledRun(
      key: options.runKey, name: plan.pipeline, runID: plan.runID, begun: began, holder: nil)
    let writer: JournalWriter
    do throws(JournalError) {
      writer = try services.journal.hold(
        journaled, plan: PlanWriter.bytes(plan), as: services.owner, token: services.random.token(),
        isAlive: services.isAlive)
    } catch {
      return RunOutcome(.journal(error, at: services.journal.path))
    }
    let outcome: RunOutcome
    do throws(JournalError) {
      let run = try resume(plan, services, options, writer, began)
      outcome = await carryOutLocked(run)
    } catch {
      outcome = RunOutcome(.journal(error, at: services.journal.path))
    }
    // If the hold can't be released, the next process takes it over, since this one is gone.
    try? writer.release()
    return outcome
  }

  /// A plan's facts are of one account: with another one's credentials, nothing is asked of EMR.
  private static func checkAccount(_ plan: Plan, _ services: Services) async -> RunFailure? {
    guard let expected = plan.account, let account = services.account else { return nil }
    do throws(CloudError) {
      let found = try await account()
      return found == expected ? nil : .accountDiffers(found, expected: expected)
    } catch {
      if error.kind == .cancelled || Task.isCancelled { return nil }
      let text =
        "it cannot be checked whether the credentials are of the account \(expected), which the plan "
        + "is for: \(error.message)"
      services.events(RunEvent(time: services.time.now, kind: .warning(text)))
      return nil
    }
  }

  /// A run in the state recorded in its journal.
  private static func resume(
    _ plan: Plan, _ services: Services, _ options: ApplyOptions, _ writer: JournalWriter,
    _ began: Value.Timestamp
  ) throws(JournalError) -> Run {
    let entries = try services.journal.entries(of: options.runKey)
    let record = try RunRecord(plan, entries)
    var run = Run(
      plan: plan, options: options, services: services, writer: writer, record: record,
      began: entries.first?.time ?? began, journalBegan: try services.journal.began())
    try run.resumeLineage(entries)
    return run
  }

  /// Locks out other runs of the pipeline during the run, and after it if it fails.
  private static func carryOutLocked(_ run: Run) async -> RunOutcome {
    guard let store = run.options.lock, !run.record.isOver else {
      return await carryOut(run).outcome
    }
    let services = run.services
    let lock: RunLock
    switch await RunLock.acquire(
      store, for: run.options.runKey,
      named: RunLock.name(pipeline: run.plan.pipeline, runID: run.plan.runID),
      owner: services.owner, token: services.random.token(),
      isAlive: services.isAlive)
    {
    case .acquired(let acquired): lock = acquired
    case .held(let holder, let summary):
      guard run.options.ignoresLock else { return RunOutcome(.lockHeld(summary, by: holder)) }
      // The lock belongs to another run: it is neither taken nor released.
      run.tell(.warning("\(summary); this run goes ahead anyway, as requested"))
      return await carryOut(run).outcome
    case .failed(let why): return RunOutcome(.lockUnusable(store.name, why))
    }
    let (outcome, hasBegun) = await carryOut(run)
    // A run that did everything, or nothing, leaves nothing that another run could damage; but a
    // recovery that did nothing leaves the failed run as it was.
    if outcome.failure == nil || outcome.status == .noData || !hasBegun && run.plan.recovered == nil
    {
      if let warning = await lock.release() { run.tell(.warning(warning)) }
    } else {
      await lock.leave()
    }
    return outcome
  }

  private static func carryOut(_ run: Run) async -> (outcome: RunOutcome, hasBegun: Bool) {
    var run = run
    let outcome = await finish(&run)
    await run.services.monitor?.finish()
    await run.finishLineage()
    return (outcome, run.record.hasBegun)
  }

  private static func finish(_ run: inout Run) async -> RunOutcome {
    let plan = run.plan
    run.tell(
      .began(pipeline: plan.pipeline, runID: plan.runID, steps: plan.steps.map(\.name)))
    if run.record.cluster != nil { run.tell(.resumed(cluster: run.record.cluster)) }
    let wasEnded = run.record.isOver
    do throws(RunStop) {
      if !wasEnded {
        let owner = run.services.owner
        if run.options.isNew, !run.record.hasEntries { try await run.note(.nothingBegun) }
        try await run.note(.begun(host: owner.host, process: owner.process))
      }
      let end = try await run.finish()
      if !wasEnded {
        await run.showProgramLogs()
        run.services.monitor?.send(end.isSuccess ? .succeeded : .failed, of: run)
      }
      return await run.outcome(end)
    } catch {
      return await run.stopped(error)
    }
  }
}

extension RunRecord {
  /// The state of a run according to its journal.
  package init(_ plan: Plan, _ entries: [JournalEntry]) throws(JournalError) {
    let first = plan.requests.first
    let count = first?.operation == "RunJobFlow" ? first?.body["Steps"].items.count ?? 0 : 0
    self.init(
      stepCount: plan.steps.count, launchCount: count, predecessors: plan.afterIndices,
      conditions: plan.decides ? plan.steps.map(plan.condition) : [], writers: plan.outputWriters)
    for entry in entries {
      guard let known = RunEntry(kind: entry.kind, body: entry.body) else {
        throw .damaged(message: "this version doesn't know entries of kind `\(entry.kind)`")
      }
      apply(known, at: entry.time)
    }
  }
}
