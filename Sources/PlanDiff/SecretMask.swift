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

  /// A document without its secrets: known secret texts, and what names and forms say are secrets.
  mutating func masked(_ value: Value, name: String = "") -> Value {
    masked(value, name, SecretHint().member(name))
  }

  private mutating func masked(_ value: Value, _ name: String, _ hint: SecretHint) -> Value {
    switch value {
    case .map(let map):
      let pair = map.entries.first { SecretHint.isPairName($0.key.keyText) }?.value.plainText
      return .map(
        ValueMap(
          map.entries.map { entry in
            let key = entry.key.keyText
            let inner = hint.member(key, in: pair)
            let name = key == "Value" ? pair ?? key : key
            return (entry.key, masked(entry.value, name, inner))
          }))
    case .list(let items):
      var before: String?
      return .list(
        items.map { item in
          defer { before = item.plainText }
          return masked(item, name, hint.item(after: before))
        })
    case .string(let text):
      if Self.isPlaceholder(text) { return value }
      if hidden.contains(text) { return placeholder(name, for: text) }
      if hint.marksWhole(text) { return placeholder(name, for: text) }
      return .string(withoutParts(text, name))
    case .int, .double, .uint, .number:
      guard let text = value.plainText, hint.marks(value) || hidden.contains(text), hint.isTelling
      else { return value }
      return placeholder(name, for: text)
    default: return value
    }
  }

  /// A text without the parts that are secrets by their form or known.
  mutating func withoutParts(_ text: String, _ name: String) -> String {
    var text = SecretParts.replaced(in: text) { part in
      placeholder(name.isEmpty ? "part of a text" : name, for: part).plainText ?? ""
    }
    for secret in longHidden where text.contains(secret) {
      guard case .string(let mark) = placeholder("part of a text", for: secret) else { continue }
      let masked = Array(text.utf8).replacing(Array(secret.utf8), with: Array(mark.utf8))
      text = String(decoding: masked, as: UTF8.self)
    }
    return text
  }

  package static func isPlaceholder(_ text: String) -> Bool { text.hasPrefix("{{secret: ") }
}
