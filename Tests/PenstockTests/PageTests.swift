import Foundation
import TestSupport
import Testing

/// Pages in a real browser.
@Suite struct PageTests {
  /// What the browser reports about a page.
  private struct Visit: Decodable {
    struct Message: Decodable {}

    var browser: String?
    var title: String?
    var graph: Double?
    var focused: String?
    var folded, unfolded, back, all, tabbed, searching, filtered, restored, prints: Bool?
    var pressed: String?
    var overflow: [String: Bool]?
    var console: [Message]?
    var requests: [String]?
  }

  static let hasBrowser = ["chromium", "chromium-browser", "google-chrome"].contains { name in
    ["/usr/bin/", "/usr/local/bin/"].contains { FileManager.default.fileExists(atPath: $0 + name) }
  }

  private func expectUsable(_ page: URL, title: String) throws {
    let run = try Python.run("browse.py", [page.path])
    try #require(run.status == 0, "\(run.output.suffix(2000))")
    let visit = try JSONDecoder().decode(Visit.self, from: Data(run.output.utf8))
    #expect(visit.title == title)
    #expect((visit.graph ?? 0) > 100, "the graph is drawn")
    #expect(visit.focused == "SUMMARY", "a key goes to a part")
    for (what, holds) in [
      ("Enter folds", visit.folded), ("and unfolds", visit.unfolded), ("k goes back", visit.back),
      ("f folds all", visit.all), ("Tab goes somewhere", visit.tabbed),
      ("/ finds", visit.searching), ("what does not fit is hidden", visit.filtered),
      ("Escape shows all", visit.restored), ("it prints", visit.prints),
    ] { #expect(holds == true, "\(what)") }
    #expect(visit.pressed == nil || visit.pressed == "true")
    #expect(visit.overflow == ["1280": false, "480": false], "nothing stands out to the side")
    #expect(visit.console?.isEmpty == true && visit.requests == [])
  }

  @Test(
    .enabled(if: hasBrowser, "there is no Chromium: `scripts/setup test` installs it"),
    .timeLimit(.minutes(10)))
  func differencesAreAUsablePage() throws {
    let edit = try EditCase(EditCase.folder.appending(path: "target-gone.txt"))
    let scratch = try edit.sides()
    let page = scratch.folder.appending(path: "diff.html")
    let run = try edit.diff(
      ["before", "after"], ["--format", "html", "--out", page.path], in: scratch)
    #expect(run.status == 0, "\(run.errors)")
    try expectUsable(page, title: "Job flow: before → after")
  }

  @Test(
    .enabled(if: hasBrowser, "there is no Chromium: `scripts/setup test` installs it"),
    .timeLimit(.minutes(10)))
  func plansAreAUsablePage() throws {
    let scratch = try Scratch()
    let page = scratch.folder.appending(path: "plan.html")
    let run = try Self.plan(["--html", page.path, "--quiet"])
    #expect(run.status == 0, "\(run.errors)")
    try expectUsable(page, title: "Job flow: snowplow, run 2026-03-01-05-06-07")
  }

  /// The plan of the example, with its facts.
  static func plan(_ options: [String]) throws -> Run {
    try Run(
      [
        "plan", "-c", "config.yml", "-r", "resolver.json", "-t", "targets", "-n", "enrichments",
        "--facts", "facts.json", "--run-time", "2026-03-01T05:06:07Z",
      ] + options, environment: EditCase.environment,
      folder: Locations.repository.appending(path: "examples/snowplow"))
  }

  /// Nothing from inputs is interpreted as markup, on the page or in a comment.
  @Test func textIsNoMarkup() throws {
    let scratch = try Scratch()
    let evil = "</script><img src=x onerror=alert(1)> | `a` [x](y) @team <!-- \u{202E}"
    func flow(_ name: String) throws -> String {
      let value =
        "{\"Name\": \"n\", \"Instances\": {}, \"Steps\": [{\"Name\": \"\(evil)\", "
        + "\"ActionOnFailure\": \"CONTINUE\", \"HadoopJarStep\": {\"Jar\": \"\(name)\", "
        + "\"Args\": [\"--\(evil)\", \"\(name)\(evil)\"]}}]}"
      return try scratch.file("\(name).json", value).path
    }
    let sides = [try flow("a"), try flow("b")]
    for format in ["html", "markdown"] {
      let text = try Run(["diff"] + sides + ["--format", format]).text
      #expect(!text.contains("<img") && !text.contains("\u{202E}"), "\(format)")
      // Nothing in a block of code is markup.
      let prose = text.split(separator: "```").enumerated().filter { $0.offset % 2 == 0 }
        .map { String($0.element) }.joined()
      #expect(!prose.contains("@team") && !prose.contains("[x]"), "\(format)")
    }
  }

  // MARK: Comments

  @Test func commentsFitWhatGitHubTakes() throws {
    let scratch = try Scratch()
    func flow(_ name: String, _ change: String) throws -> String {
      let steps = (0..<3000).map { index in
        "{\"Name\": \"step \(index)\", \"ActionOnFailure\": \"CONTINUE\", \"HadoopJarStep\": "
          + "{\"Jar\": \"s3://b/\(change)\(index).jar\", \"Args\": [\"--x\", \"\(change)\(index * 7)\"]}}"
      }
      let text =
        "{\"Name\": \"n\", \"Instances\": {}, \"Steps\": [\(steps.joined(separator: ","))]}"
      return try scratch.file("\(name).json", text).path
    }
    let run = try Run(
      ["diff", flow("one", "a"), flow("two", "b"), "--format", "markdown"])
    #expect(run.output.count <= 65_536 && run.output.count > 60_000)
    #expect(run.text.hasPrefix("<!-- penstock-diff -->\n### Job flow: 6000 changes"))
    #expect(run.text.contains("more parts don't fit into one comment"))
    let opened = run.text.split(separator: "<details").count
    #expect(opened == run.text.split(separator: "</details>").count)
    let plan = try Self.plan(["--format", "markdown"])
    #expect(
      plan.text.hasPrefix("<!-- penstock-plan -->\n### Job flow: 17 steps in 11 of 12 stages\n"))
    #expect(plan.text.contains("```mermaid\nflowchart LR\n"))
    for secret in EditCase.secrets { #expect(!plan.text.contains(secret)) }
  }

  // MARK: Pictures

  private func picture(_ more: [String: String] = [:]) throws -> Run {
    try Run(
      [
        "graph", "-c", "config.yml", "-r", "resolver.json", "-t", "targets", "-n", "enrichments",
        "--skip", "elasticsearch", "--facts", "facts.json", "--quiet", "--format", "svg",
      ], environment: EditCase.environment.merging(more) { $1 },
      folder: Locations.repository.appending(path: "examples/snowplow"))
  }

  @Test func withoutGraphvizThereIsNoPicture() throws {
    let without = try picture(["PATH": "/nonesuch"])
    #expect(without.status == 1 && without.output.isEmpty)
    #expect(without.errors.contains("error[graphviz-failed]"), "\(without.errors)")
  }

  @Test(
    .enabled(
      if: FileManager.default.fileExists(atPath: "/usr/bin/dot"), "Graphviz is not installed"))
  func graphvizDrawsWhereItIs() throws {
    let run = try picture()
    #expect(run.status == 0, "\(run.errors)")
    for text in ["<svg", "elasticsearch", "skipped", "raw_processing", "deletes", "archive_raw"] {
      #expect(run.text.contains(text), "\(text)")
    }
  }
}
