import Text
import Values

/// Replaces secrets in documents that are compared and shown.
///
/// A secret text becomes `{{secret: NAME}}`; a different text of the same name becomes
/// `{{secret: NAME (2)}}`, so that equality is preserved. Both sides share one mask.
package struct SecretMask: Sendable {
  private var numbers: [String: [String: Int]] = [:]
  /// Texts of the inputs that are secret wherever they occur.
  private var hidden: Set<String> = []
  private var longHidden: [String] = []

  package init() {}

  /// Hides a text wherever it occurs.
  package mutating func hide(_ text: String) {
    guard !text.isEmpty, hidden.insert(text).inserted else { return }
    // A short one is hidden only where it is a whole text: `1` occurs in many.
    if text.utf8.count >= 6 { longHidden.append(text) }
  }

  /// The placeholder for a text with a name.
  mutating func placeholder(_ name: String, for text: String) -> Value {
    var known = numbers[name] ?? [:]
    let number = known[text] ?? known.count + 1
    known[text] = number
    numbers[name] = known
    let suffix = number == 1 ? "" : " (\(number))"
    return .string("{{secret: \(name)\(suffix)}}")
  }

  /// A document without its secrets: known secret texts, and members whose names say so.
  mutating func masked(_ value: Value, name: String = "") -> Value {
    switch value {
    case .map(let map):
      return .map(
        ValueMap(
          map.entries.map { ($0.key, masked($0.value, name: $0.key.keyText)) }))
    case .list(let items): return .list(items.map { masked($0, name: name) })
    case .string(let text):
      if Self.isPlaceholder(text) { return value }
      if hidden.contains(text) { return placeholder(name, for: text) }
      if !text.isEmpty, Self.isTelling(name), !Self.isReference(text) {
        return placeholder(name, for: text)
      }
      return .string(withoutParts(text))
    case .int, .double, .uint, .number:
      guard Self.isTelling(name), let text = value.plainText else { return value }
      return placeholder(name, for: text)
    default: return value
    }
  }

  private mutating func withoutParts(_ text: String) -> String {
    var text = text
    for secret in longHidden where text.contains(secret) {
      guard case .string(let mark) = placeholder("part of a text", for: secret) else { continue }
      text = text.split(separator: secret, omittingEmptySubsequences: false)
        .joined(separator: mark)
    }
    return text
  }

  package static func isPlaceholder(_ text: String) -> Bool { text.hasPrefix("{{secret: ") }

  /// A reference to where a secret is kept isn't a secret.
  private static func isReference(_ text: String) -> Bool {
    text.hasPrefix("arn:") || text.hasPrefix("{{") || text.hasPrefix("<%")
      || text.hasPrefix("env:")
  }

  /// Whether a member or option of this name holds a secret.
  static func isTelling(_ name: String) -> Bool {
    let letters = String(
      decoding: name.utf8.filter { $0 != .hyphen && $0 != .underscore && $0 != .dot }.map {
        UInt8.uppercase.contains($0) ? $0 | 0x20 : $0
      }, as: UTF8.self)
    if letters.hasSuffix("accesskeyid") || letters.hasSuffix("ssecustomeralgorithm") {
      return letters.hasSuffix("accesskeyid")
    }
    let words = [
      "password", "passwd", "passphrase", "secretkey", "secretaccesskey", "apikey", "authtoken",
      "accesstoken", "sessiontoken", "privatekey", "clientsecret", "credentials",
    ]
    return letters == "secret" || letters == "token" || letters.hasSuffix("salt")
      || letters == "accesskey"
      || words.contains { letters.hasSuffix($0) }
  }
}
