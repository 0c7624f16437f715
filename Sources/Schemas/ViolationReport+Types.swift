import Text
import Diagnostics
import Documents
import SourceText
import Values

extension ViolationReport {
  /// How to write a value of the wanted type, if the value shows what was meant.
  func typeHint(_ violation: Violation<Instance>, _ types: TypeSet) -> Hint? {
    let wanted = types.subtracting(.null)
    switch violation.kind {
    case .null: return nil
    case .bool, .int, .float: return scalarHint(violation, wanted)
    case .string:
      if wanted == .array { return listHint(violation) }
      if wanted == .object { return objectHint(violation) }
      return isSecret(violation) ? nil : textHint(violation, wanted)
    case .list:
      if wanted == .object { return "write `key: value` pairs, without a dash before them" }
      return wanted.contains(.object) || wanted.contains(.array)
        ? nil : "give a single value, not a list"
    case .map:
      guard wanted == .array else { return nil }
      return isPairList(violation.schema)
        ? "write each as an item: `- { Key: NAME, Value: VALUE }`"
        : "write it as a list of one item"
    }
  }

  /// How to write a map where a single value is.
  private func objectHint(_ violation: Violation<Instance>) -> Hint {
    let names = arena.expanded([Int32(clamping: violation.schema)]).flatMap { schema in
      arena.nodes[schema].properties.indices.map { arena.name(arena.properties[$0]) }
    }
    guard names.contains("Name"), violation.kind == .string, !isSecret(violation) else {
      return "write `key: value` pairs below the key"
    }
    return "write `Name: \(instance.string(violation.node))`"
  }

  /// Whether a list's items are pairs of `Key` and `Value`.
  private func isPairList(_ schema: Int) -> Bool {
    let items = arena.expanded([Int32(clamping: schema)]).map { arena.nodes[$0].items }
    let names = arena.expanded(items.filter { $0 >= 0 }).flatMap { schema in
      arena.nodes[schema].properties.indices.map { arena.name(arena.properties[$0]) }
    }
    return names.contains("Key") && names.contains("Value")
  }

  private func listHint(_ violation: Violation<Instance>) -> Hint {
    // `-item` is text; a space after the dash makes it an item.
    let isDashed = instance.withBytes(violation.node) { $0.first == .hyphen && $0.count > 1 }
    return isDashed ? "add a space after the dash" : "write it as a list of one item"
  }

  private func scalarHint(_ violation: Violation<Instance>, _ wanted: TypeSet) -> Hint? {
    if wanted == .array { return "write it as a list of one item" }
    if wanted == .object { return objectHint(violation) }
    if wanted.contains(.string) {
      let pattern = Int(arena.nodes[violation.schema].pattern)
      if pattern >= 0, !arena.matches(pattern, instance.string(violation.node)) {
        return text(violation.schema, .patternDescription).map { Hint("write \($0)") }
      }
      let text = instance.string(violation.node)
      return Hint(
        "put it in quotes", replacement: Hint.Replacement(.text(text), with: "\"\(text)\""))
    }
    if violation.kind == .float, wanted == .integer { return "give a whole number" }
    return nil
  }

  /// For a text where a number or a boolean is wanted.
  private func textHint(_ violation: Violation<Instance>, _ wanted: TypeSet) -> Hint? {
    let given = instance.string(violation.node)
    let text = Suggestion.plain(given)
    if text != given, Double(text) != nil || ["true", "false"].contains(text) {
      return "its quotes are curly: write `\(text)` without them"
    }
    if wanted == .boolean {
      switch text.lowercased() {
      case "true", "false": return Self.bare("write it without quotes", text.lowercased())
      case "yes", "on", "enabled", "1", "y", "t": return Self.bare("write `true`", "true")
      case "no", "off", "disabled", "0", "n", "f": return Self.bare("write `false`", "false")
      default: return "write `true` or `false`"
      }
    }
    guard wanted.isSubset(of: [.integer, .number]) else { return nil }
    if let number = Double(text) {
      return wanted == .integer && number != number.rounded()
        ? "give a whole number" : Self.bare("write it without quotes", text)
    }
    guard let measure = Measure(text), measure.number.utf8.count <= 18 else {
      return "write it in digits"
    }
    if wanted == .integer, measure.number.utf8.contains(.dot) { return "give a whole number" }
    return measure.isOfOtherScale(than: summary(violation.schema))
      ? "write a number without a unit"
      : Self.bare("write the number alone: `\(measure.number)`", measure.number)
  }

  /// A hint to write a value that has no quotes.
  private static func bare(_ text: String, _ value: String) -> Hint {
    Hint(text, replacement: Hint.Replacement(.all, with: value))
  }
}
