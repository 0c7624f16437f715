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

extension Secret {
  /// What a job flow shows instead of the secret. For a document with secrets it tells another
  /// content as well: `{{secret: base64(json(targets/a.json#/password))@1f0c2a9b3d4e}}`.
  package var requestPlaceholder: String {
    guard let document else { return placeholder }
    return "{{secret: \(reference)@\(document.asWritten.contentDigest)}}"
  }
}
