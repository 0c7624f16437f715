import Documents
import Diagnostics
import SourceText
import Values

extension Diagnostic {
  /// Why a schema can't be read.
  struct Problem: Error {
    var reason: String
    var span: Span

    init(_ reason: String, _ span: Span) {
      self.reason = reason
      self.span = span
    }
  }

  static func badAvro(_ reason: String, at span: Span) -> Diagnostic {
    Diagnostic(.schemaInvalid, "this isn't an Avro schema: \(reason)", at: span)
  }

  static func badSchemaVersion(_ text: String, at span: Span) -> Diagnostic {
    let dotted = text.split { ".-_".contains($0) }.map { part in
      String(part.drop { $0 == "v" || $0 == "V" })
    }
    let meant = SchemaVersion(dotted.joined(separator: "-")) ?? SchemaVersion("\(text)-0-0")
    return Diagnostic(
      .igluURI, "`\(text)` isn't a schema version", at: span,
      hint: meant.map { "did you mean `\($0)`?" }
        ?? "write MODEL-REVISION-ADDITION, such as `1-0-0`")
  }

  static func missingAvroField(
    _ name: String, near: String?, at span: Span, declared: Span
  ) -> Diagnostic {
    Diagnostic(
      .schemaMissingKey, "missing key `\(name)`", at: span,
      notes: [Note("declared here", at: declared)],
      hint: near.map { "is `\($0)` meant to be `\(name)`?" })
  }

  static func notAnIgluURI(_ problem: String, at span: Span, hint: String? = nil) -> Diagnostic {
    Diagnostic(
      .igluURI, "this isn't a schema URI: \(problem)", at: span,
      hint: hint ?? "write `iglu:VENDOR/NAME/FORMAT/VERSION`")
  }

  static func notAvroSymbol(
    _ text: String, among symbols: [String], at span: Span, declared: Span
  ) -> Diagnostic {
    Diagnostic(
      .schemaBadEnum,
      "expected \(symbols.map { "`\($0)`" }.joined(separator: " or ")), found `\(text)`", at: span,
      notes: [Note("declared here", at: declared)],
      hint: Suggestion.hint(for: text, among: symbols))
  }

  static func notOfAvroType(
    _ wanted: String, _ given: Tree.Kind, at span: Span, declared: Span
  ) -> Diagnostic {
    let found =
      switch given {
      case .null: "null"
      case .bool: "a boolean"
      case .int: "an integer"
      case .float: "a number"
      case .string: "a string"
      case .list: "a list"
      case .map: "an object"
      }
    return Diagnostic(
      .schemaWrongType, "expected \(wanted), found \(found)", at: span,
      notes: [Note("declared here", at: declared)])
  }

  static func notSelfDescribing(
    _ problem: String, at span: Span, hint: String? = nil
  ) -> Diagnostic {
    Diagnostic(
      .notSelfDescribing, "this isn't self-describing JSON: \(problem)", at: span,
      hint: hint ?? "write `{\"schema\": \"iglu:…\", \"data\": …}`")
  }

  static func schemaFormatUnknown(_ format: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .schemaFormatUnknown, "schemas in the format `\(format)` are not checked", at: span,
      hint: "use `jsonschema` or `avro` to describe JSON")
  }
}
