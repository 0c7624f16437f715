import Diagnostics
import Foundation
import Import
import SourceText
import TestSupport
import Testing
import Values

/// Job flows of the public kinds, imported: each is proved equal, and what is written is a golden.
@Suite struct ImportGoldenTests {
  struct Case: CustomTestStringConvertible {
    let file: String
    var region: String? = "eu-west-1"
    var kind = SourceKind.jobFlow

    var testDescription: String { file }
    var name: String { String(file.prefix { $0 != "." }) }
  }

  static let cases: [Case] = [
    Case(file: "spark.json"), Case(file: "streaming.yml"), Case(file: "fleets.json"),
    Case(file: "add-steps.json", region: nil),
    Case(file: "create-cluster.sh", kind: .awsCommandLine),
  ]

  @Test(arguments: cases) func isProvedEqualAndReadable(_ one: Case) throws {
    let path = Locations.repository.appending(path: "Tests/ImportTests/Cases/\(one.file)")
    let text = try Locations.bytes(path)
    let file = SourceFile(name: one.file, text: text)
    var source = ImportSource([file])
    for kind in [SourceKind.jobFlow, .awsCommandLine] {
      #expect(kind.recognises(source) == (kind.name == one.kind.name))
    }
    var diagnostics: [Diagnostic] = []
    var flow = try #require(one.kind.read(&source, &diagnostics).first)
    #expect(diagnostics.isEmpty)
    if flow.region == nil, let region = one.region {
      flow.region = Spanned(region, Span(SourceID(index: 0), 0..<0))
    }
    let imported = Importer.run(flow, source: one.file)
    #expect(imported.isEqual)
    #expect(imported.refusals.isEmpty)
    let notes = imported.diagnostics.map { "\($0.code.rawValue): \($0.message)\n" }
    expectGolden(notes.joined(), "import/\(one.name)/notes.txt")
    for file in imported.files { expectGolden(file.text, "import/\(one.name)/\(file.path)") }
    let isSecret = imported.files.filter(\.isSecret).map(\.path)
    #expect(isSecret == (["spark", "streaming"].contains(one.name) ? ["config.yml"] : []))
  }
}
