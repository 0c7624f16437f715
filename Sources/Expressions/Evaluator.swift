import RegularExpressions
import SourceText
import Values

/// Evaluates one expression. Depth is bounded by the parser, work by the context's limit.
///
/// A class, used for one evaluation: a struct would be copied with everything its context refers
/// to.
final class Evaluator {
  let expression: Expression
  let context: EvaluationContext
  /// Macros' variables, by slot.
  @exclusivity(unchecked) var locals: [Local]
  @exclusivity(unchecked) var budget: Int
  /// Regular expressions that this evaluation has paid for, so that its cost doesn't depend on what
  /// was evaluated before.
  var patterns: [String: RegularExpression] = [:]
  /// What the last condition was decided by, while values are traced.
  @exclusivity(unchecked) var decided: [String] = []

  init(_ expression: Expression, _ context: EvaluationContext) {
    self.expression = expression
    self.context = context
    budget = context.costLimit
    locals = []
    if expression.slotCount > 0 {
      locals = Array(repeating: .value(.null), count: expression.slotCount)
    }
  }

  /// A macro's variable. A failure is kept, and thrown if the value is used.
  enum Local {
    case value(Value)
    case failure(EvaluationError)

    func get() throws(EvaluationError) -> Value {
      switch self {
      case .value(let value): return value
      case .failure(let error): throw error
      }
    }
  }

  func run() -> Result<Value, EvaluationError> {
    do throws(EvaluationError) {
      let value = try evaluate(expression.root)
      if expression.buildsContainers, value.isContainer {
        try measureResult(value)
      }
      return .success(value)
    } catch {
      return .failure(error)
    }
  }

  private func measureResult(_ value: Value) throws(EvaluationError) {
    do throws(EvaluationError) {
      try measure(value)
    } catch {
      throw located(error, expression.root)
    }
  }

  // MARK: Limits

  static let tooMuchWork = "the expression takes too much work"

  func spend(_ steps: Int) throws(EvaluationError) {
    let (rest, overflow) = budget.subtractingReportingOverflow(steps)
    guard !overflow, rest >= 0 else { throw EvaluationError(Self.tooMuchWork) }
    budget = rest
  }

  /// Pays for visiting everything in a value, before it is visited.
  func measure(_ value: Value, depth: Int = 0) throws(EvaluationError) {
    try spend(1)
    guard depth < 500 else { throw EvaluationError("a value is nested too deeply") }
    switch value {
    case .list(let items):
      for item in items { try measure(item, depth: depth + 1) }
    case .map(let map):
      try payForKeys(of: map)
      for entry in map.entries {
        try spend(1)
        try measure(entry.value, depth: depth + 1)
      }
    case .optional(let wrapped?): try measure(wrapped, depth: depth + 1)
    case .secret(let secret): try measure(secret.value, depth: depth + 1)
    case .string(let text): try spend(text.utf8.count / 16)
    case .bytes(let bytes): try spend(bytes.count / 16)
    default: break
    }
  }

  /// Looks up an entry; those whose keys aren't strings are searched one by one.
  private func payForKeys(of map: ValueMap) throws(EvaluationError) {
    guard map.count > 16, map.entries.contains(where: { !$0.key.isString }) else { return }
    let (square, overflow) = map.count.multipliedReportingOverflow(by: map.count)
    try spend(overflow ? .max : square / 16)
  }

  /// Pays for looking up a key.
  func payForSearch(_ map: ValueMap, _ key: Value) throws(EvaluationError) {
    if case .string(let name) = key {
      try spend(name.utf8.count / 16)
    } else if map.count > 16 {
      try spend(map.count / 8)
    }
  }

  func located(_ error: EvaluationError, _ node: Int) -> EvaluationError {
    guard error.span == nil else { return error }
    var error = error
    error.span = expression.nodes[node].span
    return error
  }

  // MARK: Nodes

  func evaluate(_ index: Int) throws(EvaluationError) -> Value {
    budget -= 1
    guard budget >= 0 else {
      throw located(EvaluationError("the expression takes too much work"), index)
    }
    let node = expression.nodes[index]
    switch node.kind {
    case .literal: return expression.literals[Int(node.a)]
    case .global: return try global(index, node)
    case .local: return try locals[Int(node.a)].get()
    case .select: return try select(index, node)
    case .has: return try presence(index, node)
    case .index: return try subscripted(index, node)
    case .call: return try call(index, node)
    case .operator: return try operation(index, node)
    case .and: return try conjunction(node, absorbing: false)
    case .or: return try conjunction(node, absorbing: true)
    case .conditional: return try conditional(node)
    case .list: return try list(node)
    case .map: return try map(node)
    case .comprehension: return try comprehension(index, node)
    case .bind: return try bind(node)
    case .block: return try block(node)
    case .optionalMap: return try optionalMap(index, node)
    }
  }

  private func global(_ index: Int, _ node: Expression.Node) throws(EvaluationError) -> Value {
    let name = expression.names[Int(node.a)]
    if let value = context.variables[name] { return value }
    if let type = Builtin.typeName(name) { return .type(type) }
    throw located(EvaluationError("there is no `\(name)` here"), index)
  }

  /// `&&` and `||`: if one operand decides the result, another one's failure doesn't matter.
  private func conjunction(
    _ node: Expression.Node, absorbing: Bool
  ) throws(EvaluationError) -> Value {
    var failure: EvaluationError?
    var read: [String] = []
    for at in Int(node.b)..<Int(node.b) + Int(node.c) {
      let operand = Int(expression.extra[at])
      do {
        if try condition(operand) == absorbing { return truth(absorbing, decided) }
        if context.traces { read += decided }
      } catch {
        failure = failure ?? error
      }
    }
    if let failure { throw failure }
    return truth(!absorbing, read)
  }

  /// The value of a node that must be a bool.
  func condition(_ index: Int) throws(EvaluationError) -> Bool {
    let value = try evaluate(index)
    if context.traces { decided = value.secretReferences }
    if case .bool(let flag) = value.isSecret ? value.revealed : value {
      if let coverage = context.coverage { coverage.note(expression.nodes[index].span, flag) }
      return flag
    }
    throw located(EvaluationError("expected a bool, found \(value.kindName)"), index)
  }

  private func conditional(_ node: Expression.Node) throws(EvaluationError) -> Value {
    let branch = Int(try condition(Int(node.a)) ? node.b : node.c)
    guard context.traces else { return try evaluate(branch) }
    let read = decided
    let value = try evaluate(branch)
    // A bool that is written out was chosen by the condition.
    if case .bool(let flag) = value { return truth(flag, read) }
    return value
  }

  /// A bool; while values are traced, with what decided it.
  func truth(_ flag: Bool, _ references: @autoclosure () -> [String]) -> Value {
    guard context.traces else { return .bool(flag) }
    let references = references()
    return references.isEmpty
      ? .bool(flag) : .secret(Secret(.bool(flag), reference: joinedReferences(references)))
  }

  private func list(_ node: Expression.Node) throws(EvaluationError) -> Value {
    var items: [Value] = []
    items.reserveCapacity(Int(node.c))
    for at in Int(node.b)..<Int(node.b) + Int(node.c) {
      let item = Int(expression.extra[at])
      let value = try evaluate(item >> 1)
      if item & 1 == 0 {
        items.append(value)
      } else if let unwrapped = try unwrap(value, item >> 1) {
        items.append(unwrapped)
      }
    }
    return .list(items)
  }

  private func unwrap(_ value: Value, _ index: Int) throws(EvaluationError) -> Value? {
    guard case .optional(let wrapped) = value else {
      throw located(EvaluationError("`?` must be followed by an optional"), index)
    }
    return wrapped
  }

  private func map(_ node: Expression.Node) throws(EvaluationError) -> Value {
    var map = ValueMap()
    var at = Int(node.b)
    let end = at + Int(node.c)
    while at + 1 < end {
      let item = Int(expression.extra[at])
      let valueNode = Int(expression.extra[at + 1]) >> 1
      at += 2
      var key = try evaluate(item >> 1)
      if context.traces { key = key.revealed }
      if case .secret(let secret) = key {
        throw located(
          EvaluationError("a secret (\(secret.reference)) can't be a map key: keys are shown"),
          item >> 1)
      }
      guard key.isMapKey else {
        throw located(EvaluationError("\(key.kindName) can't be a map key"), item >> 1)
      }
      let value = try evaluate(valueNode)
      try payForSearch(map, key)
      guard map[key] == nil else {
        throw located(EvaluationError("the key \(key.shown) appears twice in the map"), item >> 1)
      }
      if item & 1 == 0 {
        map[key] = value
      } else if let unwrapped = try unwrap(value, valueNode) {
        map[key] = unwrapped
      }
    }
    return .map(map)
  }
}

extension Value {
  var isContainer: Bool {
    switch self {
    case .list, .map, .optional, .secret: true
    default: false
    }
  }

  fileprivate var isSecret: Bool {
    if case .secret = self { return true }
    return false
  }

  var isString: Bool {
    if case .string = self { return true }
    return false
  }

  var isMapKey: Bool {
    switch self {
    case .bool, .int, .uint, .string: true
    default: false
    }
  }

  /// A key or index as shown in messages.
  var shown: String {
    switch self {
    case .string(let text): "`\(text)`"
    case .int(let number): "\(number)"
    case .uint(let number): "\(number)"
    case .double(let number): "\(number)"
    case .number(let text): text
    case .bool(let flag): "\(flag)"
    default: kindName
    }
  }
}
