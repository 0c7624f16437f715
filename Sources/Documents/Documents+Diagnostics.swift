import Diagnostics
import SourceText

extension Diagnostic {
  static func jsonDuplicateKey(_ name: String?, at span: Span, first: Span) -> Diagnostic {
    Diagnostic(
      .jsonDuplicateKey,
      name.map { "the key `\($0)` stands twice in one object" }
        ?? "a key stands twice in one object", at: span,
      notes: [Note("it first stands here", at: first)],
      hint: "readers keep one of the two without a word: remove the wrong one")
  }

  static func jsonNumberTooLarge(at span: Span) -> Diagnostic {
    Diagnostic(
      .jsonSyntax, "the number is beyond what a double holds", at: span,
      hint: "put it in quotes if its digits matter")
  }

  static func jsonSyntax(_ message: String, at span: Span, hint: String? = nil) -> Diagnostic {
    Diagnostic(.jsonSyntax, message, at: span, hint: hint)
  }

  static func jsonTooDeep(limit: Int, at span: Span) -> Diagnostic {
    Diagnostic(.jsonTooDeep, "the document nests deeper than \(limit) levels", at: span)
  }
}
