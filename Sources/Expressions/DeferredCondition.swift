package import SourceText
package import Values

/// What a condition asks of values that are known only later; all else in it is evaluated.
package indirect enum DeferredCondition: Equatable, Sendable {
  package enum Comparison: String, Sendable, CaseIterable {
    case equal = "=="
    case notEqual = "!="
    case less = "<"
    case lessEqual = "<="
    case greater = ">"
    case greaterEqual = ">="

    /// The same comparison with its sides exchanged.
    var mirrored: Comparison {
      switch self {
      case .equal, .notEqual: self
      case .less: .greater
      case .lessEqual: .greaterEqual
      case .greater: .less
      case .greaterEqual: .lessEqual
      }
    }
  }

  case known(Bool)
  /// That a later bool is true.
  case holds(String)
  case compares(String, Comparison, Value)
  case not(DeferredCondition)
  case all([DeferredCondition])
  case any([DeferredCondition])
}

extension Template {
  /// The expressions in it that use a variable.
  package func expressions(using name: String) -> [Expression] {
    pieces.compactMap { piece in
      guard case .expression(let expression) = piece,
        expression.references.contains(where: { $0.name == name })
      else { return nil }
      return expression
    }
  }
}

extension Expression {
  /// Where a later value, a member of the variable `name`, is used for anything but a condition that
  /// can be evaluated later: joined by `&&`, `||`, `!` and `?:`, or compared with what is known now.
  package func misuse(of name: String) -> Span? { misuse(of: name, at: root) }

  private func misuse(of name: String, at index: Int) -> Span? {
    guard uses(name, at: index) else { return nil }
    let node = nodes[index]
    if member(of: name, at: index) != nil { return nil }
    if let parts = conditions(of: node) {
      return parts.compactMap { self.misuse(of: name, at: $0) }.first
    }
    return comparison(of: name, node) == nil ? node.span : nil
  }

  /// The condition with everything evaluated that doesn't use the variable `name`.
  package func deferred(
    _ name: String, in context: EvaluationContext
  ) -> Result<DeferredCondition, EvaluationError> {
    let evaluator = Evaluator(self, context)
    do throws(EvaluationError) {
      return .success(try deferred(name, root, evaluator))
    } catch {
      return .failure(error)
    }
  }

  private func deferred(
    _ name: String, _ index: Int, _ evaluator: Evaluator
  ) throws(EvaluationError) -> DeferredCondition {
    let node = nodes[index]
    guard uses(name, at: index) else {
      guard case .bool(let value) = try evaluator.evaluate(index).revealed else {
        throw EvaluationError(message: "this isn't a bool", span: node.span)
      }
      return .known(value)
    }
    if let member = member(of: name, at: index) { return .holds(member) }
    if let (member, comparison, other) = comparison(of: name, node) {
      let value = try evaluator.evaluate(other)
      guard value.secretReferences.isEmpty else {
        throw EvaluationError(
          message: "a secret can't be compared during the run", span: nodes[other].span)
      }
      return .compares(member, comparison, value)
    }
    guard let parts = conditions(of: node) else {
      throw EvaluationError(message: "this can't be evaluated during the run", span: node.span)
    }
    var conditions: [DeferredCondition] = []
    for part in parts {
      let condition = try deferred(name, part, evaluator)
      conditions.append(condition)
      // What follows may have no value, as in `has(a.b) && a.b > 0`.
      if node.kind == .and, condition == .known(false) { return .known(false) }
      if node.kind == .or, condition == .known(true) { return .known(true) }
    }
    switch node.kind {
    case .and: return .all(conditions).simplified
    case .or: return .any(conditions).simplified
    case .conditional:
      return DeferredCondition.any([
        .all([conditions[0], conditions[1]]), .all([.not(conditions[0]), conditions[2]]),
      ]).simplified
    default: return .not(conditions[0]).simplified
    }
  }

  private func uses(_ name: String, at index: Int) -> Bool {
    var finder = ReferenceFinder(expression: self)
    finder.visit(index, as: .value)
    return finder.found.contains { $0.name == name }
  }

  private func member(of name: String, at index: Int) -> String? {
    guard let reference = reference(at: index, as: .value), reference.name == name,
      reference.use == .value, reference.members.count == 1
    else { return nil }
    return reference.members.first
  }

  /// The conditions that a condition joins.
  private func conditions(of node: Node) -> [Int]? {
    switch node.kind {
    case .and, .or: (Int(node.b)..<Int(node.b + node.c)).map { Int(extra[$0]) }
    case .conditional: [Int(node.a), Int(node.b), Int(node.c)]
    case .operator where Builtin(rawValue: node.a) == .not: [Int(node.b)]
    default: nil
    }
  }

  /// A comparison of a later value with another, whose node is given.
  private func comparison(
    of name: String, _ node: Node
  ) -> (member: String, DeferredCondition.Comparison, other: Int)? {
    guard node.kind == .operator, let builtin = Builtin(rawValue: node.a), node.c >= 0 else {
      return nil
    }
    let comparison: DeferredCondition.Comparison
    switch builtin {
    case .equal: comparison = .equal
    case .notEqual: comparison = .notEqual
    case .less: comparison = .less
    case .lessEqual: comparison = .lessEqual
    case .greater: comparison = .greater
    case .greaterEqual: comparison = .greaterEqual
    default: return nil
    }
    let (left, right) = (Int(node.b), Int(node.c))
    if let member = member(of: name, at: left), !uses(name, at: right) {
      return (member, comparison, right)
    }
    if let member = member(of: name, at: right), !uses(name, at: left) {
      return (member, comparison.mirrored, left)
    }
    return nil
  }
}

extension DeferredCondition {
  /// Without parts that are known.
  fileprivate var simplified: DeferredCondition {
    switch self {
    case .known, .holds, .compares: return self
    case .not(let part):
      switch part.simplified {
      case .known(let value): return .known(!value)
      case .not(let inner): return inner
      case let rest: return .not(rest)
      }
    case .all(let parts): return Self.joined(parts, unit: true) { .all($0) }
    case .any(let parts): return Self.joined(parts, unit: false) { .any($0) }
    }
  }

  private static func joined(
    _ parts: [DeferredCondition], unit: Bool, _ join: ([DeferredCondition]) -> DeferredCondition
  ) -> DeferredCondition {
    let parts = parts.map(\.simplified).filter { $0 != .known(unit) }
    if parts.contains(.known(!unit)) { return .known(!unit) }
    guard let first = parts.first else { return .known(unit) }
    return parts.count == 1 ? first : join(parts)
  }
}
