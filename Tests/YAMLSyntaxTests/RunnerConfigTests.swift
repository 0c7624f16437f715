import Documents
import Diagnostics
import Foundation
import SourceText
import TestSupport
import Testing
import Values
import YAMLSyntax

/// The configs of the recorded runs of EmrEtlRunner: all were read by Ruby.
@Suite(.enabled(if: Locations.conformance("emr-etl-runner") != nil, "no conformance data"))
struct RunnerConfigTests {
  private struct Case: Decodable {
    var env: [String: String]?
    var files: [String: String]
  }

  @Test func configsAreReadAsRubyReadsThem() throws {
    let folder = try #require(Locations.conformance("emr-etl-runner")?.appending(path: "cases"))
    let cases = Locations.files(in: folder, withEnding: ".json")
    #expect(cases.count > 3)
    for file in cases {
      let test = try JSONDecoder().decode(Case.self, from: Data(contentsOf: file))
      for (name, text) in test.files where name.hasSuffix(".yml") {
        var diagnostics: [Diagnostic] = []
        let rendered = TemplateRenderer.render(
          Array(text.utf8), name: name, environment: { test.env?[$0] }, source: SourceID(index: 0),
          into: &diagnostics)
        let tree = rendered.flatMap {
          YAMLReader.read($0, source: SourceID(index: 0), rules: .ruby, into: &diagnostics)
        }
        #expect(diagnostics.isEmpty, "\(file.lastPathComponent) \(name): \(diagnostics)")
        let root = try #require(tree?.root)
        #expect(tree?.value(root, "aws").flatMap { tree?.kind($0) } == .map)
      }
    }
  }

  @Test func anUnsetVariableLeavesNull() throws {
    let folder = try #require(Locations.conformance("emr-etl-runner")?.appending(path: "cases"))
    let file = folder.appending(path: "erb--unset.json")
    let test = try JSONDecoder().decode(Case.self, from: Data(contentsOf: file))
    let text = try #require(test.files["config.yml"])
    #expect(text.contains("<%="))
    var diagnostics: [Diagnostic] = []
    let rendered = try #require(
      TemplateRenderer.render(
        Array(text.utf8), name: "config.yml", environment: { test.env?[$0] },
        source: SourceID(index: 0), into: &diagnostics))
    let tree = try #require(
      YAMLReader.read(rendered, source: SourceID(index: 0), rules: .ruby, into: &diagnostics))
    let root = try #require(tree.root)
    for key in ["access_key_id", "secret_access_key"] {
      #expect(tree.value(root, path: ["aws", key]).map { tree.kind($0) } == .null)
    }
  }
}
