import AWSServices
import Diagnostics
import PlanFormat
import Values

extension Run {
  /// Tells those whom the pipeline names how the run ended, once each; whoever was told is in the
  /// journal, so that a process that continues here tells the others. It changes nothing else.
  mutating func notify(_ end: RunEnd, _ report: FailureReport?) async {
    var message = message(
      end.isSuccess ? "succeeded" : end.status == .noData ? "no-data" : "failed", end.status,
      end.code, end.summary)
    message.cluster = report?.cluster ?? record.cluster
    message.step = report?.step?.name
    message.log = report?.step?.failure.map(\.logFile).flatMap { $0.isEmpty ? nil : $0 }
    message.command = report?.recoveryCommand
    let results = await notify(
      message, on: end.isSuccess ? .success : end.status == .noData ? .noData : .failure)
    for result in results {
      // If it can't be recorded, it may be told again.
      try? await note(.notified(target: result.entry.index, problem: result.problem))
    }
  }

  /// Tells that a run couldn't start, or that nothing watches it any more.
  mutating func notify(_ failure: RunFailure, event: String, command: String?) async {
    var message = message(event, failure.status, failure.code, failure.summary)
    message.cluster = record.cluster
    message.command = command
    _ = await notify(message, on: failure.status == .noData ? .noData : .failure)
  }

  private func message(
    _ event: String, _ status: ExitStatus, _ code: DiagnosticCode?, _ summary: String
  ) -> NotificationMessage.Run {
    NotificationMessage.Run(
      pipeline: plan.pipeline, id: plan.runID, event: event, status: status.code,
      code: code?.rawValue, summary: secrets.redact(summary), time: services.time.now)
  }

  private func notify(
    _ message: NotificationMessage.Run, on occasion: Notices.Occasion
  ) async -> [Notices.Result] {
    guard let sender = services.notifier, let settings = plan.settings["notify"] else { return [] }
    let notices = Notices(secrets.fill(settings))
    await services.checkpoint(.beforeRequest("Notify"))
    let results = await notices.send(
      NotificationMessage(message), on: occasion, besides: record.notified, by: sender,
      time: services.time)
    await services.checkpoint(.afterRequest("Notify"))
    for result in results {
      if let problem = result.problem {
        tell(
          .warning(
            "\(result.entry.name) could not be told of the run's end: \(secrets.redact(problem))"))
      } else {
        tell(.notified(result.entry.name))
      }
    }
    return results
  }
}
