import Text

/// The parts of a plan that a compilation doesn't know.
package struct PlanDetails: Sendable {
  /// The program's name and version.
  package var madeBy: String
  /// The part of the command line that applies to any run of the same pipeline and inputs: without
  /// the selection of stages and the run's id.
  package var arguments: [String]
  /// The AWS account that was asked for facts; nil if none was.
  package var account: String?

  package init(madeBy: String, arguments: [String], account: String? = nil) {
    self.account = account
    self.madeBy = madeBy
    self.arguments = arguments
  }
}

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
