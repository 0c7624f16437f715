import Text
import Documents
import SourceText
import Values

extension ViolationReport {
  /// How to write a value of the wanted type, if the value shows what was meant.
  func typeHint(_ violation: Violation<Instance>, _ types: TypeSet) -> String? {
    let wanted = types.subtracting(.null)
    switch violation.kind {
    case .null: return nil
    case .bool, .int, .float: return scalarHint(violation, wanted)
    case .string:
      if wanted == .array { return listHint(violation) }
      if wanted == .object { return "write `key: value` pairs below the key" }
      return isSecret(violation) ? nil : textHint(instance.string(violation.node), wanted)
    case .list:
      if wanted == .object { return "write `key: value` pairs, without a dash before them" }
      return wanted.contains(.object) || wanted.contains(.array)
        ? nil : "give a single value, not a list"
    case .map:
      return wanted == .array ? "write it as a list of one item" : nil
    }
  }

  private func listHint(_ violation: Violation<Instance>) -> String {
    // `-item` is text; a space after the dash makes it an item.
    let isDashed = instance.withBytes(violation.node) { $0.first == .hyphen && $0.count > 1 }
    return isDashed ? "add a space after the dash" : "write it as a list of one item"
  }

  private func scalarHint(_ violation: Violation<Instance>, _ wanted: TypeSet) -> String? {
    if wanted == .array { return "write it as a list of one item" }
    if wanted == .object { return "write `key: value` pairs below the key" }
    if wanted.contains(.string) { return "put it in quotes" }
    if violation.kind == .float, wanted == .integer { return "give a whole number" }
    return nil
  }

  /// For a text where a number or a boolean is wanted.
  private func textHint(_ text: String, _ wanted: TypeSet) -> String? {
    if wanted == .boolean {
      switch text.lowercased() {
      case "true", "false": return "write it without quotes"
      case "yes", "on", "enabled", "1", "y", "t": return "write `true`"
      case "no", "off", "disabled", "0", "n", "f": return "write `false`"
      default: return "write `true` or `false`"
      }
    }
    guard wanted.isSubset(of: [.integer, .number]) else { return nil }
    if Double(text) != nil { return "write it without quotes" }
    let digits = text.utf8.prefix { UInt8.digits.contains($0) }
    return digits.isEmpty || digits.count > 18
      ? "write it in digits"
      : "write the number alone: `\(String(decoding: digits, as: UTF8.self))`"
  }
}
