import Documents
import Diagnostics
import Foundation
import Iglu
import SourceText
import TestSupport
import Testing
import Values

/// Real and mutated documents of Iglu Central's schemas, each labelled as valid or not.
@Suite struct ConformanceTests {
  static let folder = Locations.conformance("iglu")

  private struct Outcome {
    var count = 0
    var wrong: [String] = []
  }

  /// Each document of a file of cases.
  private static func each(
    _ name: String,
    _ body: (_ tree: Tree, _ sources: inout SourceSet, _ entry: NodeID) throws -> String?
  ) throws -> Outcome {
    let file = try #require(folder).appending(path: "public/\(name).json")
    var sources = SourceSet()
    let text = try Locations.bytes(file)
    let source = sources.add(SourceFile(name: name, text: text))
    var diagnostics: [Diagnostic] = []
    let tree = try #require(JSONReader.read(text, source: source, into: &diagnostics))
    var outcome = Outcome()
    for entry in tree.items(try #require(tree.root)) {
      outcome.count += 1
      if let problem = try body(tree, &sources, entry) {
        outcome.wrong.append(
          "\(tree.value(entry, "id").map { tree.string($0) } ?? ""): \(problem)")
      }
    }
    return outcome
  }

  private static func label(_ tree: Tree, _ entry: NodeID, _ key: String) -> Bool? {
    guard let node = tree.value(entry, key), tree.kind(node) == .bool else { return nil }
    return tree.string(node) == "true"
  }

  @Test(
    .enabled(if: folder != nil, "the conformance data is not there"),
    arguments: [("instances", 77), ("mutated", 69)])
  func documentsAreJudgedAsLabelled(name: String, count: Int) throws {
    var shelf = SchemaShelf()
    let outcome = try Self.each(name) { tree, sources, entry in
      let node = try #require(tree.value(entry, path: ["instance", "schema"]))
      let data = try #require(tree.value(entry, path: ["instance", "data"]))
      var found: [Diagnostic] = []
      guard let reference = SchemaReference(tree, node, into: &found) else {
        return "its schema is not read: \(found)"
      }
      let file = try #require(Self.folder).appending(path: "schemas/\(reference.key.path)")
      guard let bytes = try? Locations.bytes(file) else {
        return Self.label(tree, entry, "validWithFormats") == nil ? nil : "there is no schema"
      }
      let violations = shelf.diagnose(
        tree, data, by: SchemaText(bytes: bytes, name: reference.key.path), for: reference,
        &sources, into: &found)
      guard let violations, found.isEmpty else { return "its schema is not sound: \(found)" }
      for violation in violations where violation.span?.source != tree.source {
        return "a violation has no place: \(violation)"
      }
      return violations.isEmpty == Self.label(tree, entry, "validWithFormats")
        ? nil : "\(violations.map(\.message))"
    }
    #expect(outcome.count == count)
    #expect(outcome.wrong.isEmpty, "\(outcome.wrong.joined(separator: "\n"))")
  }

  @Test(.enabled(if: folder != nil, "the conformance data is not there"))
  func envelopesAreJudgedAsLabelled() throws {
    let outcome = try Self.each("envelopes") { tree, _, entry in
      let instance = try #require(tree.value(entry, "instance"))
      var writer = CanonicalJSONWriter(pretty: false)
      writer.value(Value(tree, instance), revealingSecrets: true)
      var found: [Diagnostic] = []
      let alone = try #require(
        JSONReader.read(writer.bytes, source: SourceID(index: 0), into: &found))
      // The schema's pattern lets a model be 0, of which no client looks up a schema.
      if found.isEmpty, let uri = tree.value(instance, "schema"),
        tree.string(uri).hasSuffix("/0-0-0")
      {
        return SelfDescribing(alone, into: &found) == nil && found.map(\.code) == [.igluURI]
          ? nil : "a model 0 is taken"
      }
      let isEnvelope = SelfDescribing(alone, into: &found) != nil && found.isEmpty
      return isEnvelope == Self.label(tree, entry, "validIgluOnly") ? nil : "\(found)"
    }
    #expect(outcome.count == 7)
    #expect(outcome.wrong.isEmpty, "\(outcome.wrong.joined(separator: "\n"))")
  }
}
