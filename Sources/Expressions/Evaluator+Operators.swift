import SourceText
import Values

/// Operators.
extension Evaluator {
  func operation(
    _ index: Int, _ node: Expression.Node
  ) throws(EvaluationError) -> Value {
    guard let builtin = Builtin(rawValue: node.a) else { return .null }
    let left = try evaluate(Int(node.b))
    do {
      guard node.c >= 0 else { return try prefix(builtin, left) }
      let right = try evaluate(Int(node.c))
      let span = expression.nodes[index].span
      let decided = context.functions.standIns?.see(builtin, left, right, at: span) {
        try? binary(builtin, left, right)
      }
      let value: Value
      if let decided { value = .bool(decided) } else { value = try binary(builtin, left, right) }
      guard context.traces, case .bool(let flag) = value else { return value }
      // What is looked for matters, not what it is looked for in.
      return truth(
        flag, left.secretReferences + (builtin == .in ? [] : right.secretReferences))
    } catch {
      throw located(error, index)
    }
  }

  private func prefix(_ builtin: Builtin, _ operand: Value) throws(EvaluationError) -> Value {
    switch (builtin, operand) {
    case (.not, .bool(let flag)): return .bool(!flag)
    case (.negate, .int(let number)):
      guard number != .min else { throw Self.overflow }
      return .int(-number)
    case (.negate, .double(let number)): return .double(-number)
    case (.negate, .number(let text)): return try prefix(builtin, Self.computable(text))
    case (_, .secret(let secret)):
      let value = try prefix(builtin, secret.value)
      if case .bool = value, !context.traces { return value }
      return value.marked("\(builtin.symbol)\(secret.reference)")
    default:
      throw EvaluationError("`\(builtin.symbol)` does not work on \(operand.kindName)")
    }
  }

  /// A number kept as text, as one to compute with.
  static func computable(_ number: String) throws(EvaluationError) -> Value {
    if let value = Value.number(number).computable { return value }
    throw EvaluationError(
      "the number \(number) doesn't fit in 64 bits, so it can't be computed with")
  }

  static var overflow: EvaluationError { EvaluationError("the result doesn't fit in 64 bits") }

  func binary(
    _ builtin: Builtin, _ left: Value, _ right: Value
  ) throws(EvaluationError) -> Value {
    switch builtin {
    case .equal: return .bool(try areEqual(left, right))
    case .notEqual: return .bool(!(try areEqual(left, right)))
    case .in: return .bool(try contains(right, left))
    case .less, .lessEqual, .greater, .greaterEqual: return .bool(try compare(builtin, left, right))
    default: return try arithmetic(builtin, left, right)
    }
  }

  func areEqual(_ left: Value, _ right: Value) throws(EvaluationError) -> Bool {
    switch (left, right) {
    case (.int(let a), .int(let b)): return a == b
    case (.string(let a), .string(let b)):
      let count = a.utf8.count
      guard count == b.utf8.count else { return false }
      if count > 64 { try spend(count / 16) }
    case (.bytes, .bytes), (.list, .list), (.map, .map), (.optional, .optional), (.secret, _),
      (_, .secret):
      try measure(left)
      try measure(right)
    default: break
    }
    return left.equals(right)
  }

  private func contains(
    _ container: Value, _ item: Value
  ) throws(EvaluationError) -> Bool {
    switch container {
    case .list(let items):
      try spend(items.count / 8)
      for other in items {
        if try areEqual(other, item) { return true }
      }
      return false
    case .map(let map):
      let key = item.revealed.computable ?? item.revealed
      try payForSearch(map, key)
      switch key {
      case .string, .bool, .int, .uint, .double: return map[key] != nil
      default: throw EvaluationError("\(key.kindName) can't be a map key")
      }
    case .secret(let secret): return try contains(secret.value, item)
    default: throw noOverload(.in, item, container)
    }
  }

  private func noOverload(_ builtin: Builtin, _ left: Value, _ right: Value) -> EvaluationError {
    EvaluationError(
      "`\(builtin.symbol)` does not work on \(left.kindName) and \(right.kindName)")
  }

  // MARK: Order

  private func compare(
    _ builtin: Builtin, _ left: Value, _ right: Value
  ) throws(EvaluationError) -> Bool {
    if case .string(let a) = left, a.utf8.count > 64 { try spend(a.utf8.count / 16) }
    if left.isNaN || right.isNaN, left.isNumber, right.isNumber { return false }
    guard let order = left.order(right) else { throw noOverload(builtin, left, right) }
    switch builtin {
    case .less: return order < 0
    case .lessEqual: return order <= 0
    case .greater: return order > 0
    default: return order >= 0
    }
  }

  /// Items sorted by their keys; a stable sort.
  func sorted(_ items: [Value], by keys: [Value]) throws(EvaluationError) -> [Value] {
    try spend(items.count * 4)
    for key in keys {
      if case .string(let text) = key { try spend(text.utf8.count) }
      guard let first = keys.first, key.order(first) != nil else {
        throw EvaluationError("values of these types can't be compared")
      }
    }
    let order = items.indices.sorted { left, right in
      let compared = keys[left].order(keys[right]) ?? 0
      return compared == 0 ? left < right : compared < 0
    }
    return order.map { items[$0] }
  }

  // MARK: Arithmetic

  private func arithmetic(
    _ builtin: Builtin, _ left: Value, _ right: Value
  ) throws(EvaluationError) -> Value {
    switch (left, right) {
    case (.int(let a), .int(let b)): return .int(try integers(builtin, a, b))
    case (.uint(let a), .uint(let b)): return .uint(try integers(builtin, a, b))
    case (.double(let a), .double(let b)):
      switch builtin {
      case .add: return .double(a + b)
      case .subtract: return .double(a - b)
      case .multiply: return .double(a * b)
      case .divide: return .double(a / b)
      default: throw noOverload(builtin, left, right)
      }
    case (.secret, _), (_, .secret): return try secretArithmetic(builtin, left, right)
    case (.number(let text), _):
      return try arithmetic(builtin, Self.computable(text), right)
    case (_, .number(let text)):
      return try arithmetic(builtin, left, Self.computable(text))
    default: break
    }
    switch (builtin, left, right) {
    case (.add, .string(let a), .string(let b)):
      try spend((a.utf8.count + b.utf8.count) / 16)
      return .string(a + b)
    case (.add, .bytes(let a), .bytes(let b)):
      try spend((a.count + b.count) / 16)
      return .bytes(a + b)
    case (.add, .list(let a), .list(let b)):
      try spend(a.count + b.count)
      return .list(a + b)
    case (.add, .timestamp(let moment), .duration(let span)),
      (.add, .duration(let span), .timestamp(let moment)):
      return .timestamp(try Time.adding(span.nanoseconds, to: moment))
    case (.subtract, .timestamp(let moment), .duration(let span)):
      guard span.nanoseconds != .min else { throw Self.overflow }
      return .timestamp(try Time.adding(-span.nanoseconds, to: moment))
    case (.subtract, .timestamp(let a), .timestamp(let b)):
      return .duration(try Time.difference(a, b))
    case (.add, .duration(let a), .duration(let b)):
      return .duration(.init(nanoseconds: try integers(.add, a.nanoseconds, b.nanoseconds)))
    case (.subtract, .duration(let a), .duration(let b)):
      return .duration(.init(nanoseconds: try integers(.subtract, a.nanoseconds, b.nanoseconds)))
    default: throw noOverload(builtin, left, right)
    }
  }

  /// Lists that contain secrets stay lists; any other result computed from a secret is a secret.
  private func secretArithmetic(
    _ builtin: Builtin, _ left: Value, _ right: Value
  ) throws(EvaluationError) -> Value {
    try measure(left)
    try measure(right)
    let value = try arithmetic(builtin, left.revealed, right.revealed)
    let references = left.secretReferences + right.secretReferences
    return value.marked(joinedReferences(references))
  }

  private func integers<Number: FixedWidthInteger>(
    _ builtin: Builtin, _ a: Number, _ b: Number
  ) throws(EvaluationError) -> Number {
    let result: (partialValue: Number, overflow: Bool)
    switch builtin {
    case .add: result = a.addingReportingOverflow(b)
    case .subtract: result = a.subtractingReportingOverflow(b)
    case .multiply: result = a.multipliedReportingOverflow(by: b)
    case .divide:
      guard b != 0 else { throw EvaluationError("division by zero") }
      result = a.dividedReportingOverflow(by: b)
    default:
      guard b != 0 else { throw EvaluationError("a remainder of a division by zero") }
      result = a.remainderReportingOverflow(dividingBy: b)
    }
    guard !result.overflow else { throw Self.overflow }
    return result.partialValue
  }
}

/// The reference of a secret made from several.
package func joinedReferences(_ references: [String]) -> String {
  var unique: [String] = []
  for reference in references where !unique.contains(reference) { unique.append(reference) }
  return unique.joined(separator: " + ")
}

extension Value {
  var isNumber: Bool {
    switch self {
    case .int, .uint, .double, .number: true
    case .secret(let secret): secret.value.isNumber
    default: false
    }
  }

  var isNaN: Bool {
    if case .double(let number) = revealed { return number.isNaN }
    return false
  }

  /// Negative if it comes before the other value, zero if they are equal; nil if they can't be
  /// compared.
  func order(_ other: Value) -> Int? {
    switch (self, other) {
    case (.int(let a), .int(let b)): return a < b ? -1 : a == b ? 0 : 1
    case (.uint(let a), .uint(let b)): return a < b ? -1 : a == b ? 0 : 1
    case (.int(let a), .uint(let b)):
      guard let a = UInt64(exactly: a) else { return -1 }
      return a < b ? -1 : a == b ? 0 : 1
    case (.uint, .int), (.double, .int), (.double, .uint): return other.order(self).map { -$0 }
    case (.double(let a), .double(let b)): return a < b ? -1 : a > b ? 1 : 0
    case (.int(let a), .double(let b)): return Self.order(a, b)
    case (.uint(let a), .double(let b)): return Self.order(a, b)
    case (.string(let a), .string(let b)):
      if a.utf8.elementsEqual(b.utf8) { return 0 }
      return a.utf8.lexicographicallyPrecedes(b.utf8) ? -1 : 1
    case (.bytes(let a), .bytes(let b)):
      return a == b ? 0 : a.lexicographicallyPrecedes(b) ? -1 : 1
    case (.bool(let a), .bool(let b)): return a == b ? 0 : a ? 1 : -1
    case (.timestamp(let a), .timestamp(let b)): return a < b ? -1 : a == b ? 0 : 1
    case (.duration(let a), .duration(let b)): return a < b ? -1 : a == b ? 0 : 1
    case (.opaque(VersionText.typeName, let a), .opaque(VersionText.typeName, let b)):
      return VersionText.order(a, b)
    case (.secret(let secret), _): return secret.value.order(other)
    case (_, .secret(let secret)): return order(secret.value)
    case (.number, _), (_, .number): return Self.order(ofNumbers: self, other)
    default: return nil
    }
  }

  /// Compares two numbers of which at least one is kept as text: as doubles, unless they are the
  /// same.
  private static func order(ofNumbers left: Value, _ right: Value) -> Int? {
    if left.equals(right) { return 0 }
    guard let a = left.nearestDouble, let b = right.nearestDouble else { return nil }
    return a < b ? -1 : a > b ? 1 : 0
  }

  /// Compares an integer with a double: as doubles, if the double is in the integers' range.
  private static func order<Number: FixedWidthInteger>(_ a: Number, _ b: Double) -> Int {
    if b.isNaN { return 0 }
    if b > Double(Number.max) { return -1 }
    if b < Double(Number.min) { return 1 }
    let a = Double(a)
    return a < b ? -1 : a > b ? 1 : 0
  }
}
