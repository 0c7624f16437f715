import Diagnostics
import SourceText
import Values

/// Gives every node a type, and reports type errors.
struct Checker {
  let expression: Expression
  let environment: TypeEnvironment
  var diagnostics: [Diagnostic] = []
  /// Types of macros' variables, by slot.
  var locals: [ValueType]
  /// What the enclosing conditions prove to be present.
  var proven: [String] = []

  init(_ expression: Expression, _ environment: TypeEnvironment) {
    self.expression = expression
    self.environment = environment
    locals = []
    if expression.slotCount > 0 {
      locals = Array(repeating: .dyn, count: expression.slotCount)
    }
  }

  mutating func run() -> ValueType { check(expression.root).settled }

  func span(_ index: Int) -> Span { expression.nodes[index].span }

  mutating func report(_ diagnostic: Diagnostic) -> ValueType {
    diagnostics.append(diagnostic)
    return .error
  }

  mutating func check(_ index: Int) -> ValueType {
    let node = expression.nodes[index]
    switch node.kind {
    case .literal: return Self.type(of: expression.literals[Int(node.a)])
    case .global: return global(index, node)
    case .local: return locals[Int(node.a)]
    case .select: return select(index, node, isGuarded: false)
    case .has:
      // Any field along the path may be absent; the result is then false.
      _ = field(index, node, checkPresence(Int(node.a)), isGuarded: true)
      return .bool
    case .index: return subscripted(index, node)
    case .call: return call(index, node)
    case .operator: return operation(index, node)
    case .and, .or: return conjunction(node)
    case .conditional: return conditional(index, node)
    case .list: return list(node)
    case .map: return map(node)
    case .comprehension: return comprehension(index, node)
    case .bind:
      locals[Int(node.a)] = check(Int(node.b))
      return check(Int(node.c))
    case .block: return block(node)
    case .optionalMap: return optionalMap(index, node)
    }
  }

  static func type(of literal: Value) -> ValueType {
    switch literal {
    case .null: .null
    case .bool: .bool
    case .int: .int
    case .uint: .uint
    case .double, .number: .double
    case .string: .string
    case .bytes: .bytes
    case .type: .type(nil)
    case .list, .map, .timestamp, .duration, .optional, .opaque, .secret: .dyn
    }
  }

  // MARK: Names

  private mutating func global(_ index: Int, _ node: Expression.Node) -> ValueType {
    let name = expression.names[Int(node.a)]
    if let type = environment.variables[name] {
      if case .nullable(let wrapped) = type, isProven(name) { return wrapped }
      return type
    }
    if Builtin.typeName(name) != nil { return .type(nil) }
    return report(.unknownName(name, among: environment.variables.keys.sorted(), at: span(index)))
  }

  func isProven(_ path: String) -> Bool {
    proven.contains(path) || environment.proven.contains(path)
  }

  /// Checks with what a condition proves.
  mutating func assuming<Result>(
    _ condition: Int, _ holds: Bool, _ body: (inout Checker) -> Result
  ) -> Result {
    let count = proven.count
    proven += expression.provenPaths(condition, holds)
    defer { proven.removeLast(proven.count - count) }
    return body(&self)
  }

  // MARK: Conditions

  mutating func condition(_ index: Int) {
    let type = check(index)
    var bindings: [(String, ValueType)] = []
    if !type.fits(.bool, &bindings) {
      _ = report(.expressionType(wanted: "a bool", found: type, at: span(index)))
    }
  }

  /// Checks each operand with what the operands before it prove when it is evaluated.
  private mutating func conjunction(_ node: Expression.Node) -> ValueType {
    let count = proven.count
    for at in Int(node.b)..<Int(node.b) + Int(node.c) {
      let operand = Int(expression.extra[at])
      condition(operand)
      proven += expression.provenPaths(operand, node.kind == .and)
    }
    proven.removeLast(proven.count - count)
    return .bool
  }

  private mutating func conditional(_ index: Int, _ node: Expression.Node) -> ValueType {
    condition(Int(node.a))
    let first = assuming(Int(node.a), true) { $0.check(Int(node.b)) }
    let second = assuming(Int(node.a), false) { $0.check(Int(node.c)) }
    if let joined = first.joined(second) { return joined }
    if first.isNumber, second.isNumber { return .dyn }
    if case .null = first { return .nullable(second) }
    if case .null = second { return .nullable(first) }
    return report(.wrongOperands("? :", [first, second], at: span(index)))
  }

  // MARK: Lists and maps

  private mutating func element(_ item: Int32) -> ValueType {
    let type = check(Int(item >> 1))
    guard item & 1 == 1 else { return type }
    switch type.present {
    case .optional(let wrapped): return wrapped
    case .dyn, .error, .parameter: return type
    default:
      return report(
        .expressionType(wanted: "an optional", found: type, at: span(Int(item >> 1))))
    }
  }

  private mutating func list(_ node: Expression.Node) -> ValueType {
    var type = ValueType.unknown
    for at in Int(node.b)..<Int(node.b) + Int(node.c) {
      type = type.joined(element(expression.extra[at])) ?? .dyn
    }
    return .list(type)
  }

  private mutating func map(_ node: Expression.Node) -> ValueType {
    var key = ValueType.unknown
    var value = ValueType.unknown
    var at = Int(node.b)
    while at + 1 < Int(node.b) + Int(node.c) {
      let isOptional = expression.extra[at] & 1
      let keyNode = Int(expression.extra[at] >> 1)
      let found = check(keyNode)
      switch found {
      case .bool, .int, .uint, .string, .dyn, .error, .parameter, .union: break
      default: _ = report(.expressionType(wanted: "a key", found: found, at: span(keyNode)))
      }
      key = key.joined(found) ?? .dyn
      value = value.joined(element(expression.extra[at + 1] | isOptional)) ?? .dyn
      at += 2
    }
    return .map(key: key, value: value)
  }

  private mutating func block(_ node: Expression.Node) -> ValueType {
    var at = Int(node.b)
    for _ in 0..<Int(node.c) {
      locals[Int(expression.extra[at + 1])] = check(Int(expression.extra[at]))
      at += 2
    }
    return check(Int(expression.extra[at]))
  }
}
