/// Which versions are meant: `>=0.15.0 <0.19.0`, or `*` for any.
///
/// Conditions are separated by spaces, and all of them must hold. Versions are in RubyGems' order;
/// `-` and `.` both separate parts, so `>=3-0-0` compares versions of schemas. A pre-release counts
/// as its release where a range begins or ends: `>=0.18.0` has 0.18.0-rc1, and `<0.18.0` doesn't.
package struct VersionRange: Sendable {
  private enum Comparison: String, Sendable {
    case atLeast = ">="
    case atMost = "<="
    case above = ">"
    case below = "<"
    case equal = "="

    static let all: [Comparison] = [.atLeast, .atMost, .above, .below, .equal]
  }

  private var conditions: [(comparison: Comparison, version: String)]

  /// Nil if the text isn't a range.
  package init?(_ text: String) {
    conditions = []
    if text == "*" { return }
    for part in text.split(separator: " ") {
      guard let comparison = Comparison.all.first(where: { part.hasPrefix($0.rawValue) }) else {
        return nil
      }
      let version = String(part.dropFirst(comparison.rawValue.utf8.count))
      guard VersionText.isValid(version) else { return nil }
      conditions.append((comparison, version))
    }
    if conditions.isEmpty { return nil }
  }

  /// Whether any version is meant.
  package var isAny: Bool { conditions.isEmpty }

  /// Whether a version is meant; false for a text that isn't a version.
  package func contains(_ version: String) -> Bool {
    guard VersionText.isValid(version) else { return false }
    return conditions.allSatisfy { condition in
      let order = VersionText.order(version, condition.version)
      let first = VersionText.order(version, VersionText.firstPreRelease(condition.version))
      return switch condition.comparison {
      case .atLeast: first >= 0
      case .atMost: order <= 0
      case .above: order > 0
      case .below: first < 0
      case .equal: order == 0
      }
    }
  }

  /// Whether a text is a version that can be compared.
  package static func isVersion(_ text: String) -> Bool { VersionText.isValid(text) }

  /// In words: `6.1.0 or later and before 7.0.0`.
  package var words: String {
    if isAny { return "any version" }
    return conditions.map { condition in
      switch condition.comparison {
      case .atLeast: "\(condition.version) or later"
      case .atMost: "\(condition.version) or earlier"
      case .above: "later than \(condition.version)"
      case .below: "before \(condition.version)"
      case .equal: condition.version
      }
    }.joined(separator: " and ")
  }
}
