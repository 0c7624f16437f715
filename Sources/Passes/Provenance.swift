import Text
import Documents
import Diagnostics
import Expressions
package import PipelineIR
import PipelineSyntax
import SourceText
package import Values

/// Where in the inputs the values come from that an expression used: found by evaluating it again
/// with inputs whose values are marked with their places. A read that didn't decide anything doesn't
/// count: of `targets.all(t, t.id != "")` only the target without an id.
///
/// It takes as long as the evaluation itself, so it is made only for a mistake.
package final class Provenance {
  /// What blames more places than these blames none.
  private static let limit = 4

  private let context: Context
  private let marks: PlaceMarks
  /// Evaluates with marked inputs.
  let binder: Binder

  package init(_ program: Program, _ context: Context) {
    self.context = context
    var marks = PlaceMarks()
    var scope = context.scope(for: program)
    for declaration in context.pipeline.inputs {
      let name = declaration.name.value
      let trees = context.inputTrees[name] ?? []
      guard let value = context.base.variables[name] else { continue }
      if declaration.isMany, case .list(let items) = value, items.count == trees.count {
        var marked: [Value] = []
        for (item, tree) in zip(items, trees) {
          marked.append(marks.mark(item, tree, tree.root, key: nil))
        }
        scope.variables[name] = .list(marked)
      } else if let tree = trees.first {
        scope.variables[name] = marks.mark(value, tree, tree.root, key: nil)
      }
    }
    if let value = context.base.variables["params"], let tree = context.inputTrees["params"]?.first
    {
      scope.variables["params"] = marks.mark(value, tree, tree.root, key: nil)
    }
    for item in context.pipeline.lets { scope.variables[item.name.value] = nil }
    let binder = Binder(
      tree: context.pipeline.tree, scope: scope, facts: context.facts, traces: true)
    var ignored: [Diagnostic] = []
    for item in context.pipeline.lets {
      binder.bind(item.name.value, binder.value(item.value, into: &ignored))
    }
    self.binder = binder
    self.marks = marks
  }

  /// The places that decided a condition, in the order of the files; none if they are too many.
  func places(decidingOn node: NodeID) -> [Span] {
    var ignored: [Diagnostic] = []
    guard let value = binder.value(node, into: &ignored) else { return [] }
    let places = marks.places(in: value.secretReferences)
    return places.count > Self.limit ? [] : places
  }

  /// The same request, with the place in an input that each of its values comes from, if there is
  /// one.
  package func blaming(_ jobFlow: SpannedValue) -> SpannedValue {
    guard let node = context.pipeline.cluster?.jobFlow else { return jobFlow }
    var ignored: [Diagnostic] = []
    let traced = ClusterBody(binder: binder, origins: nil, marks: marks)
      .evaluate(node, into: &ignored)
    return traced.map { jobFlow.withOrigins(of: $0) } ?? jobFlow
  }
}

/// Marks of places, as references of secrets.
struct PlaceMarks {
  private struct Place {
    var key: Span?
    var value: Span
  }

  private static let (opening, closing) = (UInt8(2), UInt8(3))
  private var places: [Place] = []

  /// A value of an input, marked with the place of each of its members.
  mutating func mark(_ value: Value, _ tree: Tree, _ node: NodeID?, key: Span?) -> Value {
    let value = value.revealed
    guard let node else { return value }
    let marked: Value
    switch (value, tree.kind(node)) {
    case (.null, _): return value
    case (.list(let items), .list) where items.count == tree.count(node):
      var marks: [Value] = []
      for (item, node) in zip(items, tree.items(node)) {
        marks.append(mark(item, tree, node, key: nil))
      }
      marked = .list(marks)
    case (.map(let map), .map):
      var copy = map
      for entry in tree.entries(node) {
        let name = tree.string(entry.key)
        guard let member = map[name] else { continue }
        copy[.string(name)] = mark(member, tree, entry.value, key: tree.span(entry.key))
      }
      marked = .map(copy)
    default: marked = value
    }
    let isContainer = tree.kind(node) == .map || tree.kind(node) == .list
    places.append(Place(key: key, value: isContainer ? key ?? tree.head(node) : tree.span(node)))
    return .secret(Secret(marked, reference: "\u{2}\(places.count - 1)\u{3}"))
  }

  /// What a map's key is marked with, if its value is.
  static func key(_ key: Value, of value: Value) -> Value {
    guard case .secret(let secret) = value else { return key }
    return .secret(Secret(key, reference: secret.reference.replacing("\u{2}", with: "\u{2}k")))
  }

  /// The places that references are made of, each once, in the order of the files.
  func places(in references: [String]) -> [Span] {
    var found: Set<Span> = []
    for reference in references {
      for part in reference.utf8.split(separator: Self.opening).dropFirst(
        reference.utf8.first == Self.opening ? 0 : 1)
      {
        var digits = part.prefix { $0 != Self.closing }
        let isKey = digits.first == UInt8(ascii: "k")
        if isKey { digits = digits.dropFirst() }
        guard let number = Int(String(decoding: digits, as: UTF8.self)),
          places.indices.contains(number)
        else { continue }
        let place = places[number]
        found.insert(isKey ? place.key ?? place.value : place.value)
      }
    }
    return found.sorted { ($0.source.index, $0.start) < ($1.source.index, $1.start) }
  }

  /// A marked value without its marks, each part with the place that it comes from.
  func located(_ value: Value, at span: Span?, origin: Span? = nil) -> SpannedValue {
    switch value {
    case .secret(let secret):
      let places = places(in: [secret.reference])
      return located(
        secret.value, at: span, origin: places.count == 1 ? places.first : nil)
    case .optional(let wrapped?): return located(wrapped, at: span, origin: origin)
    case .list(let items):
      return SpannedValue(
        .list(items.map { located($0, at: span, origin: origin) }), span: span, origin: origin)
    case .map(let map):
      return SpannedValue(
        .map(
          map.entries.compactMap { entry in
            guard case .string(let key) = entry.key.revealed, !entry.value.isAbsent else {
              return nil
            }
            return SpannedValue.Entry(
              key: key, value: located(entry.value, at: span, origin: origin))
          }), span: span, origin: origin)
    default: return SpannedValue(value: value, span: span, origin: origin)
    }
  }
}

extension Tree {
  /// The first key of a map, or the first item of a list.
  fileprivate func head(_ node: NodeID) -> Span {
    if kind(node) == .map, let first = entries(node).first(where: { _ in true }) {
      return span(first.key)
    }
    return items(node).first(where: { _ in true }).map { span($0) } ?? span(node)
  }
}

extension SpannedValue {
  /// The same value, with the origins of one of the same shape.
  fileprivate func withOrigins(of other: SpannedValue) -> SpannedValue {
    var located = self
    if origin == nil { located.origin = other.origin }
    switch (content, other.content) {
    case (.list(let items), .list(let others)) where items.count == others.count:
      located.content = .list(zip(items, others).map { $0.withOrigins(of: $1) })
    case (.map(let entries), .map(let others)):
      located.content = .map(
        entries.map { entry in
          guard let other = others.first(where: { $0.key == entry.key }) else { return entry }
          return Entry(
            key: entry.key, keySpan: entry.keySpan, value: entry.value.withOrigins(of: other.value))
        })
    default: break
    }
    return located
  }
}
