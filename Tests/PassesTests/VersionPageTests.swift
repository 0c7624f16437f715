import Documents
import Diagnostics
import Expressions
import Foundation
import PipelineSyntax
import SourceText
import TestSupport
import Testing
import YAMLSyntax

/// The page of `version-mismatch` has each rule of the built-in pipelines, with its source.
@Suite struct VersionPageTests {
  private static let page = "docs/diagnostics/version-mismatch.md"
  private static let mark = "<!-- versions -->\n"

  /// With PENSTOCK_RECORD=1 the page is rewritten, and the test fails.
  @Test func pageHasTheRules() throws {
    let file = Locations.repository.appending(path: Self.page)
    let text = String(decoding: try Locations.bytes(file), as: UTF8.self)
    let end = try #require(text.range(of: Self.mark)).upperBound
    let rules = try Self.rules("pipelines/snowplow.yml")
    if text[end...] == rules { return }
    if ProcessInfo.processInfo.environment["PENSTOCK_RECORD"] == "1" {
      try Data((text[..<end] + rules).utf8).write(to: file)
    }
    Issue.record("\(Self.page) doesn't have the pipeline's rules")
  }

  /// Each rule is a warning with a hint: what to do is not for the user to guess.
  @Test func rulesAreComplete() throws {
    let versions = try Self.versions("pipelines/snowplow.yml")
    #expect(versions.rules.count >= 20)
    for rule in versions.rules {
      #expect(rule.because != nil && rule.hint != nil && rule.source != nil)
      #expect(rule.need != nil || rule.message != nil)
    }
  }

  private static func versions(_ path: String) throws -> VersionsDecl {
    var diagnostics: [Diagnostic] = []
    let pipeline = PipelineDecl(try tree(path), into: &diagnostics)
    #expect(diagnostics.isEmpty)
    return try #require(pipeline.versions)
  }

  private static func tree(_ path: String) throws -> Tree {
    var diagnostics: [Diagnostic] = []
    let file = SourceFile(
      name: path, text: try Locations.bytes(Locations.repository.appending(path: path)))
    return try #require(
      YAMLReader.read(file, source: SourceID(index: 0), rules: .core, into: &diagnostics))
  }

  private static func rules(_ path: String) throws -> String {
    let tree = try tree(path)
    return try "\n"
      + versions(path).rules.map { rule in
        let subjects = try rule.conditions.map(words).joined(separator: " with ")
        let need = try rule.need.map { " needs " + (try words($0)) } ?? ""
        let says = try rule.message.map { try message(tree.string($0), rule) } ?? subjects + need
        let when = try rule.when.map { try condition(tree.string($0)) } ?? ""
        let because = rule.because.map { tree.string($0) } ?? ""
        return wrapped("\(says)\(when): \(because)") + "  <\(rule.source?.value ?? "")>\n"
      }.joined()
  }

  /// A rule's message with the ranges of versions in place of the versions.
  private static func message(_ text: String, _ rule: VersionsDecl.Rule) throws -> String {
    var text = text
    for condition in rule.conditions {
      let named = try Regex("`\(condition.subject.value)` \\$\\{[^}]*\\}")
      let range = try #require(text.firstRange(of: named), "it names what it is about: \(text)")
      text.replaceSubrange(range, with: try words(condition))
    }
    try #require(!text.contains("${"), "\(text)")
    return text
  }

  /// What each condition of a rule means to a reader. One that the rule's message says, or that only
  /// decides which of two rules is reported, has no words.
  private static let conditions = [
    "has(target.data.sshTunnel) || has(target.data.password) "
      + "&& type(target.data.password) != string":
      "if the target has an SSH tunnel or its password in the parameter store",
    "!has(target.data.id)": "if the target has no `id`",
    "stream": "in stream mode",
    "!stages.consistency_check": "",
    "!stages.load_manifest_check": "",
    "copies_tsv": "if it writes TSV, which `blacklistTabular` turns on",
    "manifests.size() > 0": "",
    #"target.data.purpose == "DUPLICATE_TRACKING""#: "if its purpose is `DUPLICATE_TRACKING`",
    "fits_one_ami": "",
    "stages.enrich": "in a run that enriches",
    "stages.enrich && fits_one_ami": "in a run that enriches",
  ]

  private static func condition(_ text: String) throws -> String {
    let expression = text.dropFirst(2).dropLast().split(whereSeparator: \.isWhitespace)
      .joined(separator: " ")
    let words = try #require(conditions[expression], "no words for \(expression)")
    return words.isEmpty ? "" : " \(words)"
  }

  private static func words(_ condition: VersionsDecl.Condition) throws -> String {
    let range = try #require(VersionRange(condition.range.value))
    return "`\(condition.subject.value)`" + (range.isAny ? "" : " \(range.words)")
  }

  /// An item of a list, in lines of 100 characters.
  private static func wrapped(_ text: String) -> String {
    var lines: [String] = []
    var line = "-"
    for word in text.split(whereSeparator: \.isWhitespace) {
      if line.count + 1 + word.count > 100 {
        lines.append(line)
        line = " "
      }
      line += " \(word)"
    }
    return (lines + [line]).map { $0 + "\n" }.joined()
  }
}
