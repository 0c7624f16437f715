package import Values

/// Shorthands to build and read documents such as requests and records.
extension Value {
  /// A map without its null entries.
  package static func object(_ entries: KeyValuePairs<String, Value>) -> Value {
    var map = ValueMap()
    for (key, value) in entries {
      if case .null = value { continue }
      map[key] = value
    }
    return .map(map)
  }

  /// The string, or null.
  package static func string(ifAny text: String?) -> Value { text.map { .string($0) } ?? .null }

  package static func int(ifAny number: Int64?) -> Value { number.map { .int($0) } ?? .null }

  package static func strings(_ texts: some Sequence<String>) -> Value {
    .list(texts.map { .string($0) })
  }

  /// A map's entry, or null.
  package subscript(key: String) -> Value {
    if case .map(let map) = self { map[key] ?? .null } else { .null }
  }

  package var text: String? {
    if case .string(let text) = self { text } else { nil }
  }

  package var integer: Int64? {
    if case .int(let number) = self { number } else { nil }
  }

  package var isTrue: Bool {
    if case .bool(let flag) = self { flag } else { false }
  }

  package var items: [Value] {
    if case .list(let items) = self { items } else { [] }
  }

  package var texts: [String] { items.compactMap(\.text) }
}
