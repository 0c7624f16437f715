import Text

/// What names say about a value.
package struct SecretHint: Sendable {
  /// Its own name is that of a secret.
  package var isTelling = false
  /// A map that it is in has such a name.
  package var isInside = false

  package init() {}

  /// What a member's key says.
  package func member(_ key: String) -> SecretHint {
    var hint = SecretHint()
    hint.isTelling = SecretNames.isTelling(key)
    hint.isInside = !hint.isTelling && (isTelling || isInside) && !SecretNames.isAbout(key)
    return hint
  }

  /// An item of a list has the list's name; one after an option, as in `--password x`, the
  /// option's.
  package func item(after before: String?) -> SecretHint {
    guard let before, before.utf8.first == .hyphen, SecretNames.isTelling(before) else {
      return self
    }
    var hint = SecretHint()
    hint.isTelling = true
    return hint
  }

  /// Whether a scalar is a secret.
  package func marks(_ value: Value) -> Bool {
    switch value {
    case .string(let text): marksWhole(text) || SecretParts.isIn(text)
    case .int, .uint, .double, .number: isTelling
    default: false
    }
  }

  /// Whether names say that a whole text is a secret.
  package func marksWhole(_ text: String) -> Bool {
    (isTelling || isInside) && SecretParts.isSecret(text)
  }
}
