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

  /// What a member's key says, or the name beside it if the member is the value of a pair, as in
  /// `{Key: password, Value: x}` and `{name: X-Api-Key, value: x}`.
  ///
  /// - Parameter name: the text of the map's `pairName`, if it has one.
  package func member(_ key: String, in name: String?) -> SecretHint {
    guard let name, Self.isPairValue(key) else { return member(key) }
    return member(name)
  }

  /// Whether a member's text names the value beside it.
  package static func isPairName(_ key: String) -> Bool { pairNames.contains(key.lowercased()) }

  /// Whether a member is what the name beside it names.
  package static func isPairValue(_ key: String) -> Bool { pairValues.contains(key.lowercased()) }

  private static let pairNames: Set<String> = [
    "key", "name", "parameterkey", "parametername", "header", "option", "property", "variable",
  ]
  private static let pairValues: Set<String> = ["value", "parametervalue", "stringvalue"]

  /// An item of a list has the list's name; one after an option, as in `--password x`, the
  /// option's.
  package func item(after before: String?) -> SecretHint {
    // `--password=x` has its value.
    guard let before, before.utf8.first == .hyphen, !before.utf8.contains(.equals),
      SecretNames.isTelling(before)
    else { return self }
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
