/// The parts of a plan that a compilation doesn't know.
package struct PlanDetails: Sendable {
  /// The program's name and version.
  package var madeBy: String
  /// The part of the command line that applies to any run of the same pipeline and inputs: without
  /// the selection of stages and the run's id.
  package var arguments: [String]

  package init(madeBy: String, arguments: [String]) {
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
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
      case 0x25, 0x2B, 0x2C, 0x2D, 0x2E, 0x2F, 0x3A, 0x3D, 0x40, 0x5F: true
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
