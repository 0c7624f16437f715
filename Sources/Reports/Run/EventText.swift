package import Executor
import AWSServices
import PlanFormat
import Diagnostics
import Values

/// An event as a line for people; nil if it isn't worth one.
package enum EventText {
  package static func line(_ event: RunEvent, steps: [String]) -> String? {
    switch event.kind {
    case .began(let pipeline, let runID, let steps):
      "run \(runID) of \(pipeline): "
        + (steps.isEmpty ? "the cluster, without steps" : count(steps.count, "step"))
    case .resumed(let cluster):
      "an earlier process began this run" + (cluster.map { " on the cluster \($0)" } ?? "")
    case .factChecked(let statement, let isUnchanged):
      isUnchanged ? "as planned: \(statement)" : "not as planned: \(statement)"
    case .emptied(let place, let objects): "emptied \(place): \(count(objects, "object"))"
    case .searching(let name, let seconds):
      "checking for up to \(seconds) s whether another process has started the cluster `\(name)` for "
        + "this plan, as the journal is too new to know"
    case .launching(let name, let attempt):
      "starting the cluster `\(name)`" + (attempt > 1 ? ", attempt \(attempt)" : "")
    case .launched(let cluster, let wasFound):
      wasFound
        ? "found the cluster \(cluster), which was already started"
        : "the cluster \(cluster) was started"
    case .attached(let cluster): "reusing the waiting cluster \(cluster)"
    case .jobsRun(let host, let service): "the steps are jobs of \(service.title), on \(host)"
    case .addingSteps(_, let steps, let isAgain):
      "adding \(count(steps.count, "step"))" + (isAgain ? " again" : "")
    case .addedSteps(_, let added, let wasFound):
      wasFound
        ? "the cluster has \(count(added, "step")) of the run"
        : "\(count(added, "step")) added"
    case .retrying(let steps, let number, let tries, let time):
      "waiting until \(time) for try \(number) of \(tries) of "
        + steps.map { "`\($0)`" }.joined(separator: ", ")
    case .cluster(let id, let state, let reason):
      "cluster \(id): \(state.rawValue)"
        + (reason.message.isEmpty ? "" : " (\(reason.message))")
    case .step(_, let step) where step.state == .pending: nil
    case .step(let index, let step): self.step(index, step, steps.count)
    case .clusterLost(let cluster, let reason, let time):
      "the cluster \(cluster) was lost (\(reason.message)); another will be started at \(time)"
    case .callFailed(let error, let next):
      "\(error.operation) failed: \(error.message); \(next)"
    case .outputRead(let name, let value, let step):
      "`\(name)` is \(shown(value)), as `\(step)` says"
    case .stageDecided(let stage, let runs, let why):
      runs
        ? "the stage `\(stage)` runs: \(why)"
        : "the stage `\(stage)` is left out, as this doesn't hold: \(why)"
    case .noData(let step, let why): "there is no data, as `\(step)` says: \(why)"
    case .heldBack(let steps, let causes):
      "not added, as \(Recovery.list(causes)) did not complete: \(Recovery.list(steps))"
    case .cancellingStep(_, let why): "cancelling one step: \(why)"
    case .cancelling(_, let why): "cancelling the unfinished steps: \(why)"
    case .terminating(let cluster, let why): "terminating the cluster \(cluster): \(why)"
    case .interrupted(let why, let hints):
      "\(why); " + hints.joined(separator: "; ")
    case .programLog(let step, let location, _): "log of `\(step)`, from \(location):"
    case .warning(let text): "warning: \(text)"
    case .notified(let name): "told \(name) of the run's end"
    // Both have a text that is longer than a line.
    case .failed, .refused: nil
    case .ended(let end):
      end.isSuccess || end.status == .noData ? end.summary : "failed: \(end.summary)"
    }
  }

  private static func shown(_ value: String) -> String {
    let start = value.unicodeScalars.prefix(60)
    return "`" + String(String.UnicodeScalarView(start))
      + (value.unicodeScalars.count > start.count ? "…" : "") + "`"
  }

  private static func step(_ index: Int, _ step: StepDescription, _ total: Int) -> String {
    var line = "step \(index + 1)/\(total) \(step.name): \(step.state.rawValue)"
    if let started = step.started, let ended = step.ended {
      line += " after \(duration(ended.seconds - started.seconds))"
    }
    if let failure = step.failure { line += " (\(failure.message))" }
    return line
  }

  package static func count(_ number: Int, _ noun: String) -> String {
    number == 1 ? "1 \(noun)" : "\(number) \(noun)s"
  }

  /// `once`, `twice`, `3 times`.
  package static func times(_ number: Int) -> String {
    number == 1 ? "once" : number == 2 ? "twice" : "\(number) times"
  }

  /// `1 h 02 min`, `3 min 20 s`, `12 s`.
  package static func duration(_ seconds: Int64) -> String {
    let seconds = max(0, seconds)
    func padded(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
    if seconds >= 3600 { return "\(seconds / 3600) h \(padded(seconds / 60 % 60)) min" }
    if seconds >= 60 { return "\(seconds / 60) min \(padded(seconds % 60)) s" }
    return "\(seconds) s"
  }
}
