import AWSServices
import PlanFormat

extension Run {
  /// Reports a run that has ended.
  mutating func outcome(_ status: Int32, _ summary: String) async -> RunOutcome {
    guard status != 0 else {
      tell(.ended(status: 0, summary: summary))
      return RunOutcome(status: 0, summary: summary)
    }
    let report = await report(summary)
    tell(.failed(report))
    tell(.ended(status: status, summary: summary))
    return RunOutcome(status: status, summary: summary, failure: report)
  }

  /// Reports that this process stops while the run goes on.
  mutating func stopped(_ stop: RunStop) async -> RunOutcome {
    switch stop {
    case .refused(let status, let summary):
      tell(.ended(status: status, summary: summary))
      return RunOutcome(status: status, summary: summary)
    case .journal(let error): return Executor.summary(error)
    case .interrupted: return await left(130, "interrupted")
    case .blind(let error):
      return await left(1, "\(error.operation) fails again and again: \(error.message)")
    }
  }

  private mutating func left(_ status: Int32, _ why: String) async -> RunOutcome {
    let hints =
      record.launches.isEmpty
      ? ["nothing was started"]
      : ["to go on: \(options.applyCommand)", "to stop the run: \(options.cancelCommand)"]
    tell(.interrupted(why: why, hints: hints))
    // If it can't be recorded, the next process finds out.
    try? await note(.interrupted(why: why))
    let cluster = record.cluster.map { "; the cluster \($0) goes on" } ?? ""
    return RunOutcome(status: status, summary: why + cluster)
  }
}
