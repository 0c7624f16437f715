import AWSServices
import CommandLineSyntax
import Compiler
import Diagnostics
import Host
import SourceText
import Values
import Text

extension Diagnostic {
  /// - Parameter words: what the file is.
  static func notAPlan(_ name: String, _ words: String) -> Diagnostic {
    Diagnostic(
      .planFormat, "`\(name)` is \(words), not a plan",
      hint: "`penstock plan --out plan.json` makes one")
  }

  static func awsCallFailed(_ error: CloudError) -> Diagnostic {
    let code = error.code.isEmpty ? "" : " (\(error.code))"
    return Diagnostic(
      .awsCallFailed, "\(error.operation) failed\(code): \(error.message)", at: nil)
  }

  static func awsUnavailable(_ message: String, hint: String) -> Diagnostic {
    Diagnostic(
      .awsUnavailable, "cannot use AWS: \(message)", at: nil,
      hint: hint.isEmpty
        ? "give the answers with `--facts FILE`, or a simulated world with `--sandbox DIR`" : hint)
  }

  static func journalUnusable(
    _ path: String, _ reason: String, hint: String? = nil, at span: Span?
  ) -> Diagnostic {
    Diagnostic(
      .journalUnusable, "the journal `\(path)` cannot be used: \(reason)", at: span,
      hint: hint ?? "`--journal FILE` keeps it elsewhere")
  }

  /// What `unlock` doesn't delete.
  static func lockForeign(_ name: String, at span: Span?) -> Diagnostic {
    Diagnostic(
      .lockUnusable, "`\(name)` isn't a lock that Penstock or EmrEtlRunner made", at: span,
      hint: "if it is to go, delete it yourself")
  }

  static func lockHeld(_ summary: String, hint: String?, at span: Span?) -> Diagnostic {
    Diagnostic(.lockHeld, summary, at: span, hint: hint)
  }

  static func lockIsFolder(_ path: String, at span: Span?) -> Diagnostic {
    let file = Files.join(path, "emr-etl-runner.lock")
    return Diagnostic(
      .lockUnusable, "the lock `\(path)` cannot be used: it is a folder", at: span,
      hint: "name a file in it, which needn't exist: `--lock \(ShellText.join([file]))`")
  }

  static func lockStillHeld(_ summary: String, at span: Span?) -> Diagnostic {
    Diagnostic(
      .lockHeld, summary, at: span,
      hint: "if you know that its holder is gone, `--force` releases it")
  }

  static func lockUnusable(_ name: String, _ reason: String, at span: Span?) -> Diagnostic {
    Diagnostic(.lockUnusable, "the lock `\(name)` cannot be used: \(reason)", at: span)
  }

  static func logsBeforeSteps() -> Diagnostic {
    Diagnostic(.logsMissing, "no step of the run has begun, so there are no logs")
  }

  static func logsMissing(of step: String, id: String, at span: Span?) -> Diagnostic {
    Diagnostic(
      .logsMissing, "S3 has no logs of the step `\(step)` (\(id)) yet", at: span,
      hint: "EMR puts them there minutes later: try again")
  }

  static func logsNotKept() -> Diagnostic {
    Diagnostic(.logsMissing, "the run's cluster keeps no logs in S3")
  }

  static func placeUnknown(_ place: String, _ reason: String, hint: String?) -> Diagnostic {
    Diagnostic(
      .factUnanswered, "cannot tell whether `\(place)` is empty: \(reason)", at: nil, hint: hint)
  }

  static func planFileChanged(_ path: String) -> Diagnostic {
    planStale("`\(path)` has changed since the plan was made")
  }

  static func planFileGone(_ path: String) -> Diagnostic {
    planStale("`\(path)`, which the plan was made from, is no longer used")
  }

  static func planFileNew(_ path: String) -> Diagnostic {
    planStale("`\(path)` is new since the plan was made")
  }

  /// - Parameter parts: the parts that differ from what the plan's inputs make.
  static func planTrusted(_ parts: [String]) -> Diagnostic {
    let list = parts.map { "`\($0)`" }.joined(separator: ", ")
    return Diagnostic(
      .planEdited,
      parts.isEmpty
        ? "the plan was edited, but its inputs still make this plan"
        : "the plan was edited: what its \(list) \(parts.count == 1 ? "says" : "say") isn't what its "
          + "inputs make, and is carried out as the file has it", at: nil, severity: .warning)
  }

  /// - Parameter parts: the parts of the plan that would differ now.
  static func planOutdated(_ parts: [String]) -> Diagnostic {
    let list = parts.map { "`\($0)`" }.joined(separator: ", ")
    return Diagnostic(
      .planStale,
      parts.isEmpty
        ? "the plan's inputs no longer make a plan"
        : "the plan's inputs now make a different plan: \(list) would differ", at: nil,
      hint: "an environment variable has changed, or another version of Penstock made the "
        + "plan: make a new one")
  }

  private static func planStale(_ message: String) -> Diagnostic {
    Diagnostic(
      .planStale, message, at: nil,
      hint: "make a new plan; `penstock diff` shows the differences")
  }

  /// - Parameter option: what can't be combined with `--recover`.
  static func recoverWith(_ option: String, at span: Span) -> Diagnostic {
    let what = option == "PIPELINE" ? "a pipeline" : "`--\(option)`"
    return Diagnostic(
      .runNotRecoverable, "\(what) can't be given with `--recover`", at: span,
      hint: "the recovery has the failed run's pipeline, stages, id and time: leave it out")
  }

  static func runDone(_ run: String) -> Diagnostic {
    Diagnostic(
      .runDone, "the run `\(run)` was carried out before, and nothing is done again", at: nil,
      hint: "a new run needs a new id and time: leave out `--run-id` and `--run-time`")
  }

  static func runNotRecoverable(_ message: String, hint: String?, at span: Span) -> Diagnostic {
    Diagnostic(.runNotRecoverable, message, at: span, hint: hint)
  }

  static func runStillLocked(_ run: String, by holder: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .runLocked, "\(holder) may still be at work on the run `\(run)`", at: span,
      hint: "if you know that it isn't, `--force` frees the run")
  }

  /// - Parameter file: what is to be said of the file of that name.
  static func runUnknown(_ name: String?, file: String? = nil, at span: Span?) -> Diagnostic {
    guard let name else {
      return Diagnostic(.runUnknown, "the journal has no runs", at: nil)
    }
    let more = file.map { ", and \($0)" } ?? ""
    return Diagnostic(
      .runUnknown, "the journal has no run `\(name)`\(more)", at: span,
      hint: "`penstock history` lists the runs")
  }

  static func stepAmbiguous(_ name: String, _ names: [String], at span: Span) -> Diagnostic {
    Diagnostic(
      .runUnknown, "`\(name)` matches several steps of the run", at: span,
      hint: "it can be \(names.map { "`\($0)`" }.joined(separator: ", "))")
  }

  /// - Parameters:
  ///   - laterStage: the stage from which a run can resume that does the rest.
  ///   - canBeLeftOut: whether nothing that the run does needs the step.
  ///   - isApplied: whether it takes a new plan to change what the run does.
  static func stepDone(
    _ name: String, by run: String, at time: Value.Timestamp, canBeLeftOut: Bool,
    laterStage: String?, isApplied: Bool, span: Span?
  ) -> Diagnostic {
    var ways: [String] = []
    let plan = isApplied ? "make a new plan, and " : ""
    if canBeLeftOut { ways.append("\(plan)leave it out: `\(option(.skipStep, name))`") }
    if let laterStage { ways.append("\(plan)resume later: `\(option(.resumeFrom, laterStage))`") }
    let force =
      (isApplied ? "a new plan with " : "")
      + "`\(option(.repeatStep, name))` does it again all the same"
    return Diagnostic(
      .stepDone,
      "the step `\(name)` must not be done twice, and the run `\(run)` completed it at \(time)",
      at: span, notes: ways.isEmpty ? [] : [Diagnostic.Note(force)],
      hint: ways.isEmpty ? force : ways.joined(separator: "; or "))
  }

  /// - Parameters:
  ///   - run: the run that did the step.
  ///   - recovered: the run that was to be recovered.
  static func stepTakenOver(
    _ name: String, by run: String, at time: Value.Timestamp, of recovered: String
  ) -> Diagnostic {
    Diagnostic(
      .stepDone,
      "the run `\(run)` has gone on with the data of `\(recovered)`: it completed `\(name)` at \(time)",
      at: nil,
      hint: "`penstock status \(run)` shows what it did; if the rest is done too, there is "
        + "nothing to recover")
  }

  private static func option(_ option: Option, _ value: String) -> String {
    ShellText.join(["--\(option.long)", value])
  }

  static func stepNotRepeated(
    _ name: String, among names: [String], at span: Span
  ) -> Diagnostic {
    Diagnostic(
      .skipUnknownStep, "--repeat-step names `\(name)`, but the run has no step of that name",
      at: span, hint: Suggestion.hint(for: name, among: names) ?? "`penstock plan` lists the steps")
  }

  static func stepUnknown(_ name: String, among names: [String], at span: Span?) -> Diagnostic {
    Diagnostic(
      .runUnknown, "the run has no step `\(name)`", at: span,
      hint: Suggestion.hint(for: name, among: names) ?? "`penstock status` lists the steps")
  }
}
