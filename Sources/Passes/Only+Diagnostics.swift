import Diagnostics
import SourceText

extension Diagnostic {
  static func onlyUnknownStage(
    _ name: String, among names: [String], at span: Span?
  ) -> Diagnostic {
    Diagnostic(
      .onlyUnknown, "--only names `\(name)`, which isn't a stage of this pipeline", at: span,
      hint: Suggestion.hint(for: name, among: names)
        ?? "it can be \(names.map { "`\($0)`" }.joined(separator: ", "))")
  }

  static func onlyUnknownStep(_ name: String, among names: [String], at span: Span?) -> Diagnostic {
    Diagnostic(
      .onlyUnknown, "--only-step names `\(name)`, but the run has no step of that name", at: span,
      hint: Suggestion.hint(for: name, among: names) ?? "`penstock plan` lists the steps")
  }
}
