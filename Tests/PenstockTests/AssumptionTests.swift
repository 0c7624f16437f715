import Foundation
import TestSupport
import Testing

/// Runs and plans are refused because of what S3 and EMR answer, never because of assumptions.
@Suite struct AssumptionTests {
  private static let head = """
    penstock: v1
    pipeline: t
    datasets:
      state: { at: "s3://bkt-name/state/" }
      marker: { at: "s3://bkt-name/maintenance/" }
    cluster:
      region: eu-west-1
      job-flow:
        Name: n
        ReleaseLabel: emr-7.5.0
        ServiceRole: EMR_DefaultRole
        JobFlowRole: EMR_EC2_DefaultRole
        Instances:
          Ec2SubnetId: subnet-0a1b2c3d
          InstanceGroups:
            - { InstanceRole: MASTER, InstanceType: m5.xlarge, InstanceCount: 1 }

    """

  private static let step = """
        steps:
          - name: Update
            hadoop-jar: { jar: "s3://bkt-name/j.jar" }

    """

  /// A pipeline that is refused in the normal case, and an object whose presence changes that.
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var stages: String
    /// Whether the run is refused if `state/part-0` or `maintenance/x` is in S3.
    var object: String
    var refusedWithObject: Bool
    var status: Int32
    /// Whether the normal case is assumed to be fine.
    var isNormallyFine = false

    var testDescription: String { name }
  }

  static let cases = [
    Case(
      name: "the run's own output has to be there",
      stages: "stages:\n  - stage: a\n    requires: [{ data: state, message: put it there }]\n"
        + step + "        reads: [state]\n        writes: [state]\n",
      object: "state/part-0", refusedWithObject: false, status: 3),
    Case(
      name: "a place that no stage fills has to be empty",
      stages: "stages:\n  - stage: a\n    requires: [{ empty: marker, message: maintenance }]\n"
        + step, object: "maintenance/x", refusedWithObject: true, status: 4, isNormallyFine: true),
    Case(
      name: "an expression requires it",
      stages: "stages:\n  - stage: a\n    requires:\n"
        + "      - { require: '${s3.isEmpty(data.marker)}', exit: 4, message: maintenance }\n"
        + step,
      object: "maintenance/x", refusedWithObject: true, status: 4),
    Case(
      name: "a let asks for the requirement",
      stages: "let: { free: '${s3.isEmpty(\"s3://bkt-name/maintenance/\")}' }\n"
        + "stages:\n  - stage: a\n    requires:\n"
        + "      - { require: '${free}', exit: 4, message: maintenance }\n" + step,
      object: "maintenance/x", refusedWithObject: true, status: 4),
    Case(
      name: "a rule rests on a let that asks",
      stages: "let: { free: '${s3.isEmpty(\"s3://bkt-name/maintenance/\")}' }\n"
        + "checks:\n  - { require: '${free}', exit: 4, message: maintenance }\n"
        + "stages:\n  - stage: a\n" + step,
      object: "maintenance/x", refusedWithObject: true, status: 4),
    Case(
      name: "the only stage asks whether it runs",
      stages: "stages:\n  - stage: a\n    when: '${s3.isEmpty(\"s3://bkt-name/maintenance/\")}'\n"
        + step, object: "maintenance/x", refusedWithObject: true, status: 1),
    Case(
      name: "the only step asks whether it is done",
      stages: "stages:\n  - stage: a\n" + step
        + "        when: '${s3.isEmpty(\"s3://bkt-name/maintenance/\")}'\n",
      object: "maintenance/x", refusedWithObject: true, status: 1),
    Case(
      name: "an expression has no value in the normal case",
      stages: "stages:\n  - stage: a\n"
        + "    when: '${10 / (s3.count(\"s3://bkt-name/state/\", \"(x)\") - 1) < 0}'\n" + step,
      object: "state/x", refusedWithObject: true, status: 1),
  ]

  @Test(arguments: cases) func asksBeforeItRefuses(_ test: Case) throws {
    let scratch = try Scratch()
    // The normal case is a world with the object, or one without it.
    let text = Self.head + test.stages
    try scratch.file("p.yml", text)
    for hasObject in [false, true] {
      let box = hasObject ? "full" : "empty"
      try scratch.file("\(box)/bkt-name/j.jar")
      if hasObject { try scratch.file("\(box)/bkt-name/\(test.object)", "x") }
      let expected = hasObject == test.refusedWithObject ? test.status : 0
      for command in ["plan", "run"] {
        let run = try Run([command, "p.yml", "--sandbox", box], folder: scratch.folder)
        #expect(run.status == expected, "\(command) \(box): \(run.errors)")
        #expect(!run.errors.contains("wasn't asked"))
      }
    }
  }

  @Test(arguments: cases.filter { !$0.isNormallyFine })
  func saysWhatItAssumes(_ test: Case) throws {
    let scratch = try Scratch()
    try scratch.file("p.yml", Self.head + test.stages)
    let compiled = try Run(["compile", "p.yml"], folder: scratch.folder)
    #expect(compiled.status == test.status, "\(compiled.errors)")
    #expect(compiled.errors.contains("note: S3 wasn't asked: this assumes that "))
    let offline = try Run(["plan", "p.yml", "--offline"], folder: scratch.folder)
    #expect(offline.status == test.status)
    #expect(offline.errors.contains("S3 wasn't asked"))
  }

  /// `check` asks nothing, so it refuses nothing.
  @Test func checkIsNotRefused() throws {
    let scratch = try Scratch()
    for (index, test) in Self.cases.enumerated()
    where test.name != Self.cases.last?.name && !test.isNormallyFine {
      let inputs = "inputs: { config: { schema: c.schema.json } }\n"
      try scratch.file("c.schema.json", "{}")
      try scratch.file("\(index).yml", Self.head + inputs + test.stages)
      try scratch.file("c.yml", "a: 1\n")
      let run = try Run(["check", "\(index).yml", "-c", "c.yml"], folder: scratch.folder)
      #expect(run.status == 0, "\(test.name): \(run.errors)")
      let chatty = try Run(["check", "-v", "\(index).yml", "-c", "c.yml"], folder: scratch.folder)
      #expect(chatty.errors.contains("S3 wasn't asked"), "\(test.name)")
    }
  }

  /// If a folder of logs contains the archive, that is the error, not that there are no logs.
  @Test func aPlaceInAnotherIsAskedAbout() throws {
    let run = try SandboxRun()
    let config = run.folder.appending(path: "config.yml")
    let text = String(decoding: try Locations.bytes(config), as: UTF8.self)
    try Data(
      text.split(separator: "\n", omittingEmptySubsequences: false)
        .filter { !$0.contains("- s3://acme-collector-us/logs") }.joined(separator: "\n")
        .replacing("s3://acme-snowplow-archive/raw", with: "s3://acme-collector-eu/logs/archive")
        .utf8
    ).write(to: config)
    let planned = try run.plan()
    #expect(planned.status == 1, "\(planned.errors)")
    #expect(planned.errors.contains("dataset-overlap"))
    #expect(!planned.errors.contains("no-data-to-process"))
  }

  /// Resumed after enrichment, archiving the raw events needs raw events.
  @Test func archivesRawEventsOnlyWhereThereAreSome() throws {
    let run = try SandboxRun()
    try run.put("acme-snowplow-out/enriched/good/run=2026-02-28-01-00-00/part-0", "x")
    let skipped = try run.plan(["--skip", "staging,enrich"])
    #expect(skipped.status == 1)
    #expect(skipped.errors.contains("there are no raw events in"))
    #expect(skipped.errors.contains("`--skip archive_raw`"))
    #expect(try run.plan(["--skip", "staging,enrich,archive_raw"]).status == 0)
    let resumed = try run.plan(["--resume-from", "shred"])
    #expect(resumed.status == 1)
    #expect(resumed.errors.contains("instead of `--resume-from`"))
    try run.put("acme-snowplow-etl/processing/a.lzo", "x")
    #expect(try run.plan(["--resume-from", "shred"]).status == 0)
  }

  /// Using a `let` that has no value isn't a separate mistake.
  @Test func oneBadValueIsOneError() throws {
    let scratch = try Scratch()
    try scratch.file(
      "p.yml",
      Self.head + """
        inputs: { config: { schema: c.schema.json } }
        let:
          start: ${timestamp(config.from + "T00:00:00Z")}
          next: ${start + duration("24h")}
          after: ${next + duration("24h")}
        stages:
          - stage: a

        """ + Self.step)
    try scratch.file(
      "c.schema.json",
      #"{"type": "object", "required": ["from"], "properties": {"from": {"type": "string"}}}"#)
    try scratch.file("c.yml", "from: 2016-13-45\n")
    let run = try Run(["check", "p.yml", "-c", "c.yml"], folder: scratch.folder)
    #expect(run.status == 1)
    #expect(run.errors.hasSuffix("\n1 error\n"), "\(run.errors)")
    #expect(run.errors.contains("2016-13-45"))
  }
}
