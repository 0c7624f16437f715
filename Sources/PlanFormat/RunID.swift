/// The ids of runs.
///
/// A run's id is a folder's name in S3 and in HDFS, a tag's value, and a word in commands and logs,
/// so it is made of what all of them take.
package enum RunID {
  /// The allowed characters, for people.
  package static var rule: String {
    "up to 128 letters, digits, and any of `- _ . : = + @`, but not `.` or `..`, and no `-` at the start"
  }

  private static let lengthLimit = 128

  package static func isValid(_ id: String) -> Bool {
    // One that begins like an option can't be named in commands.
    guard !id.isEmpty, id != ".", id != "..", !id.hasPrefix("-") else { return false }
    return id.unicodeScalars.prefix(lengthLimit + 1).count <= lengthLimit
      && id.unicodeScalars.allSatisfy(isAllowed)
  }

  private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "0"..."9", "A"..."Z", "a"..."z", "-", "_", ".", ":", "=", "+", "@": return true
    default: break
    }
    guard scalar.value > 0x7F else { return false }
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
      .nonspacingMark, .spacingMark, .decimalNumber:
      return true
    default: return false
    }
  }
}
