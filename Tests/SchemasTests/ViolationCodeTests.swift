import Documents
import Diagnostics
import Schemas
import SourceText
import Testing
import Values

/// Each kind of violation has its code.
@Suite struct ViolationCodeTests {
  private static func codes(_ schema: String, _ instance: String) throws -> [DiagnosticCode] {
    var diagnostics: [Diagnostic] = []
    func read(_ text: String, _ index: UInt32) throws -> Tree {
      try #require(
        JSONReader.read(
          Array(text.utf8), source: SourceID(index: index), into: &diagnostics))
    }
    var set = SchemaSet()
    set.add(try read(schema, 0), uri: "test:///schema")
    let compiled = try #require(
      set.compile("test:///schema", load: { _ in nil }, into: &diagnostics))
    let found = compiled.diagnose(try read(instance, 1), assertingFormats: true)
    #expect(diagnostics.isEmpty)
    return found.map(\.code)
  }

  @Test(arguments: [
    (#"{"enum": [1, 2]}"#, "3", DiagnosticCode.schemaBadEnum),
    (#"{"format": "ipv4"}"#, #""1.2.3""#, .schemaBadFormat),
    (#"{"minLength": 2}"#, #""a""#, .schemaBadLength),
    (#"{"pattern": "^a"}"#, #""b""#, .schemaBadPattern),
    (#"{"uniqueItems": true}"#, "[1, 2, 1]", .schemaDuplicateItem),
    (#"{"contains": {"type": "string"}}"#, "[1, 2]", .schemaMissingItem),
    (#"{"required": ["a"]}"#, "{}", .schemaMissingKey),
    (#"{"oneOf": [{"minimum": 1}, {"maximum": 9}]}"#, "5", .schemaNoAlternative),
    (#"{"not": {"type": "integer"}}"#, "5", .schemaNotAllowed),
    (#"{"maximum": 4}"#, "5", .schemaOutOfRange),
    (#"{"additionalProperties": false}"#, #"{"a": 1}"#, .schemaUnknownKey),
    (#"{"type": "string"}"#, "5", .schemaWrongType),
  ])
  func aViolationHasItsCode(_ schema: String, _ instance: String, _ code: DiagnosticCode) throws {
    #expect(try Self.codes(schema, instance) == [code])
  }

  /// What a limit allows at its very edge.
  @Test(arguments: [
    (#"{"minLength": 2}"#, #""ab""#), (#"{"maxLength": 2}"#, #""ab""#), (#"{"minimum": 2}"#, "2"),
    (#"{"maximum": 2}"#, "2"), (#"{"minItems": 2}"#, "[1, 2]"), (#"{"maxItems": 2}"#, "[1, 2]"),
  ])
  func limitsIncludeTheirEdge(_ schema: String, _ instance: String) throws {
    #expect(try Self.codes(schema, instance).isEmpty)
  }

  @Test func depthIsLimited() throws {
    let deep = String(repeating: "[", count: 170) + String(repeating: "]", count: 170)
    #expect(try Self.codes(##"{"items": {"$ref": "#"}}"##, deep) == [.schemaTooDeep])
  }
}
