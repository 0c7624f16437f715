package import Values

/// Puts the texts of secret references into requests, and removes them from messages.
package struct SecretTexts: Sendable {
  private let texts: [String: String]

  package init(_ texts: [String: String]) { self.texts = texts }

  /// References among `wanted` whose text isn't known.
  package func missing(_ wanted: [String]) -> [String] { wanted.filter { texts[$0] == nil } }

  /// A request's body with each placeholder replaced by its secret.
  package func fill(_ value: Value) -> Value {
    switch value {
    case .string(let text): return .string(fill(text))
    case .list(let items): return .list(items.map(fill))
    case .map(let map):
      return .map(ValueMap(map.entries.map { (key: $0.key, value: fill($0.value)) }))
    default: return value
    }
  }

  private func fill(_ text: String) -> String {
    guard Self.find(Self.opening, in: Array(text.utf8), from: 0) != nil else { return text }
    let bytes = Array(text.utf8)
    var out: [UInt8] = []
    var at = 0
    while let start = Self.find(Self.opening, in: bytes, from: at) {
      out += bytes[at..<start]
      let name = start + Self.opening.count
      guard let end = Self.find(Self.closing, in: bytes, from: name),
        let secret = texts[String(decoding: bytes[name..<end], as: UTF8.self)]
      else {
        // Not a known placeholder: the text stays unchanged.
        out += bytes[start..<name]
        at = name
        continue
      }
      out += Array(secret.utf8)
      at = end + Self.closing.count
    }
    return String(decoding: out + bytes[at...], as: UTF8.self)
  }

  /// A message with each secret in it replaced by its placeholder.
  package func redact(_ message: String) -> String {
    var bytes = Array(message.utf8)
    // Longer ones first, since one secret may contain another; those shorter than four bytes can't
    // be told from other text.
    let longestFirst = texts.sorted {
      ($1.value.utf8.count, $0.key) < ($0.value.utf8.count, $1.key)
    }
    for (reference, secret) in longestFirst where secret.utf8.count >= 4 {
      let wanted = Array(secret.utf8)
      var at = 0
      while let start = Self.find(wanted, in: bytes, from: at) {
        let mark = Array(Secret(.null, reference: reference).placeholder.utf8)
        bytes.replaceSubrange(start..<start + wanted.count, with: mark)
        at = start + mark.count
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static var opening: [UInt8] { Array("{{secret: ".utf8) }
  private static var closing: [UInt8] { Array("}}".utf8) }

  private static func find(_ wanted: [UInt8], in bytes: [UInt8], from: Int) -> Int? {
    guard !wanted.isEmpty, from + wanted.count <= bytes.count else { return nil }
    for start in from...(bytes.count - wanted.count)
    where bytes[start] == wanted[0] && bytes[start..<start + wanted.count].elementsEqual(wanted) {
      return start
    }
    return nil
  }
}
