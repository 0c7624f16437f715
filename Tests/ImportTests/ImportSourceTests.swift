import Diagnostics
import Documents
import Import
import SourceText
import Testing
import Values

@Suite struct ImportSourceTests {
  private func source(_ name: String, _ text: String) -> ImportSource {
    ImportSource([SourceFile(name: name, text: Array(text.utf8))]) { path, _ in
      path == "steps.json" ? SourceFile(name: "in/steps.json", text: Array("[]".utf8)) : nil
    }
  }

  @Test func readsJSONAndYAMLWithPlaces() throws {
    for text in [#"{"Steps": [{"Name": "a"}]}"#, "Steps:\n  - Name: a\n"] {
      let source = source("flow", text)
      var diagnostics: [Diagnostic] = []
      let id = try #require(source.given.first)
      let tree = try #require(source.tree(id, into: &diagnostics))
      let body = SpannedValue(tree, try #require(tree.root))
      let name = body.part(at: [.key("Steps"), .index(0), .key("Name")])
      #expect(name?.text == "a")
      #expect(
        name?.span.map {
          String(decoding: Array(text.utf8)[Int($0.start)..<Int($0.end)], as: UTF8.self)
        }?.contains("a") == true)
      #expect(body.part(at: [.key("Steps"), .index(1)]) == nil)
      #expect(diagnostics.isEmpty)
    }
  }

  @Test func opensNamedFilesOnce() throws {
    var source = source("flow.sh", "")
    let id = try #require(source.given.first)
    let first = source.include("steps.json", from: id)
    #expect(first != nil)
    #expect(source.include("steps.json", from: id) == first)
    #expect(source.include("other.json", from: id) == nil)
  }

  @Test func membersAreReplacedAddedAndRemoved() {
    var body = SpannedValue(.map([]))
    body["Name"] = SpannedValue(.scalar(.string("a")))
    body["Name"] = SpannedValue(.scalar(.string("b")))
    #expect(body["Name"]?.text == "b")
    body["Name"] = nil
    #expect(body.entries.isEmpty)
  }
}
