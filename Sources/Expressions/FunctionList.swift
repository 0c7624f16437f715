package import Values

/// A function as editors show it.
package struct FunctionDescription: Hashable, Sendable {
  /// With its namespace, if it has one: `optional.of`.
  package let name: String
  /// Whether it is called on a value, which is its first parameter: `value.name(…)`.
  package let isMember: Bool
  /// The types of the arguments and of the result; several if it is overloaded.
  package let overloads: [Overload]
  package let summary: String

  package struct Overload: Hashable, Sendable {
    package let parameters: [ValueType]
    package let result: ValueType
  }

  /// The names of the arguments, without the receiver.
  package let parameterNames: [String]
  /// Whether the first argument is a name that the others can use: `list.map(x, …)`.
  package let isMacro: Bool
}

extension FunctionDescription {
  /// The functions and macros of every expression, sorted by name; then those of a host.
  package static func all(in environment: TypeEnvironment) -> [FunctionDescription] {
    let globals = Builtin.globals.map { describe($0.key, $0.value, isMember: false) }
    let members = Builtin.members.map { describe($0.key, $0.value, isMember: true) }
    let hosts = environment.functions.overloads.map { name, overloads in
      FunctionDescription(
        name: name, isMember: false,
        overloads: overloads.map { Overload(parameters: $0.parameters, result: $0.result) },
        summary: FunctionNotes.of(name, isMember: false).summary,
        parameterNames: FunctionNotes.of(name, isMember: false).parameters, isMacro: false)
    }
    return (globals + members + hosts + FunctionNotes.macros).sorted {
      ($0.name, $0.isMember ? 1 : 0) < ($1.name, $1.isMember ? 1 : 0)
    }
  }

  private static func describe(
    _ name: String, _ builtin: Builtin, isMember: Bool
  ) -> FunctionDescription {
    let notes = FunctionNotes.of(name, isMember: isMember)
    return FunctionDescription(
      name: name, isMember: isMember,
      overloads: Signature.all(of: builtin).map {
        Overload(parameters: $0.parameters, result: $0.result)
      }, summary: notes.summary, parameterNames: notes.parameters, isMacro: false)
  }

  /// Whether it can be called on a value of a type.
  package func takesReceiver(_ type: ValueType) -> Bool {
    guard isMember else { return false }
    if isMacro { return type.isIterable(orOptional: name.hasPrefix("opt")) }
    if overloads.isEmpty { return true }
    return overloads.contains { overload in
      guard let first = overload.parameters.first else { return false }
      var bindings: [(String, ValueType)] = []
      return type.present.fits(first, &bindings)
    }
  }

  /// As people write it: `replace(old: string, new: string) -> string`.
  package func label(_ overload: Overload?) -> String {
    "\(name)(\(parameterLabels(overload).joined(separator: ", ")))"
      + (overload.map { " -> \($0.result)" } ?? "")
  }

  /// The arguments, without the receiver, each with its type.
  package func parameterLabels(_ overload: Overload?) -> [String] {
    guard let overload else { return parameterNames }
    let types = isMember ? overload.parameters.dropFirst() : overload.parameters[...]
    return types.enumerated().map { at, type in
      at < parameterNames.count ? "\(parameterNames[at]): \(type)" : "\(type)"
    }
  }
}

extension ValueType {
  fileprivate func isIterable(orOptional: Bool) -> Bool {
    switch present {
    case .optional: orOptional
    case .list, .map, .object: !orOptional
    case .dyn, .error, .parameter, .union: true
    default: false
    }
  }

  /// The type of an item, or of a map's key: what a macro's variable has.
  package var iterated: ValueType {
    switch self {
    case .list(let item): item
    case .map(let key, _): key
    case .object: .string
    case .nullable(let wrapped), .optional(let wrapped): wrapped.iterated
    default: .dyn
    }
  }

  /// The members of a value, for completion: also of one that may be absent.
  package var knownFields: [ObjectType.Field] {
    switch self {
    case .object(let object): object.fields
    case .nullable(let wrapped), .optional(let wrapped): wrapped.knownFields
    case .union(let members): members.flatMap(\.knownFields)
    default: []
    }
  }

  /// Whether the value may be an optional, on which only `.?` and the functions of optionals work.
  package var isOptional: Bool {
    if case .optional = self { true } else { false }
  }
}
