package import Compiler
package import Diagnostics
import Documents
package import Expressions
import SourceText
import Text
package import Values

/// What tests have seen of pipelines and of the step kinds beside them.
package struct Coverage: Sendable {
  /// A point, and what was seen of it.
  package struct Item: Sendable {
    package let kind: CoveragePoint.Kind
    package let line: Int
    package let column: Int
    /// The point's text on one line.
    package let text: String
    package let wanted: CoverageRecord.Outcomes
    /// What can't come about.
    package fileprivate(set) var unreachable: CoverageRecord.Outcomes = []
    package fileprivate(set) var seen: CoverageRecord.Outcomes = []

    /// What has to be seen, and can be.
    package var needed: CoverageRecord.Outcomes { wanted.subtracting(unreachable) }
    package var missing: CoverageRecord.Outcomes { needed.subtracting(seen) }
  }

  package struct File: Sendable {
    package let name: String
    package fileprivate(set) var items: [Item] = []
    fileprivate var indices: [Range<UInt32>: [Int]] = [:]

    package var needed: Int { items.reduce(0) { $0 + $1.needed.count } }
    package var covered: Int { needed - items.reduce(0) { $0 + $1.missing.count } }
  }

  /// In the order in which the tests name them.
  package private(set) var files: [File] = []

  package init() {}

  package var needed: Int { files.reduce(0) { $0 + $1.needed } }
  package var covered: Int { files.reduce(0) { $0 + $1.covered } }

  /// `41 of 43 outcomes are covered (95 %)`. Only all of them are 100 %.
  package var summary: String { Self.summary(covered, needed) }

  fileprivate static func summary(_ covered: Int, _ needed: Int) -> String {
    let percent = needed == 0 ? 100 : covered * 100 / needed
    return "\(covered) of \(needed) outcomes are covered (\(percent) %)"
  }

  /// Whether less is covered than a percentage.
  package func isBelow(_ percent: Double) -> Bool {
    Double(covered) * 100 < percent * Double(needed)
  }

  // MARK: Collecting

  /// Adds what the tests of a file have seen.
  package mutating func add(_ suite: TestSuite, _ results: [TestResult]) {
    let sources = suite.prepared.sources
    for point in suite.prepared.coveragePoints {
      guard let file = sources[point.span.source], let position = sources.position(of: point.span)
      else { continue }
      let at = index(ofFile: file.name)
      let range = point.span.start..<point.span.end
      let known = files[at].indices[range] ?? []
      var item = known.first { files[at].items[$0].kind == point.kind }
      if item == nil {
        files[at].items.append(
          Item(
            kind: point.kind, line: position.line, column: position.column,
            text: Self.text(file.parsed, range, point.kind), wanted: point.wanted))
        item = files[at].items.count - 1
        files[at].indices[range, default: []].append(files[at].items.count - 1)
      }
      for result in results {
        if let item, let seen = result.outcomes[point.span] {
          files[at].items[item].seen.formUnion(seen)
        }
      }
    }
  }

  private mutating func index(ofFile name: String) -> Int {
    if let known = files.firstIndex(where: { $0.name == name }) { return known }
    files.append(File(name: name))
    return files.count - 1
  }

  /// A point's text without line ends and further lines of steps and requirements.
  private static func text(
    _ source: [UInt8], _ range: Range<UInt32>, _ kind: CoveragePoint.Kind
  ) -> String {
    var bytes = source[Int(range.lowerBound)..<min(Int(range.upperBound), source.count)]
    if kind == .step || kind == .rule && bytes.first != .dollar,
      let end = bytes.firstIndex(of: .newline),
      bytes.first != .quote, bytes.first != UInt8(ascii: "'"), bytes.first != UInt8(ascii: ">")
    {
      bytes = bytes[..<end]
    }
    let words = bytes.split { $0 == .space || $0 == .newline }
    return words.map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
  }

  /// Takes away what a file of tests says can't come about, once all results are added.
  package mutating func exempt(
    _ suite: TestSuite, into diagnostics: inout [Diagnostic]
  ) {
    let names = Set(
      suite.prepared.coveragePoints.compactMap {
        suite.prepared.sources[$0.span.source]?.name
      })
    for entry in suite.test.unreachable {
      let wanted = Self.normal(entry.condition.value)
      var isKnown = false
      for at in files.indices where names.contains(files[at].name) {
        for index in files[at].items.indices {
          let item = files[at].items[index]
          guard Self.normal(item.text) == wanted, entry.line ?? item.line == item.line else {
            continue
          }
          isKnown = true
          let outcome: CoverageRecord.Outcomes = entry.never ? .yes : .no
          files[at].items[index].unreachable.formUnion(outcome)
          if item.seen.contains(outcome) {
            diagnostics.append(
              .unreachableReached(
                item.kind.words(outcome, isNever: false), at: entry.condition.span))
          }
        }
      }
      if !isKnown {
        let items = files.filter { names.contains($0.name) }.flatMap(\.items)
        let lines = items.filter { Self.normal($0.text) == wanted }.map(\.line)
        diagnostics.append(
          entry.line.map { line in
            .unreachableElsewhere(
              entry.condition.value, line: line, lines: lines, at: entry.condition.span)
          }.flatMap { lines.isEmpty ? nil : $0 }
            ?? .unreachableUnknown(
              entry.condition.value, among: items.map(\.text), at: entry.condition.span))
      }
    }
  }

  /// Without `${` and `}`, quotes, and blanks.
  private static func normal(_ text: String) -> [UInt8] {
    var bytes = text.utf8.filter { $0 != .space && $0 != .newline }
    if let first = bytes.first, first == .quote || first == UInt8(ascii: "'"), bytes.last == first,
      bytes.count > 1
    {
      bytes = Array(bytes.dropFirst().dropLast())
    }
    if bytes.starts(with: ">-".utf8) { bytes = Array(bytes.dropFirst(2)) }
    if bytes.starts(with: "${".utf8), bytes.last == UInt8(ascii: "}") {
      bytes = Array(bytes.dropFirst(2).dropLast())
    }
    return bytes
  }

  // MARK: Showing

  /// What is missing, by files.
  package var text: String {
    var text = ""
    for file in files {
      text += "\(file.name): \(Self.summary(file.covered, file.needed))\n"
      for item in file.items where !item.missing.isEmpty {
        text +=
          "  \(file.name):\(item.line):\(item.column): \(item.words) \(item.kind.words(item.missing, isNever: true))\n"
      }
    }
    return text
  }

  /// For programs.
  package var value: Value {
    var map = ValueMap(["covered": .int(Int64(covered)), "needed": .int(Int64(needed))])
    map["files"] = .list(
      files.map { file in
        .map(
          ValueMap([
            "file": .string(file.name), "covered": .int(Int64(file.covered)),
            "needed": .int(Int64(file.needed)), "points": .list(file.items.map(\.value)),
          ]))
      })
    return .map(map)
  }
}

extension CoverageRecord.Outcomes {
  var count: Int { (contains(.yes) ? 1 : 0) + (contains(.no) ? 1 : 0) }
}

extension Coverage.Item {
  fileprivate var words: String {
    switch kind {
    case .stage: "stage `\(text)`"
    case .step: "this step"
    case .when, .each, .rule, .condition: "`\(text)`"
    }
  }

  fileprivate var value: Value {
    func names(_ outcomes: CoverageRecord.Outcomes) -> Value {
      .list(
        [(CoverageRecord.Outcomes.yes, true), (.no, false)].filter { outcomes.contains($0.0) }.map {
          .string(kind.name($0.1))
        })
    }
    return .map(
      ValueMap([
        "kind": .string(kind.rawValue), "line": .int(Int64(line)), "column": .int(Int64(column)),
        "text": .string(text), "seen": names(seen.intersection(wanted)), "missing": names(missing),
        "unreachable": names(unreachable),
      ]))
  }
}

extension CoveragePoint.Kind {
  /// What an outcome is called.
  fileprivate func name(_ outcome: Bool) -> String {
    switch self {
    case .stage: outcome ? "run" : "left out"
    case .step: "in a run"
    case .when, .condition: outcome ? "true" : "false"
    case .each: outcome ? "filled" : "empty"
    case .rule: outcome ? "met" : "broken"
    }
  }

  fileprivate func words(_ outcomes: CoverageRecord.Outcomes, isNever: Bool) -> String {
    if outcomes == .both {
      return switch self {
      case .stage: "was never decided on"
      case .step, .when, .each, .rule, .condition: "was never evaluated"
      }
    }
    return (isNever ? "was never " : "") + name(outcomes.contains(.yes))
  }
}
