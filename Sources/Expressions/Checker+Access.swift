import Text
import Diagnostics
import SourceText
import Values

/// Fields, indices and macros.
extension Checker {
  /// The operand of `has`; any field along its path may be absent.
  mutating func checkPresence(_ index: Int) -> ValueType {
    let node = expression.nodes[index]
    guard node.kind == .select else { return check(index) }
    return select(index, node, isGuarded: true)
  }

  mutating func select(_ index: Int, _ node: Expression.Node, isGuarded: Bool) -> ValueType {
    let operand = isGuarded ? checkPresence(Int(node.a)) : check(Int(node.a))
    return field(index, node, operand, isGuarded: isGuarded)
  }

  /// The type of an operand's field.
  mutating func field(
    _ index: Int, _ node: Expression.Node, _ operand: ValueType, isGuarded: Bool
  ) -> ValueType {
    let name = expression.names[Int(node.b)]
    let isOptional = node.flag == 1 && node.kind == .select
    switch operand {
    case .optional(let wrapped):
      return .optional(stripped(field(index, node, wrapped, isGuarded: true)))
    case .nullable(let wrapped):
      let path = expression.path(Int(node.a))
      if !isGuarded, !isOptional, !(path.map(isProven) ?? false) {
        _ = report(.absentValue(path ?? "it", at: span(Int(node.a))))
      }
      return field(index, node, wrapped, isGuarded: isGuarded)
    case .object(let object):
      let type = objectField(index, node, object, name, isGuarded: isGuarded || isOptional)
      return isOptional ? .optional(stripped(type)) : type
    case .map(let key, let value):
      var bindings: [(String, ValueType)] = []
      guard ValueType.string.fits(key, &bindings) || key.isUnknown else {
        return report(.noFields(operand, name, at: span(index)))
      }
      return isOptional ? .optional(value) : value
    case .union(let members):
      return unionField(index, node, members, isGuarded: isGuarded)
    case .dyn, .parameter: return isOptional ? .optional(.dyn) : .dyn
    case .error: return .error
    case .null, .bool, .int, .uint, .double, .string, .bytes, .timestamp, .duration, .type, .list,
      .abstract:
      return report(.noFields(operand, name, at: span(index)))
    }
  }

  /// The type of a field that is present.
  private func stripped(_ type: ValueType) -> ValueType {
    if case .optional(let wrapped) = type { return wrapped.present }
    return type.present
  }

  private mutating func objectField(
    _ index: Int, _ node: Expression.Node, _ object: ObjectType, _ name: String, isGuarded: Bool
  ) -> ValueType {
    guard let field = object.field(name) else {
      if let type = object.additional { return type }
      return report(.unknownField(name, of: object, at: span(index)))
    }
    guard !isGuarded else { return field.type.present }
    var mayBeAbsent = !field.isRequired
    if case .nullable = field.type { mayBeAbsent = true }
    if mayBeAbsent {
      let operand = expression.path(Int(node.a))
      if !(operand.map { isProven("\($0).\(name)") } ?? false) {
        // A macro's variable has no name in a path.
        let shown = operand.flatMap { $0.utf8.first == .hash ? nil : ($0, name) }
        _ = report(.absentOptional(field, path: shown, at: span(index)))
      }
    }
    return field.type.present
  }

  /// A field of a union: any of the types that has it counts.
  private mutating func unionField(
    _ index: Int, _ node: Expression.Node, _ members: [ValueType], isGuarded: Bool
  ) -> ValueType {
    var result: ValueType?
    var problems: [Diagnostic] = []
    for member in members {
      let count = diagnostics.count
      let type = field(index, node, member, isGuarded: isGuarded)
      let found = diagnostics[count...]
      if found.contains(where: { $0.code != .expressionAbsentOptional }) {
        if problems.isEmpty { problems = Array(found) }
        diagnostics.removeLast(found.count)
        continue
      }
      result = result.map { $0.joined(type) ?? .dyn } ?? type
    }
    if let result { return result }
    diagnostics += problems
    return .error
  }

  // MARK: Indices

  mutating func subscripted(_ index: Int, _ node: Expression.Node) -> ValueType {
    let operand = check(Int(node.a))
    let key = check(Int(node.b))
    let element = element(of: operand, key, index, node)
    if case .optional = operand { return .optional(element) }
    return node.flag == 1 ? .optional(element) : element
  }

  private mutating func element(
    of operand: ValueType, _ key: ValueType, _ index: Int, _ node: Expression.Node
  ) -> ValueType {
    var bindings: [(String, ValueType)] = []
    switch operand.present {
    case .optional(let wrapped): return element(of: wrapped, key, index, node)
    case .list(let item):
      guard key.fits(.int, &bindings) else {
        return report(.expressionType(wanted: "an int", found: key, at: span(Int(node.b))))
      }
      return item
    case .map(let wanted, let value):
      guard key.isComparable(to: wanted) else {
        return report(.expressionType(wanted: "\(wanted)", found: key, at: span(Int(node.b))))
      }
      return value
    case .object(let object):
      guard case .literal = expression.nodes[Int(node.b)].kind,
        case .string(let name) = expression.literals[Int(expression.nodes[Int(node.b)].a)]
      else { return .dyn }
      // The value of a key may be null, and unlike a field's null it isn't treated as absent.
      if let field = object.field(name) { return field.type.present }
      if let type = object.additional { return type }
      return report(.unknownField(name, of: object, at: span(index)))
    case .dyn, .parameter, .union: return .dyn
    case .error: return .error
    case .null, .bool, .int, .uint, .double, .string, .bytes, .timestamp, .duration, .type,
      .abstract, .nullable:
      return report(
        .expressionType(wanted: "a list or a map", found: operand, at: span(Int(node.a))))
    }
  }

  // MARK: Macros

  mutating func optionalMap(_ index: Int, _ node: Expression.Node) -> ValueType {
    let operand = check(Int(node.a))
    switch operand {
    case .optional(let wrapped): locals[Int(node.c)] = wrapped
    case .dyn, .error, .parameter: locals[Int(node.c)] = .dyn
    default:
      return report(.expressionType(wanted: "an optional", found: operand, at: span(Int(node.a))))
    }
    let body = check(Int(node.b))
    guard node.flag == 1 else { return .optional(body) }
    switch body {
    case .optional, .dyn, .error, .parameter: return body
    default:
      return report(.expressionType(wanted: "an optional", found: body, at: span(Int(node.b))))
    }
  }

  /// Types of the keys (or indices) and values of what a macro iterates over.
  private func ranged(_ type: ValueType) -> (key: ValueType, value: ValueType, isMap: Bool)? {
    switch type {
    case .list(let item): (.int, item, false)
    case .map(let key, let value): (key, value, true)
    case .object: (.string, .dyn, true)
    case .dyn, .error, .parameter, .union: (.dyn, .dyn, false)
    default: nil
    }
  }

  mutating func comprehension(_ index: Int, _ node: Expression.Node) -> ValueType {
    guard let macro = Expression.Macro(rawValue: node.flag) else { return .error }
    let operand = check(Int(node.a))
    guard let range = ranged(operand) else {
      return report(
        .expressionType(wanted: "a list or a map", found: operand, at: span(Int(node.a))))
    }
    let at = Int(node.b)
    let slot = Int(expression.extra[at])
    let filter = Int(expression.extra[at + 2])
    let body = Int(expression.extra[at + 3])
    if expression.extra[at + 1] == 2 {
      locals[slot] = range.key
      locals[slot + 1] = range.value
    } else {
      locals[slot] = range.isMap ? range.key : range.value
    }
    let item = locals[slot]
    switch macro {
    case .all, .exists, .existsOne:
      condition(body)
      return .bool
    case .filter:
      condition(body)
      return .list(refined(item, slot, by: body))
    case .sortBy:
      _ = check(body)
      return .list(item)
    case .map, .transformList, .transformMap, .transformMapEntry:
      if filter >= 0 { condition(filter) }
      let type = filter >= 0 ? assuming(filter, true) { $0.check(body) } : check(body)
      if macro == .transformMapEntry { return type }
      return macro == .transformMap ? .map(key: range.key, value: type) : .list(type)
    }
  }

  /// The type of items for which a condition is true: what it tests with `has` is present.
  private func refined(_ type: ValueType, _ slot: Int, by condition: Int) -> ValueType {
    var type = type
    let prefix = "#\(slot)."
    for path in expression.provenPaths(condition, true) where path.hasPrefix(prefix) {
      type = type.refined(path.dropFirst(prefix.utf8.count).split(separator: ".")[...])
    }
    return type
  }
}
