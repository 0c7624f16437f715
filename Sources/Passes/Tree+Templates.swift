package import Documents
package import Diagnostics
package import Expressions
import PipelineSyntax
import SourceText
import Values
import YAMLSyntax

extension PipelineDecl {
  /// The `let`s that a node refers to, directly or through others, in their order.
  func lets(neededBy node: NodeID) -> [LetDecl] {
    var wanted = Set(tree.references(in: node).map(\.name))
    let needed = lets.reversed().filter { item in
      guard wanted.contains(item.name.value) else { return false }
      wanted.formUnion(tree.references(in: item.value).map(\.name))
      return true
    }
    return needed.reversed()
  }

  /// Whether a node's value can depend on which stages run, or on where the run starts.
  func dependsOnSelection(_ node: NodeID) -> Bool {
    let nodes = [node] + lets(neededBy: node).map(\.value)
    return nodes.contains { node in
      tree.references(in: node).contains { ["data", "run", "stages"].contains($0.name) }
    }
  }
}

extension Tree {
  /// Whether a node is a text that contains `${`.
  package func hasExpression(_ node: NodeID) -> Bool {
    kind(node) == .string && withBytes(node, Template.hasExpression)
  }

  /// Whether a node is a literal scalar.
  func isLiteral(_ node: NodeID) -> Bool {
    switch kind(node) {
    case .null, .bool, .int, .float: true
    case .string: !withBytes(node, Template.hasExpression)
    case .list, .map: false
    }
  }

  /// What the expressions in a node and its descendants refer to; invalid ones are skipped.
  package func references(in node: NodeID) -> [Reference] {
    switch kind(node) {
    case .null, .bool, .int, .float: return []
    case .list: return items(node).flatMap { references(in: $0) }
    case .map: return entries(node).flatMap { references(in: $0.value) }
    case .string:
      var ignored: [Diagnostic] = []
      guard hasExpression(node) else { return [] }
      return template(node, into: &ignored)?.references ?? []
    }
  }

  /// A text with its expressions parsed: now, or when the program was built. If the text isn't
  /// verbatim in the source, the map to the source is made once for all spans in it.
  package func template(_ node: NodeID, into diagnostics: inout [Diagnostic]) -> Template? {
    let node = resolved(node)
    if let templates, let known = Template(templates, at: node, source: source) { return known }
    if verbatimRange(node) != nil {
      return withBytes(node) { bytes in
        Template.parse(bytes, locate: { span(inScalar: node, $0) }, into: &diagnostics)
      }
    }
    let map = decodedMap(of: node)
    return Template.parse(
      string(node), locate: { place(map.origin(of: $0)) }, into: &diagnostics)
  }
}
