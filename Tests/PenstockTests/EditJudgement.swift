import Foundation

/// What is expected of the report of an edit: written by hand, from the documentation, before the
/// report was seen. A golden shows what changed in a report; this says whether it is right.
struct EditJudgement {
  /// One edited place, and what its change means.
  struct Cause {
    var required: Set<String>
    /// Classes that the change may have besides.
    var optional: Set<String>
    /// `FILE:LINE`, or `FILE:LINE (before)` of a line that is gone; in a copy of a built-in pipeline,
    /// whose lines move, `FILE@TEXT` of the first line with this text, or `FILE@TEXT+2` of
    /// the second one after it.
    var places: Set<String>
    /// As written.
    var text: String

    var classText: String {
      (required.sorted() + optional.sorted().map { $0 + "?" }).joined(separator: ", ")
    }
  }

  private(set) var causes: [Cause] = []
  /// The kinds of the headlines, each with a word that must be in it.
  private(set) var headlines: [(kind: String, word: String)] = []
  private(set) var allowsOtherHeadlines = false
  private(set) var prices: Set<String> = []
  /// What is known to be wrong, by its aspect.
  private(set) var wrong: [String: String] = [:]

  /// The classes that each report must have.
  var classes: Set<String> {
    let all = causes.reduce(into: Set<String>()) { $0.formUnion($1.required) }
    return all.count > 1 ? all.subtracting(["cosmetic", "nothing"]) : all
  }

  private var allowed: Set<String> {
    causes.reduce(into: Set<String>()) { $0.formUnion($1.required.union($1.optional)) }
  }

  private var places: Set<String> {
    causes.reduce(into: Set<String>()) { $0.formUnion($1.places) }
  }

  /// Whether the line is part of a judgement.
  mutating func read(_ line: String) -> Bool {
    let rest = String(line.dropFirst(2))
    switch line.prefix(2) {
    case "= ": causes.append(Self.cause(rest))
    case "! " where rest == "?": allowsOtherHeadlines = true
    case "! ":
      let parts = rest.split(separator: " ", maxSplits: 1).map(String.init)
      headlines.append((parts[0], parts.count > 1 ? parts[1] : ""))
    case "$ ": prices.insert(rest)
    case "~ ": wrong = wrong.merging([Self.aspect(rest)]) { $1 }
    default: return false
    }
    return true
  }

  /// `ASPECT: what is wrong`.
  static func aspect(_ text: String) -> (String, String) {
    let parts = text.split(separator: ":", maxSplits: 1).map {
      $0.trimmingCharacters(in: .whitespaces)
    }
    return (parts[0], parts.count > 1 ? parts[1] : "")
  }

  /// A case's head with these faults for what is known to be wrong.
  static func head(_ head: String, knowing faults: [String: String]) -> String {
    let lines = head.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let end = lines.firstIndex { $0.hasPrefix("@ ") } ?? lines.count - 1
    let known = faults.sorted { $0.key < $1.key }.map { "~ \($0.key): \($0.value)" }
    return (lines[..<end].filter { !$0.hasPrefix("~ ") } + known + lines[end...])
      .joined(separator: "\n")
  }

  /// `security, data? < config.yml:14, targets/a.json:3-5 (before)`.
  private static func cause(_ text: String) -> Cause {
    let parts = text.split(separator: "<", maxSplits: 1).map(String.init)
    func items(_ text: String) -> [String] {
      text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    }
    let classes = items(parts[0])
    return Cause(
      required: Set(classes.filter { !$0.hasSuffix("?") }),
      optional: Set(classes.filter { $0.hasSuffix("?") }.map { String($0.dropLast()) }),
      places: parts.count > 1 ? Set(items(parts[1]).flatMap(lines)) : [],
      text: parts.count > 1 ? parts[1].trimmingCharacters(in: .whitespaces) : "")
  }

  private static func lines(_ place: String) -> [String] {
    let side = place.hasSuffix(" (before)") ? " (before)" : ""
    let parts = place.dropLast(side.count).split(separator: ":")
    guard parts.count == 2, !place.contains("@") else { return [place] }
    let ends = parts[1].split(separator: "-").compactMap { Int($0) }
    guard let first = ends.first, let last = ends.last, first <= last else { return [place] }
    return (first...last).map { "\(parts[0]):\($0)\(side)" }
  }
}

extension EditJudgement {
  /// The parts of a written comparison that are judged.
  struct Written: Decodable {
    struct Place: Decodable {
      var file: String
      var line: Int?
      var side: String

      /// Without the side's folder.
      var text: String {
        var path = file[...]
        for folder in ["before/", "after/"] where path.hasPrefix(folder) {
          path = path.dropFirst(folder.count)
        }
        return path + (line.map { ":\($0)" } ?? "") + (side == "before" ? " (before)" : "")
      }
    }

    struct Change: Decodable {
      var classes: [String]
      var price: String?
      var consequence: Bool
      var causes: [Place]

      /// Without `cosmetic`, which is no class of what matters.
      var real: Set<String> { Set(classes).subtracting(["cosmetic"]) }
    }

    struct Danger: Decodable {
      var kind: String
      var text: String
    }

    var summary: [String: Int]
    var dangers: [Danger]
    var changes: [Change]

    var told: [Change] { changes.filter { !$0.consequence } }

    /// `cosmetic` or `nothing` where nothing matters.
    var classes: Set<String> {
      let all = told.reduce(into: Set<String>()) { $0.formUnion($1.real) }
      return all.isEmpty ? [told.isEmpty ? "nothing" : "cosmetic"] : all
    }
  }

  /// What is wrong with the report, by aspect: `class`, `cause`, `headline`, `price`.
  /// The folder has both sides, as `before` and `after`.
  func faults(in report: Written, between sides: URL) -> [String: String] {
    var judgement = self
    for index in causes.indices {
      judgement.causes[index].places = Set(causes[index].places.map { Self.place($0, in: sides) })
    }
    return judgement.faults(in: report)
  }

  /// Where a `FILE@TEXT` is.
  private static func place(_ place: String, in sides: URL) -> String {
    let side = place.hasSuffix(" (before)") ? " (before)" : ""
    let parts = place.dropLast(side.count).split(separator: "@", maxSplits: 1)
    guard parts.count == 2 else { return place }
    let url = sides.appending(path: (side.isEmpty ? "after/" : "before/") + parts[0])
    let text = String(decoding: (try? Data(contentsOf: url)) ?? Data(), as: UTF8.self)
    let anchor = parts[1].split(separator: "+")
    let offset = anchor.count > 1 ? Int(anchor[1]) ?? 0 : 0
    let line = text.split(separator: "\n", omittingEmptySubsequences: false).firstIndex {
      $0.contains(anchor[0])
    }
    return line.map { "\(parts[0]):\($0 + 1 + offset)\(side)" } ?? place
  }

  private func faults(in report: Written) -> [String: String] {
    var faults: [String: String] = [:]
    faults["class"] = classFault(report)
    faults["cause"] = causeFault(report)
    faults["headline"] = headlineFault(report)
    let said = Set(report.told.compactMap(\.price).flatMap { $0.split(separator: "/") })
    let missing = prices.filter { !said.contains(Substring($0)) }
    if !missing.isEmpty { faults["price"] = "nothing is \(missing.sorted())" }
    return faults
  }

  private func classFault(_ report: Written) -> String? {
    let got = report.classes
    let isMet = classes.isEmpty ? !got.isDisjoint(with: allowed) : classes.isSubset(of: got)
    return isMet && got.isSubset(of: allowed) ? nil : "the classes are \(got.sorted())"
  }

  private func causeFault(_ report: Written) -> String? {
    var classesAt: [String: Set<String>] = [:]
    for change in report.told where !change.real.isEmpty {
      let places = change.causes.map(\.text)
      if places.isEmpty { return "a change of \(change.real.sorted()) has no cause" }
      for place in places {
        if !self.places.contains(place) { return "a change is said to come from \(place)" }
        classesAt[place, default: []].formUnion(change.real)
      }
    }
    for cause in causes where !cause.places.isEmpty {
      let got = cause.places.reduce(into: Set<String>()) { $0.formUnion(classesAt[$1] ?? []) }
      if got.isEmpty { return "nothing is said to come from \(cause.text)" }
      let others = causes.filter { !$0.places.isDisjoint(with: cause.places) }
      let allowed = others.reduce(into: Set<String>()) {
        $0.formUnion($1.required.union($1.optional))
      }
      if !cause.required.isSubset(of: got) || !got.isSubset(of: allowed) {
        return "what comes from \(cause.text) is \(got.sorted())"
      }
    }
    return nil
  }

  private func headlineFault(_ report: Written) -> String? {
    var left = report.dangers
    for (kind, word) in headlines {
      let index = left.firstIndex {
        $0.kind == kind && (word.isEmpty || $0.text.lowercased().contains(word.lowercased()))
      }
      guard let index else { return "no headline `\(kind)` says `\(word)`" }
      left.remove(at: index)
    }
    if let first = left.first, !allowsOtherHeadlines { return "`\(first.text)` is false" }
    return nil
  }
}
