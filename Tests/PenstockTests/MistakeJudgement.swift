import Foundation

/// What is expected of the report of a mistake: written by hand, before the report was seen. A golden
/// shows what changed in a report; this says whether it is right.
struct MistakeJudgement {
  /// What one diagnostic must say.
  struct Expected {
    /// `FILE:LINE`, one of them; `*` is any place. Files of ours have no line.
    var places: [String]
    var severities: [String]
    /// What the first line must contain to be enough: ` & ` all of them, ` | ` one of them, `!` not.
    var words: String
    /// The same of the hint, or of the first line where it says it already; `=`: of the hint alone;
    /// `none`: there must be none; `*`: any.
    var hint = "*"
  }

  private(set) var expected: [Expected] = []
  /// What is known to be wrong, by its aspect.
  private(set) var wrong: [String: String] = [:]

  var isMade: Bool { !expected.isEmpty }

  /// Whether the line is part of a judgement.
  mutating func read(_ line: String) -> Bool {
    let rest = String(line.dropFirst(2))
    switch line.prefix(2) {
    case "> ":
      guard let match = rest.firstMatch(of: #/^(.*?) (error|warning|warning\|error): (.*)$/#) else {
        return false
      }
      expected.append(
        Expected(
          places: match.1.split(separator: "|").map(String.init),
          severities: match.2.split(separator: "|").map(String.init), words: String(match.3)))
    case "? " where !expected.isEmpty: expected[expected.count - 1].hint = rest
    case "~ ": wrong = wrong.merging([EditJudgement.aspect(rest)]) { $1 }
    default: return false
    }
    return true
  }

  /// A diagnostic as it is written.
  struct Said {
    var place: String
    var severity: String
    var message: String
    var hint: String?

    func isAt(_ places: [String]) -> Bool {
      places.contains {
        $0 == "*" || $0 == place || ($0.hasPrefix("<builtin>") && place.hasPrefix($0 + ":"))
      }
    }
  }

  static func said(_ text: String) -> [Said] {
    let head =
      #/^(?:([^ :][^:]*:\d+):\d+: |[^ :][^:]*: )?(error|warning)(?:\[[a-z0-9-]+\])?: (.*)$/#
    var result: [Said] = []
    var isInHint = false
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if let match = line.wholeMatch(of: head) {
        result.append(
          Said(
            place: match.1.map(String.init) ?? "-", severity: String(match.2),
            message: String(match.3)))
        isInHint = false
      } else if let match = line.wholeMatch(of: #/\s+hint: (.*)/#), !result.isEmpty {
        let last = result.count - 1
        result[last].hint = [result[last].hint, String(match.1)].compactMap { $0 }
          .joined(separator: " ")
        isInHint = true
      } else if isInHint, line.hasPrefix("        "), !result.isEmpty {
        result[result.count - 1].hint? += " " + line.trimmingCharacters(in: .whitespaces)
      } else {
        isInHint = false
      }
    }
    return result
  }

  private static func contains(_ text: String, _ pattern: String) -> Bool {
    let text = text.lowercased()
    return pattern.lowercased().components(separatedBy: " & ").allSatisfy { part in
      let part = part.trimmingCharacters(in: .whitespaces)
      if part.hasPrefix("!") { return !text.contains(part.dropFirst()) }
      return part.split(separator: "|").contains {
        text.contains($0.trimmingCharacters(in: .whitespaces))
      }
    }
  }

  /// What is wrong with the report, by aspect: `silent`, `severity`, `place`, `words`, `hint`,
  /// `cascade`, `exit`.
  func faults(status: Int32, errors: String) -> [String: String] {
    var left = Self.said(errors)
    if expected.contains(where: { $0.severities == ["error"] }), status == 0 {
      return ["silent": "exit status 0"]
    }
    var faults: [String: String] = [:]
    for item in expected {
      guard let index = Self.match(item, left) else {
        faults["silent"] = "nothing is said"
        continue
      }
      let said = left.remove(at: index)
      if !item.severities.contains(said.severity) { return ["silent": "only other warnings"] }
      if !said.isAt(item.places) { faults["place"] = "at \(said.place)" }
      if item.words != "*", !Self.contains(said.message, item.words) {
        faults["words"] = "`\(said.message)`"
      }
      if let fault = Self.hintFault(item, said) { faults["hint"] = fault }
    }
    if let extra = left.first(where: { $0.severity == "error" }) {
      faults["cascade"] = "also `\(extra.message)`"
    }
    return faults
  }

  /// What is said about this: if possible, what is right in all; else at its place; else any of its
  /// severity.
  private static func match(_ item: Expected, _ said: [Said]) -> Int? {
    let grave = said.indices.filter { item.severities.contains(said[$0].severity) }
    let there = grave.filter { said[$0].isAt(item.places) }
    let right = there.first { item.words == "*" || contains(said[$0].message, item.words) }
    return right ?? there.first ?? grave.first ?? said.indices.first
  }

  private static func hintFault(_ item: Expected, _ said: Said) -> String? {
    let hint = said.hint ?? ""
    switch item.hint {
    case "*": return nil
    case "none": return hint.isEmpty ? nil : "there is one: `\(hint)`"
    default:
      let pattern = item.hint.hasPrefix("=") ? String(item.hint.dropFirst()) : item.hint
      let isOfHintAlone = item.hint.hasPrefix("=") || item.hint.hasPrefix("!")
      if contains(hint, pattern) || (!isOfHintAlone && contains(said.message, pattern)) {
        return nil
      }
      return hint.isEmpty ? "there is none" : "`\(hint)`"
    }
  }
}
