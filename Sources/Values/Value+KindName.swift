extension Value {
  /// The value's type in messages, with its article.
  package var kindName: String {
    switch self {
    case .null: "null"
    case .bool: "a bool"
    case .int: "an int"
    case .uint: "a uint"
    case .double: "a double"
    case .number(let text): Value.isWhole(text) ? "an int" : "a double"
    case .string: "a string"
    case .bytes: "bytes"
    case .list: "a list"
    case .map: "a map"
    case .timestamp: "a timestamp"
    case .duration: "a duration"
    case .type: "a type"
    case .optional: "an optional"
    case .opaque(let type, _): "a `\(type)`"
    case .secret(let secret): secret.value.kindName
    }
  }
}
