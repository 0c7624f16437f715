import Documents
import Diagnostics
import SourceText
import Text
import Values

extension ViolationReport {
  /// The first of a text's likely repairs that is valid: it says the same in a spelling that the
  /// schema takes. Nil if the text is long, or none is.
  func repaired(_ text: String, _ isValid: (String) -> Bool) -> String? {
    guard text.utf8.count <= 200 else { return nil }
    let plain = Suggestion.plain(text)
    let trimmed = plain.split(separator: " ").joined(separator: " ")
    let joined = trimmed.replacing(" ", with: "")
    var repairs = [plain, trimmed, joined]
    repairs += Self.withShortUnits(joined)
    repairs += [trimmed.lowercased(), trimmed.uppercased(), trimmed.replacing("_", with: "-")]
    if !trimmed.utf8.contains(.slash) { repairs.append(trimmed.replacing("-", with: "_")) }
    repairs += [
      "s3://" + trimmed, trimmed + "/",
      String(trimmed.utf8.last == .slash ? trimmed.dropLast() : ""),
    ]
    return repairs.first { $0 != text && !$0.isEmpty && isValid($0) }
  }

  /// `30days` as `30d`, `4GB` as `4g` and `4G`.
  private static func withShortUnits(_ text: String) -> [String] {
    let digits = text.utf8.prefix { ASCII.isDigit($0) }.count
    let unit = text.dropFirst(digits).lowercased()
    let short = [
      "weeks": "w", "week": "w", "days": "d", "day": "d", "hours": "h", "hour": "h", "hrs": "h",
      "hr": "h", "minutes": "m", "minute": "m", "mins": "m", "min": "m", "seconds": "s",
      "second": "s", "secs": "s", "sec": "s", "gb": "g", "gib": "g", "mb": "m", "mib": "m",
      "kb": "k", "kib": "k", "tb": "t", "tib": "t",
    ]
    guard digits > 0, let letter = short[unit] else { return [] }
    let number = text.prefix(digits)
    return [number + letter, number + letter.uppercased()]
  }

  /// How to write a text so that a pattern takes it, or nil.
  func patternHint(_ violation: Violation<Instance>) -> Hint? {
    let pattern = Int(arena.nodes[violation.schema].pattern)
    guard pattern >= 0, violation.kind == .string, !isSecret(violation) else { return nil }
    return repaired(instance.string(violation.node)) { arena.matches(pattern, $0) }
      .map { .write($0) }
  }
}

extension SchemaArena {
  /// Whether a pattern takes a text.
  func matches(_ pattern: Int, _ text: String) -> Bool {
    guard pattern >= 0 else { return true }
    var text = text
    return text.withUTF8 { matches(pattern, $0) ?? true }
  }
}
