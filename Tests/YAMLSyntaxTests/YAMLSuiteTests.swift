import Documents
import Diagnostics
import Foundation
import SourceText
import TestSupport
import Testing
import Values
import YAMLSyntax

/// A case of the YAML test suite.
private struct SuiteCase: Decodable {
  var id: String
  var yaml: String
  var events: [String]
  var error: Bool
}

/// The suite, over what our reader makes of it. Some of YAML it refuses on purpose (several
/// documents, lists and maps as keys, tags of others): there it must say just that.
@Suite(.enabled(if: Locations.conformance("yaml") != nil, "no conformance data"))
struct YAMLSuiteTests {
  private static var cases: [SuiteCase] { get throws { try cases("public") + cases("heldout") } }

  private static func cases(_ part: String) throws -> [SuiteCase] {
    guard let folder = Locations.conformance("yaml") else { return [] }
    let file = folder.appending(path: "\(part)/cases.json")
    guard FileManager.default.fileExists(atPath: file.path) else { return [] }
    return try JSONDecoder().decode([SuiteCase].self, from: Data(contentsOf: file))
  }

  /// What is made of a valid document.
  private enum Outcome: Equatable {
    case asTheSuiteSays
    /// For these reasons alone.
    case refusedByDesign(Set<DiagnosticCode>)
    case otherwise
  }

  private static func outcome(_ test: SuiteCase) -> Outcome {
    let reading = Reading(test.yaml, rules: .core)
    let codes = Set(reading.errors.map(\.code))
    if !codes.isEmpty, codes.isSubset(of: byDesign) {
      let isReadOtherwise = reading.tree.map { events($0) != firstDocument(test.events) } ?? false
      return isReadOtherwise ? .otherwise : .refusedByDesign(codes)
    }
    guard let tree = reading.tree, codes.isEmpty, events(tree) == firstDocument(test.events) else {
      return .otherwise
    }
    return .asTheSuiteSays
  }

  private static let byDesign: Set<DiagnosticCode> = [
    .yamlSeveralDocuments, .yamlKey, .yamlTag, .yamlDuplicateKey, .yamlMerge,
  ]

  /// Documents that are refused by design.
  private static let refused: Set<String> = [
    "2XXW", "35KP", "4FJ6", "5TYM", "6BFJ", "6CK3", "6WLZ", "6XDY", "6ZKB", "7FWL", "9KAX",
    "9MMW", "9WXW", "C4HZ", "CC74", "KK5P", "KSS4", "LX3P", "M2N8/01", "M5C3", "M5DY", "P76L",
    "PUW8", "RZP5", "RZT7", "U9NS", "V9D5", "X38W", "XW4D", "Z67P", "Z9M4",
  ]

  /// Documents that libyaml reads otherwise, or refuses.
  private static let different: Set<String> = [
    "2JQS", "2LFX", "2SXE", "4ABK", "4MUZ/00", "4MUZ/01", "4MUZ/02", "6BCT", "6CA3", "6LVF",
    "6M2F", "7Z25", "96NN/00", "96NN/01", "9SA2", "A2M4", "CFD4", "DK3J", "DK95/00",
    "DK95/03", "DK95/04", "FP8R", "HM87/00", "HM87/01", "HWV9", "JEF9/02", "M2N8/00",
    "MUS6/05", "MUS6/06", "NJ66", "NKF9", "Q5MG", "R4YG", "S3PD", "SM9W/01", "UKK6/00",
    "UT92", "Y2GN", "Y79Y/001", "Y79Y/010",
  ]

  /// Mistakes that libyaml accepts.
  private static let accepted: Set<String> = [
    "9C9N", "9JBA", "DK95/01", "MUS6/00", "QB6E", "SU5Z", "X4QW", "Y79Y/003", "YJV2",
  ]

  /// No document deviates but those that are named, and those do.
  @Test func documentsAreReadAsTheSuiteSays() throws {
    var refused: Set<String> = []
    var different: Set<String> = []
    let tests = try Self.cases("public").filter { !$0.error }
    for test in tests {
      switch Self.outcome(test) {
      case .asTheSuiteSays: break
      case .refusedByDesign: refused.insert(test.id)
      case .otherwise: different.insert(test.id)
      }
    }
    print("yaml: \(tests.count - different.count) of \(tests.count) documents")
    #expect(refused.subtracting(Self.refused).sorted() == [], "refused by design")
    #expect(Self.refused.subtracting(refused).sorted() == [], "not refused any more")
    #expect(different.subtracting(Self.different).sorted() == [], "read otherwise")
    #expect(Self.different.subtracting(different).sorted() == [], "not read otherwise any more")
    try expectPage(holds: "| valid documents | \(tests.count) | \(tests.count - different.count) ")
  }

  /// No mistake is accepted but those that are named; each other one has a place.
  @Test func errorsAreRefusedAtAPlace() throws {
    var accepted: Set<String> = []
    let tests = try Self.cases("public").filter(\.error)
    for test in tests {
      let reading = Reading(test.yaml, rules: .core)
      if reading.errors.isEmpty { accepted.insert(test.id) }
      for diagnostic in reading.diagnostics {
        let span = try #require(diagnostic.span, "\(test.id)")
        #expect(Int(span.end) <= reading.text.count, "\(test.id)")
      }
    }
    print("yaml: \(tests.count - accepted.count) of \(tests.count) mistakes")
    #expect(accepted.subtracting(Self.accepted).sorted() == [], "accepted")
    #expect(Self.accepted.subtracting(accepted).sorted() == [], "not accepted any more")
    try expectPage(holds: "| invalid documents | \(tests.count) | \(tests.count - accepted.count) ")
  }

  /// Cases that are kept aside: as many are right as PyYAML, a parser of YAML 1.1 too, gets right.
  @Test func casesKeptAsideAreReadAlike() throws {
    let tests = try Self.cases("heldout")
    let right = tests.filter { test in
      test.error
        ? !Reading(test.yaml, rules: .core).errors.isEmpty : Self.outcome(test) != .otherwise
    }
    #expect(right.count * (308 + 94) >= tests.count * (249 + 80))
  }

  private func expectPage(holds text: String) throws {
    let page = Locations.repository.appending(path: "docs/conformance-yaml.md")
    #expect(String(decoding: try Locations.bytes(page), as: UTF8.self).contains(text), "\(text)")
  }

  /// Every decoded byte that no folding and no escape made stands at the place it maps to.
  @Test func decodedBytesStandWhereTheyMapTo() throws {
    for test in try Self.cases {
      guard let tree = Reading(test.yaml, rules: .core).tree else { continue }
      for index in tree.nodes.indices {
        let node = NodeID(index: UInt32(index))
        guard tree.kind(node) != .list, tree.kind(node) != .map, !tree.isAlias(node) else {
          continue
        }
        try Self.checkMap(of: node, in: tree, name: test.id)
      }
    }
  }

  private static func checkMap(of node: NodeID, in tree: Tree, name: String) throws {
    let map = tree.decodedMap(of: node)
    let decoded = tree.withBytes(node) { Array($0) }
    #expect(map.derivedCount == decoded.count, "\(name)")
    var last = 0
    for segment in map.segments {
      #expect(segment.origin.upperBound <= tree.text.count, "\(name)")
      #expect(segment.origin.lowerBound >= last, "\(name)")
      last = segment.origin.lowerBound
      if segment.isVerbatim {
        #expect(tree.text[segment.origin] == decoded[segment.derived], "\(name)")
      }
    }
    // The whole scalar as one replacement is what is left where the source does not decode.
    let isWhole = map.segments.count == 1 && map.segments.allSatisfy { !$0.isVerbatim }
    if isWhole, decoded.count > 1, tree.kind(node) == .string {
      Issue.record("\(name): `\(String(decoding: decoded, as: UTF8.self))` does not decode")
    }
  }

  /// The events of the suite's first document without anchors and tags.
  private static func firstDocument(_ events: [String]) -> [String] {
    var found: [String] = []
    for event in events {
      if event == "-DOC" || event.hasPrefix("-DOC ") { break }
      if event.hasPrefix("+STR") || event.hasPrefix("+DOC") { continue }
      if event.hasPrefix("=ALI") {
        found.append("=ALI")
      } else if event.hasPrefix("=VAL ") {
        var rest = event.dropFirst(5)
        while let first = rest.first, first == "&" || first == "<" {
          rest = rest.drop { $0 != " " }.dropFirst()
        }
        found.append("=VAL \(rest)")
      } else if event.hasPrefix("+") {
        let isFlow = event.contains("{}") || event.contains("[]")
        found.append(String(event.prefix(4)) + (isFlow ? " flow" : ""))
      } else {
        found.append(event)
      }
    }
    // A stream without a document is read as a null.
    return found.isEmpty || found == ["-STR"] ? ["=VAL :"] : found
  }

  private static func events(_ tree: Tree) -> [String] {
    var found: [String] = []
    func add(_ node: NodeID) {
      if tree.isAlias(node) {
        found.append("=ALI")
        return
      }
      let isFlow = tree.isFlow(node) ? " flow" : ""
      switch tree.kind(node) {
      case .list:
        found.append("+SEQ" + isFlow)
        tree.items(node).forEach(add)
        found.append("-SEQ")
      case .map:
        found.append("+MAP" + isFlow)
        for entry in tree.entries(node) {
          add(entry.key)
          add(entry.value)
        }
        found.append("-MAP")
      case .null, .bool, .int, .float, .string: found.append("=VAL " + scalar(node))
      }
    }
    func scalar(_ node: NodeID) -> String {
      let mark =
        switch tree.style(node) {
        case .plain: ":"
        case .singleQuoted: "'"
        case .doubleQuoted: "\""
        case .literal: "|"
        case .folded: ">"
        }
      // A respelt number is as it was written.
      let isRespelt = tree.kind(node) != .string && tree.verbatimRange(node) == nil
      let span = tree.span(node)
      let text =
        isRespelt
        ? String(decoding: tree.text[Int(span.start)..<Int(span.end)], as: UTF8.self)
        : tree.string(node)
      var shown = mark
      for character in text.unicodeScalars {
        switch character {
        case "\\": shown += "\\\\"
        case "\n": shown += "\\n"
        case "\t": shown += "\\t"
        case "\r": shown += "\\r"
        case "\u{8}": shown += "\\b"
        default: shown.unicodeScalars.append(character)
        }
      }
      return shown
    }
    if let root = tree.root { add(root) }
    return found
  }
}
