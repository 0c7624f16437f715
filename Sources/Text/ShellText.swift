/// Words of a shell command line.
package enum ShellText {
  package static func join(_ words: [String]) -> String { words.map(quoted).joined(separator: " ") }

  /// The word as it is if it has no meaning to shells, or else in single quotes.
  static func quoted(_ word: String) -> String {
    let plain = word.utf8.allSatisfy { byte in
      switch byte {
      case UInt8.digits, UInt8.uppercase, UInt8.lowercase: true
      case .percent, .plus, .comma, .hyphen, .dot, .slash, .colon, .equals, .at, .underscore: true
      default: false
      }
    }
    if plain, !word.isEmpty { return word }
    var text = "'"
    for scalar in word.unicodeScalars {
      if scalar == "'" { text += "'\\''" } else { text.unicodeScalars.append(scalar) }
    }
    return text + "'"
  }
}
