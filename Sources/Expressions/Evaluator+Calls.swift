import SourceText
import Values

/// Calls of functions.
extension Evaluator {
  func call(_ index: Int, _ node: Expression.Node) throws(EvaluationError) -> Value {
    let first = Int(node.b)
    let count = Int(node.c)
    let fullName = expression.extra[first - 2]
    // `a.f(x)` calls the function `f` of the namespace `a`, if the host has one.
    if fullName >= 0, let value = try namespaced(expression.name(fullName), first, count, index) {
      return value
    }
    var arguments: [Value] = []
    arguments.reserveCapacity(count)
    for at in first..<first + count { arguments.append(try evaluate(Int(expression.extra[at]))) }
    do {
      let name = expression.names[Int(expression.extra[first - 3])]
      let builtin = Builtin(rawValue: node.a)
      if let builtin, let watch = context.functions.standIns {
        let span = expression.nodes[index].span
        let decided = watch.see(builtin, arguments, at: span) { other in
          try? apply(builtin, name, other)
        }
        if let decided { return .bool(decided) }
      }
      return try apply(builtin, name, arguments)
    } catch {
      throw located(error, index)
    }
  }

  private func namespaced(
    _ name: String, _ first: Int, _ count: Int, _ index: Int
  ) throws(EvaluationError) -> Value? {
    guard let overloads = overloads(name) else { return nil }
    var arguments: [Value] = []
    for at in first + 1..<first + count {
      arguments.append(try evaluate(Int(expression.extra[at])))
    }
    do {
      return try host(name, overloads, arguments)
    } catch {
      throw located(error, index)
    }
  }

  private func overloads(_ name: String) -> [HostFunctions.Overload]? {
    guard !context.functions.overloads.isEmpty else { return nil }
    return context.functions.overloads[name]
  }

  private func apply(
    _ builtin: Builtin?, _ name: String, _ arguments: [Value]
  ) throws(EvaluationError) -> Value {
    if let builtin, let value = try guarded(builtin, name, arguments) { return value }
    if let overloads = overloads(name) { return try host(name, overloads, arguments) }
    guard builtin != nil else { throw EvaluationError("there is no function `\(name)`") }
    throw Self.noOverload(name, arguments)
  }

  private static func noOverload(_ name: String, _ arguments: [Value]) -> EvaluationError {
    let kinds = arguments.map(\.kindName).joined(separator: ", ")
    return EvaluationError("`\(name)` does not work on (\(kinds))")
  }

  /// A function of a secret yields a secret, unless it is a bool.
  private func guarded(
    _ builtin: Builtin, _ name: String, _ arguments: [Value]
  ) throws(EvaluationError) -> Value? {
    var references: [String] = []
    var revealed = arguments
    for at in arguments.indices {
      switch arguments[at] {
      case .secret(let secret):
        guard !builtin.keepsArguments || builtin == .size else {
          revealed[at] = secret.distributed
          continue
        }
        references += arguments[at].secretReferences
        revealed[at] = arguments[at].revealed
        if builtin.computes, case .number(let text) = revealed[at] {
          revealed[at] = try Self.computable(text)
        }
      case .number(let text):
        if builtin.computes { revealed[at] = try Self.computable(text) }
      case .list, .map, .optional:
        guard builtin.rendersDeeply || context.traces && builtin == .size else { continue }
        try measure(arguments[at])
        references += arguments[at].secretReferences
      case .string(let text):
        if text.utf8.count > 64 { try spend(text.utf8.count / 16) }
      case .bytes(let bytes): try spend(bytes.count / 16)
      default: continue
      }
    }
    if references.isEmpty { return try evaluate(builtin, revealed) }
    let list = joinedReferences(references)
    let value: Value?
    do {
      value = try evaluate(builtin, revealed)
    } catch {
      throw Self.withoutSecret(error, name, list)
    }
    guard let value else { return nil }
    if case .bool = value, !context.traces { return value }
    let reference = builtin == .dyn || builtin == .string ? list : "\(name)(\(list))"
    guard case .secret(var secret) = value.marked(reference) else {
      return value.marked(reference)
    }
    secret.document = arguments.first.flatMap { Self.document(builtin, of: $0) }
    return .secret(secret)
  }

  /// An error's message may quote what a function was given.
  private static func withoutSecret(
    _ error: EvaluationError, _ name: String, _ references: String
  ) -> EvaluationError {
    if error.message == tooMuchWork { return error }
    return EvaluationError(
      "`\(name)` does not work on this secret (\(references)), whose text isn't shown")
  }

  /// What the text that a function makes is a document of.
  private static func document(_ builtin: Builtin, of argument: Value) -> Value? {
    switch (builtin, argument) {
    case (.json, .map), (.json, .list), (.yaml, .map), (.yaml, .list): argument
    case (.base64, .secret(let secret)), (.bytes, .secret(let secret)),
      (.encodeBase64, .secret(let secret)), (.string, .secret(let secret)):
      secret.document
    default: nil
    }
  }

  private func host(
    _ name: String, _ overloads: [HostFunctions.Overload], _ arguments: [Value]
  ) throws(EvaluationError) -> Value {
    for argument in arguments { try measure(argument) }
    let revealed = arguments.map { $0.revealed.computable ?? $0.revealed }
    for overload in overloads
    where overload.parameters.count == arguments.count
      && zip(overload.parameters, revealed).allSatisfy({ $0.admits($1) })
    {
      let references = arguments.flatMap(\.secretReferences)
      if references.isEmpty { return try overload.body(revealed).get() }
      if context.traces {
        return try overload.body(revealed).get().marked(joinedReferences(references))
      }
      throw EvaluationError(
        "`\(name)` can't be asked about a secret (\(joinedReferences(references))): plans show what is asked"
      )
    }
    throw Self.noOverload(name, arguments)
  }

  /// Nil if the function has no overload for these arguments.
  private func evaluate(
    _ builtin: Builtin, _ arguments: [Value]
  ) throws(EvaluationError) -> Value? {
    switch builtin {
    case .size, .int, .uint, .double, .string, .bytes, .bool, .timestamp, .duration, .dyn, .type:
      return try convert(builtin, arguments)
    case .contains, .startsWith, .endsWith, .matches, .charAt, .indexOf, .lastIndexOf, .join,
      .lowerAscii, .upperAscii, .replace, .split, .substring, .trim, .format, .quote:
      return try text(builtin, arguments)
    case .reverse, .slice, .flatten, .sort, .distinct, .range, .first, .last:
      return try lists(builtin, arguments)
    case .getFullYear, .getMonth, .getDate, .getDayOfMonth, .getDayOfWeek, .getDayOfYear,
      .getHours, .getMinutes, .getSeconds, .getMilliseconds:
      return try timePart(builtin, arguments)
    case .optionalOf, .optionalNone, .optionalOfNonZeroValue, .hasValue, .value, .or, .orValue:
      return try optionals(builtin, arguments)
    case .greatest, .least, .ceil, .floor, .round, .trunc, .abs, .sign, .isNaN, .isInf,
      .isFinite, .sqrt, .bitAnd, .bitOr, .bitXor, .bitNot, .bitShiftLeft, .bitShiftRight:
      return try numbers(builtin, arguments)
    case .ip, .isIP, .cidr, .isCIDR, .isCanonical, .family, .isUnspecified, .isLoopback,
      .isGlobalUnicast, .isLinkLocalMulticast, .isLinkLocalUnicast, .containsIP, .containsCIDR,
      .masked, .prefixLength, .addressOf:
      return try network(builtin, arguments)
    case .encodeBase64, .decodeBase64, .version, .isVersion, .base64, .json, .yaml, .parseJson,
      .merge, .path, .dir, .bucketOf, .keyOf, .number, .formatTime, .epochMillis, .uuid:
      return try own(builtin, arguments)
    case .add, .subtract, .multiply, .divide, .remainder, .negate, .not, .equal, .notEqual,
      .less, .lessEqual, .greater, .greaterEqual, .in:
      return nil
    }
  }
}

extension ValueType {
  /// Whether a value has the type, without looking at its items.
  func admits(_ value: Value) -> Bool {
    switch (self, value) {
    case (.dyn, _), (.parameter, _), (.error, _), (.union, _): true
    case (.null, .null), (.bool, .bool), (.int, .int), (.uint, .uint), (.double, .double),
      (.string, .string), (.bytes, .bytes), (.timestamp, .timestamp), (.duration, .duration),
      (.type, .type), (.list, .list), (.map, .map), (.object, .map), (.optional, .optional):
      true
    case (.double, .number), (.nullable, .null): true
    case (.nullable(let wrapped), _): wrapped.admits(value)
    case (.abstract(let name, _), .opaque(let type, _)): name == type
    default: false
    }
  }
}
