package import Diagnostics
import PlanFormat
package import SourceText
import Values

extension Diagnostic {
  /// - Parameter engine: what runs the steps: `a job flow`, or the name of another engine.
  package static func decidedInRun(
    _ what: String, by engine: String = "a job flow", at span: Span
  ) -> Diagnostic {
    Diagnostic(
      .decidedInRun, "\(what) is decided during the run, which can't be written for \(engine)",
      at: span,
      hint: "run the pipeline with `penstock run`, or make a plan for `penstock apply`")
  }

  static func noDataWithoutOutputs(at span: Span) -> Diagnostic {
    Diagnostic(
      .outputInvalid, "`no-data-if` doesn't depend on an output", at: span,
      hint: "what is known before the run belongs in the `requires` of a stage")
  }

  static func outputAbsent(
    _ name: String, _ reason: String, at span: Span, declared: Span
  ) -> Diagnostic {
    Diagnostic(
      .outputAbsent, "the output `\(name)` isn't there in this run: \(reason)", at: span,
      notes: [Note("it is declared here", at: declared)])
  }

  static func outputChoices(_ type: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .outputInvalid, "`enum` lists texts, but the output's type is `\(type)`", at: span,
      hint: "leave it out, or make the type `string`")
  }

  static func outputComputed(at span: Span) -> Diagnostic {
    Diagnostic(
      .outputComputed, "an output can only be inserted as it is: its value isn't known in the plan",
      at: span,
      hint: "write `${outputs.NAME}` alone or within text, and let the step compute the rest")
  }

  static func outputConditionTooComplex(at span: Span) -> Diagnostic {
    Diagnostic(
      .outputComputed, "this can't be evaluated during the run", at: span,
      hint:
        "compare outputs with `==`, `!=`, `<`, `<=`, `>` or `>=`, and join conditions with `&&`, "
        + "`||`, `!` and `?:`")
  }

  static func outputFlag(_ name: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .outputComputed,
      "whether an option is there can't depend on the output `\(name)`, which isn't known in the plan",
      at: span,
      hint: "hand it on as text, as an item of a list of arguments, or choose between stages with "
        + "`when`")
  }

  static func outputInParameter(_ name: String, _ reason: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .outputMisplaced, "the parameter `\(name)` can't hold an output: \(reason)", at: span)
  }

  static func outputLiteral(
    _ name: String, _ wanted: String, found: Value, at span: Span
  ) -> Diagnostic {
    Diagnostic(
      .outputInvalid,
      "the output `\(name)` is \(wanted), but it is compared with \(found.kindName)",
      at: span)
  }

  static func outputLocation(_ text: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .outputInvalid, "`\(text)` isn't the location of one object in S3", at: span,
      hint: "write `s3://BUCKET/KEY`, without a slash at its end")
  }

  static func outputMisplaced(_ text: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .outputMisplaced, "`\(text)` has no value here: this is evaluated before the run", at: span,
      notes: [
        Note(
          "outputs are known to the parameters of later steps, to `no-data-if`, and to the `when` of "
            + "later stages")
      ])
  }

  static func outputNeverSo(
    _ name: String, _ text: String, among choices: [String], at span: Span
  ) -> Diagnostic {
    Diagnostic(
      .outputInvalid, "the output `\(name)` is never `\(text)`", at: span,
      hint: Suggestion.hint(for: text, among: choices))
  }

  static func outputOfEach(_ name: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .outputMisplaced, "a step with `each` can't have the output `\(name)`: it has one value",
      at: span,
      hint: "write it in a step without `each` that comes after it")
  }

  static func outputTooEarly(
    _ name: String, isStage: Bool, at span: Span, declared: Span
  ) -> Diagnostic {
    Diagnostic(
      .outputTooEarly,
      "the output `\(name)` is used before it is written",
      at: span, notes: [Note("it is written by this step", at: declared)],
      hint: isStage
        ? "a stage's `when` can use outputs of the stages above it"
        : "a step can use outputs of the steps above it")
  }

  static func outputsOutsideStages(at span: Span) -> Diagnostic {
    Diagnostic(
      .outputMisplaced, "only steps of stages can have outputs and `no-data-if`", at: span)
  }

  static func stageUndecided(_ name: String, at span: Span, when: Span) -> Diagnostic {
    Diagnostic(
      .stageUndecided, "whether `\(name)` runs isn't known before the run", at: span,
      notes: [Note("its `when` depends on an output", at: when)],
      hint: "repeat its condition in the `when` of a stage")
  }
}
