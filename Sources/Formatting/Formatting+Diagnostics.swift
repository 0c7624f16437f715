import Diagnostics
import SourceText

extension Diagnostic {
  static func formatRefused(at span: Span) -> Diagnostic {
    Diagnostic(
      .formatRefused, "the layout can't be changed here without changing the meaning", at: span,
      hint: "write it in a simpler way, such as a key and its value on one line")
  }

  static func formatRefusedComment(at span: Span) -> Diagnostic {
    Diagnostic(
      .formatRefused, "a comment of this file can't be kept", at: span,
      hint: "put each comment on the line above what it is about")
  }

  static func formatRefusedLineEnd(at span: Span) -> Diagnostic {
    Diagnostic(
      .formatRefused, "this character is a line end in YAML, but not in most editors", at: span,
      hint: "replace it with a line end, or write it as an escape in double quotes")
  }

  static func formatRefusedRuby(at span: Span) -> Diagnostic {
    Diagnostic(
      .formatRefused, "the layout can't be changed without changing what Ruby's tags render",
      at: span,
      hint: "put each `<% … %>` on one line and close it; values in quotes are safest")
  }
}
