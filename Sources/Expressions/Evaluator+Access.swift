import Text
import SourceText
import Values

/// Fields and indices.
extension Evaluator {
  func select(_ index: Int, _ node: Expression.Node) throws(EvaluationError) -> Value {
    let operand = try evaluate(Int(node.a))
    let name = expression.names[Int(node.b)]
    if case .map(let map) = operand, node.flag == 0 {
      if let value = map[name], !isAbsent(value) { return value }
      throw missing(name, index)
    }
    do {
      return try selected(operand, name, isOptional: node.flag == 1)
    } catch {
      throw located(error, index)
    }
  }

  private func missing(_ name: String, _ index: Int) -> EvaluationError {
    located(EvaluationError("there is no `\(name)` here"), index)
  }

  private func isAbsent(_ value: Value) -> Bool {
    if case .null = value { return true }
    return false
  }

  private func selected(
    _ operand: Value, _ name: String, isOptional: Bool
  ) throws(EvaluationError) -> Value {
    switch operand {
    case .map(let map):
      let value = map[name].flatMap { isAbsent($0) ? nil : $0 }
      if isOptional { return .optional(value) }
      guard let value else { throw EvaluationError("there is no `\(name)` here") }
      return value
    case .optional(let wrapped):
      guard let wrapped else { return .optional(nil) }
      let value = try selected(wrapped, name, isOptional: true)
      return value
    case .secret(let secret):
      let value = try selected(secret.value, name, isOptional: isOptional)
      return value.marked(secret.member(name))
    default:
      if isOptional, isAbsent(operand) { return .optional(nil) }
      throw EvaluationError("\(operand.kindName) has no field `\(name)`")
    }
  }

  // MARK: has

  func presence(_ index: Int, _ node: Expression.Node) throws(EvaluationError) -> Value {
    let isThere = try has(index, node)
    guard context.traces, isThere, let operand = try present(Int(node.a)),
      let value = try? selected(operand, expression.names[Int(node.b)], isOptional: false)
    else { return .bool(isThere) }
    return truth(isThere, value.secretReferences)
  }

  func has(_ index: Int, _ node: Expression.Node) throws(EvaluationError) -> Bool {
    guard let operand = try present(Int(node.a)) else { return false }
    do {
      return try holds(operand, expression.names[Int(node.b)])
    } catch {
      throw located(error, index)
    }
  }

  /// The operand of `has`; nil if anything along its path is absent.
  private func present(_ index: Int) throws(EvaluationError) -> Value? {
    let node = expression.nodes[index]
    guard node.kind == .select, node.flag == 0 else {
      return try evaluate(index)
    }
    guard let operand = try present(Int(node.a)) else { return nil }
    let name = expression.names[Int(node.b)]
    guard try holds(operand, name) else { return nil }
    do {
      return try selected(operand, name, isOptional: false)
    } catch {
      throw located(error, index)
    }
  }

  private func holds(_ operand: Value, _ name: String) throws(EvaluationError) -> Bool {
    switch operand {
    case .map(let map): return map[name].map { !isAbsent($0) } ?? false
    case .optional(let wrapped):
      guard let wrapped else { return false }
      return try holds(wrapped, name)
    case .secret(let secret): return try holds(secret.value, name)
    case .null: return false
    default: throw EvaluationError("\(operand.kindName) has no fields")
    }
  }

  // MARK: Indices

  func subscripted(
    _ index: Int, _ node: Expression.Node
  ) throws(EvaluationError) -> Value {
    let operand = try evaluate(Int(node.a))
    let given = try evaluate(Int(node.b))
    let key = given.revealed.computable ?? given.revealed
    if case .map(let map) = operand { try payForSearch(map, key) }
    do {
      return try element(operand, key, isOptional: node.flag == 1)
    } catch {
      let references = given.secretReferences
      throw located(
        references.isEmpty
          ? error
          : EvaluationError("nothing is there for this secret (\(joinedReferences(references)))"),
        index)
    }
  }

  private func element(
    _ operand: Value, _ key: Value, isOptional: Bool
  ) throws(EvaluationError) -> Value {
    switch operand {
    case .list(let items):
      guard let at = key.wholeNumber else {
        throw EvaluationError("a list index must be an int, not \(key.kindName)")
      }
      let item = items.indices.contains(at) ? items[at] : nil
      if isOptional { return .optional(item) }
      guard let item else {
        throw EvaluationError("index \(key.shown) is out of range: the list has \(items.count)")
      }
      return item
    case .map(let map):
      let value = try entry(of: map, key)
      if isOptional { return .optional(value) }
      guard let value else { throw EvaluationError("there is no key \(key.shown) in the map") }
      return value
    case .optional(let wrapped):
      guard let wrapped else { return .optional(nil) }
      return try element(wrapped, key, isOptional: true)
    case .secret(let secret):
      let value = try element(secret.value, key, isOptional: isOptional)
      return value.marked(secret.member(key.memberName))
    default:
      if isOptional, isAbsent(operand) { return .optional(nil) }
      throw EvaluationError("\(operand.kindName) has no elements")
    }
  }

  private func entry(of map: ValueMap, _ key: Value) throws(EvaluationError) -> Value? {
    switch key {
    case .string, .bool, .int, .uint, .double: return map[key]
    default: throw EvaluationError("\(key.kindName) can't be a map key")
    }
  }
}

extension Value {
  /// The number as an integer, if it is whole and in range.
  var wholeNumber: Int? {
    switch self {
    case .int(let number): Int(exactly: number)
    case .uint(let number): Int(exactly: number)
    case .double, .number: exactInteger.flatMap { Int(exactly: $0) }
    default: nil
    }
  }

  /// How a key is written in a secret's reference.
  var memberName: String {
    switch self {
    case .string(let text): text
    case .int(let number): "\(number)"
    case .uint(let number): "\(number)"
    default: "?"
    }
  }

  /// The value as a secret; for an optional, the wrapped value.
  func marked(_ reference: String) -> Value {
    switch self {
    case .secret: self
    case .optional(nil): self
    case .optional(let wrapped?): .optional(wrapped.marked(reference))
    default: .secret(Secret(self, reference: reference))
    }
  }
}

extension Secret {
  /// A list or a map as one of secrets; any other value as the secret.
  var distributed: Value {
    switch value {
    case .list(let items):
      .list(items.enumerated().map { at, item in item.marked(member("\(at)")) })
    case .map(let map):
      .map(
        ValueMap(
          map.entries.map { entry in
            (key: entry.key, value: entry.value.marked(member(entry.key.memberName)))
          }))
    default: .secret(self)
    }
  }

  /// The reference for a part of the secret.
  func member(_ name: String) -> String {
    guard reference.utf8.contains(.hash), !reference.utf8.contains(.openParenthesis) else {
      return "\(reference).\(name)"
    }
    return "\(reference)/\(name)"
  }
}
