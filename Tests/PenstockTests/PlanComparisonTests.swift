import Foundation
import TestSupport
import Testing

/// Plans and job flows that are compared with each other: what they don't hold isn't taken for equal.
@Suite struct PlanComparisonTests {
  private static let key = "PENSTOCK_SECRETS_KEY"

  /// Compiles the example, edited, in a folder, to `NAME.json` beside it.
  private func compile(
    _ name: String, in scratch: Scratch, emit: String, _ edits: [(String, String, String)] = [],
    environment: [String: String] = [:]
  ) throws {
    let folder = scratch.folder.appending(path: name)
    try FileManager.default.copyItem(
      at: Locations.repository.appending(path: "examples/snowplow"), to: folder)
    for (file, old, new) in edits {
      let url = folder.appending(path: file)
      let text = String(decoding: try Locations.bytes(url), as: UTF8.self)
      try #require(text.contains(old))
      try Data(text.replacing(old, with: new).utf8).write(to: url)
    }
    let run = try Run(
      [
        "compile", "-c", "\(name)/config.yml", "-r", "\(name)/resolver.json", "-t",
        "\(name)/targets", "-n", "\(name)/enrichments", "--facts", "\(name)/facts.json",
        "--run-time", "2026-03-01T05:06:07Z", "--emit", emit,
      ], environment: EditCase.environment.merging(environment) { $1 }, folder: scratch.folder)
    try #require(run.status == 0, "\(run.errors)")
    _ = try scratch.file(name + ".json", run.text)
  }

  private func diff(_ scratch: Scratch, _ options: [String] = []) throws -> Run {
    try Run(["diff", "one.json", "two.json"] + options, folder: scratch.folder)
  }

  @Test(arguments: ["plan", "job-flow"])
  func theFolderOfTheInputsIsNoDifference(emit: String) throws {
    let scratch = try Scratch()
    try compile("one", in: scratch, emit: emit)
    try compile("two", in: scratch, emit: emit)
    let run = try diff(scratch, ["--exit-code"])
    #expect(run.status == 0 && run.text.contains("no changes"), "\(run.text)\(run.errors)")
  }

  /// A document with a secret is compared by the rest of it.
  @Test(arguments: ["plan", "job-flow"])
  func whatIsBesideASecretIsCompared(emit: String) throws {
    let scratch = try Scratch()
    try compile("one", in: scratch, emit: emit)
    try compile(
      "two", in: scratch, emit: emit,
      [("targets/redshift.json", "acme.c3x9example", "other.c3x9example")])
    let run = try diff(scratch, ["--fail-on", "data"])
    #expect(run.status == 2, "\(run.text)\(run.errors)")
    #expect(run.text.contains(emit == "plan" ? "other.c3x9example" : "another document"))
  }

  @Test func protectionBesideASecretIsListedFirst() throws {
    let scratch = try Scratch()
    try compile("one", in: scratch, emit: "plan")
    try compile(
      "two", in: scratch, emit: "plan",
      [("targets/redshift.json", #""ssl": true"#, #""ssl": false"#)])
    let run = try diff(scratch, ["--fail-on", "security"])
    #expect(run.status == 2 && run.text.contains("less protected: "), "\(run.text)")
  }

  /// A key that can be guessed isn't used, and says so.
  @Test func aShortKeyIsNotUsed() throws {
    let run = try Run(
      ["compile", "lakehouse", "-c", "examples/lakehouse/config.yml", "--emit", "plan"],
      environment: [Self.key: "guess-me"], folder: Locations.repository)
    #expect(run.status == 0 && !run.text.contains("secretHashes"))
    #expect(run.errors.contains("warning[secrets-key-short]: "), "\(run.errors)")
    #expect(!run.errors.contains("guess-me"))
  }

  private static let password = (
    "targets/redshift.json", "correct-horse-battery-staple", "another-horse-battery-staple"
  )

  @Test func aSecretWithoutAHashCannotBeCompared() throws {
    let scratch = try Scratch()
    try compile("one", in: scratch, emit: "plan")
    try compile("two", in: scratch, emit: "plan", [Self.password])
    let run = try diff(scratch, ["--fail-on", "security"])
    #expect(run.status == 2 && run.text.contains("cannot be compared"), "\(run.text)")
    #expect(!run.text.contains("another secret"))
    #expect(run.text.contains(Self.key))
  }

  @Test func aHashTellsAnotherSecret() throws {
    let scratch = try Scratch()
    let environment = [Self.key: String(repeating: "k", count: 32)]
    try compile("one", in: scratch, emit: "plan", environment: environment)
    try compile("two", in: scratch, emit: "plan", [Self.password], environment: environment)
    let run = try diff(scratch, ["--fail-on", "security"])
    #expect(run.status == 2 && run.text.contains("another secret"), "\(run.text)")
    #expect(!run.text.contains("cannot be compared"))
  }

  /// Another edit of the file that a secret comes from says nothing of the secret.
  @Test func aHashTellsTheSameSecret() throws {
    let scratch = try Scratch()
    let environment = [Self.key: String(repeating: "k", count: 32)]
    let edit = ("targets/redshift.json", "5439", "5440")
    try compile("one", in: scratch, emit: "plan", environment: environment)
    try compile("two", in: scratch, emit: "plan", [edit], environment: environment)
    let run = try diff(scratch, ["--fail-on", "security"])
    #expect(run.status == 0 && run.text.contains("5440"), "\(run.text)")
  }

  @Test(arguments: ["short", String(repeating: "o", count: 40)])
  func hashesOfAnotherKeyCannotBeCompared(other: String) throws {
    let scratch = try Scratch()
    let environment = [Self.key: String(repeating: "k", count: 32)]
    try compile("one", in: scratch, emit: "plan", environment: environment)
    try compile("two", in: scratch, emit: "plan", [Self.password], environment: [Self.key: other])
    let run = try diff(scratch)
    #expect(run.text.contains("cannot be compared"), "\(run.text)")
  }

  @Test func hashesTellNoSecret() throws {
    let scratch = try Scratch()
    let environment = [Self.key: String(repeating: "k", count: 32)]
    try compile("one", in: scratch, emit: "plan", environment: environment)
    try compile(
      "two", in: scratch, emit: "plan",
      environment: [Self.key: String(repeating: "o", count: 32)])
    let plans = try ["one.json", "two.json"].map { name in
      String(
        decoding: try Locations.bytes(scratch.folder.appending(path: name)), as: UTF8.self)
    }
    for plan in plans {
      for secret in EditCase.secrets { #expect(!plan.contains(secret)) }
      #expect(!plan.contains(environment[Self.key] ?? "-"))
    }
    // Without the key nothing can be compared with a guess.
    func hashes(_ plan: String) -> Set<Substring> {
      Set(plan.matches(of: /"[0-9a-f]{64}"/).map(\.output))
    }
    #expect(hashes(plans[0]).count > 3)
    #expect(hashes(plans[0]).isDisjoint(with: hashes(plans[1])))
  }

  // MARK: A pipeline of one's own

  private static let pipeline = """
    penstock: v1
    pipeline: meters
    checks:
      - { require: '${1 < 2}', message: no }
    datasets:
      raw: { at: s3://acme-meters/raw/, must-be-read: true }
      out: { at: s3://acme-meters/out/ }
    stages:
      - stage: load
        steps:
          - { name: Load, meter: { tls: true, level: 3 }, reads: [raw], writes: [out], retry: false }
    cluster:
      region: eu-west-1
      job-flow:
        Name: meters
        ReleaseLabel: emr-7.5.0
        ServiceRole: EMR_DefaultRole
        JobFlowRole: EMR_EC2_DefaultRole
        Instances:
          InstanceGroups: [{ InstanceRole: MASTER, InstanceType: m5.xlarge, InstanceCount: 1 }]

    """

  private static let kind = """
    penstock: v1
    step-kind: meter
    parameters:
      type: object
      properties:
        tls: { type: boolean, x-change: [{ class: security, weaker: false }] }
        level: { type: integer, x-change: [cost] }
    jar: command-runner.jar
    arguments: [meter, '--tls=${parameters.tls}', { option: level }]

    """

  private func own(
    _ name: String, in scratch: Scratch, emit: String = "plan", _ old: String = "",
    _ new: String = ""
  ) throws {
    let folder = scratch.folder.appending(path: name)
    try FileManager.default.createDirectory(
      at: folder.appending(path: "step-kinds"), withIntermediateDirectories: true)
    let changed = old.isEmpty ? Self.pipeline : Self.pipeline.replacing(old, with: new)
    try #require(old.isEmpty || changed != Self.pipeline)
    try Data(changed.utf8).write(to: folder.appending(path: "pipeline.yml"))
    try Data(Self.kind.utf8).write(to: folder.appending(path: "step-kinds/meter.yml"))
    let run = try Run(
      [
        "compile", "\(name)/pipeline.yml", "--run-time", "2026-03-01T05:06:07Z", "--emit", emit,
      ], folder: scratch.folder)
    try #require(run.status == 0, "\(run.errors)")
    _ = try scratch.file(name + ".json", run.text)
  }

  /// No gate is weaker for plans than for the inputs.
  @Test(arguments: [
    ("level: 3", "level: 4", "cost", ""), ("tls: true", "tls: false", "security", "less protected"),
    ("retry: false", "retry: true", "data", "may now be tried again"),
    (", must-be-read: true", "", "data", "is read before it is moved or deleted"),
    ("checks:\n  - { require: '${1 < 2}', message: no }\n", "", "data", "no longer checks"),
  ])
  func plansKnowTheirPipeline(old: String, new: String, name: String, danger: String) throws {
    let scratch = try Scratch()
    try own("one", in: scratch)
    try own("two", in: scratch, old, new)
    let plans = try diff(scratch, ["--fail-on", name])
    #expect(
      plans.status == 2 && (danger.isEmpty || plans.text.contains(danger)),
      "\(plans.text)\(plans.errors)")
    #expect(!plans.text.contains("[unknown"), "\(plans.text)")
    let inputs = try Run(["diff", "one", "two", "--fail-on", name], folder: scratch.folder)
    #expect(
      inputs.status == 2 && (danger.isEmpty || inputs.text.contains(danger)),
      "\(inputs.text)\(inputs.errors)")
  }

  /// A job flow doesn't say of which kind a step is, so no gate is open.
  @Test(arguments: ["security", "data", "new-cluster", "cost"])
  func jobFlowsDontKnowTheirPipeline(name: String) throws {
    let scratch = try Scratch()
    try own("one", in: scratch, emit: "job-flow")
    try own("two", in: scratch, emit: "job-flow", "level: 3", "level: 4")
    #expect(try diff(scratch, ["--fail-on", name]).status == 2)
  }

  /// An edit of what changes mean doesn't open a gate for the changes that come with it.
  @Test(arguments: ["security", "cost"])
  func bothSidesSayWhatAChangeMeans(name: String) throws {
    let scratch = try Scratch()
    try own("one", in: scratch)
    try own("two", in: scratch, "tls: true", "tls: false")
    let kind = scratch.folder.appending(path: "two/step-kinds/meter.yml")
    try Data(
      Self.kind.replacing("[{ class: security, weaker: false }]", with: "[cosmetic]").utf8
    ).write(to: kind)
    let run = try Run(["diff", "one", "two", "--fail-on", name], folder: scratch.folder)
    #expect(run.status == 2 && run.text.contains("less protected"), "\(run.text)\(run.errors)")
  }
}
