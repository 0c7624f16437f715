import Diagnostics
import SourceText

extension Diagnostic {
  static func literalWanted(_ name: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .pipelineLiteralWanted,
      "`\(name)` is needed before anything is evaluated, so it can't be an expression", at: span,
      hint: "write the value itself")
  }

  static func undeclaredParameter(
    _ name: String, among known: [String], at span: Span
  ) -> Diagnostic {
    Diagnostic(
      .pipelineUnknownParameter, "the step kind has no parameter `\(name)`", at: span,
      hint: Suggestion.hint(for: name, among: known) ?? "declare it under `parameters`")
  }
}
