/// Names of variables in Dataflow Runner's templates, each given to one parameter or one secret.
package struct TemplateNames {
  private var variables: [String: String] = [:]
  private var environment: [String: String] = [:]

  package init() {}

  /// The variable of `--vars` that holds a parameter: its name with underscores for what Go's templates
  /// can't read.
  package mutating func variable(of parameter: String) -> String {
    var wish = String(
      parameter.map { character in
        character.isASCII && (character.isLetter || character.isNumber) ? character : "_"
      })
    // The run has these itself, and no name begins with a digit.
    if wish == "runId" || wish.hasPrefix("runTime") || wish.first?.isNumber != false {
      wish = "param_" + wish
    }
    return Self.unique(wish, for: parameter, in: &variables)
  }

  /// The environment variable that holds a secret: the words of its reference in capitals.
  package mutating func environmentVariable(of reference: String) -> String {
    let pointer = reference.split(separator: "#", maxSplits: 1).last ?? ""
    var wish = ""
    for character in pointer.isEmpty ? Substring(reference) : pointer {
      if character.isASCII, character.isLetter || character.isNumber {
        wish += character.uppercased()
      } else if !wish.isEmpty, !wish.hasSuffix("_") {
        wish += "_"
      }
    }
    while wish.hasSuffix("_") { wish.removeLast() }
    if wish.first?.isNumber != false { wish = "SECRET_" + wish }
    return Self.unique(wish, for: reference, in: &environment)
  }

  /// A moment: `runTime`, `runTimeMinus1d`, `runTimePlus90s`.
  package static func moment(_ offset: Int64) -> String {
    guard offset != 0 else { return "runTime" }
    let magnitude = offset.magnitude
    let span: String
    if magnitude % 86_400 == 0 {
      span = "\(magnitude / 86_400)d"
    } else if magnitude % 3600 == 0 {
      span = "\(magnitude / 3600)h"
    } else {
      span = "\(magnitude)s"
    }
    return "runTime\(offset < 0 ? "Minus" : "Plus")\(span)"
  }

  private static func unique(
    _ wish: String, for owner: String, in names: inout [String: String]
  ) -> String {
    if let name = names[owner] { return name }
    var name = wish
    var number = 2
    while names.values.contains(name) {
      name = "\(wish)_\(number)"
      number += 1
    }
    names[owner] = name
    return name
  }
}
