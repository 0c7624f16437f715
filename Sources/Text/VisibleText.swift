/// Text without hidden characters: those that a terminal would act on are written as escapes, so
/// that no input can move the cursor, set colours or reverse the direction of a line.
package enum VisibleText {
  /// The escape for a scalar, or nil if it can be shown as it is.
  package static func escape(_ scalar: Unicode.Scalar) -> String? {
    switch scalar.value {
    case 0x09: return "\\t"
    case 0x0A: return "\\n"
    case 0x0D: return "\\r"
    case 0x20...0x7E, 0x200C, 0x200D: return nil
    case 0..<0x20, 0x7F...0x9F: return hex(scalar)
    case 0xE0020...0xE007F: return nil
    default: break
    }
    guard scalar.value >= 0xAD else { return nil }
    switch scalar.properties.generalCategory {
    // Bidirectional controls, soft hyphens, line separators, characters without a glyph.
    case .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned: return hex(scalar)
    default: return nil
    }
  }

  package static func of(_ text: String) -> String { of(text, keepingTabs: false) }

  private static func of(_ text: String, keepingTabs: Bool) -> String {
    func isEscaped(_ scalar: Unicode.Scalar) -> Bool {
      escape(scalar) != nil && !(keepingTabs && scalar == "\t")
    }
    guard text.unicodeScalars.contains(where: isEscaped) else { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      if isEscaped(scalar), let escape = escape(scalar) {
        result += escape
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// A line of a log or of a report, in which tabs align.
  package static func line(_ text: String) -> String { of(text, keepingTabs: true) }

  /// A JSON text with the same meaning, in which characters that a terminal would act on are
  /// escaped. JSON itself escapes only those of ASCII.
  package static func json(_ text: String) -> String {
    func isEscaped(_ scalar: Unicode.Scalar) -> Bool {
      scalar.value >= 0x7F && escape(scalar) != nil
    }
    guard text.unicodeScalars.contains(where: isEscaped) else { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      guard isEscaped(scalar) else {
        result.unicodeScalars.append(scalar)
        continue
      }
      for unit in String(scalar).utf16 {
        let digits = String(unit, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      }
    }
    return result
  }

  /// How a byte that isn't UTF-8 is shown.
  package static func invalid(_ byte: UInt8) -> String {
    "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
  }

  private static func hex(_ scalar: Unicode.Scalar) -> String {
    "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}"
  }
}
