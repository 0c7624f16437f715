import Text
import Diagnostics
import PipelineIR
import SourceText

extension Diagnostic {
  /// A broken rule of EMR. Notes give its source and, for a value from an input, where the pipeline
  /// uses it.
  static func rule(
    _ code: DiagnosticCode, _ message: String, at spot: Spot, source: String, hint: Hint? = nil,
    isWarning: Bool = false
  ) -> Diagnostic {
    Diagnostic(
      code, message, at: spot.span, notes: [Note(source)], hint: hint,
      severity: isWarning ? .warning : nil
    ).taken(spot)
  }

  /// The same with a note on where the pipeline uses a value from an input.
  func taken(_ spot: Spot) -> Diagnostic {
    guard let pipeline = spot.pipeline else { return self }
    var diagnostic = self
    diagnostic.notes.append(Note("the pipeline uses it here", at: pipeline))
    return diagnostic
  }

  /// A note's text that points to a type in EMR's API reference.
  static func reference(_ type: String) -> String { "see `\(type)` in EMR's API reference" }
}

// MARK: Steps

extension Diagnostic {
  /// - Parameter isForLife: whether the limit is for all steps that a cluster ever has.
  static func tooManySteps(
    _ count: Int, limit: Int, isForLife: Bool, at span: Span
  ) -> Diagnostic {
    rule(
      .emrTooManySteps,
      "the job flow has \(count) steps; EMR allows \(limit)"
        + (isForLife ? " in a cluster's life with this `AmiVersion`" : ""), at: Spot(span),
      source: reference("RunJobFlow"),
      hint: "combine several steps into one, or split the pipeline into several runs")
  }

  static func stepTooLong(_ name: String, characters: Int, limit: Int, at span: Span) -> Diagnostic
  {
    rule(
      .emrStepTooLong,
      "step `\(name)` has \(characters) characters in its jar, class and arguments; EMR allows \(limit)",
      at: Spot(span), source: reference("AddJobFlowSteps"),
      hint: "put long values into a file in S3, and give the step its location")
  }

  static func oneSlash(_ text: String, _ scheme: String, step: String, at span: Span) -> Diagnostic
  {
    rule(
      .locationInvalid,
      "the argument `\(text)` of step `\(step)` has one slash after `\(scheme):`", at: Spot(span),
      source: "a location in S3 is `s3://BUCKET/KEY`",
      hint: .write("\(scheme)://\(text.dropFirst(scheme.count + 2))", insteadOf: text))
  }

  static func stepName(_ name: String, problem: String, at span: Span) -> Diagnostic {
    rule(
      .emrStepName, "the name of step `\(name)` \(problem)", at: Spot(span),
      source: reference("StepConfig"), hint: "give it a name of 1 to 256 characters")
  }

  static func stepText(_ name: String, part: String, at span: Span) -> Diagnostic {
    rule(
      .emrStepText, "\(part) of step `\(name)` contains a control character, which EMR rejects",
      at: Spot(span), source: "EMR accepts only the characters of XML 1.0",
      hint: "encode the value, for example in Base64")
  }

  static func argumentEmpty(_ position: Int, step: String, at span: Span) -> Diagnostic {
    rule(
      .emrArgumentEmpty, "argument \(position) of step `\(step)` is empty", at: Spot(span),
      source: "programs treat it as a given value, and a shell may drop it",
      hint: "leave the argument out if it has no value")
  }

  static func jarEmpty(_ name: String, at span: Span) -> Diagnostic {
    rule(
      .emrJarEmpty, "step `\(name)` has no jar", at: Spot(span),
      source: reference("HadoopJarStepConfig"), hint: "give the jar's location")
  }

  static func stepConcurrencyRange(_ number: Int64, at spot: Spot) -> Diagnostic {
    rule(
      .emrStepConcurrencyRange, "`StepConcurrencyLevel` is \(number); EMR allows 1 to 256",
      at: spot, source: reference("RunJobFlow"), hint: "give a number from 1 to 256")
  }

  static func stepConcurrency(
    _ level: Int64, step: String, action: String, others: Int, at spot: Spot, stepSpan: Span
  ) -> Diagnostic {
    var diagnostic = rule(
      .emrStepConcurrency,
      "\(level) steps may run side by side, but step `\(step)`"
        + (others > 0 ? " and \(others) others do" : " does") + " not continue after a failure",
      at: spot, source: reference("StepConfig"),
      hint: "leave out the steps' `on-failure`, or run one at a time")
    diagnostic.notes.append(Note("its action on failure is \(action)", at: stepSpan))
    return diagnostic
  }
}
