import Diagnostics
import Documents
import Foundation
import PlanDiff
import Reports
import SourceText
import TestSupport
import Testing
import Text

@Suite struct DiffTextTests {
  private static let rules = ChangeRules(own: [], paths: [], file: { _ in nil })

  private static func side(_ bytes: [UInt8], _ name: String) throws -> Side {
    var diagnostics: [Diagnostic] = []
    let tree = JSONReader.read(bytes, source: SourceID(index: 0), into: &diagnostics)
    return try #require(
      tree.flatMap { SideReader.read($0, name: name, into: &diagnostics) }, "\(diagnostics)")
  }

  private static func comparison(_ before: String, _ after: String) throws -> Comparison {
    Comparison(
      try side(Array(before.utf8), "before.json"), try side(Array(after.utf8), "after.json"),
      rules: rules)
  }

  private static func step(_ arguments: [String]) -> String {
    let list = arguments.map { "\"\($0)\"" }.joined(separator: ",")
    return
      #"{"JobFlowId":"j-1","Steps":[{"Name":"Count","HadoopJarStep":{"Jar":"a.jar","Args":["#
      + list + "]}}]}"
  }

  private static func plan(_ name: String) throws -> Side {
    let file = Locations.repository.appending(path: "Tests/Goldens/plans/\(name).json")
    return try side(try Locations.bytes(file), name)
  }

  /// No line is wider than the terminal, so that it breaks none.
  @Test(arguments: [40, 80, 100, 120, 200])
  func fitsTheTerminal(width: Int) throws {
    let pairs = [
      ("snowplow", "snowplow-resumed"), ("snowplow", "lakehouse"), ("lakehouse", "clickstream"),
    ]
    for (one, other) in pairs {
      let comparison = Comparison(try Self.plan(one), try Self.plan(other), rules: Self.rules)
      for full in [false, true] {
        let text = DiffText.text(of: comparison, colored: false, width: width, full: full)
        for line in text.split(separator: "\n") {
          #expect(DisplayWidth.of(String(line)) <= width, "\(line)")
        }
      }
    }
  }

  @Test func wideCharactersCount() throws {
    let names = ["結果のフォルダー", "最終的な結果のフォルダー"]
    let texts = names.map { Self.step(["--出力先", "s3://バケット/とても長い名前のフォルダー/もう一つのフォルダー/\($0)"]) }
    let comparison = try Self.comparison(texts[0], texts[1])
    for width in [40, 60, 80] {
      let text = DiffText.text(of: comparison, colored: false, width: width)
      for line in text.split(separator: "\n") {
        #expect(DisplayWidth.of(String(line)) <= width, "\(line)")
      }
    }
  }

  /// Where there is no terminal, a change has one line; the columns are as wide as the values, but
  /// one long value doesn't make them wider.
  @Test func aLongValueDoesNotWidenTheOthers() throws {
    let long = String(repeating: "x", count: 40)
    let comparison = try Self.comparison(
      Self.step(["--a", "1", "--b", long]), Self.step(["--a", "2", "--b", "y" + long]))
    let lines = DiffText.text(of: comparison, colored: false).split(separator: "\n").map(
      String.init)
    #expect(lines.contains { $0.hasSuffix("~ --a  1 → 2  [unknown]") }, "\(lines)")
    #expect(lines.count { $0.contains("--b") } == 1)
  }

  /// Of an object that comes or goes, the parts are shown: its JSON isn't cut.
  @Test func partsOfAnObjectAreListed() throws {
    func body(_ actions: String) -> String {
      #"{"Name":"x","Instances":{},"Steps":[],"BootstrapActions":["# + actions + "]}"
    }
    let arguments = (0..<20).map { "\"argument-\($0)\"" }.joined(separator: ",")
    let action =
      #"{"Name":"agent","ScriptBootstrapAction":{"Path":"s3://acme/bootstrap/install-the-agent.sh","Args":["#
      + arguments + "]}}"
    let text = DiffText.text(of: try Self.comparison(body(""), body(action)), colored: false)
    #expect(text.contains("  + BootstrapActions"))
    #expect(
      text.contains("ScriptBootstrapAction › Path: s3://acme/bootstrap/install-the-agent.sh\n"))
    #expect(text.contains("ScriptBootstrapAction › Args: argument-0, argument-1, "), "\(text)")
    #expect(!text.contains("{\""))
  }

  @Test func theSummaryIsTheLastLine() throws {
    let one = Self.step(["--a", "1"])
    #expect(
      DiffText.text(of: try Self.comparison(one, Self.step(["--a", "2"])), colored: false)
        .hasSuffix("\n\n1 change: 1 unknown\n"))
    #expect(
      DiffText.text(of: try Self.comparison(one, one), colored: false)
        == "before.json → after.json\nno changes\n")
  }
}
