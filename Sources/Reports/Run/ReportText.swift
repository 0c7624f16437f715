package import Executor
import AWSServices
import PlanFormat
import Text

/// A failure report for people.
package enum ReportText {
  /// How many sentences of each kind about data are shown.
  private static var shownSentences: Int { 12 }

  /// Without what a terminal would act on, wherever it comes from.
  package static func lines(_ report: FailureReport) -> [String] {
    var lines = ["", "error: \(report.summary)"]
    if let step = report.step {
      let tries = report.tries > 1 ? " in each of \(report.tries) tries" : ""
      lines.append("  step    \(step.name) (\(step.id)): \(step.state.rawValue)\(tries)")
      if let failure = step.failure {
        lines.append(
          "  reason  \([failure.reason, failure.message].filter { !$0.isEmpty }.joined(separator: " "))"
        )
        if !failure.logFile.isEmpty { lines.append("  log     \(failure.logFile)") }
        if report.keepsNoLogs {
          lines.append("  log     none is kept: the cluster has no `LogUri`")
        }
      } else if !step.reason.message.isEmpty {
        lines.append("  reason  \(step.reason.message)")
      }
    }
    if let cluster = report.cluster {
      let reason = report.clusterReason
      let words = [reason.code, reason.message].filter { !$0.isEmpty }.joined(separator: ": ")
      lines.append("  cluster \(cluster)" + (words.isEmpty ? "" : " (\(words))"))
    }
    if let origin = report.origin { lines += self.origin(origin) }
    for log in report.logs {
      lines += ["", "  \(log.location)" + (log.isCut ? " (its end)" : "")]
      lines += log.lines.map { "    \($0)" }
    }
    lines += section("what has happened to data", report.happened)
    lines += section("what has not", report.notHappened)
    lines += section(
      "not added",
      report.heldBack.map { "`\($0.step)`, as \(Recovery.list($0.causes)) did not complete" })
    if let recovery = report.recovery { lines += self.recovery(recovery, report.recoveryCommand) }
    return lines.map(VisibleText.line)
  }

  private static func origin(_ origin: Plan.Origin) -> [String] {
    let number = String(origin.line)
    let margin = String(repeating: " ", count: number.count)
    let caret = String(repeating: " ", count: max(0, Int(clamping: origin.column) - 1)) + "^"
    return [
      "", " \(margin)--> \(origin.file):\(origin.line):\(origin.column)",
      " \(number) | \(origin.excerpt)", " \(margin) | \(caret)",
    ]
  }

  private static func section(_ title: String, _ sentences: [String]) -> [String] {
    guard !sentences.isEmpty else { return [] }
    var lines = ["", "  \(title):"] + sentences.prefix(shownSentences).map { "    - \($0)" }
    if sentences.count > shownSentences {
      lines.append("    - and \(sentences.count - shownSentences) more")
    }
    return lines
  }

  private static func recovery(_ recovery: Recovery, _ command: String?) -> [String] {
    var lines = ["", "  \(recovery.explanation)"]
    guard recovery.isPossible else { return lines }
    if !recovery.toEmpty.isEmpty {
      lines.append("  the command first empties:")
      lines += recovery.toEmpty.map { "    \($0)" }
    }
    if !recovery.byHand.isEmpty {
      lines.append("  remove by hand first what the failed run left:")
      for folder in recovery.byHand {
        let trouble =
          folder.reader.map { "`\($0)` would read it too" }
          ?? "`\(folder.step)` can't write over it"
        lines.append(
          "    \(folder.place), written by `\(folder.step)` (\(trouble), and Penstock doesn't "
            + "delete it: \(folder.reason))")
        lines += folder.keep.map { "      but keep \($0)" }
      }
    }
    for step in recovery.unsure {
      lines.append(
        "  `\(step)` must not be done twice: if its log says that it was done, add "
          + "`--skip-step '\(step.replacing("'", with: "'\\''"))'`")
    }
    if let command { lines += ["  to recover:", "    \(command)"] }
    return lines
  }
}
