import AWSServices
import Diagnostics
package import Journal
import PlanFormat

extension RunFailure {
  static func accountDiffers(_ account: String, expected: String) -> RunFailure {
    RunFailure(
      Diagnostic(
        .planAccount,
        "the plan is for the AWS account \(expected), but the credentials are of \(account)",
        hint: "use credentials of \(expected), or make a new plan with these"))
  }

  static func bootstrapFailed(tries: Int) -> RunFailure {
    RunFailure(
      Diagnostic(
        .bootstrapFailed, "the cluster's bootstrap failed" + (tries == 1 ? "" : " \(tries) times")))
  }

  static func clusterBusy(_ cluster: ClusterDescription) -> RunFailure {
    RunFailure(
      Diagnostic(
        .clusterBusy,
        "the cluster `\(cluster.id)` is \(cluster.state.rawValue), and only a WAITING one can be "
          + "taken"), .clusterBusy)
  }

  /// The refusal to end a cluster.
  static func clusterKept(_ cluster: String, _ why: String) -> RunFailure {
    RunFailure(
      Diagnostic(
        .clusterBusy, "the cluster `\(cluster)` \(why)", hint: "`--force` ends it nevertheless"),
      .clusterBusy)
  }

  /// - Parameter reason: in EMR's words; may be empty.
  static func clusterEnded(_ reason: String) -> RunFailure {
    RunFailure(
      Diagnostic(
        .clusterFailed,
        "the cluster ended before its steps did" + (reason.isEmpty ? "" : ": \(reason)")))
  }

  static func clusterGone(_ cluster: ClusterDescription) -> RunFailure {
    RunFailure(
      Diagnostic(
        .clusterGone,
        "the cluster `\(cluster.id)`, which the plan takes, is \(cluster.state.rawValue)",
        hint: "make a new plan"))
  }

  static func clusterRefused(_ error: CloudError) -> RunFailure {
    RunFailure(
      Diagnostic(.clusterNotStarted, "EMR refused to start a cluster: \(error.message)"))
  }

  static func clusterRequestMissing() -> RunFailure {
    RunFailure(Diagnostic(.planFormat, "the plan has no request for a cluster"))
  }

  static func clusterTaken(_ cluster: String) -> RunFailure {
    RunFailure(
      Diagnostic(
        .clusterTaken, "another run took the cluster `\(cluster)` at the same moment"),
      .clusterBusy)
  }

  static func clusterUnmarked(_ cluster: String) -> RunFailure {
    RunFailure(
      Diagnostic(
        .clusterUnmarked,
        "EMR says that it has tagged the cluster `\(cluster)`, but the tags aren't there",
        notes: [Diagnostic.Note("no step was added")],
        hint: "allow `elasticmapreduce:AddTags` for the cluster, then try again"))
  }

  static func clusterUnstarted(requests: Int) -> RunFailure {
    RunFailure(
      Diagnostic(.clusterNotStarted, "no cluster came of \(requests) requests for one"))
  }

  /// - Parameter status: what the first of the facts that changed asks for.
  static func factsChanged(_ changes: [String], _ status: ExitStatus) -> RunFailure {
    factsFailed(
      .factChanged, "S3 or EMR has changed since the plan was made", changes, status.ofFailure,
      hint: status == .failure ? "make a new plan" : nil)
  }

  static func factsUnanswered(_ reasons: [String]) -> RunFailure {
    factsFailed(
      .factUnanswered, "it cannot be checked whether the world is as the plan has it", reasons,
      .failure, hint: nil)
  }

  private static func factsFailed(
    _ code: DiagnosticCode, _ message: String, _ facts: [String], _ status: ExitStatus,
    hint: String?
  ) -> RunFailure {
    RunFailure(
      Diagnostic(code, message, notes: facts.map { Diagnostic.Note($0) }, hint: hint), status,
      summary: "\(message): \(facts.joined(separator: "; "))")
  }

  /// What a step left says that there is nothing to do.
  static func noData(_ step: String, _ condition: Plan.Condition) -> RunFailure {
    RunFailure(
      Diagnostic(.noDataDecided, "no data: after the step `\(step)`, \(condition.text)"), .noData)
  }

  static func outputUnreadable(_ output: Plan.Output, _ problem: Plan.Output.Problem) -> RunFailure
  {
    let what =
      switch problem {
      case .absent: "the object isn't there"
      case .tooLarge(let limit): "the object has more than \(limit) bytes"
      case .notText: "the object isn't text"
      case .notInt(let text): "`\(shown(text))` isn't a whole number"
      case .notBool(let text): "`\(shown(text))` is neither `true` nor `false`"
      case .notAmong(let choices, let text):
        "`\(shown(text))` is none of " + choices.map { "`\($0)`" }.joined(separator: ", ")
      }
    return outputUnreadable(
      output,
      "the step `\(output.step)` didn't leave the output `\(output.name)` at \(output.location): "
        + what)
  }

  static func outputUnreadable(_ output: Plan.Output, _ problem: String) -> RunFailure {
    RunFailure(
      Diagnostic(
        .outputUnreadable, problem,
        notes: output.origin.map {
          [Diagnostic.Note("it is declared at \($0.file):\($0.line):\($0.column)")]
        } ?? []))
  }

  /// The beginning of what a program that isn't Penstock wrote.
  private static func shown(_ text: String) -> String {
    let start = text.unicodeScalars.prefix(40)
    let rest = text.unicodeScalars.count > start.count ? "…" : ""
    return String(String.UnicodeScalarView(start)) + rest
  }

  /// A process that stops, while its run may continue.
  static func interrupted(_ left: RunLeft) -> RunFailure {
    left.failure(.runInterrupted, "interrupted", .interrupted)
  }

  /// - Parameter path: the journal's.
  package static func journal(_ error: JournalError, at path: String) -> RunFailure {
    switch error {
    case .held(let owner):
      RunFailure(
        Diagnostic(
          .runLocked,
          "this plan is being applied by \(owner.user), process \(owner.process) on "
            + "\(owner.host), since \(owner.since)",
          hint: "if you know that it is gone, `unlock --force` with the run's id frees the run"),
        .lockHeld)
    case .holdLost:
      RunFailure(
        Diagnostic(
          .runTakenOver, "another process has taken this run over; this one has stopped"))
    case .storage, .damaged, .newerFormat, .full, .readOnly, .unreadable, .beside, .busy, .gone,
      .overwritten:
      RunFailure(
        Diagnostic(
          .journalUnusable, "the journal `\(path)` cannot be used: \(error.words)",
          hint: error.remedy))
    }
  }

  /// A run that stops because what it does can't be recorded any more.
  static func journal(_ error: JournalError, at path: String, _ left: RunLeft) -> RunFailure {
    var failure = journal(error, at: path)
    failure.diagnostic.notes.append(Diagnostic.Note(left.words))
    failure.summary = "\(failure.diagnostic.message); \(left.words)"
    guard left.isBegun else { return failure }
    if error.isLoss {
      failure.diagnostic.hint =
        "move it away; `penstock explain journal-unusable` says how to go on without it"
    } else if failure.diagnostic.hint != nil {
      failure.diagnostic.hint? += "; then `\(left.applyCommand)` goes on with the run"
    }
    return failure
  }

  static func lockHeld(_ summary: String, by holder: RunLock.Holder) -> RunFailure {
    RunFailure(Diagnostic(.lockHeld, summary, hint: RunLock.hint(holder)), .lockHeld)
  }

  static func lockUnusable(_ lock: String, _ reason: String) -> RunFailure {
    RunFailure(Diagnostic(.lockUnusable, "the lock `\(lock)` cannot be used: \(reason)"))
  }

  static func placeNotEmptied(_ place: String, _ error: CloudError) -> RunFailure {
    RunFailure(
      Diagnostic(
        .placeNotEmptied,
        "`\(place)` could not be emptied: \(error.operation): \(error.message)"))
  }

  static func secretsMissing(_ references: [String]) -> RunFailure {
    let list = references.map { "`\($0)`" }.joined(separator: ", ")
    return RunFailure(Diagnostic(.secretsMissing, "no values were given for secrets: \(list)"))
  }

  /// - Parameter state: as it was last seen.
  static func stepFailed(_ step: String, _ state: StepState) -> RunFailure {
    let word = state == .failed ? "failed" : "was \(state.rawValue.lowercased())"
    return RunFailure(Diagnostic(.stepFailed, "the step `\(step)` \(word)"))
  }

  static func stepsRefused(_ error: CloudError) -> RunFailure {
    RunFailure(Diagnostic(.stepsNotAdded, "EMR refused the steps: \(error.message)"))
  }

  static func stepsUnadded(requests: Int) -> RunFailure {
    RunFailure(Diagnostic(.stepsNotAdded, "no steps came of \(requests) requests for them"))
  }

  /// - Parameter why: what took longer than it may.
  static func timeLimitPassed(_ why: String) -> RunFailure {
    RunFailure(Diagnostic(.timeLimitPassed, "cancelled, as \(why)"))
  }

  static func unwatchable(_ error: CloudError, _ left: RunLeft) -> RunFailure {
    left.failure(
      .awsCallFailed, "\(error.operation) fails again and again: \(error.message)", .failure)
  }

  /// This failure of a run whose cluster continues and is paid for.
  func leavingAlive(_ cluster: String) -> RunFailure {
    let more = "; the cluster \(cluster) goes on, as it could not be ended"
    var failure = self
    failure.diagnostic.message += more
    failure.summary += more
    return failure
  }
}

extension RunFailure {
  /// The failure that a journal tells of; nil after a success.
  init?(_ end: RunEnd) {
    guard !end.isSuccess else { return nil }
    self.init(Diagnostic(end.code ?? .runFailed, end.summary), end.status)
  }
}

/// What a process leaves that stops before its run has ended.
struct RunLeft: Sendable {
  var cluster: String?
  var isBegun: Bool
  /// What to look at where it isn't known whether a cluster works for the run.
  var doubt: String?
  var applyCommand: String
  var cancelCommand: String

  /// What goes on without the process.
  var words: String {
    let cluster = cluster.map { "the cluster \($0) goes on" }
    return cluster ?? doubt ?? (isBegun ? "the run goes on" : "nothing was started")
  }

  fileprivate func failure(
    _ code: DiagnosticCode, _ why: String, _ status: ExitStatus
  ) -> RunFailure {
    let cluster = cluster.map { "the cluster \($0) goes on" }
    return RunFailure(
      Diagnostic(
        code, why, notes: [Diagnostic.Note(words)],
        hint: isBegun
          ? "`\(applyCommand)` goes on with the run, and `\(cancelCommand)` stops it" : nil),
      status, summary: why + (cluster.map { "; \($0)" } ?? ""))
  }
}

extension JournalError {
  /// What is wrong with the journal.
  package var words: String {
    switch self {
    case .storage(let message): message
    case .full: "there is no space left for it"
    case .readOnly: "the file, or the folder that it is in, can't be written"
    case .unreadable: "the file, or the folder that it is in, can't be read"
    case .beside(let path, let problem): "the file beside it, `\(path)`, \(problem)"
    case .busy: "another program keeps it locked"
    case .gone: "the file was deleted, moved or replaced while the run was under way"
    case .overwritten: "it was emptied or overwritten while the run was under way"
    case .damaged(let message): "it is damaged: \(message)"
    case .newerFormat(let version):
      "it has format \(version), which a later version of Penstock wrote"
    case .held(let owner):
      "\(owner.user), process \(owner.process) on \(owner.host), is writing it"
    case .holdLost: "another process has taken the run over"
    }
  }

  /// Whether what it had can't be had back.
  fileprivate var isLoss: Bool {
    switch self {
    case .damaged, .overwritten: true
    default: false
    }
  }

  /// What to do about it; nil if that depends.
  package var remedy: String? {
    switch self {
    case .storage, .held, .holdLost: nil
    case .full: "make room for it"
    case .readOnly: "let the user who runs Penstock write both"
    case .unreadable: "let the user who runs Penstock read both"
    case .beside(let path, _): "look what `\(path)` is, and move it away"
    case .busy: "end the program that has it open"
    case .gone: "put the file back"
    case .overwritten:
      "move it away, and look in EMR for what goes on: `penstock explain journal-unusable`"
    case .damaged:
      "if it is a copy, copy it again; else move it away, and look in EMR for what goes on: "
        + "`penstock explain journal-unusable`"
    case .newerFormat: "use that version"
    }
  }
}
