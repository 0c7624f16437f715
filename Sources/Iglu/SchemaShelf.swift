package import Documents
package import Diagnostics
import Schemas
package import SourceText
import Values

/// Schemas that were found, compiled on first use.
package struct SchemaShelf {
  private enum Compiled {
    case json(Schema)
    case avro(AvroSchema)
    /// It is invalid, which has been reported.
    case faulty
  }

  private var compiled: [SchemaKey: Compiled] = [:]

  package init() {}

  /// All violations of a schema in data.
  ///
  /// Nil if the schema itself is invalid, or of a kind that isn't checked.
  package mutating func diagnose(
    _ tree: Tree, _ data: NodeID, by text: SchemaText, for reference: SchemaReference,
    _ sources: inout SourceSet, into diagnostics: inout [Diagnostic]
  ) -> [Diagnostic]? {
    switch schema(text, for: reference, &sources, into: &diagnostics) {
    case .json(let schema): return schema.diagnose(tree, data, assertingFormats: true)
    case .avro(let schema): return schema.diagnose(tree, data)
    case .faulty: return nil
    }
  }

  private mutating func schema(
    _ text: SchemaText, for reference: SchemaReference, _ sources: inout SourceSet,
    into diagnostics: inout [Diagnostic]
  ) -> Compiled {
    let key = reference.key
    if let known = compiled[key] { return known }
    let result = compile(text, for: reference, &sources, into: &diagnostics)
    compiled[key] = result
    return result
  }

  private func compile(
    _ text: SchemaText, for reference: SchemaReference, _ sources: inout SourceSet,
    into diagnostics: inout [Diagnostic]
  ) -> Compiled {
    let format = reference.key.family.format
    guard format == "jsonschema" || format == "avro" else {
      diagnostics.append(.schemaFormatUnknown(format, at: reference.span))
      return .faulty
    }
    let source = sources.add(SourceFile(name: text.name, text: text.bytes))
    var found: [Diagnostic] = []
    defer { diagnostics += found }
    guard let tree = JSONReader.read(text.bytes, source: source, into: &found), found.isEmpty
    else { return .faulty }
    if format == "avro" {
      guard let schema = AvroSchema(tree, into: &found) else { return .faulty }
      return .avro(schema)
    }
    // Iglu's schemas are draft 4; their `$schema` names a description of `self`.
    var set = SchemaSet(defaultDialect: .draft4)
    set.add(tree, uri: reference.key.uri)
    return set.compile(reference.key.uri, into: &found).map { .json($0) } ?? .faulty
  }
}
