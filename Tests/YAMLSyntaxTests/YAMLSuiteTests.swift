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
  private static var cases: [SuiteCase] {
    get throws {
      guard let folder = Locations.conformance("yaml") else { return [] }
      return try ["public", "heldout"].flatMap { part -> [SuiteCase] in
        let file = folder.appending(path: "\(part)/cases.json")
        guard FileManager.default.fileExists(atPath: file.path) else { return [] }
        return try JSONDecoder().decode([SuiteCase].self, from: Data(contentsOf: file))
      }
    }
  }

  private static let byDesign: Set<DiagnosticCode> = [
    .yamlSeveralDocuments, .yamlKey, .yamlTag, .yamlDuplicateKey, .yamlMerge,
  ]

  @Test func documentsAreReadAsTheSuiteSays() throws {
    var equal = 0
    var wrong: [String] = []
    for test in try Self.cases where !test.error {
      let reading = Reading(test.yaml, rules: .core)
      let codes = Set(reading.errors.map(\.code))
      let isRefusedByDesign = !codes.isEmpty && codes.isSubset(of: Self.byDesign)
      if let tree = reading.tree, codes.isEmpty || isRefusedByDesign {
        let expected = Self.firstDocument(test.events)
        if Self.events(tree) == expected { equal += 1 } else { wrong.append(test.id) }
      } else if isRefusedByDesign {
        equal += 1
      } else {
        wrong.append(test.id)
      }
    }
    print("yaml: \(equal) of \(equal + wrong.count) documents; not \(wrong.joined(separator: " "))")
    // What PyYAML, a parser of YAML 1.1 as libyaml is, reaches.
    #expect(Double(equal) / Double(equal + wrong.count) >= 249.0 / 308, "not \(wrong)")
  }

  @Test func errorsAreRefusedAtAPlace() throws {
    var refused = 0
    var accepted: [String] = []
    for test in try Self.cases where test.error {
      let reading = Reading(test.yaml, rules: .core)
      if reading.errors.isEmpty { accepted.append(test.id) } else { refused += 1 }
      for diagnostic in reading.diagnostics {
        let span = try #require(diagnostic.span, "\(test.id)")
        #expect(Int(span.end) <= reading.text.count, "\(test.id)")
      }
    }
    print("yaml: \(refused) of \(refused + accepted.count) mistakes; not \(accepted)")
    #expect(Double(refused) / Double(refused + accepted.count) >= 80.0 / 94, "not \(accepted)")
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
