import Documents
import Text
package import Values

/// Reading and making the JSON of messages.
extension Value {
  package subscript(member: String) -> Value? {
    guard case .map(let map) = self, let value = map[member] else { return nil }
    if case .null = value { return nil }
    return value
  }

  package var text: String? { if case .string(let text) = self { text } else { nil } }

  package var number: Int? { if case .int(let number) = self { Int(exactly: number) } else { nil } }

  package var flag: Bool? { if case .bool(let flag) = self { flag } else { nil } }

  package var items: [Value] { if case .list(let items) = self { items } else { [] } }

  var entries: [(key: String, value: Value)] {
    guard case .map(let map) = self else { return [] }
    return map.entries.map { ($0.key.text ?? "", $0.value) }
  }

  package static func object(_ members: KeyValuePairs<String, Value?>) -> Value {
    var map = ValueMap()
    for (key, value) in members { if let value { map[key] = value } }
    return .map(map)
  }

  static func number(_ number: Int) -> Value { .int(Int64(number)) }

  static func texts(_ texts: [String]) -> Value { .list(texts.map { .string($0) }) }

  /// As JSON on one line.
  package var jsonBytes: [UInt8] {
    var writer = CanonicalJSONWriter(pretty: false)
    writer.value(self, revealingSecrets: false)
    return writer.bytes
  }
}
