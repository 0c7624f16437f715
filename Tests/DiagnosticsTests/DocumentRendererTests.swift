import DiagnosticRendering
import Diagnostics
import Foundation
import SourceText
import TestSupport
import Testing

/// An error with everything that a diagnostic can have, and a warning without a place.
private func sample(_ format: DiagnosticRenderer.Format) -> [UInt8] {
  let source = MarkedSource("a: 1\nb: é1️⃣222️⃣\n3️⃣c: 34️⃣\n", name: "dir/a b.yml")
  let diagnostics = [
    Diagnostic(
      .jsonDuplicateKey, "100% `wrong`: a, b", at: source.span(1, 2),
      notes: [.init("declared here", at: source.span(3, 4)), .init("by the schema")],
      hint: "did you mean `x`?"),
    Diagnostic(.jsonSyntax, "nowhere", severity: .warning),
  ]
  return DiagnosticRenderer.render(
    diagnostics, sources: source.sources, format: format, version: "1.2.3",
    help: { "# \($0.rawValue)\n\nThe page.\n" })
}

private func object(_ bytes: [UInt8]) throws -> Any {
  try JSONSerialization.jsonObject(with: Data(bytes))
}

@Suite struct DocumentRendererTests {
  @Test(arguments: [
    (DiagnosticRenderer.Format.json, "json"), (.sarif, "sarif"), (.github, "github.txt"),
    (.text, "text.txt"),
  ])
  func looksAsRecorded(format: DiagnosticRenderer.Format, ending: String) {
    expectGolden(sample(format), "diagnostics/sample.\(ending)")
  }

  @Test func jsonGivesRangesInLinesAndBytes() throws {
    let items = try #require(object(sample(.json)) as? [[String: Any]])
    #expect(items.map { $0["code"] as? String } == ["json-syntax", "json-duplicate-key"])
    let range = try #require(items[1]["range"] as? [String: [String: Int]])
    #expect(range["start"] == ["line": 2, "column": 5, "offset": 10])
    #expect(range["end"] == ["line": 2, "column": 7, "offset": 12])
    #expect(items[0]["file"] is NSNull && items[0]["range"] is NSNull)
  }

  @Test func documentsAreWholeWithoutDiagnostics() throws {
    let json = DiagnosticRenderer.render([], sources: SourceSet(), format: .json)
    #expect((try object(json) as? [Any])?.isEmpty == true)
    let sarif = DiagnosticRenderer.render([], sources: SourceSet(), format: .sarif)
    let log = try #require(object(sarif) as? [String: Any])
    let run = try #require((log["runs"] as? [[String: Any]])?.first)
    #expect((run["results"] as? [Any])?.isEmpty == true)
    #expect(DiagnosticRenderer.render([], sources: SourceSet(), format: .github).isEmpty)
  }

  @Test func sarifResultsPointAtTheirRules() throws {
    let log = try #require(object(sample(.sarif)) as? [String: Any])
    #expect(log["version"] as? String == "2.1.0")
    let run = try #require((log["runs"] as? [[String: Any]])?.first)
    let driver = try #require((run["tool"] as? [String: [String: Any]])?["driver"])
    let rules = try #require(driver["rules"] as? [[String: Any]])
    let results = try #require(run["results"] as? [[String: Any]])
    #expect(results.count == 2)
    for result in results {
      let index = try #require(result["ruleIndex"] as? Int)
      #expect(rules[index]["id"] as? String == result["ruleId"] as? String)
    }
    let help = try #require(rules[0]["help"] as? [String: String])
    #expect(help["markdown"]?.contains("The page.") == true)
  }

  @Test func gitHubCommandsAreEscaped() {
    let lines = String(decoding: sample(.github), as: UTF8.self).split(separator: "\n")
    #expect(lines[0] == "::warning title=json-syntax::nowhere")
    #expect(
      lines[1]
        == "::error file=dir/a b.yml,line=2,col=5,endColumn=7,title=json-duplicate-key::"
        + "100%25 `wrong`: a, b%0Anote: dir/a b.yml:3:1: declared here%0Anote: by the schema%0A"
        + "hint: did you mean `x`?")
  }

  @Test func gitHubPropertiesCannotEndTheCommand() {
    let source = MarkedSource("1️⃣a2️⃣", name: "x,line=9::y\n::error")
    let bytes = DiagnosticRenderer.render(
      [Diagnostic(.jsonSyntax, "no\r\n::error::injected", at: source.span(1, 2))],
      sources: source.sources, format: .github)
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(text.split(separator: "\n").count == 1)
    #expect(text.hasPrefix("::error file=x%2Cline=9%3A%3Ay%0A%3A%3Aerror,line=1,"))
    #expect(text.hasSuffix("::no%0D%0A::error::injected\n"))
  }
}
