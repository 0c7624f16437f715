package import Documents
package import Diagnostics
import Expressions
import SourceText
import Values

/// The entries of a map node by name, from which all declarations are read.
///
/// A value is read as a node, to be evaluated later, or as a literal. For a literal an expression
/// is an error: it would be silently ignored.
struct Fields {
  let tree: Tree
  let node: NodeID

  init(_ tree: Tree, _ node: NodeID) {
    self.tree = tree
    self.node = node
  }

  /// A value that is evaluated later.
  subscript(name: String) -> NodeID? { tree.value(node, name) }

  /// A literal value; nil if there is none, or if it is an expression.
  private func literal(_ name: String, _ diagnostics: inout [Diagnostic]) -> NodeID? {
    self[name].flatMap { tree.literal($0, of: name, &diagnostics) }
  }

  func text(_ name: String, _ diagnostics: inout [Diagnostic]) -> Spanned<String>? {
    guard let value = literal(name, &diagnostics), tree.kind(value) != .list,
      tree.kind(value) != .map
    else { return nil }
    return Spanned(tree.string(value), tree.span(value))
  }

  func flag(_ name: String, _ diagnostics: inout [Diagnostic]) -> Bool? {
    guard let value = literal(name, &diagnostics), tree.kind(value) == .bool else { return nil }
    return tree.string(value) == "true"
  }

  /// The items of a list, as written.
  func texts(_ name: String, _ diagnostics: inout [Diagnostic]) -> [Spanned<String>] {
    guard let list = literal(name, &diagnostics) else { return [] }
    return tree.items(list).compactMap { item in
      tree.literal(item, of: name, &diagnostics).map { Spanned(tree.string($0), tree.span($0)) }
    }
  }

  func fields(_ name: String) -> Fields? {
    guard let value = self[name], tree.kind(value) == .map else { return nil }
    return Fields(tree, value)
  }

  func items(_ name: String) -> [NodeID] { self[name].map { Array(tree.items($0)) } ?? [] }

  func entries(_ name: String) -> [(key: NodeID, value: NodeID)] {
    self[name].map { Array(tree.entries($0)) } ?? []
  }
}

extension Tree {
  /// The node, unless it is an expression, which is reported.
  package func literal(
    _ node: NodeID, of name: String, _ diagnostics: inout [Diagnostic]
  ) -> NodeID? {
    guard kind(node) == .string, withBytes(node, Template.hasExpression) else { return node }
    diagnostics.append(.literalWanted(name, at: span(node)))
    return nil
  }
}
