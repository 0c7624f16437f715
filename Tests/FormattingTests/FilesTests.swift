import Diagnostics
import Formatting
import Foundation
import SourceText
import TestSupport
import Testing

/// Files of this repository and of others.
@Suite struct FilesTests {
  /// All YAML files below a folder, by their path there.
  private static func files(below folder: URL) -> [(path: String, text: [UInt8])] {
    let names = FileManager.default.enumerator(atPath: folder.path)?.allObjects as? [String] ?? []
    return names.filter { $0.hasSuffix(".yml") || $0.hasSuffix(".yaml") }.sorted().compactMap {
      name in
      (try? Locations.bytes(folder.appending(path: name))).map { (name, $0) }
    }
  }

  private static func format(_ text: [UInt8], into found: inout [Diagnostic]) -> [UInt8]? {
    Formatter.format(text, name: "x.yml", source: SourceID(index: 0), into: &found)
  }

  @Test(arguments: ["pipelines", "step-kinds", "examples"])
  func theRepositorysFilesAreFormatted(_ folder: String) {
    let files = Self.files(below: Locations.repository.appending(path: folder))
    #expect(!files.isEmpty)
    for (path, text) in files {
      var found: [Diagnostic] = []
      let formatted = Self.format(text, into: &found)
      let isSame = formatted == text
      #expect(isSame, "run `penstock fmt \(folder)/\(path)`")
    }
  }

  private static let folders = ["emr-etl-runner", "real-world"].compactMap(Locations.conformance)

  @Test(.enabled(if: !folders.isEmpty, "needs the conformance data"))
  func filesOfOthersAreFormattedOrRefusedForTheirSyntax() {
    var count = 0
    for (path, text) in Self.folders.flatMap(Self.files) {
      var found: [Diagnostic] = []
      guard let formatted = Self.format(text, into: &found) else {
        #expect(!found.contains { $0.code == .formatRefused }, "\(path)")
        continue
      }
      count += 1
      let again = Self.format(formatted, into: &found)
      #expect(again == formatted, "\(path)")
    }
    #expect(count > 10)
  }

  private struct SuiteCase: Decodable {
    var id: String
    var yaml: String
    var error: Bool
  }

  private static let suite = Locations.conformance("yaml").map {
    $0.appending(path: "public/cases.json")
  }

  /// Six of the suite's valid inputs are refused: their layout can't be kept by these rules.
  private static let refused: Set = ["8KB6", "DE56/02", "DE56/03", "HM87/01", "WZ62"]

  @Test(.enabled(if: suite != nil, "needs the conformance data"))
  func inputsOfTheTestSuiteAreFormattedOnce() throws {
    let cases = try JSONDecoder().decode(
      [SuiteCase].self, from: Data(contentsOf: #require(Self.suite)))
    var count = 0
    for one in cases where !one.error {
      var found: [Diagnostic] = []
      guard let formatted = Self.format(Array(one.yaml.utf8), into: &found) else {
        let isRefused = found.contains { $0.code == .formatRefused }
        #expect(isRefused == Self.refused.contains(one.id), "\(one.id)")
        continue
      }
      count += 1
      let again = Self.format(formatted, into: &found)
      #expect(again == formatted, "\(one.id)")
    }
    #expect(count > 150)
  }
}
