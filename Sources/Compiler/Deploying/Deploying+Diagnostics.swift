import Diagnostics
import SourceText

extension Diagnostic {
  /// - Parameters:
  ///   - statement: what an answer says, in words.
  ///   - target: an engine's name.
  static func targetFollowsAnswer(
    _ statement: String, _ target: String, at span: Span?
  ) -> Diagnostic {
    Diagnostic(
      .targetAnswer,
      "what the steps do depends on this: \(statement), which a file for \(target) can't say",
      at: span, hint: "let a `when` ask, so that the answer only decides whether a step is done")
  }

  static func targetFixed(
    _ parameter: String, _ reason: String, _ target: String, at span: Span, use: Span?
  ) -> Diagnostic {
    Diagnostic(
      .targetFixed, "`\(parameter)` keeps its value in the files for \(target): \(reason)",
      at: span, notes: use.map { [Note("it is used here", at: $0)] } ?? [],
      hint: "for another value compile again with `--param \(parameter)=…`")
  }

  static func nothingToDeploy(_ target: String, at span: Span?) -> Diagnostic {
    Diagnostic(
      .emrNoSteps, "the pipeline has no stages, so there is nothing to do for \(target)", at: span,
      hint: "`penstock up` starts its cluster")
  }

  /// - Parameter what: what is found, in words.
  static func targetFollowsName(_ what: String, _ target: String, at span: Span?) -> Diagnostic {
    Diagnostic(
      .targetAnswer,
      "what the pipeline does depends here on \(what), which a file for \(target) can only pass on",
      at: span, hint: "pass the name on as it is, or compare it with another text by `==`")
  }

  static func targetRunNamed(_ id: String, _ target: String, at span: Span?) -> Diagnostic {
    Diagnostic(
      .targetVaries, "each run of \(target) has its own id, so none can have `\(id)`", at: span,
      hint: "leave out `--run-id`")
  }

  static func targetVaries(_ value: String, _ target: String, at span: Span?) -> Diagnostic {
    Diagnostic(
      .targetVaries,
      "what the pipeline does depends on \(value) here, which isn't known when it is compiled for "
        + target, at: span,
      hint: "use the id as it is, and the time in `formatTime(run.time, …)`")
  }
}
