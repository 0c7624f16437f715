import Values

/// How types relate: which can be used as which, and the common type of several.
extension ValueType {
  /// A type about which nothing is known yet: an empty list's items, an absent optional's value.
  static var unknown: ValueType { .parameter("_") }

  var isUnknown: Bool {
    switch self {
    case .dyn, .error, .parameter: true
    default: false
    }
  }

  var isNumber: Bool {
    switch self {
    case .int, .uint, .double: true
    default: false
    }
  }

  /// The type of the value, if there is one.
  var present: ValueType {
    if case .nullable(let wrapped) = self { return wrapped.present }
    return self
  }

  /// With `dyn` for what is still unknown.
  var settled: ValueType { settled(depth: 0) }

  /// Very deep nesting counts as unknown too, so that types can't grow without bound.
  private func settled(depth: Int) -> ValueType {
    guard depth < 64 else { return .dyn }
    func inner(_ type: ValueType) -> ValueType { type.settled(depth: depth + 1) }
    return switch self {
    case .parameter: .dyn
    case .list(let item): .list(inner(item))
    case .map(let key, let value): .map(key: inner(key), value: inner(value))
    case .optional(let wrapped): .optional(inner(wrapped))
    case .nullable(let wrapped): .nullable(inner(wrapped))
    case .type(let of): .type(of.map(inner))
    case .abstract(let name, let parameters): .abstract(name, parameters.map(inner))
    default: self
    }
  }

  /// As a map, if it is an object.
  private var asMap: ValueType {
    guard case .object(let object) = self else { return self }
    var value = object.additional
    for field in object.fields {
      value = value.map { $0.joined(field.type.present) ?? .dyn } ?? field.type.present
    }
    return .map(key: .string, value: value ?? .unknown)
  }

  /// The common type of both; nil if they have nothing in common.
  func joined(_ other: ValueType) -> ValueType? {
    if self == other { return self }
    switch (self, other) {
    case (.error, _), (_, .error): return .error
    case (.parameter, _): return other
    case (_, .parameter): return self
    case (.dyn, _), (_, .dyn): return .dyn
    case (.list(let a), .list(let b)): return a.joined(b).map { .list($0) }
    case (.map(let keyA, let a), .map(let keyB, let b)):
      guard let key = keyA.joined(keyB), let value = a.joined(b) else { return nil }
      return .map(key: key, value: value)
    case (.object, .map), (.map, .object): return asMap.joined(other.asMap)
    case (.object, .object): return asMap.joined(other.asMap) ?? .map(key: .string, value: .dyn)
    case (.optional(let a), .optional(let b)): return a.joined(b).map { .optional($0) }
    case (.abstract(let a, let left), .abstract(let b, let right)):
      guard a == b, left.count == right.count else { return nil }
      var parameters: [ValueType] = []
      for (left, right) in zip(left, right) {
        guard let joined = left.joined(right) else { return nil }
        parameters.append(joined)
      }
      return .abstract(a, parameters)
    case (.null, .optional), (.null, .abstract), (.null, .timestamp), (.null, .duration),
      (.null, .nullable):
      return other
    case (.optional, .null), (.abstract, .null), (.timestamp, .null), (.duration, .null),
      (.nullable, .null):
      return self
    case (.null, .object), (.null, .map): return .nullable(other)
    case (.object, .null), (.map, .null): return .nullable(self)
    case (.nullable(let a), _): return a.joined(other.present).map { .nullable($0) }
    case (_, .nullable(let b)): return joined(b).map { .nullable($0) }
    case (.type, .type): return .type(nil)
    case (.union(let members), _), (_, .union(let members)):
      let single = if case .union = self { other } else { self }
      return members.contains { $0.joined(single) != nil } ? .dyn : nil
    default: return nil
    }
  }

  /// Whether values of the two types can be equal.
  func isComparable(to other: ValueType) -> Bool {
    let (left, right) = (present, other.present)
    if left == right || left.isUnknown || right.isUnknown { return true }
    if left.isNumber, right.isNumber { return true }
    if case .null = left { return true }
    if case .null = right { return true }
    if case .union(let members) = left { return members.contains { $0.isComparable(to: right) } }
    if case .union(let members) = right { return members.contains { left.isComparable(to: $0) } }
    switch (left, right) {
    case (.list(let a), .list(let b)), (.optional(let a), .optional(let b)):
      return a.isComparable(to: b)
    case (.map(let keyA, let a), .map(let keyB, let b)):
      return keyA.isComparable(to: keyB) && a.isComparable(to: b)
    default: return left.joined(right) != nil
    }
  }

  /// Whether a value of the type can be passed as `parameter`; binds type parameters along the way.
  func fits(_ parameter: ValueType, _ bindings: inout [(String, ValueType)]) -> Bool {
    switch (self, parameter) {
    case (.error, _), (_, .dyn), (_, .error): return true
    case (_, .parameter(let name)): return Self.bind(name, self, &bindings)
    case (.dyn, _), (.parameter, _): return true
    case (.union(let members), _):
      return members.contains { member in member.fits(parameter, &bindings) }
    case (_, .union(let members)): return members.contains { fits($0, &bindings) }
    case (.nullable(let wrapped), _): return wrapped.fits(parameter.present, &bindings)
    case (.null, .nullable), (.null, .optional), (.null, .abstract), (.null, .timestamp),
      (.null, .duration):
      return true
    case (_, .nullable(let wrapped)): return fits(wrapped, &bindings)
    case (.list(let a), .list(let b)): return a.fits(b, &bindings)
    case (.optional(let a), .optional(let b)): return a.fits(b, &bindings)
    case (.map(let keyA, let a), .map(let keyB, let b)):
      return keyA.fits(keyB, &bindings) && a.fits(b, &bindings)
    case (.object, .map): return asMap.fits(parameter, &bindings)
    case (.object, .object), (.map, .object): return true
    case (.type, .type): return true
    case (.abstract(let a, let left), .abstract(let b, let right)):
      return a == b && left.count == right.count
        && zip(left, right).allSatisfy { $0.fits($1, &bindings) }
    default: return self == parameter
    }
  }

  private static func bind(
    _ name: String, _ type: ValueType, _ bindings: inout [(String, ValueType)]
  ) -> Bool {
    guard let at = bindings.firstIndex(where: { $0.0 == name }) else {
      bindings.append((name, type))
      return true
    }
    guard let joined = bindings[at].1.joined(type) else {
      // Numbers of different types may be mixed.
      guard bindings[at].1.isNumber, type.isNumber else { return false }
      bindings[at].1 = .dyn
      return true
    }
    bindings[at].1 = joined
    return true
  }

  /// With type parameters replaced by the types they are bound to.
  func substituting(_ bindings: [(String, ValueType)]) -> ValueType {
    switch self {
    case .parameter(let name): bindings.first { $0.0 == name }?.1 ?? .unknown
    case .list(let item): .list(item.substituting(bindings))
    case .map(let key, let value):
      .map(key: key.substituting(bindings), value: value.substituting(bindings))
    case .optional(let wrapped): .optional(wrapped.substituting(bindings))
    case .abstract(let name, let parameters):
      .abstract(name, parameters.map { $0.substituting(bindings) })
    default: self
    }
  }

  /// The type narrowed to values that have the field of a path.
  func refined(_ path: ArraySlice<Substring>) -> ValueType {
    guard let name = path.first else { return present }
    switch self {
    case .nullable(let wrapped): return wrapped.refined(path)
    case .union(let members): return .union(members.map { $0.refined(path) })
    case .object(var object):
      guard let at = object.fields.firstIndex(where: { $0.name == name }) else { return self }
      object.fields[at].isRequired = true
      object.fields[at].type = object.fields[at].type.refined(path.dropFirst())
      return .object(object)
    default: return self
    }
  }
}
