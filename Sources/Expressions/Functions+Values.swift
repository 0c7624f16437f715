import Values

/// Functions of optionals, lists and numbers.
extension Evaluator {
  func optionals(_ builtin: Builtin, _ arguments: [Value]) throws(EvaluationError) -> Value? {
    switch (builtin, arguments.count) {
    case (.optionalNone, 0): return .optional(nil)
    case (.optionalOf, 1): return .optional(arguments[0])
    case (.optionalOfNonZeroValue, 1):
      return .optional(arguments[0].isZeroValue ? nil : arguments[0])
    default: break
    }
    guard case .optional(let wrapped)? = arguments.first else { return nil }
    switch (builtin, arguments.count) {
    case (.hasValue, 1): return .bool(wrapped != nil)
    case (.value, 1):
      guard let wrapped else { throw EvaluationError("the optional has no value") }
      return wrapped
    case (.or, 2):
      guard case .optional = arguments[1] else { return nil }
      return wrapped == nil ? arguments[1] : arguments[0]
    case (.orValue, 2): return wrapped.map { answered($0, or: arguments[1]) } ?? arguments[1]
    default: return nil
    }
  }

  /// A text that stands in for an answer says what comes in its place if there is none.
  private func answered(_ found: Value, or other: Value) -> Value {
    guard context.functions.standIns != nil, case .string(let text) = found,
      case .string(let otherwise) = other,
      StandIn.parts(of: text).count == 1,
      case .value(.answer(let index, nil))? = StandIn.parts(of: text).first
    else { return found }
    return .string(StandIn.answer(index, otherwise: otherwise).text)
  }

  func lists(_ builtin: Builtin, _ arguments: [Value]) throws(EvaluationError) -> Value? {
    if builtin == .range, arguments.count == 1 {
      guard case .int(let count) = arguments[0] else { return nil }
      try spend(Int(clamping: count))
      return .list((0..<max(0, count)).map { .int($0) })
    }
    if builtin == .reverse, arguments.count == 1, case .string(let text) = arguments[0] {
      return .string(Self.string(text.unicodeScalars.reversed()))
    }
    guard case .list(let items)? = arguments.first?.revealed else { return nil }
    try spend(items.count)
    switch (builtin, arguments.count) {
    case (.reverse, 1): return .list(items.reversed())
    case (.first, 1): return .optional(items.first)
    case (.last, 1): return .optional(items.last)
    case (.sort, 1): return .list(try sorted(items, by: items))
    case (.flatten, 1): return .list(try flattened(items, 1))
    case (.flatten, 2):
      guard case .int(let depth) = arguments[1] else { return nil }
      guard depth >= 0 else { throw EvaluationError("`flatten` needs a depth of 0 or more") }
      return .list(try flattened(items, Int(min(depth, 500))))
    case (.slice, 3):
      guard case .int(let start) = arguments[1], case .int(let end) = arguments[2] else {
        return nil
      }
      guard start >= 0, start <= end else { throw Self.outOfRange(start) }
      guard end <= items.count else { throw Self.outOfRange(end) }
      return .list(Array(items[Int(start)..<Int(end)]))
    case (.distinct, 1):
      var distinct: [Value] = []
      for item in items {
        var isNew = true
        for other in distinct where isNew {
          try spend(1)
          isNew = !(try areEqual(other, item))
        }
        if isNew { distinct.append(item) }
      }
      return .list(distinct)
    default: return nil
    }
  }

  private func flattened(
    _ items: [Value], _ depth: Int
  ) throws(EvaluationError) -> [Value] {
    try spend(items.count)
    guard depth > 0 else { return items }
    var result: [Value] = []
    for item in items {
      if case .list(let inner) = item {
        result += try flattened(inner, depth - 1)
      } else {
        result.append(item)
      }
    }
    return result
  }

  // MARK: Numbers

  func numbers(_ builtin: Builtin, _ arguments: [Value]) throws(EvaluationError) -> Value? {
    switch builtin {
    case .greatest, .least: return try extreme(arguments, sign: builtin == .greatest ? 1 : -1)
    case .bitAnd, .bitOr, .bitXor: return bits(builtin, arguments)
    case .bitShiftLeft, .bitShiftRight: return try shift(builtin, arguments)
    default: break
    }
    guard arguments.count == 1, let operand = arguments.first else { return nil }
    switch (builtin, operand) {
    case (.ceil, .double(let number)): return .double(number.rounded(.up))
    case (.floor, .double(let number)): return .double(number.rounded(.down))
    case (.round, .double(let number)): return .double(number.rounded())
    case (.trunc, .double(let number)): return .double(number.rounded(.towardZero))
    case (.isNaN, .double(let number)): return .bool(number.isNaN)
    case (.isInf, .double(let number)): return .bool(number.isInfinite)
    case (.isFinite, .double(let number)): return .bool(number.isFinite)
    case (.abs, .double(let number)): return .double(number.magnitude)
    case (.abs, .uint): return operand
    case (.abs, .int(let number)):
      guard number != .min else { throw Self.overflow }
      return .int(Swift.abs(number))
    case (.sign, .double(let number)):
      return .double(number.isNaN ? number : number > 0 ? 1 : number < 0 ? -1 : 0)
    case (.sign, .uint(let number)): return .uint(number > 0 ? 1 : 0)
    case (.sign, .int(let number)): return .int(number.signum())
    case (.bitNot, .int(let number)): return .int(~number)
    case (.bitNot, .uint(let number)): return .uint(~number)
    case (.sqrt, _): return operand.nearestDouble.map { .double($0.squareRoot()) }
    default: return nil
    }
  }

  private func extreme(_ arguments: [Value], sign: Int) throws(EvaluationError) -> Value? {
    var candidates = arguments
    if arguments.count == 1, case .list(let items)? = arguments.first { candidates = items }
    guard var best = candidates.first, best.isNumber else {
      if candidates.isEmpty, arguments.count == 1 {
        throw EvaluationError("an empty list has no greatest or least item")
      }
      return nil
    }
    for candidate in candidates.dropFirst() {
      guard candidate.isNumber, let order = candidate.order(best) else { return nil }
      if order * sign > 0 { best = candidate }
    }
    return best
  }

  private func bits(_ builtin: Builtin, _ arguments: [Value]) -> Value? {
    guard arguments.count == 2 else { return nil }
    switch (builtin, arguments[0], arguments[1]) {
    case (.bitAnd, .int(let a), .int(let b)): return .int(a & b)
    case (.bitOr, .int(let a), .int(let b)): return .int(a | b)
    case (.bitXor, .int(let a), .int(let b)): return .int(a ^ b)
    case (.bitAnd, .uint(let a), .uint(let b)): return .uint(a & b)
    case (.bitOr, .uint(let a), .uint(let b)): return .uint(a | b)
    case (.bitXor, .uint(let a), .uint(let b)): return .uint(a ^ b)
    default: return nil
    }
  }

  /// A right shift fills with zeros; shifting by 64 or more gives zero.
  private func shift(_ builtin: Builtin, _ arguments: [Value]) throws(EvaluationError) -> Value? {
    guard arguments.count == 2, case .int(let by) = arguments[1] else { return nil }
    func shifted(_ bits: UInt64) throws(EvaluationError) -> UInt64 {
      guard by >= 0 else { throw EvaluationError("a shift by a negative number") }
      return builtin == .bitShiftLeft ? bits << by : bits >> by
    }
    switch arguments[0] {
    case .int(let number):
      return .int(Int64(bitPattern: try shifted(UInt64(bitPattern: number))))
    case .uint(let number): return .uint(try shifted(number))
    default: return nil
    }
  }
}

extension Value {
  /// Whether it is the zero value of its type.
  var isZeroValue: Bool {
    switch self {
    case .null: true
    case .bool(let flag): !flag
    case .int(let number): number == 0
    case .uint(let number): number == 0
    case .double(let number): number == 0
    case .number: nearestDouble == 0
    case .string(let text): text.isEmpty
    case .bytes(let bytes): bytes.isEmpty
    case .list(let items): items.isEmpty
    case .map(let map): map.isEmpty
    case .timestamp(let moment): moment.seconds == 0 && moment.nanoseconds == 0
    case .duration(let span): span.nanoseconds == 0
    case .optional(let wrapped): wrapped == nil
    case .type, .opaque: false
    case .secret(let secret): secret.value.isZeroValue
    }
  }
}
