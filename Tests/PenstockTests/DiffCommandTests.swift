import Foundation
import TestSupport
import Testing

@Suite struct DiffCommandTests {
  static let environment = [
    "AWS_SNOWPLOW_ACCESS_KEY": "AKIA0000000000000000", "AWS_SNOWPLOW_SECRET_KEY": "secret",
  ]

  private func plan(_ name: String) -> String {
    Locations.repository.appending(path: "Tests/Goldens/plans/\(name).json").path
  }

  @Test func tellsWhetherThereIsAChange() throws {
    let same = try Run(["diff", plan("snowplow"), plan("snowplow"), "--exit-code"])
    #expect(same.status == 0 && same.errors.isEmpty)
    #expect(same.text.hasSuffix("no changes\n"))
    let (one, other) = (plan("snowplow"), plan("snowplow-resumed"))
    #expect(try Run(["diff", one, other]).status == 0)
    #expect(try Run(["diff", one, other, "--exit-code"]).status == 2)
    #expect(try Run(["diff", one, other, "--fail-on", "data"]).status == 2)
    #expect(try Run(["diff", one, one, "--fail-on", "data"]).status == 0)
    #expect(try Run(["diff", one, other, "--fail-on=security,cost"]).status == 2)
  }

  @Test(arguments: [
    (["diff"], Int32(64), "missing-argument"),
    (["diff", "a.json"], 64, "missing-argument"),
    (["diff", "a", "b", "c"], 64, "unexpected-argument"),
    (["diff", "a", "b", "--fail-on", "money"], 64, "invalid-option-value"),
    (["diff", "a", "b", "--run-time", "now"], 64, "invalid-option-value"),
    (["diff", "/nonesuch.json", "b"], 1, "unreadable-file"),
    (["diff", "/nonesuch.yml", "b"], 1, "unreadable-file"),
  ])
  func refusesWhatItDoesNotKnow(arguments: [String], status: Int32, code: String) throws {
    let run = try Run(arguments)
    #expect(run.status == status && run.output.isEmpty)
    #expect(run.errors.contains("error[\(code)]: "), "\(run.errors)")
  }

  @Test func refusesWhatIsNoJobFlow() throws {
    let scratch = try Scratch()
    let other = try scratch.file("other.json", "{\"a\": 1}").path
    let list = try scratch.file("list.json", "[]").path
    let later = try scratch.file("later.json", "{\"formatVersion\": 99}").path
    for (path, code) in [(other, "diff-side"), (list, "diff-side"), (later, "plan-format")] {
      let run = try Run(["diff", path, plan("snowplow")])
      #expect(run.status == 1 && run.errors.contains("error[\(code)]: "), "\(run.errors)")
    }
    let broken = try scratch.file("broken.json", "{").path
    #expect(try Run(["diff", plan("snowplow"), broken]).errors.contains("error[json-syntax]"))
  }

  /// Two folders are compiled for one run, wherever they are.
  @Test func comparesFoldersOfInputs() throws {
    let scratch = try Scratch()
    let example = Locations.repository.appending(path: "examples/snowplow")
    for name in ["one", "two"] {
      try FileManager.default.copyItem(at: example, to: scratch.folder.appending(path: name))
    }
    let folders = ["one", "two"].map { scratch.folder.appending(path: $0).path }
    let same = try Run(["diff"] + folders, environment: Self.environment)
    #expect(same.status == 0 && same.text.hasSuffix("\nno changes\n"), "\(same.text)\(same.errors)")
    let config = scratch.folder.appending(path: "two/config.yml")
    let text = String(decoding: try Locations.bytes(config), as: UTF8.self)
    try Data(text.replacing("core_instance_count: 3", with: "core_instance_count: 5").utf8)
      .write(to: config)
    let changed = try Run(["diff"] + folders, environment: Self.environment)
    #expect(
      changed.text.hasSuffix(
        """

        Cluster
          ~ InstanceGroups › CORE › InstanceCount  3 → 5  [cost: dearer]  \(config.path):49

        1 change: 1 cost

        """), "\(changed.text)\(changed.errors)")
  }

  /// A pipeline beside its schema, and inputs for it.
  private func pipelines() throws -> Scratch {
    let scratch = try Scratch()
    try scratch.file(
      "c.json",
      #"{"type": "object", "properties": {"out": {"type": "string"}}, "required": ["out"]}"#)
    for (name, count) in [("a", 3), ("b", 5)] {
      try scratch.file(
        "\(name).yml",
        """
        penstock: v1
        pipeline: mine
        inputs: { config: { schema: c.json } }
        datasets: { out: { at: "${config.out}" } }
        stages:
          - stage: work
            steps: [{ name: Count, command: { command: [count, "${data.out}"] }, writes: [out] }]
        cluster:
          region: eu-west-1
          job-flow:
            Name: mine
            ReleaseLabel: emr-6.15.0
            JobFlowRole: a
            ServiceRole: b
            Instances: { InstanceCount: \(count), MasterInstanceType: m5.xlarge, SlaveInstanceType: m5.xlarge }

        """)
    }
    try scratch.file("c.yml", "out: s3://acme/out\n")
    return scratch
  }

  /// Two pipelines are compared by what they run, or without inputs as they are written.
  @Test func comparesPipelines() throws {
    let scratch = try pipelines()
    let written = try diff(["a.yml", "b.yml", "--exit-code"], in: scratch.folder)
    #expect(written.status == 2 && written.errors.isEmpty, "\(written.errors)")
    #expect(written.text.contains("no inputs are given"))
    #expect(
      written.text.contains(
        "~ cluster › job-flow › Instances › InstanceCount  3 → 5  [cost: dearer]"),
      "\(written.text)")
    #expect(written.text.contains("b.yml:15") && written.text.hasSuffix("\n1 change: 1 cost\n"))
    let same = try diff(["a.yml", "a.yml", "--exit-code"], in: scratch.folder)
    #expect(same.status == 0)
    let run = try diff(["a.yml", "b.yml", "-c", "c.yml"], in: scratch.folder)
    #expect(run.text.contains("InstanceGroups › CORE › InstanceCount  2 → 4"), "\(run.text)")
    // One of the two from standard input.
    let piped = try Run(
      ["diff", "c.yml", "-", "--pipeline", "a.yml"], input: "out: s3://acme/else\n",
      folder: scratch.folder)
    #expect(
      piped.status == 0 && piped.text.contains("s3://acme/else"), "\(piped.text)\(piped.errors)")
  }

  /// A folder's pipeline may have any name, if it is the only one.
  @Test func findsTheFoldersPipeline() throws {
    let scratch = try pipelines()
    for (folder, name) in [("one", "a"), ("two", "b")] {
      for (file, to) in [
        ("\(name).yml", "mine.yml"), ("c.yml", "config.yml"), ("c.json", "c.json"),
      ] {
        let text = String(
          decoding: try Locations.bytes(scratch.folder.appending(path: file)), as: UTF8.self)
        try scratch.file("\(folder)/\(to)", text)
      }
    }
    let run = try diff(["one", "two"], in: scratch.folder)
    #expect(
      run.text.contains("InstanceGroups › CORE › InstanceCount  2 → 4"), "\(run.text)\(run.errors)")
    try scratch.file("two/other.yml", "penstock: v1\n")
    let several = try diff(["one", "two"], in: scratch.folder)
    #expect(several.status == 1 && several.errors.contains("has several pipelines"))
    #expect(
      try diff(["one", "two", "--pipeline", "two/mine.yml"], in: scratch.folder).status == 0)
  }

  /// What a file is, is said where it isn't a side.
  @Test(arguments: [
    ("resolver.json", "is self-describing JSON (`iglu:com.snowplowanalytics.iglu/resolver-config"),
    ("facts.json", "is a facts file, which isn't a job flow"),
  ])
  func namesWhatIsNoSide(file: String, words: String) throws {
    let path = Locations.repository.appending(path: "examples/snowplow/\(file)").path
    let run = try Run(["diff", plan("snowplow"), path])
    #expect(run.status == 1 && run.errors.contains("error[diff-side]"))
    #expect(run.errors.contains(words), "\(run.errors)")
  }

  /// The example in `one`, and with one text replaced in its configuration in `two`.
  private func examples(replacing old: String, with new: String) throws -> Scratch {
    let scratch = try Scratch()
    let example = Locations.repository.appending(path: "examples/snowplow")
    for name in ["one", "two"] {
      try FileManager.default.copyItem(at: example, to: scratch.folder.appending(path: name))
    }
    let config = scratch.folder.appending(path: "two/config.yml")
    let text = String(decoding: try Locations.bytes(config), as: UTF8.self)
    try Data(text.replacing(old, with: new).utf8).write(to: config)
    return scratch
  }

  /// S3 and EMR may be in any state: a run that would be refused has a job flow all the same.
  @Test func doesNotNeedTheWorldToBeRight() throws {
    let scratch = try examples(replacing: "s3://acme-collector-eu/logs", with: "s3://acme-new/logs")
    let renamed = try diff(["one", "two", "--exit-code"], in: scratch.folder)
    #expect(renamed.status == 2 && renamed.errors.isEmpty, "\(renamed.errors)")
    #expect(renamed.text.contains("acme-new"))
    #expect(renamed.text.contains("as no facts say otherwise: `s3://acme-new/logs/` holds data"))
    // Both sides see the facts of one.
    try FileManager.default.removeItem(at: scratch.folder.appending(path: "two/facts.json"))
    let shared = try diff(["one", "two"], in: scratch.folder)
    #expect(shared.text == renamed.text)
    // Facts that refuse a run.
    try scratch.file(
      "empty.json",
      #"{"s3": {"acme-collector-eu": [], "acme-collector-us": [], "acme-new": []}, "clusters": []}"#
    )
    let refused = try diff(
      ["one", "two", "--facts", "empty.json", "--exit-code"], in: scratch.folder)
    #expect(refused.status == 2, "\(refused.errors)")
    #expect(refused.text.contains("a run would be refused because of the facts ("))
    // Mistakes in them are still mistakes.
    try scratch.file("wrong.json", #"{"s3": 1}"#)
    let wrong = try diff(["one", "two", "--facts", "wrong.json"], in: scratch.folder)
    #expect(wrong.status == 1 && wrong.errors.contains("error[facts-shape]"), "\(wrong.errors)")
  }

  /// A comparison says the same whenever it is made.
  @Test func isTheSameAtAnyTime() throws {
    let scratch = try examples(
      replacing: "s3://acme-snowplow-out/enriched", with: "s3://acme-new/enriched")
    for format in ["text", "markdown"] {
      let runs = try ["2026-03-01T05:06:07Z", "2026-03-02T17:18:19Z"].map {
        try diff(["one", "two", "--format", format, "--run-time", $0], in: scratch.folder).text
      }
      #expect(runs[0] == runs[1] && !runs[0].contains("2026-03"), "\(runs[0])")
      #expect(runs[0].contains(format == "text" ? "run=<run>" : "run=&lt;run&gt;"))
    }
  }

  /// One edited line is one change, however many places it has; `-v` shows all of them.
  @Test func foldsThePlacesOfAnEdit() throws {
    let scratch = try Scratch()
    let example = Locations.repository.appending(path: "examples/snowplow")
    for name in ["one", "two"] {
      try FileManager.default.copyItem(at: example, to: scratch.folder.appending(path: name))
    }
    let config = scratch.folder.appending(path: "two/config.yml")
    let text = String(decoding: try Locations.bytes(config), as: UTF8.self)
    try Data(text.replacing("s3://acme-snowplow-etl/processing", with: "s3://acme-p/x").utf8)
      .write(to: config)
    let run = try diff(["one", "two"], in: scratch.folder)
    #expect(run.text.contains("also in 3 other places: "), "\(run.text)")
    #expect(run.text.hasSuffix("\n1 change in 4 places: 1 data\n"), "\(run.text)")
    let full = try diff(["one", "two", "-v"], in: scratch.folder)
    #expect(!full.text.contains("also in") && full.text.contains("~ --src"), "\(full.text)")
    let json = try diff(["one", "two", "--format", "json"], in: scratch.folder).text
    #expect(json.contains("\"edits\": 1,") && json.contains("\"changes\": 4,"))
  }

  // MARK: Revisions

  /// A repository with two commits: the example, and the example with other machines and without
  /// its enrichments.
  private func repository() throws -> Scratch {
    let scratch = try Scratch()
    let folder = scratch.folder.appending(path: "acme")
    try FileManager.default.copyItem(
      at: Locations.repository.appending(path: "examples/snowplow"), to: folder)
    try git(["init", "-q", "-b", "main"], in: scratch.folder)
    try commit("one", in: scratch.folder)
    let config = folder.appending(path: "config.yml")
    let text = String(decoding: try Locations.bytes(config), as: UTF8.self)
    try Data(text.replacing("core_instance_count: 3", with: "core_instance_count: 5").utf8)
      .write(to: config)
    try FileManager.default.removeItem(at: folder.appending(path: "enrichments"))
    try commit("two", in: scratch.folder)
    return scratch
  }

  private func commit(_ message: String, in folder: URL) throws {
    try git(["add", "-A"], in: folder)
    try git(
      ["-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-q", "-m", message],
      in: folder)
  }

  private func git(_ arguments: [String], in folder: URL) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["git"] + arguments
    process.currentDirectoryURL = folder
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "git \(arguments)")
  }

  private func diff(_ arguments: [String], in folder: URL) throws -> Run {
    try Run(["diff"] + arguments, environment: Self.environment, folder: folder)
  }

  /// A revision alone is compared with the working tree, as by `git diff`.
  @Test func comparesWithTheWorkingTree() throws {
    let scratch = try repository()
    let clean = try diff(["--git", "HEAD", "acme", "--exit-code"], in: scratch.folder)
    #expect(clean.status == 0 && clean.text.hasPrefix("HEAD → working tree\n"), "\(clean.text)")
    let config = scratch.folder.appending(path: "acme/config.yml")
    let text = String(decoding: try Locations.bytes(config), as: UTF8.self)
    try Data(text.replacing("core_instance_count: 5", with: "core_instance_count: 7").utf8)
      .write(to: config)
    let dirty = try diff(["--git", "HEAD", "acme"], in: scratch.folder)
    #expect(dirty.text.contains("5 → 7  [cost: dearer]  acme/config.yml:49"), "\(dirty.text)")
    // Without a path, the inputs are those of the working folder. Files needn't be tracked.
    try FileManager.default.copyItem(
      at: Locations.repository.appending(path: "examples/snowplow/enrichments"),
      to: scratch.folder.appending(path: "acme/enrichments"))
    let here = try diff(["--git", "HEAD"], in: scratch.folder.appending(path: "acme"))
    #expect(here.text.contains("5 → 7  [cost: dearer]  config.yml:49"), "\(here.text)")
    #expect(here.text.contains("enrichments/anon_ip.json:1"), "\(here.text)")
    let nowhere = try diff(["--git", "HEAD", "nonesuch"], in: scratch.folder)
    #expect(nowhere.status == 1 && nowhere.errors.contains("neither revision has inputs"))
  }

  /// The working tree doesn't matter, and stays unchanged.
  @Test func comparesRevisions() throws {
    let scratch = try repository()
    let config = try scratch.file("acme/config.yml", "not even: [yaml")
    let run = try diff(["--git", "HEAD~1..", "acme"], in: scratch.folder)
    #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
    #expect(run.text.hasPrefix("HEAD~1 → HEAD\n"), "\(run.text)")
    #expect(run.text.contains("\n8 changes"), "\(run.text)")
    #expect(run.text.contains("InstanceCount  3 → 5  [cost: dearer]  acme/config.yml:49"))
    #expect(run.text.contains("--enrichments › data › anon_ip"))
    #expect(run.text.contains("acme/enrichments/anon_ip.json:1 (before)"))
    #expect(String(decoding: try Locations.bytes(config), as: UTF8.self) == "not even: [yaml")
    let dots = try diff(
      ["--git", "main~1...main", "-c", "acme/config.yml", "-r", "acme/resolver.json"],
      in: scratch.folder)
    #expect(dots.text.contains("InstanceCount  3 → 5  [cost: dearer]  acme/config.yml:49"))
    // From within, and from without.
    let inside = try diff(["--git", "HEAD~1..", "."], in: scratch.folder.appending(path: "acme"))
    // Rows are as wide as their paths.
    func words(_ text: String) -> String { text.filter { !$0.isWhitespace } }
    #expect(words(inside.text) == words(run.text.replacing(" acme/", with: " ")))
    let path = scratch.folder.appending(path: "acme").path
    let outside = try diff(["--git", "HEAD~1..", path], in: URL(filePath: "/"))
    #expect(words(outside.text) == words(run.text.replacing(" acme/", with: " \(path)/")))
  }

  @Test func tellsOfASideThatIsNotThere() throws {
    let scratch = try repository()
    try git(["rm", "-q", "-r", "acme"], in: scratch.folder)
    try scratch.file("README", "empty")
    try commit("three", in: scratch.folder)
    let gone = try diff(["--git", "HEAD~1..", "acme"], in: scratch.folder)
    #expect(gone.status == 0 && gone.errors.isEmpty, "\(gone.errors)")
    #expect(gone.text.contains("there is no job flow in HEAD\n"))
    #expect(gone.text.contains("- [enrich] spark: Enrich Raw Events"))
    let come = try diff(["--git", "HEAD..HEAD~1", "acme"], in: scratch.folder)
    #expect(come.text.contains("there is no job flow in HEAD\n"))
    #expect(come.text.contains("+ [enrich] spark: Enrich Raw Events"))
  }

  @Test func readsShallowClones() throws {
    let scratch = try repository()
    let other = try Scratch()
    try git(
      ["clone", "-q", "--depth", "1", "file://\(scratch.folder.path)", "clone"], in: other.folder)
    let clone = other.folder.appending(path: "clone")
    let lacking = try diff(["--git", "HEAD~1", "acme"], in: clone)
    #expect(lacking.status == 1 && lacking.errors.contains("git fetch --unshallow"))
    try git(["fetch", "-q", "--depth", "2", "origin", "main"], in: clone)
    let run = try diff(["--git", "FETCH_HEAD~1..", "acme"], in: clone)
    #expect(run.text.contains("8 changes"), "\(run.text)\(run.errors)")
  }

  @Test func saysWhatGitCannotRead() throws {
    let scratch = try repository()
    let unknown = try diff(["--git", "nonesuch", "acme"], in: scratch.folder)
    #expect(
      unknown.status == 1 && unknown.errors.contains("`nonesuch` isn't a branch, tag or commit"))
    let option = try diff(["--git=--all", "acme"], in: scratch.folder)
    #expect(option.status == 1 && option.errors.contains("`--all` isn't a branch, tag or commit"))
    let second = try diff(["--git", "HEAD", "acme", "b"], in: scratch.folder)
    #expect(second.status == 64 && second.errors.contains("error[unexpected-argument]"))
    let outside = try Scratch()
    let none = try diff(["--git", "HEAD", "."], in: outside.folder)
    #expect(none.status == 1 && none.errors.contains("isn't in a Git repository"), "\(none.errors)")
    let broken = try scratch.file("acme/config.yml", "aws: [")
    try commit("broken", in: scratch.folder)
    let errors = try diff(["--git", "HEAD~1..", "acme"], in: scratch.folder)
    #expect(errors.status == 1 && errors.errors.hasPrefix("HEAD:acme/config.yml:"), "\(broken)")
  }
}
