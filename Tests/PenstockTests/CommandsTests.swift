import Diagnostics
import Foundation
import TestSupport
import Testing

@Suite struct CommandsTests {
  @Test func explainsEveryDiagnostic() throws {
    let list = try Run(["explain"]).text.split(separator: "\n").map(String.init)
    #expect(list == DiagnosticCode.allCases.map(\.rawValue).sorted())
    let page = Locations.repository.appending(path: "docs/diagnostics/json-syntax.md")
    #expect(try Run(["explain", "json-syntax"]).output == Locations.bytes(page))
    #expect(try Run(["explain", "error[json-syntax]"]).output == Locations.bytes(page))
  }

  @Test func printsBuiltInFilesAsTheyAre() throws {
    for name in try Run(["pipelines"]).text.split(separator: "\n").compactMap({
      $0.split(separator: " ").first
    }) {
      let file = Locations.repository.appending(path: "pipelines/\(name).yml")
      #expect(try Run(["pipelines", String(name)]).output == Locations.bytes(file))
    }
    for name in try Run(["schema"]).text.split(separator: "\n") {
      let run = try Run(["schema", String(name)])
      #expect(run.status == 0)
      #expect(throws: Never.self) {
        try JSONSerialization.jsonObject(with: Data(run.output))
      }
    }
  }

  @Test func listsPipelinesAsJSON() throws {
    let run = try Run(["pipelines", "--format", "json"])
    let list = try JSONSerialization.jsonObject(with: Data(run.output)) as? [[String: String]]
    #expect(list?.allSatisfy { $0["name"] != nil && $0["summary"]?.isEmpty == false } == true)
  }

  @Test func writesFilesWholeAndKeepsTheirPermissions() throws {
    let scratch = try Scratch()
    let file = try scratch.file("page.md", "old")
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: file.path)
    let link = scratch.folder.appending(path: "link.md")
    try FileManager.default.createSymbolicLink(at: link, withDestinationURL: file)
    let run = try Run(["explain", "json-syntax", "-o", "link.md"], folder: scratch.folder)
    #expect(run.status == 0 && run.output.isEmpty)
    #expect(try Locations.bytes(file) == Run(["explain", "json-syntax"]).output)
    let mode = try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions]
    #expect(mode as? Int == 0o640)
    let names = try FileManager.default.contentsOfDirectory(atPath: scratch.folder.path)
    #expect(names.sorted() == ["link.md", "page.md"])
  }

  @Test func saysWhereItCannotWrite() throws {
    for path in ["/nonesuch/x", "/", "/proc/x"] {
      let run = try Run(["explain", "json-syntax", "--out", path])
      #expect(run.status == 1)
      #expect(run.errors.contains("error[output-failed]: cannot write `\(path)`"))
    }
    let full = try Run(["explain", "json-syntax", "--out", "/dev/full"])
    #expect(full.status == 1 && full.errors.contains("output-failed"))
    #expect(try Run(["explain", "json-syntax", "--out", "/dev/stdout"]).output.count > 50)
  }

  @Test func saysItsVersionAsJSON() throws {
    let run = try Run(["version", "--format", "json"])
    let version = try JSONSerialization.jsonObject(with: Data(run.output)) as? [String: Any]
    #expect(version?["language"] as? String == "v1")
    #expect(version?["planFormat"] as? Int == 3)
    let text = try #require(version?["version"] as? String)
    let lines = try Run(["version"]).text.split(separator: "\n")
    #expect(lines.first.map(String.init) == "penstock \(text)")
  }

  @Test func historyOfNothingSaysSo() throws {
    let scratch = try Scratch()
    let run = try Run(["history", "--sandbox", "box"], folder: scratch.folder)
    #expect(run.status == 0 && run.output.isEmpty)
    #expect(run.errors == "no runs are recorded in box/.penstock/journal.db\n")
    let json = try Run(["history", "--sandbox", "box", "--format", "json"], folder: scratch.folder)
    #expect(json.text == "[]\n" && json.errors.isEmpty)
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.folder.path).isEmpty)
  }
}

/// Answers as JSON go to standard output, and are all that is written.
@Suite struct JSONAnswerTests {
  private struct Answer: Decodable {
    struct Shown: Decodable {
      var code: String
      var severity: String
      var file: String?
    }

    var valid: Bool
    var errors: Int
    var warnings: Int
    var exitStatus: Int32?
    var pipeline: String?
    var parts: [String]?
    var diagnostics: [Shown]
  }

  private static let example = Locations.repository.appending(path: "examples/snowplow")

  private func answer(_ run: Run) throws -> Answer {
    #expect(run.errors.isEmpty, "\(run.errors)")
    return try JSONDecoder().decode(Answer.self, from: Data(run.output))
  }

  @Test func ofCheck() throws {
    let valid = try Run(["check", "lakehouse", "--format", "json"])
    let passed = try answer(valid)
    #expect(valid.status == 0 && passed.valid && passed.errors == 0 && passed.exitStatus == 0)
    #expect(passed.pipeline == "<builtin>/pipelines/lakehouse.yml")
    let scratch = try Scratch()
    let file = try scratch.file("p.yml", "penstock: v1\npipeline: p\nstages: []\nnonesuch: 1\n")
    let invalid = try Run(["check", file.path, "--format", "json"])
    let failed = try answer(invalid)
    #expect(invalid.status == 1 && !failed.valid && failed.errors == failed.diagnostics.count)
    #expect(failed.diagnostics.contains { $0.file == file.path && $0.severity == "error" })
    let missing = try Run(["check", "./nonesuch.yml", "--format", "json"])
    #expect(missing.status == 1)
    #expect(try answer(missing).diagnostics.map(\.code) == ["unreadable-file"])
  }

  @Test func ofLint() throws {
    let arguments = ["lint", "resolver", "-r", "resolver.json", "--offline", "--format", "json"]
    let run = try Run(arguments, folder: Self.example)
    let found = try answer(run)
    #expect(run.status == (found.valid ? 0 : 1))
    #expect(found.errors == found.diagnostics.count { $0.severity == "error" })
    #expect(found.parts != nil)
  }

  @Test func ofExplain() throws {
    struct Page: Decodable {
      var code: String
      var severity: String
      var canBeAllowed: Bool
      var summary: String
      var page: String?
    }
    let list = try JSONDecoder().decode(
      [Page].self, from: Data(Run(["explain", "--format", "json"]).output))
    #expect(list.map(\.code) == DiagnosticCode.allCases.map(\.rawValue).sorted())
    #expect(list.allSatisfy { !$0.summary.isEmpty && $0.page == nil })
    let one = try JSONDecoder().decode(
      Page.self, from: Data(Run(["explain", "data-unread", "--format", "json"]).output))
    #expect(one.page == (try Run(["explain", "data-unread"]).text))
    #expect(one.severity == "warning" && one.canBeAllowed)
    #expect(list.first { $0.code == "json-syntax" }?.canBeAllowed == false)
  }

  @Test func ofSchema() throws {
    let run = try Run(["schema", "--format", "json"])
    let list = try JSONSerialization.jsonObject(with: Data(run.output)) as? [[String: String]]
    #expect(
      list?.compactMap { $0["name"] }
        == (try Run(["schema"]).text.split(separator: "\n").map(String.init)))
  }
}

@Suite struct CommandLinePageTests {
  /// docs/command-line.md names every command and option, and no others.
  @Test func pageAndHelpSayTheSame() throws {
    let page = try String(
      decoding: Locations.bytes(Locations.repository.appending(path: "docs/command-line.md")),
      as: UTF8.self)
    let commands = [
      "compile", "check", "test", "plan", "apply", "run", "for", "status", "history", "logs",
      "cancel", "down", "unlock", "diff", "graph", "lint", "fmt", "init", "migrate", "import",
      "lsp",
      "doctor", "explain", "pipelines", "schema", "completions", "version",
    ]
    var known: Set<String> = ["--help"]
    for command in commands + ["help"] {
      let isThere = page.contains("| `\(command) ") || page.contains("| `\(command)`")
      #expect(isThere, "\(command)")
      known.formUnion(Self.options(in: try Run(["help", command]).text))
    }
    #expect(Self.options(in: page).union(["--help"]) == known.union(["--version"]))
  }

  private static func options(in text: String) -> Set<String> {
    let words = text.split { !($0.isLetter || $0.isNumber || $0 == "-") }
    return Set(words.filter { $0.hasPrefix("--") && $0.count > 4 }.map(String.init))
  }
}
