import Documents
import Diagnostics
import Schemas
import SourceText
import Testing
import Values

/// What `x-secret` marks, and what it does not.
@Suite struct SecretTests {
  private static let schema = """
    {
      "properties": {
        "password": {
          "type": ["string", "object"], "x-secret": true,
          "properties": {
            "reference": { "x-secret": false, "properties": { "name": { "enum": ["abc"] } } },
            "other": { "enum": ["abc"] }
          }
        }
      }
    }
    """

  private func read(_ text: String) throws -> Tree {
    var diagnostics: [Diagnostic] = []
    return try #require(
      JSONReader.read(Array(text.utf8), source: SourceID(index: 0), into: &diagnostics))
  }

  private func compiled() throws -> Schema {
    var set = SchemaSet()
    var diagnostics: [Diagnostic] = []
    set.add(try read(Self.schema), uri: "test:///schema")
    return try #require(set.compile("test:///schema", into: &diagnostics))
  }

  private func secrets(_ text: String) throws -> [String] {
    var found: [String] = []
    func visit(_ value: Value) {
      switch value {
      case .secret(let secret): found.append(secret.reference)
      case .map(let map): for entry in map.entries { visit(entry.value) }
      default: break
      }
    }
    visit(try compiled().value(of: read(text), file: "in", secrets: []))
    return found
  }

  @Test func marksWhatIsWithin() throws {
    #expect(try secrets(#"{"password": "hush"}"#) == ["in#/password"])
    #expect(try secrets(#"{"password": {"other": "hush"}}"#) == ["in#/password/other"])
    #expect(try secrets(#"{"password": {"reference": {"name": "abc"}}}"#).isEmpty)
  }

  @Test func saysNoSecretInAMessage() throws {
    let schema = try compiled()
    let hidden = schema.diagnose(try read(#"{"password": {"other": "hush-hush"}}"#))
    #expect(hidden.count == 1 && !hidden.contains { $0.message.contains("hush") })
    let shown = schema.diagnose(try read(#"{"password": {"reference": {"name": "a.b.c"}}}"#))
    #expect(shown.count == 1 && shown.contains { $0.message.contains("a.b.c") })
  }
}
