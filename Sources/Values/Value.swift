/// A value of the data model: what configs hold and expressions evaluate to.
///
/// Integers are 64 bit; a number in a document that is beyond them, or that a `double` would spell
/// differently, is kept as its text, so that it is passed on as it was written. `uint`, `bytes`,
/// `timestamp`, `duration`, `type` and `optional` come only from expressions, never from JSON or
/// YAML.
package enum Value: Sendable {
  case null
  case bool(Bool)
  case int(Int64)
  case uint(UInt64)
  case double(Double)
  /// A number as its JSON text: `1.0`, `2.50`, `12345678901234567890`.
  case number(String)
  case string(String)
  case bytes([UInt8])
  case list([Value])
  case map(ValueMap)
  case timestamp(Timestamp)
  case duration(Duration)
  case type(String)
  indirect case optional(Value?)
  /// A value of an extension type (an address of the network library): its type's name and text.
  indirect case opaque(type: String, text: String)
  /// A value that must not be shown: what it is, and where it comes from.
  indirect case secret(Secret)

  /// A moment as seconds since 1970-01-01T00:00:00Z and nanoseconds (0 ..< 1e9), years 1 to 9999.
  package struct Timestamp: Hashable, Sendable, Comparable {
    package var seconds: Int64
    package var nanoseconds: Int32

    package init(seconds: Int64, nanoseconds: Int32) {
      self.seconds = seconds
      self.nanoseconds = nanoseconds
    }

    package static func < (left: Timestamp, right: Timestamp) -> Bool {
      (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
    }
  }

  /// A span of time in nanoseconds.
  package struct Duration: Hashable, Sendable, Comparable {
    package var nanoseconds: Int64

    package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    package static func < (left: Duration, right: Duration) -> Bool {
      left.nanoseconds < right.nanoseconds
    }
  }
}

/// A secret: the value itself, and what may be shown instead.
///
/// A function of a secret is a secret whose reference says how it was made:
/// `base64(targets/redshift.json#/data/password)`.
package struct Secret: Sendable {
  package var value: Value
  /// Where the value comes from: a file's name and a JSON pointer, or a function of those.
  package var reference: String
  /// What the value is a text of, if it was made by `json` or `yaml`: its other parts may be shown.
  package var document: Value?

  package init(_ value: Value, reference: String, document: Value? = nil) {
    self.value = value
    self.reference = reference
    self.document = document
  }

  /// Where the secrets in it come from, each once.
  package var sources: [String] {
    guard let document else { return [reference] }
    var unique: [String] = []
    for reference in document.secretReferences where !unique.contains(reference) {
      unique.append(reference)
    }
    return unique
  }

  /// What is shown instead of the secret.
  package var placeholder: String { "{{secret: \(reference)}}" }
}

extension Value: Equatable {
  /// CEL's equality: numbers of different types are equal if they are the same number; NaN equals
  /// nothing; the order of a map's entries doesn't matter; a secret equals its value.
  package func equals(_ other: Value) -> Bool {
    switch (self, other) {
    case (.secret(let secret), _): return secret.value.equals(other)
    case (_, .secret(let secret)): return equals(secret.value)
    case (.null, .null): return true
    case (.bool(let a), .bool(let b)): return a == b
    case (.int(let a), .int(let b)): return a == b
    case (.uint(let a), .uint(let b)): return a == b
    case (.double(let a), .double(let b)): return a == b
    case (.number(let text), _): return Self.areEqual(number: text, other)
    case (_, .number(let text)): return Self.areEqual(number: text, self)
    case (.int(let a), .uint(let b)): return UInt64(exactly: a) == b
    case (.uint(let a), .int(let b)): return UInt64(exactly: b) == a
    case (.int(let a), .double(let b)): return Int64(exactly: b) == a
    case (.double(let a), .int(let b)): return Int64(exactly: a) == b
    case (.uint(let a), .double(let b)): return UInt64(exactly: b) == a
    case (.double(let a), .uint(let b)): return UInt64(exactly: a) == b
    case (.string(let a), .string(let b)): return a.utf8.elementsEqual(b.utf8)
    case (.bytes(let a), .bytes(let b)): return a == b
    case (.list(let a), .list(let b)):
      return a.count == b.count && zip(a, b).allSatisfy { $0.equals($1) }
    case (.map(let a), .map(let b)):
      return a.count == b.count
        && a.entries.allSatisfy { entry in b[entry.key].map { entry.value.equals($0) } ?? false }
    case (.timestamp(let a), .timestamp(let b)): return a == b
    case (.duration(let a), .duration(let b)): return a == b
    case (.type(let a), .type(let b)): return a == b
    case (.optional(let a), .optional(let b)):
      switch (a, b) {
      case (nil, nil): return true
      case (let a?, let b?): return a.equals(b)
      case (nil, _?), (_?, nil): return false
      }
    case (.opaque(let typeA, let a), .opaque(let typeB, let b)): return typeA == typeB && a == b
    default: return false
    }
  }

  /// The same as `equals`, so NaN isn't equal to itself.
  package static func == (left: Value, right: Value) -> Bool { left.equals(right) }

  /// The value without its secret mark, if it has one. Marks further inside stay.
  package var revealed: Value {
    var value = self
    while case .secret(let secret) = value { value = secret.value }
    return value
  }

  /// All secrets in the value, in order.
  package var secrets: [Secret] {
    var secrets: [Secret] = []
    collectSecrets(into: &secrets)
    return secrets
  }

  /// Their references.
  package var secretReferences: [String] { secrets.map(\.reference) }

  private func collectSecrets(into secrets: inout [Secret]) {
    switch self {
    case .secret(let secret): secrets.append(secret)
    case .list(let items): for item in items { item.collectSecrets(into: &secrets) }
    case .map(let map):
      for entry in map.entries {
        entry.key.collectSecrets(into: &secrets)
        entry.value.collectSecrets(into: &secrets)
      }
    case .optional(let value): value?.collectSecrets(into: &secrets)
    default: break
    }
  }
}
