package import Documents
package import Diagnostics
import PipelineSyntax
import SourceText
package import Values

/// Evaluates `cluster.job-flow`: EMR's own members with expressions, `$when`, `$each` and `$value`.
package struct ClusterBody {
  private let tree: Tree
  private let binder: Binder
  /// Nil where only what is wrong will be placed, by `SpannedValue.blaming`.
  private let origins: InputOrigins?

  package init(binder: Binder, origins: InputOrigins?) {
    tree = binder.tree
    self.binder = binder
    self.origins = origins
  }

  /// The evaluated body; entries without a value are left out, and so are maps and lists that become
  /// empty by it.
  package func evaluate(
    _ node: NodeID, into diagnostics: inout [Diagnostic]
  ) -> SpannedValue? {
    switch tree.kind(node) {
    case .map: return holds(node, into: &diagnostics) ? map(node, into: &diagnostics) : nil
    case .list: return list(node, into: &diagnostics)
    case .null: return nil
    case .bool, .int, .float, .string:
      guard let value = binder.value(node, into: &diagnostics)?.unwrapped, !value.isAbsent else {
        return nil
      }
      return SpannedValue(
        value: value.spelledByJSON, span: tree.span(node),
        origin: origins?.place(of: node, in: tree))
    }
  }

  /// Whether a map's `$when` holds, if it has one.
  private func holds(_ map: NodeID, into diagnostics: inout [Diagnostic]) -> Bool {
    guard let when = tree.value(map, "$when") else { return true }
    return binder.bool(when, into: &diagnostics) == true
  }

  private func map(
    _ node: NodeID, into diagnostics: inout [Diagnostic]
  ) -> SpannedValue? {
    var entries: [SpannedValue.Entry] = []
    for entry in tree.entries(node) {
      let key = tree.string(entry.key)
      if key == "$when" || key == "$each" { continue }
      guard let value = evaluate(entry.value, into: &diagnostics) else { continue }
      entries.append(SpannedValue.Entry(key: key, keySpan: tree.span(entry.key), value: value))
    }
    if entries.isEmpty, tree.count(node) > 0 { return nil }
    return SpannedValue(.map(entries), span: tree.span(node))
  }

  private func list(
    _ node: NodeID, into diagnostics: inout [Diagnostic]
  ) -> SpannedValue? {
    var items: [SpannedValue] = []
    for item in tree.items(node) {
      guard let each = tree.value(item, "$each") else {
        add(item, to: &items, into: &diagnostics)
        continue
      }
      let before = binder.scope
      defer { binder.scope = before }
      for variables in binder.combinations(each, into: &diagnostics) {
        binder.scope = before.adding(variables)
        add(item, to: &items, into: &diagnostics)
      }
    }
    if items.isEmpty, tree.count(node) > 0 { return nil }
    return SpannedValue(.list(items), span: tree.span(node))
  }

  /// Adds what an item comes to in the scope as it is.
  private func add(
    _ item: NodeID, to items: inout [SpannedValue], into diagnostics: inout [Diagnostic]
  ) {
    let own = tree.value(item, "$value")
    if own != nil, !holds(item, into: &diagnostics) { return }
    let content = own ?? item
    let before = diagnostics.count
    guard let value = evaluate(content, into: &diagnostics) else {
      // What is left out shifts what comes after it: only a `$when` says that this is meant.
      if diagnostics.count == before, tree.value(item, "$when") == nil {
        diagnostics.append(.itemAbsent(at: tree.span(content)))
      }
      return
    }
    // A list in a list of scalars is spliced: `- ${config.bootstrap}`.
    if case .list(let inner) = value.content, tree.kind(content) == .string {
      items += inner
    } else {
      items.append(value)
    }
  }
}

extension Value {
  /// Numbers as their member's type wants them: one that is whole has no fraction.
  fileprivate var spelledByJSON: Value {
    switch self {
    case .number: exactInteger.map { .int($0) } ?? self
    case .list(let items): .list(items.map(\.spelledByJSON))
    case .map(let map):
      .map(ValueMap(map.entries.map { (key: $0.key, value: $0.value.spelledByJSON) }))
    default: self
    }
  }
}
