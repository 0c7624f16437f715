import Values

extension ValueType {
  /// The type of the value, if there is one.
  var withoutAbsence: ValueType {
    switch self {
    case .nullable(let wrapped), .optional(let wrapped): wrapped.withoutAbsence
    default: self
    }
  }

  var isLocation: Bool {
    switch self {
    case .string, .dyn, .error: true
    case .list(let item): item.withoutAbsence.isLocation
    default: false
    }
  }

  /// Whether a value of this type can be used as `expected`. An integer can be used as a number; a
  /// type known only at evaluation is checked then.
  func isAssignable(to expected: ValueType) -> Bool {
    switch (self, expected) {
    case (.dyn, _), (_, .dyn), (.error, _), (_, .error), (.null, _): return true
    case (.int, .double), (.uint, .int), (.uint, .double): return true
    case (.nullable(let a), _), (.optional(let a), _): return a.isAssignable(to: expected)
    case (_, .nullable(let b)), (_, .optional(let b)): return isAssignable(to: b)
    case (.union(let members), _): return members.contains { $0.isAssignable(to: expected) }
    case (_, .union(let members)): return members.contains { isAssignable(to: $0) }
    case (.list(let a), .list(let b)): return a.isAssignable(to: b)
    case (.map(_, let a), .map(_, let b)): return a.isAssignable(to: b)
    case (.object(let a), .map(_, let b)):
      return a.fields.allSatisfy { $0.type.isAssignable(to: b) }
    case (.map, .object): return true
    case (.object(let a), .object(let b)):
      return a == b
        || a.fields.allSatisfy { field in
          b.field(field.name).map { field.type.isAssignable(to: $0.type) } ?? (b.additional != nil)
        }
    default: return self == expected
    }
  }
}
