import Digests
import Documents
package import Values

extension Value {
  /// 12 hexadecimal digits that tell a document's content, with placeholders for its secrets, from
  /// another.
  package var contentDigest: String {
    var writer = CanonicalJSONWriter(pretty: false)
    writer.value(withoutReferences, revealingSecrets: false)
    return String(SHA256.name(of: writer.bytes).dropFirst(7).prefix(12))
  }

  /// With the same text for all secrets: where their files are is no difference.
  private var withoutReferences: Value {
    switch self {
    case .string(let text): text.hasPrefix("{{secret: ") ? .string("{{secret}}") : self
    case .list(let items): .list(items.map(\.withoutReferences))
    case .map(let map):
      .map(ValueMap(map.entries.map { (key: $0.key, value: $0.value.withoutReferences) }))
    default: self
    }
  }
}
