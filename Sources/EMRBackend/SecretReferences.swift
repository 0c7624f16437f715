import Documents
import PipelineIR
package import Values

/// The references by which a plan names its secrets, one for each text.
///
/// A reference says where a secret comes from. Two texts can come from one place, as `x` and `k=x`;
/// a number then tells the second apart.
package struct SecretReferences: Sendable {
  /// The text of each reference. Write it nowhere but into the requests themselves.
  package private(set) var texts: [String: String] = [:]
  /// The documents among the texts, with placeholders for the secrets in them.
  package private(set) var documents: [String: Value] = [:]
  /// The texts of the secrets in documents, which programs may print.
  package private(set) var parts: [String: String] = [:]

  package init() {}

  /// A secret's placeholder in a plan.
  package mutating func placeholder(for secret: Secret) -> String {
    let text = secret.value.argumentText ?? ""
    var reference = secret.reference
    var number = 1
    while let known = texts[reference], known != text {
      number += 1
      reference = "\(secret.reference) (\(number))"
    }
    texts[reference] = text
    if let document = secret.document {
      documents[reference] = document.asWritten
      for part in document.secrets { parts[part.reference] = part.value.argumentText }
    }
    return Secret(secret.value, reference: reference).placeholder
  }
}
