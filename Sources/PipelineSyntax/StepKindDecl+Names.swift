import Documents
import Diagnostics
import SourceText

extension StepKindDecl {
  /// Reports names of parameters that the kind doesn't declare: such an argument would never be
  /// passed, and such data never be known.
  static func checkNames(
    _ tree: Tree, _ root: NodeID, known: [String], _ diagnostics: inout [Diagnostic]
  ) {
    // If others are allowed, a step may have them.
    guard !known.isEmpty, let parameters = tree.value(root, "parameters"),
      let others = tree.value(parameters, "additionalProperties"), tree.string(others) == "false"
    else { return }
    for node in names(tree, root) where tree.kind(node) == .string {
      let name = tree.string(node)
      // An expression isn't a name: that is reported elsewhere.
      if known.contains(name) || name.contains("$") { continue }
      diagnostics.append(.undeclaredParameter(name, among: known, at: tree.span(node)))
    }
  }

  private static func names(_ tree: Tree, _ root: NodeID) -> [NodeID] {
    var found: [NodeID] = []
    for key in ["reads", "writes", "part"] {
      guard let list = tree.value(root, key) else { continue }
      found += tree.kind(list) == .list ? Array(tree.items(list)) : [list]
    }
    for item in tree.value(root, "deletes").map({ Array(tree.items($0)) }) ?? [] {
      if tree.kind(item) == .string { found.append(item) }
      for key in ["parameter", "if"] { found += [tree.value(item, key)].compactMap(\.self) }
    }
    for item in tree.value(root, "arguments").map({ Array(tree.items($0)) }) ?? [] {
      guard tree.kind(item) == .map else { continue }
      for key in ["option", "each", "value", "pairs", "options"] {
        // `options: parameters` is all of them.
        guard let name = tree.value(item, key), tree.string(name) != "parameters" else { continue }
        found.append(name)
      }
    }
    return found
  }
}
