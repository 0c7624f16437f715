import Diagnostics
import EMRModel
import Migration
import PipelineIR
import PlanFormat
import SourceText
import Values

extension Diagnostic {
  static func badTries(at span: Span) -> Diagnostic {
    Diagnostic(
      .expressionType, "a cluster can be launched 1 to 1000 times", at: span,
      hint: "give a whole number in this range")
  }

  /// - Parameter differences: those that the pipeline doesn't accept; at least one.
  static func clusterDiffers(
    _ id: String, _ differences: [ClusterDifference], at span: Span
  ) -> Diagnostic {
    var members: [String] = []
    for difference in differences where !members.contains(difference.member.rawValue) {
      members.append(difference.member.rawValue)
    }
    return Diagnostic(
      .clusterDiffers,
      "the cluster `\(id)` isn't what the pipeline describes: it "
        + differences.map(\.words).joined(separator: "; it "),
      at: span,
      hint: "end that cluster, and the next run starts one as described; or accept it with "
        + "`accept: [\(members.joined(separator: ", "))]` under `cluster: reuse`, or for one run "
        + "with `--warn cluster-differs`")
  }

  /// - Parameters:
  ///   - reasons: why stages don't run.
  ///   - isClusterOnly: whether the run is one without stages, which only starts a cluster.
  static func emrNoSteps(
    _ reasons: [(stage: String, reason: String)], isClusterOnly: Bool = false
  ) -> Diagnostic {
    Diagnostic(
      .emrNoSteps,
      isClusterOnly
        ? "this run has no steps to run on an existing cluster or job service"
        : "no stage of this run has any steps",
      notes: reasons.map { Note("stage `\($0.stage)` does not run: \($0.reason)") },
      hint: reasons.isEmpty ? nil : "include a stage that has steps")
  }

  static func factAssumed(_ record: FactRecord) -> Diagnostic {
    Diagnostic(
      .factAssumed, "assumed that \(record.question.statement(record.answer))",
      hint: "give the answer with `--facts FILE`")
  }

  static func factUnanswered(
    _ record: FactRecord, _ reason: String, hint: String?
  ) -> Diagnostic {
    Diagnostic(
      .factUnanswered, "cannot tell whether \(record.question.statement(record.answer)): \(reason)",
      at: record.span, hint: hint)
  }

  static func inputMissing(_ name: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .inputMissing, "the pipeline's input `\(name)` is missing",
      notes: [Note("it is declared here", at: span)],
      hint: "give `--\(name) PATH`, or `--input \(name)=PATH`")
  }

  static func inputUnknown(
    _ name: String, among names: [String], at span: Span?
  ) -> Diagnostic {
    Diagnostic(
      .inputUnknown, "the pipeline has no input `\(name)`",
      at: span,
      hint: Suggestion.hint(for: name, among: names)
        ?? (names.isEmpty
          ? "this pipeline has no inputs"
          : "its inputs are \(names.map { "`\($0)`" }.joined(separator: ", "))"))
  }

  static func legacyLayout(_ layout: LegacyLayout) -> Diagnostic {
    Diagnostic(
      .inputLegacyLayout, "the file has \(layout.name), which is no longer supported",
      at: layout.span,
      notes: layout.moved.map { Note("`\($0.from.value)` is `\($0.to)` now", at: $0.from.span) },
      hint: layout.hint)
  }

  static func schemaUnknown(_ path: String, among paths: [String], at span: Span) -> Diagnostic {
    Diagnostic(
      .schemaUnknown, "there is no schema `\(path)`", at: span,
      hint: Suggestion.hint(for: path, among: path.hasPrefix(".") ? [] : paths)
        ?? "give a path relative to the pipeline, or one of `penstock schema`")
  }

  /// - Parameter unset: the variables that aren't set; the others are empty.
  static func templateEmpty(
    _ unset: [String], _ variables: [String], at span: Span, instead violation: Diagnostic,
    known: [String]
  ) -> Diagnostic {
    let name = unset.first ?? variables.first ?? ""
    return Diagnostic(
      .templateUnset,
      "the environment variable `\(name)` \(unset.isEmpty ? "is empty" : "isn't set")", at: span,
      notes: violation.notes,
      hint: variableHint(for: name, among: unset.isEmpty ? [] : known) ?? "set and export it")
  }

  /// A variable that is set and was probably meant: only a typo is. If just one of the two names is a
  /// secret's, it is one edit at most, or the secret could end where everybody can read it.
  private static func variableHint(for name: String, among known: [String]) -> Hint? {
    let isSecret = SecretNames.isTelling(name)
    return Suggestion.hint(
      for: name, among: known.filter { SecretNames.isTelling($0) == isSecret }, edits: 2)
      ?? Suggestion.hint(
        for: name, among: known.filter { SecretNames.isTelling($0) != isSecret }, edits: 1)
  }

  static func templateHole(_ name: String, at span: Span, known: [String]) -> Diagnostic {
    Diagnostic(
      .templateUnset, "the environment variable `\(name)` isn't set",
      at: span,
      hint: variableHint(for: name, among: known)
        ?? "set and export it, or give a default: `ENV.fetch('\(name)', 'default')`")
  }

  static func templateHoleOfEmpty(_ name: String, at span: Span) -> Diagnostic {
    var diagnostic = Diagnostic(
      .templateUnset, "the environment variable `\(name)` is empty, which leaves a gap here",
      at: span, hint: "set it, or remove the tag")
    diagnostic.severity = .warning
    return diagnostic
  }

  static func unsafeEmpty(_ place: String, _ why: String, at span: Span?) -> Diagnostic {
    Diagnostic(
      .unsafeEmpty, "`\(place)` must not be emptied first: \(why)", at: span,
      hint: "only what this run writes again may be deleted: remove `--empty`")
  }
}

extension Diagnostic {
  static func lineageInvalid(_ problem: String, at span: Span?, hint: String? = nil) -> Diagnostic {
    Diagnostic(.lineageInvalid, problem, at: span, hint: hint)
  }

  static func notifyInvalid(_ problem: String, at span: Span?, hint: String? = nil) -> Diagnostic {
    Diagnostic(.notifyInvalid, problem, at: span, hint: hint)
  }
}
