package import SourceText

/// The static type of a value, as declared by schemas and checked in expressions.
package indirect enum ValueType: Hashable, Sendable {
  case null
  case bool
  case int
  case uint
  case double
  case string
  case bytes
  case timestamp
  case duration
  /// Known only when evaluated.
  case dyn
  /// The type of a type; nil for an unknown one.
  case type(ValueType?)
  case list(ValueType)
  case map(key: ValueType, value: ValueType)
  /// A map whose keys a schema declares.
  case object(ObjectType)
  /// CEL's `optional_type`.
  case optional(ValueType)
  /// Null, or the type.
  case nullable(ValueType)
  /// One of several, from a schema that allows them (`"type": ["integer", "string"]`, `oneOf`).
  case union([ValueType])
  /// An extension type, with its parameters.
  case abstract(String, [ValueType])
  /// A type variable of a function's signature.
  case parameter(String)
  /// The type of a refused expression; silences follow-up errors.
  case error
}

/// A map with declared keys, in the order of declaration.
package struct ObjectType: Hashable, Sendable {
  package struct Field: Hashable, Sendable {
    package var name: String
    package var type: ValueType
    /// False if the key may be absent (or null, if `type` is nullable).
    package var isRequired: Bool
    /// True if the schema marks the value as a secret.
    package var isSecret: Bool
    /// One line about its meaning, from the schema.
    package var summary: String?
    /// Where the schema declares it.
    package var declaration: Span?

    package init(
      name: String, type: ValueType, isRequired: Bool, isSecret: Bool = false,
      summary: String? = nil, declaration: Span? = nil
    ) {
      self.name = name
      self.type = type
      self.isRequired = isRequired
      self.isSecret = isSecret
      self.summary = summary
      self.declaration = declaration
    }
  }

  /// Its name in errors: `config.aws.s3`, or a schema's title.
  package var name: String
  package var fields: [Field]
  /// The type of values under undeclared keys; nil if there can't be any.
  package var additional: ValueType?

  package init(name: String, fields: [Field], additional: ValueType? = nil) {
    self.name = name
    self.fields = fields
    self.additional = additional
  }

  package func field(_ name: String) -> Field? { fields.first { $0.name == name } }
}

extension ValueType: CustomStringConvertible {
  /// CEL's spelling of the type; `string?` for a nullable one.
  package var description: String {
    switch self {
    case .null: "null"
    case .bool: "bool"
    case .int: "int"
    case .uint: "uint"
    case .double: "double"
    case .string: "string"
    case .bytes: "bytes"
    case .timestamp: "timestamp"
    case .duration: "duration"
    case .dyn: "dyn"
    case .type(let of): of.map { "type(\($0))" } ?? "type"
    case .list(let item): "list(\(item))"
    case .map(let key, let value): "map(\(key), \(value))"
    case .object(let object): object.name
    case .optional(let wrapped): "optional(\(wrapped))"
    case .nullable(let wrapped): "\(wrapped)?"
    case .union(let members): members.map(\.description).joined(separator: " or ")
    case .abstract(let name, let parameters):
      parameters.isEmpty
        ? name : "\(name)(\(parameters.map(\.description).joined(separator: ", ")))"
    case .parameter(let name): name
    case .error: "!error!"
    }
  }
}
