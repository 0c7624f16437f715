import Diagnostics
import SourceText

extension Diagnostic {
  static func hoconSyntax(_ message: String, at span: Span, hint: String? = nil) -> Diagnostic {
    Diagnostic(.hoconSyntax, message, at: span, hint: hint)
  }

  static func jsonDuplicateKey(_ name: String?, at span: Span, first: Span) -> Diagnostic {
    Diagnostic(
      .jsonDuplicateKey,
      name.map { "duplicate key `\($0)`" } ?? "duplicate key", at: span,
      notes: [Note("it is first given here", at: first)],
      hint: "remove one: most readers silently keep only one of the two")
  }

  static func jsonNumberTooLarge(at span: Span) -> Diagnostic {
    Diagnostic(
      .jsonSyntax, "the number is out of range for a double", at: span,
      hint: "put it in quotes if its digits matter")
  }

  static func jsonSyntax(_ message: String, at span: Span, hint: Hint? = nil) -> Diagnostic {
    Diagnostic(.jsonSyntax, message, at: span, hint: hint)
  }

  static func jsonTooDeep(limit: Int, at span: Span) -> Diagnostic {
    Diagnostic(.jsonTooDeep, "the document is nested deeper than \(limit) levels", at: span)
  }
}
