import RegularExpressions
import Diagnostics
import SourceText
import Values

/// Operators and functions.
extension Checker {
  mutating func operation(_ index: Int, _ node: Expression.Node) -> ValueType {
    guard let builtin = Builtin(rawValue: node.a) else { return .error }
    let left = check(Int(node.b))
    guard node.c >= 0 else {
      if let type = prefix(builtin, left) { return type }
      return report(.wrongOperands(builtin.symbol, [left], at: span(index)))
    }
    let right = check(Int(node.c))
    if builtin == .divide || builtin == .remainder, isZero(Int(node.c)) {
      return report(.zeroDivisor(at: span(index)))
    }
    if case .error = left { return result(builtin) }
    if case .error = right { return result(builtin) }
    if let type = Self.binary(builtin, left, right) { return type }
    return report(.wrongOperands(builtin.symbol, [left, right], at: span(index)))
  }

  /// Whether a part is the integer 0.
  private func isZero(_ index: Int) -> Bool {
    let node = expression.nodes[index]
    guard node.kind == .literal else { return false }
    switch expression.literals[Int(node.a)] {
    case .int(0), .uint(0): return true
    default: return false
    }
  }

  /// The result type of an operator whose operands were rejected.
  private func result(_ builtin: Builtin) -> ValueType {
    switch builtin {
    case .equal, .notEqual, .less, .lessEqual, .greater, .greaterEqual, .in: .bool
    default: .error
    }
  }

  private func prefix(_ builtin: Builtin, _ operand: ValueType) -> ValueType? {
    switch (builtin, operand.present) {
    case (_, .error): .error
    case (.not, .bool), (.not, .dyn), (.not, .parameter): .bool
    case (.negate, .int), (.negate, .double), (.negate, .dyn): operand.present
    case (.negate, .parameter): .dyn
    case (_, .union(let members)):
      members.contains { prefix(builtin, $0) != nil } ? (builtin == .not ? .bool : .dyn) : nil
    default: nil
    }
  }

  /// Nil if no overload fits.
  private static func binary(
    _ builtin: Builtin, _ leftType: ValueType, _ rightType: ValueType
  ) -> ValueType? {
    let left = leftType.present
    let right = rightType.present
    switch builtin {
    case .equal, .notEqual: return left.isComparable(to: right) ? .bool : nil
    case .in: return contains(right, left) ? .bool : nil
    default: break
    }
    if case .union(let members) = left {
      return overMembers(members) { binary(builtin, $0, right) }
    }
    if case .union(let members) = right {
      return overMembers(members) { binary(builtin, left, $0) }
    }
    switch builtin {
    case .less, .lessEqual, .greater, .greaterEqual: return isOrdered(left, right) ? .bool : nil
    default: return arithmetic(builtin, left, right)
    }
  }

  private static func overMembers(
    _ members: [ValueType], _ check: (ValueType) -> ValueType?
  ) -> ValueType? {
    var result: ValueType?
    for member in members {
      guard let type = check(member) else { continue }
      result = result.map { $0.joined(type) ?? .dyn } ?? type
    }
    return result
  }

  private static func contains(_ container: ValueType, _ item: ValueType) -> Bool {
    switch container {
    case .list(let type): item.isComparable(to: type)
    case .map(let key, _): item.isComparable(to: key)
    case .object: item.isComparable(to: .string)
    case .dyn, .error, .parameter: true
    case .union(let members): members.contains { contains($0, item) }
    default: false
    }
  }

  private static func isOrdered(_ left: ValueType, _ right: ValueType) -> Bool {
    if left.isNumber, right.isNumber { return true }
    if left.isUnknown { return right.isUnknown || isOrdered(right, right) }
    if right.isUnknown { return isOrdered(left, left) }
    guard left == right else { return false }
    switch left {
    case .bool, .string, .bytes, .timestamp, .duration: return true
    case .abstract(let name, _): return name == VersionText.typeName
    default: return false
    }
  }

  private static func arithmetic(
    _ builtin: Builtin, _ left: ValueType, _ right: ValueType
  ) -> ValueType? {
    switch (builtin, left, right) {
    case (.remainder, .double, _), (.remainder, _, .double): return nil
    case (_, .int, .int): return .int
    case (_, .uint, .uint): return .uint
    case (_, .double, .double): return .double
    case (.add, .string, .string): return .string
    case (.add, .bytes, .bytes): return .bytes
    case (.add, .list(let a), .list(let b)): return .list(a.joined(b) ?? .dyn)
    case (.add, .timestamp, .duration), (.add, .duration, .timestamp),
      (.subtract, .timestamp, .duration):
      return .timestamp
    case (.add, .duration, .duration), (.subtract, .duration, .duration),
      (.subtract, .timestamp, .timestamp):
      return .duration
    case (.add, .timestamp, .dyn), (.add, .duration, .dyn), (.subtract, .timestamp, .dyn),
      (.add, .dyn, .timestamp), (.add, .dyn, .duration), (.subtract, .dyn, .duration):
      return .dyn
    default: break
    }
    if left.isUnknown, right.isUnknown { return .dyn }
    if left.isUnknown { return arithmetic(builtin, right, right) }
    if right.isUnknown { return arithmetic(builtin, left, left) }
    return nil
  }

  // MARK: Functions

  mutating func call(_ index: Int, _ node: Expression.Node) -> ValueType {
    let first = Int(node.b)
    let count = Int(node.c)
    let name = expression.names[Int(expression.extra[first - 3])]
    let fullName = expression.extra[first - 2]
    if fullName >= 0, let overloads = environment.functions.overloads[expression.name(fullName)] {
      let types = arguments(first + 1..<first + count)
      return host(expression.name(fullName), overloads, types, index)
    }
    guard let builtin = Builtin(rawValue: node.a) else {
      return unknown(name, fullName, index, first, count)
    }
    let types = arguments(first..<first + count)
    if types.contains(.error) { return .error }
    if builtin == .matches, count == 2 { checkPattern(Int(expression.extra[first + 1])) }
    if builtin == .greatest || builtin == .least {
      if let type = extreme(types) { return type }
    } else {
      for signature in Signature.all(of: builtin) {
        if let type = Self.result(signature.parameters, signature.result, types) { return type }
      }
    }
    if let overloads = environment.functions.overloads[name] {
      return host(name, overloads, types, index)
    }
    return report(.wrongArguments(name, types, hint: hint(builtin, name), at: span(index)))
  }

  private mutating func arguments(_ range: Range<Int>) -> [ValueType] {
    var types: [ValueType] = []
    types.reserveCapacity(range.count)
    for at in range { types.append(check(Int(expression.extra[at]))) }
    return types
  }

  private func hint(_ builtin: Builtin, _ name: String) -> String? {
    let lists = Signature.all(of: builtin).map { signature in
      "(\(signature.parameters.map { "\($0.settled)" }.joined(separator: ", ")))"
    }
    return lists.isEmpty ? nil : "it takes \(lists.joined(separator: " or "))"
  }

  private static func result(
    _ parameters: [ValueType], _ result: ValueType, _ types: [ValueType]
  ) -> ValueType? {
    guard parameters.count == types.count else { return nil }
    var bindings: [(String, ValueType)] = []
    for (parameter, type) in zip(parameters, types) {
      guard type.fits(parameter, &bindings) else { return nil }
    }
    return bindings.isEmpty ? result : result.substituting(bindings)
  }

  private mutating func host(
    _ name: String, _ overloads: [HostFunctions.Overload], _ types: [ValueType], _ index: Int
  ) -> ValueType {
    if types.contains(.error) { return .error }
    for overload in overloads {
      if let type = Self.result(overload.parameters, overload.result, types) { return type }
    }
    let lists = overloads.map { overload in
      "(\(overload.parameters.map(\.description).joined(separator: ", ")))"
    }
    return report(
      .wrongArguments(
        name, types, hint: "it takes \(lists.joined(separator: " or "))", at: span(index)))
  }

  private mutating func unknown(
    _ name: String, _ fullName: Int32, _ index: Int, _ first: Int, _ count: Int
  ) -> ValueType {
    let isMember = expression.extra[first - 1] == 1
    if let overloads = environment.functions.overloads[name] {
      return host(name, overloads, arguments(first..<first + count), index)
    }
    // In `a.f(x)` without a variable `a`, it is `a.f` as a whole that is unknown.
    var shown = name
    var known = Array(environment.functions.overloads.keys) + Builtin.globals.keys
    if isMember, fullName >= 0, let path = expression.path(Int(expression.extra[first])),
      let root = path.split(separator: ".").first, environment.variables[String(root)] == nil
    {
      shown = expression.name(fullName)
      _ = arguments(first + 1..<first + count)
    } else {
      if isMember { known = Array(Builtin.members.keys) }
      if arguments(first..<first + count).contains(.error) { return .error }
    }
    return report(.unknownFunction(shown, among: known.sorted(), at: span(index)))
  }

  private func extreme(_ types: [ValueType]) -> ValueType? {
    var candidates = types
    if types.count == 1, case .list(let item)? = types.first { candidates = [item] }
    guard let first = candidates.first,
      candidates.allSatisfy({ $0.isNumber || $0.isUnknown })
    else { return nil }
    return candidates.allSatisfy { $0 == first } ? first : .dyn
  }

  /// Compiles a literal pattern right away, so that a mistake in it is reported.
  private mutating func checkPattern(_ index: Int) {
    let node = expression.nodes[index]
    guard node.kind == .literal, case .string(let pattern) = expression.literals[Int(node.a)] else {
      return
    }
    if case .failure(let error) = RegularExpression.compile(pattern, syntax: .re2) {
      _ = report(.wrongPattern(error, at: node.span))
    }
  }
}
