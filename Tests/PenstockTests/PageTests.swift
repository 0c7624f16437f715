import Foundation
import TestSupport
import Testing

/// Pages in a real browser.
@Suite struct PageTests {
  /// What the browser reports about a page.
  private struct Visit: Decodable {
    struct Message: Decodable {}
    struct Flow: Decodable {
      var moved, chosen, less, ring, cleared, clicked, fits: Bool
      var tabbable: Int
      var told, pressed: String
    }

    var browser: String?
    var title: String?
    var graph: Double?
    var focused: String?
    var folded, unfolded, back, all, tabbed, searching, filtered, restored, prints: Bool?
    var pressed: String?
    var light, dark, printed: String?
    var overflow, signed: [String: Bool]?
    var wide: [String: [String]]?
    var flow: Flow?
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
    #expect(
      visit.overflow == ["1280": false, "700": false, "480": false], "nothing sticks out")
    #expect(visit.wide == ["1280": [], "700": [], "480": []], "nothing is wider than the window")
    #expect(
      visit.signed == ["1280": true, "700": true, "480": true], "what scrolls says that it does")
    let flow = try #require(visit.flow)
    for (what, holds) in [
      ("arrows go from part to part", flow.moved),
      ("Enter shows what belongs to a part", flow.chosen),
      ("and fades the others", flow.less), ("the focus is seen", flow.ring),
      ("Escape shows all", flow.cleared), ("a click is Enter", flow.clicked),
      ("it fits 700 pixels", flow.fits),
    ] { #expect(holds, "\(what)") }
    #expect(flow.tabbable == 1 && flow.pressed == "true")
    #expect(flow.told.contains(" upstream, ") && flow.told.hasSuffix(" downstream"))
    #expect(visit.light == "rgb(255, 255, 255)" && visit.dark != visit.light)
    #expect(visit.printed == visit.light, "paper is white")
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

  @Test(
    .enabled(if: hasBrowser, "there is no Chromium: `scripts/setup test` installs it"),
    .timeLimit(.minutes(10)))
  func manyStepsAreAUsablePage() throws {
    let scratch = try Scratch()
    for name in ["before", "after"] {
      _ = try scratch.file("\(name)/pipeline.yml", Self.wide(isAfter: name == "after"))
    }
    let page = scratch.folder.appending(path: "diff.html")
    let run = try Run(
      ["diff", "before", "after", "--format", "html", "--out", page.path], folder: scratch.folder)
    #expect(run.status == 0, "\(run.errors)")
    try expectUsable(page, title: "Job flow: before → after")
    let text = String(decoding: try Locations.bytes(page), as: UTF8.self)
    // What changed in eight steps alike is marked in each, and nothing else is.
    #expect(text.components(separatedBy: "<g class=\"mark data shared\">").count > 8)
    #expect(text.contains("<g class=\"node step same\"") && text.contains("removed"))
  }

  /// A pipeline of 42 steps: eight sources in two steps each, joins of three, and one that reads all.
  private static func wide(isAfter: Bool) -> String {
    let names = (1...8).map { "source_number_\($0)" }
    func spark(_ name: String, _ reads: [String], _ writes: String) -> String {
      """
            - name: \(name)
              spark-submit: { application: "s3://code/job\(isAfter && name.hasPrefix("Clean") ? "-2" : "").py" }
              reads: [\(reads.map { "\"\($0)\"" }.joined(separator: ", "))]
              writes: ["\(writes)"]

      """
    }
    var text = "penstock: v1\npipeline: wide\nstages:\n"
    for name in names {
      text += "  - stage: load_\(name)\n    steps:\n"
      text += spark("Copy \(name)", ["s3://in/\(name)/"], "hdfs:///\(name)/")
      text += spark("Clean \(name)", ["hdfs:///\(name)/"], "s3://clean/\(name)/")
    }
    for index in 0..<8 where !(isAfter && index == 3) {
      text += "  - stage: join_\(index)\n    steps:\n"
      for more in 0..<2 {
        let name = names[(index + more * 3) % 8]
        text += spark(
          "Sum \(name) for \(index)", ["s3://clean/\(name)/"], "hdfs:///sum/\(index)/\(more)/")
      }
      text += spark(
        "Join \(index)", (0..<2).map { "hdfs:///sum/\(index)/\($0)/" }, "s3://joined/\(index)/")
    }
    text += "  - stage: all\n    steps:\n"
    text += spark(
      "All", (0..<8).filter { !(isAfter && $0 == 3) }.map { "s3://joined/\($0)/" }, "s3://all/")
    return text + """
      cluster:
        region: eu-west-1
        job-flow:
          Name: Wide
          ReleaseLabel: emr-7.5.0
          ServiceRole: EMR_DefaultRole
          JobFlowRole: EMR_EC2_DefaultRole
          Instances:
            InstanceGroups:
              - { InstanceRole: MASTER, InstanceType: m5.xlarge, InstanceCount: 1 }

      """
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
      plan.text.hasPrefix("<!-- penstock-plan -->\n### Job flow: 17 steps in 8 of 12 stages\n"))
    #expect(plan.text.contains("```mermaid\nflowchart LR\n"))
    for secret in EditCase.secrets { #expect(!plan.text.contains(secret)) }
  }

  // MARK: Pictures

  private func picture(_ options: [String], _ more: [String: String] = [:]) throws -> Run {
    try Run(
      [
        "graph", "-c", "config.yml", "-r", "resolver.json", "-t", "targets", "-n", "enrichments",
        "--skip", "elasticsearch", "--facts", "facts.json", "--quiet",
        "--run-time", "2026-03-01T05:06:07Z",
      ] + options, environment: EditCase.environment.merging(more) { $1 },
      folder: Locations.repository.appending(path: "examples/snowplow"))
  }

  /// No other program is needed, and each form says the same of stages that don't run.
  @Test func picturesAreDrawnAlone() throws {
    let svg = try picture(["--format", "svg"], ["PATH": "/nonesuch"])
    #expect(svg.status == 0 && svg.errors.isEmpty, "\(svg.errors)")
    #expect(svg.text == (try picture(["--format", "svg"])).text)
    for text in ["<svg", "elasticsearch", "raw&#95;processing", "archive&#95;raw"] {
      #expect(svg.text.contains(text), "\(text)")
    }
    let others = try ["dot", "mermaid", "json"].map { try picture(["--format", $0]).text }
    let plan = try Self.plan(["--skip", "elasticsearch", "--format", "markdown"]).text
    for words in ["skipped", "does not apply", "no steps"] {
      for text in [svg.text, plan] + others { #expect(text.contains(words), "\(words)") }
    }
  }

  @Test(.enabled(if: Python.hasModules, "the tests' Python modules are not installed"))
  func graphsAreJSONByTheirSchema() throws {
    let script = """
      import json, sys, jsonschema
      schema = json.load(open(sys.argv[1]))
      jsonschema.Draft202012Validator.check_schema(schema)
      jsonschema.Draft202012Validator(schema).validate(json.load(sys.stdin))
      """
    let schema = Locations.repository.appending(path: "schemas/graph.schema.json").path
    let run = try Python.run(
      script: script, [schema], input: try picture(["--format", "json"]).text)
    #expect(run.status == 0, "\(run.output.suffix(2000))")
  }

  /// Without inputs, steps that restore data are there, and data without a dataset.
  @Test func pipelinesAreDrawnWithoutInputs() throws {
    let scratch = try Scratch()
    let path = try scratch.file(
      "mine.yml",
      """
      penstock: v1
      pipeline: mine
      datasets:
        clicks: { at: "s3://b/clicks/" }
        clicks_hdfs:
          at: hdfs:///clicks/
          restore:
            name: Clicks to HDFS
            s3-dist-cp: { src: clicks, dest: clicks_hdfs }
      inputs:
        config: { schema: ./c.schema.json }
      stages:
        - stage: sessions
          steps:
            - name: Sessions
              spark-submit: { application: "s3://code/s.py", deploy-mode: cluster }
              reads: [clicks_hdfs]
              writes: ["s3://out/sessions/"]
        - stage: reports
          steps:
            - name: Report ${one}
              each: { one: "${config.reports}" }
              spark-submit: { application: "s3://code/r.py", deploy-mode: cluster }
              reads: ["s3://out/sessions/"]
              writes: ["s3://out/${one}/"]
        - stage: empty
          steps: []
      cluster:
        region: eu-west-1
        job-flow:
          Name: Mine
          ReleaseLabel: emr-7.5.0
          ServiceRole: EMR_DefaultRole
          JobFlowRole: EMR_EC2_DefaultRole
          Instances:
            InstanceGroups:
              - { InstanceRole: MASTER, InstanceType: m5.xlarge, InstanceCount: 1 }

      """)
    _ = try scratch.file(
      "c.schema.json",
      "{\"type\": \"object\", \"properties\": {\"reports\": {\"type\": \"array\", \"items\": {\"type\": \"string\"}}}, \"required\": [\"reports\"]}"
    )
    let run = try Run(["graph", path.path, "--format", "mermaid"])
    #expect(run.status == 0, "\(run.errors)")
    for line in [
      "step0[\"1. Clicks to HDFS<br/>restores it\"]",
      "step2[\"3. Report ${one}<br/>for each one\"]",
      "data0[(\"clicks<br/>s3://b/clicks/\")]", "data2[(\"s3://out/sessions/\")]",
      "data0 --> step0", "step0 --> data1", "data1 --> step1", "step1 --> data2",
      "data2 --> step2", "stage2[\"empty<br/>no steps\"]:::off",
    ] { #expect(run.text.contains(line + "\n") || run.text.contains(line), "\(line)\n\(run.text)") }
  }

  // MARK: Lines and words

  @Test func linesOfBothSidesAreShownWithoutSecrets() throws {
    let edit = try EditCase(EditCase.folder.appending(path: "password.txt"))
    let scratch = try edit.sides()
    for name in ["before", "after"] {
      let config = scratch.folder.appending(path: "\(name)/config.yml")
      var text = String(decoding: try Locations.bytes(config), as: UTF8.self)
      // A comment can hold a secret too.
      text += "# password: \(name == "before" ? "in-a-comment-1" : "in-a-comment-2")\n"
      text += "# \(name)\n"
      try Data(text.utf8).write(to: config)
    }
    let page = try edit.diff(["before", "after"], ["--format", "html"], in: scratch).text
    for secret in EditCase.secrets + ["in-a-comment"] { #expect(!page.contains(secret)) }
    #expect(page.contains("targets/redshift.json</code> <span class=\"sign added\">+1</span>"))
    #expect(page.contains("<tr class=\"old\">") && page.contains("<tr class=\"new\">"))
    // Values are as written, on both sides, with the numbers of their lines.
    #expect(page.contains("&#35; <mark>before</mark>") && page.contains("&#35; <mark>after</mark>"))
  }

  /// Every colour that text has can be read on everything that is under text (WCAG AA), in both
  /// themes, and lines that have to be seen can.
  @Test func coloursHaveContrast() throws {
    let scratch = try Scratch()
    let path = scratch.folder.appending(path: "plan.html")
    let run = try Self.plan(["--html", path.path, "--quiet"])
    #expect(run.status == 0, "\(run.errors)")
    let page = String(decoding: try Locations.bytes(path), as: UTF8.self)
    let style = try #require(
      page.components(separatedBy: "<style>").last?.components(separatedBy: "</style>").first)
    let themes = style.split(separator: "\n").filter { $0.contains("--back: #") }.map {
      Contrast(String($0))
    }
    #expect(themes.count == 3, "light, dark and print")
    var used: Set<String> = []
    for rule in style.split(separator: "}") where !rule.contains("--back: #") {
      #expect(!rule.contains("#") || rule.contains("#content"), "no colour of its own: \(rule)")
      for part in rule.components(separatedBy: "var(--").dropFirst() {
        used.insert(String(part.prefix { $0 != ")" }))
      }
    }
    #expect(used.subtracting(themes[0].colors.keys).isEmpty)
    let grounds: Set = ["back", "box"]
    for theme in themes {
      for name in used.subtracting(grounds).subtracting(["line", "border"]).sorted() {
        for ground in grounds.sorted() {
          let plain = theme.contrast(name, on: ground)
          let code = theme.contrast(name, on: ground, mixedWith: "border", 0.14)
          #expect(plain >= 4.5 && code >= 4.5, "\(name) on \(ground): \(plain), \(code)")
        }
      }
      for name in ["red", "green"] {
        let mark = theme.contrast(name, on: "back", mixedWith: name, 0.18)
        #expect(mark >= 4.5, "marked \(name): \(mark)")
      }
      for ground in grounds.sorted() {
        #expect(theme.contrast("border", on: ground) >= 3, "\(ground)")
      }
    }
    // What the test takes for granted of the style.
    #expect(style.contains("var(--border) 14%") && style.contains("currentColor 18%"))
    #expect(!style.replacing("opacity: .14", with: "").contains("opacity: ."))
  }

  /// The colours of one theme.
  private struct Contrast {
    private(set) var colors: [String: [Double]] = [:]

    init(_ line: String) {
      for part in line.components(separatedBy: "--").dropFirst() {
        let ends = part.components(separatedBy: ": #")
        guard ends.count == 2 else { continue }
        let digits = Array(ends[1].prefix(6))
        colors[ends[0]] = stride(from: 0, to: 6, by: 2).compactMap { at in
          Int(String(digits[at..<(at + 2)]), radix: 16).map { Double($0) / 255 }
        }
      }
    }

    func contrast(
      _ name: String, on ground: String, mixedWith other: String = "back", _ share: Double = 0
    ) -> Double {
      guard let text = colors[name], let under = colors[ground], let mixed = colors[other] else {
        return 0
      }
      let back = zip(under, mixed).map { $0 * (1 - share) + $1 * share }
      let (one, two) = (Self.light(text), Self.light(back))
      return (max(one, two) + 0.05) / (min(one, two) + 0.05)
    }

    private static func light(_ color: [Double]) -> Double {
      let linear = color.map { $0 <= 0.03928 ? $0 / 12.92 : pow(($0 + 0.055) / 1.055, 2.4) }
      return zip(linear, [0.2126, 0.7152, 0.0722]).map { $0 * $1 }.reduce(0, +)
    }
  }

  @Test func longOptionsBreakWhereTheyMay() throws {
    let scratch = try Scratch()
    func flow(_ value: String) throws -> String {
      try scratch.file(
        "\(value).json",
        "{\"Name\": \"n\", \"Instances\": {}, \"Steps\": [{\"Name\": \"s\", \"ActionOnFailure\": "
          + "\"CONTINUE\", \"HadoopJarStep\": {\"Jar\": \"j.jar\", \"Args\": [\"--s3ServerSideEncryption\", "
          + "\"s3://bucket/\(value)/\"]}}]}"
      ).path
    }
    let page = try Run(["diff", flow("one"), flow("two"), "--format", "html"]).text
    #expect(page.contains("<span class=\"nowrap\">--s3Server</span><wbr>Side<wbr>Encryption"))
    #expect(page.contains("<del>s3://<wbr>bucket/<mark>one</mark>"))
  }
}
