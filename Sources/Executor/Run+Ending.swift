import AWSServices
import Diagnostics
import Journal
import PlanFormat

extension Run {
  /// Reports a run that has ended.
  mutating func outcome(_ end: RunEnd) async -> RunOutcome {
    guard var failure = RunFailure(end) else {
      await notify(end, nil)
      tell(.ended(end))
      return RunOutcome(summary: end.summary)
    }
    if end.status == .noData {
      await notify(end, nil)
      tell(.ended(end))
      return RunOutcome(failure)
    }
    let report = await report(end.summary)
    failure.diagnostic.hint = report.recoveryCommand.map { "`\($0)` recovers the run" }
    tell(.failed(report))
    await notify(end, report)
    tell(.ended(end))
    return RunOutcome(failure, report: report)
  }

  /// Reports that this process stops while the run goes on.
  mutating func stopped(_ stop: RunStop) async -> RunOutcome {
    switch stop {
    case .refused(let failure):
      await notify(failure, event: failure.status == .noData ? "no-data" : "refused", command: nil)
      tell(.refused(failure))
      return RunOutcome(failure)
    case .journal(let error): return unrecorded(error)
    case .interrupted: return await left(.interrupted(remains))
    case .blind(let error):
      let failure = RunFailure.unwatchable(error, remains)
      await notify(failure, event: "unattended", command: options.applyCommand)
      return await left(failure)
    }
  }

  private var remains: RunLeft {
    RunLeft(
      cluster: record.cluster, isBegun: record.hasBegun, doubt: doubt,
      applyCommand: options.applyCommand, cancelCommand: options.cancelCommand)
  }

  /// Nothing is begun or repeated that couldn't be recorded. Not every request has an entry of its
  /// own right before it, and a run that only watches should notice, too.
  func checkJournal() throws(RunStop) {
    do throws(JournalError) {
      try writer.check()
    } catch {
      throw .journal(error)
    }
  }

  /// Stops a run whose journal no longer takes its entries.
  private func unrecorded(_ error: JournalError) -> RunOutcome {
    let failure = RunFailure.journal(error, at: services.journal.path, remains)
    let hint = failure.diagnostic.hint
    tell(
      .interrupted(
        why: failure.diagnostic.message, hints: [remains.words] + (hint.map { [$0] } ?? [])))
    return RunOutcome(failure)
  }

  /// What to look at where it isn't known whether a cluster works for this run; else nil.
  private var doubt: String? {
    let name = "named `\(plan.cluster.name)`"
    if let open = record.openLaunch {
      return "whether a cluster was started isn't known: look in EMR for one \(name) with the tag "
        + "`\(Self.nonceTag)` = `\(open.nonce)`"
    }
    if record.hasBegun || hasLooked || reusedCluster != nil { return nil }
    return "whether another process has started a cluster for this plan isn't known: look in EMR "
      + "for one \(name) with the tag `\(Self.planTag)` = `\(options.runKey)`"
  }

  private mutating func left(_ failure: RunFailure) async -> RunOutcome {
    let why = failure.diagnostic.message
    let hints =
      !record.hasBegun
      ? [doubt ?? "nothing was started"]
      : ["to go on: \(options.applyCommand)", "to stop the run: \(options.cancelCommand)"]
    tell(.interrupted(why: why, hints: hints))
    // If it can't be recorded, the next process finds out.
    try? await note(.interrupted(why: why))
    return RunOutcome(failure)
  }
}
