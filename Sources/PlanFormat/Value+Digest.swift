import Digests
import Documents
package import Values

extension Value {
  /// 12 hexadecimal digits that tell a document's content, with placeholders for its secrets, from
  /// another.
  package var contentDigest: String {
    var writer = CanonicalJSONWriter(pretty: false)
    writer.value(self, revealingSecrets: false)
    return String(SHA256.name(of: writer.bytes).dropFirst(7).prefix(12))
  }
}
