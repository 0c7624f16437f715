import RegularExpressions
import Diagnostics
import SourceText
import Values

extension Diagnostic {
  static func expressionSyntax(_ message: String, at span: Span, hint: Hint?) -> Diagnostic {
    Diagnostic(.expressionSyntax, message, at: span, hint: hint)
  }

  static func noText(_ type: ValueType, at span: Span) -> Diagnostic {
    Diagnostic(
      .expressionType, "\(type.shown) can't be inserted into text", at: span,
      hint: "convert it to text with `json(…)` or `.join(…)`")
  }

  static func zeroDivisor(at span: Span) -> Diagnostic {
    Diagnostic(.expressionEvaluation, "division by zero", at: span)
  }

  static func unknownName(
    _ name: String, among known: some Sequence<String>, at span: Span
  ) -> Diagnostic {
    // `${DATE}` looks like a shell's variable.
    let isVariable = name.utf8.count > 1 && name.utf8.allSatisfy { $0 == 0x5F || $0 < 0x5B }
    return Diagnostic(
      .expressionUnknownName, "there is no `\(name)` here", at: span,
      hint: isVariable
        ? Hint(
          "variables of the environment aren't read: declare an input for the value; or write "
            + "`$${\(name)}` for a literal `${\(name)}`")
        : Suggestion.hint(for: name, among: known))
  }

  static func unknownFunction(
    _ name: String, among known: some Sequence<String>, at span: Span
  ) -> Diagnostic {
    Diagnostic(
      .expressionUnknownFunction, "there is no function `\(name)`", at: span,
      hint: Suggestion.hint(for: name, among: known))
  }

  static func unknownField(_ name: String, of object: ObjectType, at span: Span) -> Diagnostic {
    Diagnostic(
      .expressionUnknownField, "`\(object.name)` has no field `\(name)`", at: span,
      hint: Suggestion.hint(for: name, among: object.fields.lazy.map(\.name)))
  }

  static func noFields(_ type: ValueType, _ name: String, at span: Span) -> Diagnostic {
    Diagnostic(.expressionType, "\(type.shown) has no field `\(name)`", at: span)
  }

  /// `path` is the selection as it is written, where it is a chain of names.
  static func absentOptional(
    _ field: ObjectType.Field, path: (operand: String, name: String)?, at span: Span
  ) -> Diagnostic {
    let hint = path.map {
      "guard it with `has(\($0.operand).\($0.name))`, or give a default: "
        + "`\($0.operand).?\($0.name).orValue(…)`"
    }
    return Diagnostic(
      .expressionAbsentOptional, "`\(field.name)` may be absent", at: span,
      notes: field.declaration.map { [.init("it is declared here, and not required", at: $0)] }
        ?? [],
      hint: hint ?? "guard it with `has(…)`, or give a default: `.?\(field.name).orValue(…)`")
  }

  static func absentValue(_ name: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .expressionAbsentOptional, "`\(name)` may be absent", at: span,
      hint: "guard it with `\(name) != null`")
  }

  static func wrongOperands(
    _ symbol: String, _ types: [ValueType], at span: Span
  ) -> Diagnostic {
    let list = types.map(\.shown).joined(separator: " and ")
    let isText = types.contains { if case .string = $0 { true } else { false } }
    return Diagnostic(
      .expressionType, "`\(symbol)` does not work on \(list)", at: span,
      hint: symbol == "+" && isText && types.count == 2
        ? "convert the other one with `string(…)`" : nil)
  }

  static func wrongArguments(
    _ name: String, _ types: [ValueType], hint: String?, at span: Span
  ) -> Diagnostic {
    let list = types.map(\.description).joined(separator: ", ")
    return Diagnostic(
      .expressionType, "`\(name)` does not work on (\(list))", at: span, hint: hint)
  }

  static func expressionType(wanted: String, found: ValueType, at span: Span) -> Diagnostic {
    Diagnostic(.expressionType, "expected \(wanted), found \(found.shown)", at: span)
  }

  static func wrongPattern(_ error: RegularExpressionError, at span: Span) -> Diagnostic {
    Diagnostic(.expressionType, "invalid regular expression: \(error)", at: span)
  }
}

extension ValueType {
  /// As messages speak of a value of it.
  var shown: String { "a value of type `\(self)`" }
}
