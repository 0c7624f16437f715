import Documents
import Diagnostics
import Schemas
import SourceText
import Values

/// A schema, then instances: compiled, drawn as a type, and held against each.
enum Validation {
  private static let uri = "fuzz:///schema"
  private static let other = "fuzz:///other"

  static func run(_ bytes: [UInt8], _ source: SourceID, into diagnostics: inout [Diagnostic]) {
    let parts = Parts.cut(bytes, most: 4)
    guard let text = parts.first,
      let tree = JSONReader.read(text, source: source, into: &diagnostics)
    else { return }
    var set = SchemaSet()
    set.add(tree, uri: uri)
    // There is one other document, and it is the same.
    let load = { (wanted: String) in wanted == other ? tree : nil }
    guard let schema = set.compile(uri, load: load, into: &diagnostics) else { return }
    _ = schema.type(named: "fuzz")
    for part in parts.dropFirst() {
      guard let instance = JSONReader.read(part, source: source, into: &diagnostics) else {
        continue
      }
      check(schema, instance, into: &diagnostics)
    }
  }

  private static func check(
    _ schema: Schema, _ instance: Tree, into diagnostics: inout [Diagnostic]
  ) {
    let violations = schema.diagnose(instance)
    // The fast way and the one that collects have to agree.
    precondition(schema.isValid(instance) == !violations.hasErrors)
    diagnostics += violations
    diagnostics += schema.diagnose(instance, deferringExpressions: true, assertingFormats: true)
    _ = schema.value(of: instance, file: "fuzz", secrets: ["/a/*", "#/properties"])
  }
}
