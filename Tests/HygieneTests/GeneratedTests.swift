import Compiler
import Diagnostics
import Foundation
import TestSupport
import Testing

/// Generated files match their sources.
@Suite struct GeneratedTests {
  @Test func everyDiagnosticHasAPageAndEveryPageADiagnostic() {
    let pages = Repository.files(under: "docs/diagnostics", withEnding: ".md")
      .map { String($0.dropFirst("docs/diagnostics/".count).dropLast(".md".count)) }.sorted()
    #expect(pages == DiagnosticCode.allCases.map(\.rawValue).sorted())
  }

  @Test func pagesSayWhatTheyAreAbout() throws {
    for code in DiagnosticCode.allCases {
      let text = (try? Repository.text("docs/diagnostics/\(code.rawValue).md")) ?? ""
      #expect(text.hasPrefix("# \(code.rawValue)\n\n"), "\(code.rawValue)")
      #expect(text.contains("```"), "the page of \(code.rawValue) has no example")
      // An address alone on its line may be longer.
      let lines = text.split(separator: "\n").filter { !$0.hasPrefix("  <https://") }
      let longest = lines.map(\.count).max() ?? 0
      #expect(longest <= 120, "\(code.rawValue)")
    }
  }

  @Test func codesAreKebabCase() {
    for code in DiagnosticCode.allCases {
      #expect(code.rawValue.allSatisfy { $0.isLowercase && $0.isASCII || $0 == "-" || $0.isNumber })
    }
  }

  /// The files in the binary are those in the repository, byte for byte.
  @Test func builtInFilesAreCurrent() throws {
    let examples = ["clickstream", "lakehouse", "snowplow", "snowplow-rdb"].map { "examples/" + $0 }
    let folders = ["data", "docs/diagnostics"] + examples + ["pipelines", "schemas", "step-kinds"]
    let wanted = folders.flatMap { folder in
      Repository.files(under: folder).filter { path in
        // A new project has a page of its own.
        (!path.hasSuffix("/README.md") || path.hasPrefix("data/init/"))
          && !path.hasPrefix("pipelines/tests/")
          && (folder == "data" || folder == "schemas"
            || [".yml", ".json", ".md", ".hocon"].contains { path.hasSuffix($0) })
      }
    }
    #expect(Builtins.paths == wanted.sorted())
    for path in wanted {
      let bytes = try Locations.bytes(Locations.repository.appending(path: path))
      #expect(Builtins.file(path) == bytes, "\(path)")
    }
    #expect(Builtins.file("") == nil && Builtins.file("zzz") == nil)
    #expect(Builtins.file("docs/diagnostics/json-syntax.md\u{0}") == nil)
    #expect(Builtins.file("docs/diagnostics/json-syntax.m") == nil)
  }

  /// Each golden is read by a test: its name, or its folder, is in one.
  @Test func noGoldenIsOrphaned() throws {
    let tests = try Repository.files(under: "Tests", withEnding: ".swift")
      .map { try Repository.text($0) }.joined(separator: "\n")
    for golden in Repository.files(under: "Tests/Goldens") {
      let path = golden.dropFirst("Tests/Goldens/".count)
      let parts = path.split(separator: "/")
      let isNamed = (1...parts.count).contains { count in
        let start = parts.prefix(count).joined(separator: "/")
        let stem = start.split(separator: ".").first.map(String.init) ?? start
        return count > 1 && tests.contains("\(stem).") || tests.contains("\(start)/\\(")
      }
      #expect(isNamed, "no test names \(golden)")
    }
  }

  @Test func builtInPipelinesHaveASummary() throws {
    for path in Repository.files(under: "pipelines", withEnding: ".yml")
    where path.split(separator: "/").count == 2 {
      let lines = try Repository.lines(path)
      #expect(lines.contains { $0.hasPrefix("summary: ") && $0.count > 12 }, "\(path)")
    }
  }
}
