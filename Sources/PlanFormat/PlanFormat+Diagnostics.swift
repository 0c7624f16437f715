import Diagnostics
import SourceText

extension Diagnostic {
  static func factsShape(_ message: String, at span: Span, hint: String? = nil) -> Diagnostic {
    Diagnostic(.factsShape, message, at: span, hint: hint)
  }

  static func planKeyMissing(_ key: String, of what: String, at span: Span) -> Diagnostic {
    Diagnostic(.planFormat, "\(what) lacks `\(key)`", at: span, hint: planHint)
  }

  static func planKeyUnknown(
    _ key: String, of what: String, among known: [String], at span: Span
  ) -> Diagnostic {
    Diagnostic(
      .planFormat, "\(what) has no `\(key)`", at: span,
      hint: Suggestion.hint(for: key, among: known) ?? planHint)
  }

  static func planStepsDiffer(_ message: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .planFormat, message, at: span,
      notes: [Note("`steps` and the requests' `Steps` are the same steps, in one order")],
      hint: planHint)
  }

  /// The version is a number, or not even that.
  static func planVersion(_ version: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .planFormat,
      "the plan's format version is \(version), and this program reads version "
        + "\(Plan.formatVersion)", at: span,
      hint: "apply it with the version of Penstock that made it, or make it again")
  }

  static func planWrongType(_ what: String, expected: String, at span: Span) -> Diagnostic {
    Diagnostic(.planFormat, "\(what) is \(expected)", at: span, hint: planHint)
  }

  static func planWrongValue(
    _ what: String, _ value: String, among choices: [String], at span: Span
  ) -> Diagnostic {
    Diagnostic(
      .planFormat, "`\(value)` is no \(what)", at: span,
      notes: [Note("it is one of \(choices.map { "`\($0)`" }.joined(separator: ", "))")],
      hint: planHint)
  }

  private static var planHint: String { "plans are not edited by hand: make the plan again" }
}
