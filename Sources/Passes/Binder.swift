package import Documents
package import Diagnostics
import Expressions
import PipelineIR
import SourceText
package import Values
import YAMLSyntax

/// Evaluates the nodes of a tree in a scope. Failures become diagnostics and yield nil.
///
/// A class: all who hold it see a change of the scope.
package final class Binder {
  package let tree: Tree
  package var scope: Scope {
    get { Scope(variables: context.variables) }
    set { context.variables = newValue.variables }
  }
  package let facts: FactOracle
  /// Where values come from; nil if expressions see no inputs.
  package let blame: InputBlame?
  /// The scope as expressions see it.
  @exclusivity(unchecked) private var context: EvaluationContext
  /// Names without a value because of a mistake that was reported at their definition.
  private var failed: Set<String> = []

  /// - Parameter traces: whether values are marked with their places, to be found in results.
  package init(
    tree: Tree, scope: Scope, facts: FactOracle, blame: InputBlame? = nil, traces: Bool = false
  ) {
    self.tree = tree
    self.facts = facts
    self.blame = blame
    context = EvaluationContext(variables: scope.variables, functions: facts.functions)
    context.traces = traces
    context.coverage = traces ? nil : facts.coverage
  }

  /// Sets a variable in the scope; nil removes it.
  package func bind(_ name: String, _ value: Value?) {
    context.variables[name] = value
  }

  /// Notes that a name has no value because of a mistake, so that expressions that use it don't
  /// report another one.
  package func fail(_ name: String) { failed.insert(name) }

  private func usesFailed(_ template: Template) -> Bool {
    !failed.isEmpty && template.references.contains { failed.contains($0.name) }
  }

  /// The value of a node and its descendants; absent (`null`, none) entries and items are kept.
  package func value(_ node: NodeID, into diagnostics: inout [Diagnostic]) -> Value? {
    switch tree.kind(node) {
    case .null, .bool, .int, .float: return Value(tree, node)
    case .string:
      guard tree.withBytes(node, Template.hasExpression) else {
        return .string(unescaped(tree.string(node)))
      }
      guard let template = tree.template(node, into: &diagnostics) else { return nil }
      let asked = facts.askedCount
      defer { if facts.askedCount != asked { facts.place(tree.span(node)) } }
      switch template.evaluate(in: context) {
      case .success(let value): return value
      case .failure(let error):
        if usesFailed(template) { return nil }
        diagnostics.append(
          facts.explain(
            .evaluation(error).blaming(blame?.place(ofArgumentIn: node, call: error.span)),
            grounds(of: node, since: asked)))
        return nil
      }
    case .list:
      var items: [Value] = []
      for item in tree.items(node) {
        guard let value = value(item, into: &diagnostics) else { return nil }
        items.append(value)
      }
      return .list(items)
    case .map:
      var map = ValueMap()
      for entry in tree.entries(node) {
        guard let value = value(entry.value, into: &diagnostics) else { return nil }
        map[tree.string(entry.key)] = value
      }
      return .map(map)
    }
  }

  package func bool(_ node: NodeID, into diagnostics: inout [Diagnostic]) -> Bool? {
    guard let value = value(node, into: &diagnostics) else { return nil }
    if case .bool(let flag) = value.revealed {
      note(node, flag)
      return flag
    }
    diagnostics.append(.wrongValue("a bool", found: value, at: tree.span(node)))
    return nil
  }

  package func string(_ node: NodeID, into diagnostics: inout [Diagnostic]) -> String? {
    guard let value = value(node, into: &diagnostics) else { return nil }
    if case .string(let text) = value { return text }
    diagnostics.append(.wrongValue("a string", found: value, at: tree.span(node)))
    return nil
  }

  /// A string, or the text of a number, a bool or a time. For a secret, its placeholder.
  package func text(_ node: NodeID, into diagnostics: inout [Diagnostic]) -> String? {
    guard let value = value(node, into: &diagnostics) else { return nil }
    if case .secret(let secret) = value { return secret.placeholder }
    if let text = value.argumentText { return text }
    diagnostics.append(.wrongValue("a text", found: value, at: tree.span(node)))
    return nil
  }

  /// A condition, with everything evaluated that doesn't use a variable whose values come later.
  func evaluateDeferred(
    _ expression: Expression, _ variable: String
  ) -> Result<DeferredCondition, EvaluationError> {
    expression.deferred(variable, in: context)
  }

  /// A span of time above 0: a duration, or a text such as `90m` or `1d12h`.
  package func seconds(_ node: NodeID, into diagnostics: inout [Diagnostic]) -> Int64? {
    guard let value = value(node, into: &diagnostics)?.unwrapped else { return nil }
    var seconds: Int64?
    switch value {
    case .duration(let duration): seconds = duration.nanoseconds / 1_000_000_000
    case .string(let text): seconds = TimeSpan.seconds(text)
    default: seconds = nil
    }
    if let seconds, seconds > 0 { return seconds }
    diagnostics.append(
      .wrongValue("a span of time such as `90m` or `1d12h`", found: value, at: tree.span(node)))
    return nil
  }

  /// A whole number from 0 up.
  package func count(_ node: NodeID, into diagnostics: inout [Diagnostic]) -> Int64? {
    guard let value = value(node, into: &diagnostics)?.unwrapped else { return nil }
    if let count = value.exactInteger, count >= 0 { return count }
    diagnostics.append(.wrongValue("a whole number from 0 up", found: value, at: tree.span(node)))
    return nil
  }

  /// Notes what became of a part of the tree, if that is to be noted.
  func note(_ node: NodeID, _ outcome: Bool) {
    if let coverage = context.coverage { coverage.note(tree.span(node), outcome) }
  }

  /// How often `each` may repeat something: a job flow has a few hundred steps, and nobody should
  /// wait for a million to be made and refused.
  package static var repetitionLimit: Int { 10_000 }

  /// The values of an `each`'s names for each repetition, the last name changing fastest, and of
  /// `index`, which counts them.
  /// - Parameter limit: how many there may be; if there are more, that is an error, and none are
  ///   made.
  package func combinations(
    _ each: NodeID, limit: Int = repetitionLimit, into diagnostics: inout [Diagnostic]
  ) -> [[String: Value]] {
    var lists: [(name: String, items: [Value])] = []
    for entry in tree.entries(each) {
      guard let value = value(entry.value, into: &diagnostics)?.unwrapped else { return [] }
      guard let items = context.traces ? value.tracedItems : value.iterationItems else {
        diagnostics.append(.wrongValue("a list", found: value, at: tree.span(entry.value)))
        return []
      }
      note(entry.value, !items.isEmpty)
      lists.append((tree.string(entry.key), items))
    }
    // One empty list leaves nothing, however long the others are.
    guard !lists.contains(where: \.items.isEmpty) else { return [] }
    var count = 1
    for list in lists {
      let (product, isTooLarge) = count.multipliedReportingOverflow(by: list.items.count)
      guard !isTooLarge, product <= limit else {
        diagnostics.append(.tooManyRepetitions(limit: Self.repetitionLimit, at: tree.span(each)))
        return []
      }
      count = product
    }
    var combinations: [[String: Value]] = [[:]]
    for list in lists {
      combinations = combinations.flatMap { combination in
        list.items.map { combination.merging([list.name: $0]) { $1 } }
      }
    }
    for index in combinations.indices { combinations[index]["index"] = .int(Int64(index)) }
    return combinations
  }

  /// A text without expressions, with `${` for `$${`.
  private func unescaped(_ text: String) -> String {
    Template.literal(text)
  }
}

extension Value {
  /// Whether an entry with this value is left out: null, or an optional without a value.
  package var isAbsent: Bool {
    switch self {
    case .null, .optional(nil): true
    default: false
    }
  }

  /// The value inside an optional.
  package var unwrapped: Value {
    if case .optional(let value?) = self { return value.unwrapped }
    return self
  }

  /// What an `each` iterates over: a list's items; a map's entries as `{key, value}`; nothing for
  /// an absent value; nil for any other value.
  package var iterationItems: [Value]? {
    switch self {
    case .list(let items): items
    case .map(let map):
      map.entries.map { .map(ValueMap(["key": $0.key, "value": $0.value])) }
    case .null, .optional(nil): []
    case .optional(let value?): value.iterationItems
    case .secret(let secret): secret.value.iterationItems
    default: nil
    }
  }

  /// The same of a value marked with places, with those of a map's keys.
  fileprivate var tracedItems: [Value]? {
    switch self {
    case .map(let map):
      map.entries.map { entry in
        let key = PlaceMarks.key(entry.key, of: entry.value)
        return .map(ValueMap(["key": key, "value": entry.value]))
      }
    case .optional(let value?): value.tracedItems
    case .secret(let secret): secret.value.tracedItems
    default: iterationItems
    }
  }
}

extension Value {
  /// Joins texts with a separator; secret if one of them is. Nil if one of the values has no text.
  static func joined(_ values: [Value], separator: String) -> Value? {
    var texts: [String] = []
    for value in values {
      guard let text = value.argumentText else { return nil }
      texts.append(text)
    }
    let text = Value.string(texts.joined(separator: separator))
    let references = values.flatMap(\.secretReferences)
    return references.isEmpty
      ? text : .secret(Secret(text, reference: joinedReferences(references)))
  }
}
