import Documents
import Diagnostics
import Expressions
import Passes
import PipelineSyntax
import Schemas
import SourceText
import Values
import YAMLSyntax

/// What the program needs from its built-in files at each start, computed when it is built: the
/// files' trees, their templates, the compiled schemas.
///
/// It only saves time: without a snapshot the program does the same.
package enum BuiltinSnapshot {
  /// The bytes of `snapshot.bin`.
  package static func bytes() -> [UInt8] {
    var writer = SnapshotWriter()
    for path in Builtins.paths {
      guard path.hasSuffix(".yml") || path.hasSuffix(".json"), let tree = tree(path) else {
        continue
      }
      writer.add("tree:\(path)", tree.snapshot)
      if path.hasSuffix(".yml"), let templates = templates(tree) {
        writer.add("templates:\(path)", templates)
      }
      if path.hasPrefix("step-kinds/"), let schema = parameters(tree)?.snapshot {
        writer.add("schema:\(path)", schema)
      }
    }
    for path in SchemaLibrary.builtinPaths {
      // The tool's own snapshot may be of older files.
      var library = SchemaLibrary(asking: false, snapshot: .none)
      var sources = SourceSet()
      var diagnostics: [Diagnostic] = []
      let schema = library.schema(path, sources: &sources, into: &diagnostics)
      if diagnostics.isEmpty, let blob = schema?.snapshot { writer.add("schema:\(path)", blob) }
    }
    return writer.bytes()
  }

  private static func tree(_ path: String) -> Tree? {
    guard let text = Builtins.file(path) else { return nil }
    var diagnostics: [Diagnostic] = []
    let source = SourceID(index: 0)
    let tree =
      path.hasSuffix(".json")
      ? JSONReader.read(text, source: source, into: &diagnostics)
      : YAMLReader.read(
        SourceFile(name: path, text: text), source: source, rules: .core, into: &diagnostics)
    return diagnostics.isEmpty ? tree : nil
  }

  private static func templates(_ tree: Tree) -> SnapshotWriter.Blob? {
    var tables = TemplateTables()
    for index in tree.nodes.indices {
      let node = NodeID(index: UInt32(clamping: index))
      guard !tree.isAlias(node), tree.hasExpression(node) else { continue }
      var diagnostics: [Diagnostic] = []
      if let template = tree.template(node, into: &diagnostics), diagnostics.isEmpty {
        tables.add(template, at: node)
      }
    }
    return tables.snapshot
  }

  private static func parameters(_ tree: Tree) -> Schema? {
    var diagnostics: [Diagnostic] = []
    guard let decl = StepKindDecl(tree, into: &diagnostics), let parameters = decl.parameters
    else { return nil }
    return SchemaLibrary.parameters(decl, parameters, into: &diagnostics)
  }
}
