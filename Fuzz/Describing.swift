import Documents
import Diagnostics
import Iglu
import SourceText
import Values

/// A schema (JSON Schema, or Avro where it starts with a blank), and behind a zero a document
/// that describes itself.
enum Describing {
  static func run(
    _ bytes: [UInt8], _ source: SourceID, into diagnostics: inout [Diagnostic]
  ) {
    let parts = Parts.cut(bytes, most: 2)
    var sources = SourceSet()
    guard let text = parts.last else { return }
    let id = sources.add(SourceFile(name: "document", text: text))
    guard let tree = JSONReader.read(text, source: id, into: &diagnostics),
      let document = SelfDescribing(tree, into: &diagnostics)
    else { return }
    _ = ResolverChecks.diagnose(ResolverConfig(document))
    _ = EnrichmentChecks.diagnose([document, document])
    _ = TargetChecks.diagnose(
      [document, document], pipeline: text, taken: [], takesParameterStore: { _ in true })
    guard parts.count > 1, let schema = parts.first else { return }
    var reference = document.reference
    reference.key.family.format = schema.first == 0x20 ? "avro" : "jsonschema"
    var shelf = SchemaShelf()
    _ = shelf.diagnose(
      tree, document.data, by: SchemaText(bytes: schema, name: "schema"),
      for: reference, &sources, into: &diagnostics)
  }
}
