import AWSServices
import Diagnostics
import PlanFormat

extension Run {
  /// Reports a run that has ended.
  mutating func outcome(_ end: RunEnd) async -> RunOutcome {
    guard var failure = RunFailure(end) else {
      tell(.ended(end))
      return RunOutcome(summary: end.summary)
    }
    let report = await report(end.summary)
    failure.diagnostic.hint = report.recoveryCommand.map { "`\($0)` recovers the run" }
    tell(.failed(report))
    tell(.ended(end))
    return RunOutcome(failure, report: report)
  }

  /// Reports that this process stops while the run goes on.
  mutating func stopped(_ stop: RunStop) async -> RunOutcome {
    switch stop {
    case .refused(let failure):
      tell(.refused(failure))
      return RunOutcome(failure)
    case .journal(let error): return RunOutcome(.journal(error))
    case .interrupted: return await left(.interrupted(remains))
    case .blind(let error): return await left(.unwatchable(error, remains))
    }
  }

  private var remains: RunLeft {
    RunLeft(
      cluster: record.cluster, isBegun: record.hasBegun, doubt: doubt,
      applyCommand: options.applyCommand, cancelCommand: options.cancelCommand)
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
