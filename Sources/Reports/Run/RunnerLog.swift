package import Diagnostics
import PlanFormat
import AWSServices
package import Executor
import Platform
package import SourceText
package import Values
import Text

/// A run's log in EmrEtlRunner's words, on standard output in the format of Ruby's logger, for
/// tools that read such logs.
package struct RunnerLog: Sendable {
  private enum Level: String {
    case debug = "DEBUG"
    case info = "INFO"
    case warn = "WARN"
    case fatal = "FATAL"
  }

  private var steps: [StepDescription?] = []
  private var names: [String] = []
  private var cluster = ""
  private var clusterLine = ""
  private let process: Int32
  /// How far local time is ahead of UTC.
  private let utcOffset: Int64

  package init(process: Int32, utcOffset: Int) {
    self.process = process
    self.utcOffset = Int64(utcOffset)
  }

  /// The lines of an event, each with a line end; empty if EmrEtlRunner logged nothing.
  package mutating func render(_ event: RunEvent) -> String {
    let time = event.time
    switch event.kind {
    case .began(_, _, let steps):
      names = steps
      self.steps = steps.map { _ in nil }
      return line(.debug, "Initializing EMR jobflow", time)
    case .launched(let cluster, _), .attached(let cluster):
      self.cluster = cluster
      return line(
        .debug, "EMR jobflow \(cluster) started, waiting for jobflow to complete...", time)
    case .jobsRun(let host, let service):
      cluster = host
      return line(.debug, "\(service.title) \(host) runs the steps as jobs...", time)
    case .addingSteps(_, _, let isAgain):
      return isAgain
        ? line(.info, "Failed and cancelled steps will be resubmitted", time) : ""
    case .cluster(let id, let state, let reason):
      cluster = id
      clusterLine = "\(id): \(state.rawValue) [\(reason.message)]"
      return ""
    case .step(let index, let step):
      if steps.indices.contains(index) { steps[index] = step }
      return step.state == .failed ? line(.debug, "EMR step failed: \(step.name)", time) : ""
    case .programLog(let step, let location, let lines):
      return line(.info, "Logs of \(step)", time) + line(.info, location, time)
        + lines.map { line(.info, $0, time) }.joined()
    case .callFailed(let error, let next):
      return line(.warn, "\(error.operation) failed: \(error.message); \(next)", time)
    case .warning(let text): return line(.warn, text, time)
    case .terminating(_, let why): return line(.debug, "EMR jobflow will be shutdown: \(why)", time)
    case .ended(let end) where end.isSuccess:
      return line(.debug, "EMR jobflow \(cluster) completed successfully.", time)
        + line(.info, "Completed successfully", time)
    case .ended(let end):
      return cluster.isEmpty ? line(.fatal, end.summary, time) : entry(.fatal, failure, time)
    case .refused(let refusal):
      return cluster.isEmpty
        ? line(.fatal, refusal.summary, time) : entry(.fatal, failure, time)
    case .outputRead, .stageDecided, .noData,
      .resumed, .factChecked, .emptied, .searching, .launching, .addedSteps, .retrying,
      .clusterLost,
      .heldBack, .cancellingStep, .cancelling,
      .interrupted, .failed, .notified:
      return ""
    }
  }

  /// What was noticed in the inputs of a run that goes ahead, a line each. That program had no
  /// warnings; `cron` with `cronic` sends a mail for each line on standard error.
  package func render(
    _ diagnostics: [Diagnostic], _ sources: SourceSet, at time: Value.Timestamp
  ) -> String {
    diagnostics.map { diagnostic in
      let place = diagnostic.span.flatMap { span in
        sources.position(of: span).map { position in
          "\(sources[span.source]?.name ?? ""):\(position.line):\(position.column): "
        }
      }
      let hint = diagnostic.hint.map { "; \($0)" } ?? ""
      let text = (place ?? "") + diagnostic.message + hint + " [\(diagnostic.code.rawValue)]"
      return line(diagnostic.severity == .information ? .info : .warn, text, time)
    }.joined()
  }

  /// The message for a run that wasn't begun; nil if EmrEtlRunner had none.
  package static func refusal(_ status: ExitStatus, _ message: String) -> String? {
    switch status {
    case .noData: "No logs to process: \(VisibleText.line(message))\n"
    case .notEmpty:
      "There seems to be an ongoing run of EmrEtlRunner: \(VisibleText.line(message))\n"
    case .lockHeld, .clusterBusy: VisibleText.line(message) + "\n"
    default: nil
    }
  }

  // MARK: A failure

  /// The cluster, and a line for each step: its state, its duration, its start and end.
  private var failure: String {
    var lines = [
      "EMR jobflow \(cluster) failed, check Amazon EMR console and Hadoop logs for details. "
        + "Data files not archived.", clusterLine,
    ]
    for (index, step) in steps.enumerated() {
      let state = step?.state.rawValue ?? "PENDING"
      lines.append(
        " - \(index + 1). \(step?.name ?? names[index]): \(state) ~ "
          + "\(Self.elapsed(step?.started, step?.ended)) "
          + "[\(Self.text(step?.started)) - \(Self.text(step?.ended))]")
    }
    return lines.map(VisibleText.line).joined(separator: "\n")
  }

  private static func elapsed(_ start: Value.Timestamp?, _ end: Value.Timestamp?) -> String {
    guard let start, let end else { return "elapsed time n/a" }
    let seconds = max(0, end.seconds - start.seconds)
    let pad = Value.Timestamp.padded
    return [seconds / 3600, seconds / 60 % 60, seconds % 60].map { pad(Int($0), 2) }
      .joined(separator: ":")
  }

  private static func text(_ time: Value.Timestamp?) -> String {
    guard let time else { return "" }
    let text = Value.Timestamp(seconds: time.seconds, nanoseconds: 0).description
    return text.dropLast().map { $0 == "T" ? " " : String($0) }.joined() + " UTC"
  }

  // MARK: Ruby's logger

  private func line(_ level: Level, _ message: String, _ time: Value.Timestamp) -> String {
    entry(level, VisibleText.line(message), time)
  }

  /// - Parameter message: may have several lines, without what a terminal would act on.
  private func entry(_ level: Level, _ message: String, _ time: Value.Timestamp) -> String {
    let local = Value.Timestamp(seconds: time.seconds &+ utcOffset, nanoseconds: 0)
    let fraction = Value.Timestamp.padded(Int(time.nanoseconds / 1000), 6)
    let name = String(repeating: " ", count: 5 - level.rawValue.count) + level.rawValue
    return "\(level.rawValue.prefix(1)), [\(local.description.dropLast()).\(fraction) #\(process)] "
      + "\(name) -- : \(message)\n"
  }
}
