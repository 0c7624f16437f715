import Diagnostics
import Expressions
import SourceText
import Values

extension Diagnostic {
  static func unknownMember(_ name: String, of object: ObjectType, at span: Span) -> Diagnostic {
    let holders = object.fields.filter { field in
      guard case .object(let inner) = field.type else { return false }
      return inner.fields.contains { $0.name == name }
    }
    return Diagnostic(
      .pipelineUnknownParameter, "`\(object.name)` has no member `\(name)`", at: span,
      hint: holders.count == 1
        ? "it belongs in `\(holders[0].name)`"
        : Suggestion.hint(for: name, among: object.fields.map(\.name)))
  }

  static func wrongType(
    _ wanted: String, found: ValueType, of text: String? = nil, hint: String? = nil, at span: Span
  ) -> Diagnostic {
    Diagnostic(
      .expressionType,
      "expected \(wanted), but \(text.map { "`\($0)`" } ?? "the expression") yields `\(found)`",
      at: span,
      hint: hint)
  }
}
