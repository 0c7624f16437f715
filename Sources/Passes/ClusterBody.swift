package import Documents
package import Diagnostics
import PipelineSyntax
import SourceText
package import Values

/// Evaluates `cluster.job-flow`: EMR's own members with expressions, `$when`, `$each` and `$value`.
package struct ClusterBody {
  /// What it may report, besides what readers do.
  package static let codes: [DiagnosticCode] = [.emrTooManySteps, .listItemAbsent]

  private let tree: Tree
  private let binder: Binder
  /// Nil to skip origins; `SpannedValue.blaming` adds them if there is a mistake.
  private let origins: InputOrigins?
  /// What the binder's values are marked with.
  private let marks: PlaceMarks?

  package init(binder: Binder, origins: InputOrigins?) {
    self.init(binder: binder, origins: origins, marks: nil)
  }

  init(binder: Binder, origins: InputOrigins?, marks: PlaceMarks?) {
    tree = binder.tree
    self.binder = binder
    self.origins = origins
    self.marks = marks
  }

  /// The evaluated body without absent entries, and without maps and lists that become empty that
  /// way.
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
      if let marks { return marks.located(value, at: tree.span(node)) }
      return SpannedValue(
        value: value.spelledByJSON, span: tree.span(node),
        origin: origins?.place(of: node, in: tree))
    }
  }

  /// Whether a map's `$when`, if it has one, is true.
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

  /// Adds an item's value in the current scope.
  private func add(
    _ item: NodeID, to items: inout [SpannedValue], into diagnostics: inout [Diagnostic]
  ) {
    let own = tree.value(item, "$value")
    if own != nil, !holds(item, into: &diagnostics) { return }
    let content = own ?? item
    let before = diagnostics.count
    guard let value = evaluate(content, into: &diagnostics) else {
      // An absent item shifts those after it, so only a `$when` may leave one out.
      if diagnostics.count == before, tree.value(item, "$when") == nil {
        diagnostics.append(.itemAbsent(at: tree.span(content)))
      }
      return
    }
    // A list within a list of scalars is spliced: `- ${config.bootstrap}`.
    if case .list(let inner) = value.content, tree.kind(content) == .string {
      items += inner
    } else {
      items.append(value)
    }
  }
}

extension Value {
  /// Numbers as the member's type requires: whole ones have no fraction.
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
