import Diagnostics
import SourceText

extension Diagnostic {
  static func factsShape(_ message: String, at span: Span, hint: String? = nil) -> Diagnostic {
    Diagnostic(.factsShape, message, at: span, hint: hint)
  }

  static func planEdited(at span: Span) -> Diagnostic {
    Diagnostic(
      .planEdited, "the plan isn't what was made: it was edited, cut or merged since", at: span,
      hint: "make a new plan; `--allow-edited` carries out what the file says")
  }

  static func planKeysMissing(_ keys: [String], of what: String, at span: Span) -> Diagnostic {
    let names = keys.map { "`\($0)`" }.joined(separator: ", ")
    return Diagnostic(.planFormat, "\(what) is missing \(names)", at: span, hint: planHint)
  }

  static func planKeyUnknown(
    _ key: String, of what: String, among known: [String], at span: Span
  ) -> Diagnostic {
    Diagnostic(
      .planFormat, "unknown key `\(key)` in \(what)", at: span,
      hint: Suggestion.hint(for: key, among: known) ?? planHint)
  }

  static func planStepsDiffer(_ message: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .planFormat, message, at: span,
      notes: [Note("`steps` and the requests' `Steps` must be the same steps in the same order")],
      hint: planHint)
  }

  /// `version` need not be a number.
  static func planVersion(_ version: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .planFormat,
      "the plan's format version is \(version), but this program reads versions "
        + "\(Plan.oldestFormatVersion) to \(Plan.formatVersion)", at: span,
      hint: "apply it with the version of Penstock that made it, or make the plan again")
  }

  static func planWrongType(_ what: String, expected: String, at span: Span) -> Diagnostic {
    Diagnostic(.planFormat, "\(what) must be \(expected)", at: span, hint: planHint)
  }

  static func planWrongValue(
    _ what: String, _ value: String, among choices: [String], at span: Span
  ) -> Diagnostic {
    Diagnostic(
      .planFormat, "unknown \(what) `\(value)`", at: span,
      notes: [Note("expected one of \(choices.map { "`\($0)`" }.joined(separator: ", "))")],
      hint: planHint)
  }

  private static var planHint: String { "make the plan again instead of editing it by hand" }
}
