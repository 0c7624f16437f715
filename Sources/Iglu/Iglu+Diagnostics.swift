import Documents
import Diagnostics
import SourceText
import Values

extension Diagnostic {
  /// What keeps a schema from being read.
  struct Problem: Error {
    var reason: String
    var span: Span

    init(_ reason: String, _ span: Span) {
      self.reason = reason
      self.span = span
    }
  }

  static func badAvro(_ reason: String, at span: Span) -> Diagnostic {
    Diagnostic(.schemaInvalid, "this is no Avro schema: \(reason)", at: span)
  }

  static func badSchemaVersion(_ text: String, at span: Span) -> Diagnostic {
    let dotted = text.split { ".-_".contains($0) }.map { part in
      String(part.drop { $0 == "v" || $0 == "V" })
    }
    let meant = SchemaVersion(dotted.joined(separator: "-")) ?? SchemaVersion("\(text)-0-0")
    return Diagnostic(
      .igluURI, "`\(text)` is no version of a schema", at: span,
      hint: meant.map { "did you mean `\($0)`?" }
        ?? "a version is MODEL-REVISION-ADDITION, such as `1-0-0`")
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
      .igluURI, "this names no schema: \(problem)", at: span,
      hint: hint ?? "a schema is named as `iglu:VENDOR/NAME/FORMAT/VERSION`")
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
      .notSelfDescribing, "this is no self-describing JSON: \(problem)", at: span,
      hint: hint ?? "it has the form `{\"schema\": \"iglu:…\", \"data\": …}`")
  }

  static func schemaFormatUnknown(_ format: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .schemaFormatUnknown, "schemas of the format `\(format)` are not checked", at: span,
      hint: "JSON is described by the formats `jsonschema` and `avro`")
  }
}
