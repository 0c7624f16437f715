import Foundation
import TestSupport
import Testing

/// Runs of the built-in pipeline that fail, are resumed by hand as EmrEtlRunner's users do it, and
/// fail again: the printed command ends them on the folders of the first run.
@Suite struct ResumedRunTests {
  /// How a failed run is resumed by hand.
  struct Form: Sendable, CustomTestStringConvertible {
    var stage: String
    var options: [String]
    /// Whether it is named with `--run-id`.
    var isNamed = false

    var testDescription: String { (options + (isNamed ? ["--run-id"] : [])).joined(separator: " ") }
  }

  static let forms =
    ["shred", "archive_raw", "rdb_load", "archive_enriched", "archive_shredded"].flatMap { stage in
      [false, true].map {
        Form(stage: stage, options: ["--resume-from", stage], isNamed: $0)
      }
    } + [
      Form(stage: "enrich", options: ["--skip", "staging"]),
      Form(stage: "shred", options: ["--skip", "staging,enrich"]),
      Form(stage: "archive_raw", options: ["--skip", "staging,enrich,shred"]),
      Form(stage: "rdb_load", options: ["--skip", "staging,enrich,shred,archive_raw"]),
    ]

  /// The first step of each stage, in the run that fails first.
  static let faults = [
    "enrich": "[enrich] s3-dist-cp: Raw S3 -> Raw HDFS", "shred": "Shred Enriched",
    "archive_raw": "archive_raw", "rdb_load": "rdb_load",
    "archive_enriched": "archive_enriched", "archive_shredded": "archive_shredded",
  ]
  private static let id = "2026-03-01-05-06-07"
  private static let later = ["--run-time", "2026-03-01T09:00:00Z"]

  /// What a run in which nothing fails loads.
  private static let loaded: String? = {
    guard let sandbox = try? SandboxRun(), (try? sandbox.run())?.status == 0 else { return nil }
    return sandbox.world()["load of \(load)"]
  }()

  /// A run that failed, resumed by hand.
  private struct Trial {
    let sandbox: SandboxRun
    private let form: Form

    init(_ form: Form) throws {
      self.form = form
      sandbox = try SandboxRun()
      let fault = try #require(ResumedRunTests.faults[form.stage])
      let failed = try sandbox.run(["--fault", "\(fault)=fail"])
      #expect(failed.status == 1, "\(failed.errors)")
      if form.stage == "shred", form.isNamed {
        // As docs/migrating-from-emr-etl-runner.md says.
        try FileManager.default.removeItem(
          at: sandbox.box.appending(
            path: "acme-snowplow-out/shredded/bad/run=\(ResumedRunTests.id)"))
      }
    }

    func resume(_ more: [String] = []) throws -> Run {
      let name = form.isNamed ? ["--run-id", ResumedRunTests.id] : ResumedRunTests.later
      return try sandbox.penstock(
        ["run"] + SandboxRun.inputs + ["--format", "json"] + form.options + name + more)
    }

    func follow(_ failed: Run, _ more: [String] = []) throws -> Run {
      let command = try #require(failed.recovery, "\(failed.text)")
      return try Run(
        command + ["--format", "json"] + more, environment: SandboxRun.secrets,
        folder: sandbox.folder)
    }

    /// All data of the run is in archives, and each event is loaded once.
    func expectEnd(_ what: String) {
      let world = sandbox.world()
      for path in world.keys {
        #expect(!path.contains("/good/") && !path.contains("/processing/"), "\(what): \(path)")
      }
      let folder = sandbox.box.appending(path: ".penstock/loads")
      for step in (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [] {
        let made = try? FileManager.default.contentsOfDirectory(
          atPath: folder.appending(path: step).path)
        #expect(made?.count == 1, "\(what): \(step) was done more than once")
      }
      let load = "load of \(ResumedRunTests.load)"
      #expect(world[load] != nil && world[load] == ResumedRunTests.loaded, "\(what)")
      let archived = Set(
        world.keys.filter { $0.contains("archive/enriched/") || $0.contains("archive/shredded/") }
          .compactMap { $0.split(separator: "/").first { $0.hasPrefix("run=") } })
      // Events that are enriched again are the new run's.
      if form.stage != "enrich" {
        #expect(archived.contains("run=\(ResumedRunTests.id)"), "\(what): \(archived)")
      }
    }
  }

  @Test(arguments: forms) func aResumedRunThatFailsIsRecovered(form: Form) throws {
    let reference = try Trial(form)
    let fine = try reference.resume()
    #expect(fine.status == 0, "\(fine.errors)")
    guard fine.status == 0 else { return }
    reference.expectEnd("nothing failed")
    let steps = fine.event("began")?["steps"] as? [String] ?? []
    #expect(!steps.isEmpty)
    // Of the longest runs, every third step.
    for (index, step) in steps.enumerated() where steps.count < 9 || index % 3 == 0 {
      let trial = try Trial(form)
      let failed = try trial.resume(["--fault", "\(step)=fail"])
      #expect(failed.status == 1, "\(failed.errors)")
      // The recovery fails too, in the same step or in the next one.
      let next = steps[min(index + index % 2, steps.count - 1)]
      let again = try trial.follow(failed, ["--fault", "\(next)=fail"])
      let end = again.status == 0 ? again : try trial.follow(again)
      #expect(end.status == 0, "`\(step)`, then `\(next)`: \(end.errors)")
      trial.expectEnd("`\(step)`, then `\(next)`")
    }
  }

  /// A typing error is refused with the folders that are there, and starts nothing.
  @Test(arguments: ["shred", "rdb_load", "archive_enriched", "archive_shredded"])
  func aRunWithoutFoldersIsRefused(stage: String) throws {
    let trial = try Trial(Form(stage: "rdb_load", options: []))
    let before = trial.sandbox.world()
    let clusters = try trial.sandbox.clusters()
    for command in ["plan", "run"] {
      let wrong = try trial.sandbox.penstock(
        [command] + SandboxRun.inputs
          + ["--resume-from", stage, "--run-id", "2026-03-01-05-06-08"])
      #expect(wrong.status == 3, "\(wrong.errors)")
      #expect(
        wrong.errors.contains(
          "error[no-data-to-process]: there is nothing of the run `2026-03-01-05-06-08` to read"),
        "\(wrong.errors)")
      #expect(wrong.errors.contains("has `run=\(Self.id)/`"), "\(wrong.errors)")
      #expect(wrong.errors.contains("did you mean `\(Self.id)`?"), "\(wrong.errors)")
    }
    #expect(trial.sandbox.world() == before)
    #expect(try trial.sandbox.clusters() == clusters)
  }

  /// Steps that are left out because their data isn't there are named.
  @Test func whatIsLeftOutIsSaid() throws {
    let trial = try Trial(Form(stage: "archive_shredded", options: []))
    let plan = try trial.sandbox.penstock(
      ["plan", "-v"] + SandboxRun.inputs
        + ["--resume-from", "archive_enriched", "--run-id", Self.id])
    #expect(plan.status == 0, "\(plan.errors)")
    let place = "s3://acme-snowplow-out/enriched/good/run=\(Self.id)/"
    #expect(
      plan.text.contains(
        "step-left-out: step `[archive_enriched] s3-dist-cp: Enriched S3 -> S3 Enriched Archive` is "
          + "left out: `\(place)` is empty"), "\(plan.text)")
    #expect(plan.text.contains("is left out: `\(place)` is empty\n"), "\(plan.text)")
  }

  // MARK: The run's time

  /// Enrichment stamps events with the run's time, which de-duplication relies on.
  @Test func aNamedRunKeepsItsTime() throws {
    func stamp(_ sandbox: SandboxRun, _ options: [String], _ zone: String = "UTC") throws -> String?
    {
      let run = try Run(
        ["plan", "--sandbox", "box", "--format", "json"] + SandboxRun.inputs + options,
        environment: SandboxRun.secrets.merging(["TZ": zone]) { $1 }, folder: sandbox.folder)
      let document = try JSONSerialization.jsonObject(with: Data(run.output)) as? [String: Any]
      return (document?["run"] as? [String: Any])?["time"] as? String
    }
    let sandbox = try SandboxRun()
    let resume = ["--skip", "staging"]
    let failed = try sandbox.penstock(
      ["run"] + SandboxRun.inputs + [
        "--run-id", "first", "--run-time", "2026-03-01T05:06:07+01:00",
      ]
        + ["--fault", "Raw HDFS=fail"])
    #expect(failed.status == 1, "\(failed.errors)")
    // The journal knows the run; of another one, only the id tells.
    #expect(try stamp(sandbox, resume + ["--run-id", "first"]) == "2026-03-01T04:06:07Z")
    let other = ["--run-id", "2026-03-01-05-06-07"]
    #expect(try stamp(sandbox, resume + other) == "2026-03-01T05:06:07Z")
    #expect(try stamp(sandbox, resume + other, "Europe/Berlin") == "2026-03-01T04:06:07Z")
    let given = ["--run-time", "2026-03-02T00:00:00Z"]
    #expect(try stamp(sandbox, resume + ["--run-id", "first"] + given) == "2026-03-02T00:00:00Z")
    let plan = try sandbox.penstock(["plan"] + SandboxRun.inputs + resume + ["--run-id", "first"])
    #expect(plan.text.contains("run first at 2026-03-01T04:06:07Z (as the journal has it)\n"))
    let made = try sandbox.penstock(["plan"] + SandboxRun.inputs + resume + other)
    #expect(made.text.contains(" at 2026-03-01T05:06:07Z (from its id)\n"), "\(made.text)")
    let compiled = try Run(
      ["compile", "--skip", "staging"] + SandboxRun.inputs + other, environment: SandboxRun.secrets,
      folder: sandbox.folder)
    #expect(compiled.text.contains("1772341567000"), "\(compiled.errors)")
  }

  // MARK: What must not be done twice

  private static let load = "[rdb_load] Load Acme Redshift Storage Target"

  private static func loads(_ sandbox: SandboxRun) -> Int {
    let folder = sandbox.box.appending(path: ".penstock/loads/\(load)")
    return (try? FileManager.default.contentsOfDirectory(atPath: folder.path).count) ?? 0
  }

  @Test(arguments: [
    ["--resume-from", "rdb_load", "--run-id", id],
    ["--resume-from", "rdb_load"],
    ["--resume-from", "rdb_load", "--run-time", "2026-03-01T05:06:07Z"],
    ["--skip", "staging,enrich,shred,archive_raw"],
  ])
  func aLoadThatIsDoneIsRefused(_ options: [String]) throws {
    let trial = try Trial(Form(stage: "archive_enriched", options: []))
    for command in ["plan", "run"] {
      let refused = try trial.sandbox.penstock([command] + SandboxRun.inputs + options)
      #expect(refused.status == 1, "\(refused.errors)")
      let words = [
        "error[step-done]: the step `\(Self.load)` must not be done twice, and the run `\(Self.id)` "
          + "completed it at 2026-03-01T",
        "--skip-step '\(Self.load)'", "--resume-from archive_enriched",
        "--repeat-step '\(Self.load)'",
      ]
      for words in words { #expect(refused.errors.contains(words), "\(refused.errors)") }
    }
    #expect(Self.loads(trial.sandbox) == 1)
    let forced = ["--repeat-step", Self.load]
    #expect(
      try trial.sandbox.penstock(["plan"] + SandboxRun.inputs + options + forced).status == 0)
    let left = try trial.sandbox.penstock(
      ["run"] + SandboxRun.inputs + options + ["--skip-step", Self.load])
    #expect(left.status == 0, "\(left.errors)")
    trial.expectEnd("the load is left out")
  }

  /// Also after a run that succeeded, and after a recovery; and the recovery of a run whose load was
  /// done by another one in the meantime.
  @Test func aLoadIsDoneOnceWhoeverDidIt() throws {
    let trial = try Trial(Form(stage: "rdb_load", options: ["--resume-from", "rdb_load"]))
    // Under another id, from the first run's folders.
    let other = try trial.resume(["--fault", "archive_shredded=fail"])
    #expect(other.status == 1)
    let first = try trial.sandbox.penstock(["run", "--recover", Self.id])
    #expect(first.status == 1 && first.errors.contains("error[step-done]"), "\(first.errors)")
    #expect(first.errors.contains("the run `2026-03-01-09-00-00` has gone on with the data of"))
    let end = try trial.follow(other)
    #expect(end.status == 0, "\(end.errors)")
    trial.expectEnd("recovered")
    // The archive is put back, to load it once more.
    for part in ["enriched", "shredded"] {
      let archive = trial.sandbox.box.appending(
        path: "acme-snowplow-archive/\(part)/run=\(Self.id)")
      let good = trial.sandbox.box.appending(path: "acme-snowplow-out/\(part)/good/run=\(Self.id)")
      try FileManager.default.createDirectory(
        at: good.deletingLastPathComponent(), withIntermediateDirectories: true)
      if FileManager.default.fileExists(atPath: good.path) {
        try FileManager.default.removeItem(at: good)
      }
      try FileManager.default.copyItem(at: archive, to: good)
    }
    let options = ["--resume-from", "rdb_load", "--run-id", Self.id]
    let again = try trial.sandbox.penstock(["run"] + SandboxRun.inputs + options)
    #expect(again.status == 1 && again.errors.contains("error[step-done]"), "\(again.errors)")
    #expect(Self.loads(trial.sandbox) == 1)
    // Its recovery doesn't do it once more.
    let forced = try trial.sandbox.penstock(
      ["run", "--format", "json", "--fault", "archive_shredded=fail"] + SandboxRun.inputs + options
        + ["--repeat-step", Self.load])
    #expect(forced.status == 1, "\(forced.errors)")
    let last = try trial.follow(forced)
    #expect(last.status == 0, "\(last.errors)")
    #expect(Self.loads(trial.sandbox) == 2)
  }

  /// Two plans of the same load: once one is applied, the other is refused.
  @Test func aPlanIsRefusedOnceAnotherHasDoneItsLoad() throws {
    let trial = try Trial(Form(stage: "rdb_load", options: []))
    let options = ["--resume-from", "rdb_load", "--run-id", Self.id]
    for name in ["one.json", "two.json"] {
      let plan = try trial.sandbox.penstock(
        ["plan", "-o", name] + SandboxRun.inputs + options
          + (name == "two.json" ? ["--skip", "archive_enriched"] : []))
      #expect(plan.status == 0, "\(plan.errors)")
    }
    let one = try trial.sandbox.penstock(["apply", "one.json", "--fault", "archive_enriched=fail"])
    #expect(one.status == 1)
    let two = try trial.sandbox.penstock(["apply", "two.json"])
    #expect(two.status == 1 && two.errors.contains("error[step-done]"), "\(two.errors)")
    #expect(Self.loads(trial.sandbox) == 1)
    // The first one is continued: it says again how it ended.
    let again = try trial.sandbox.penstock(["apply", "one.json"])
    #expect(again.status == 1 && !again.errors.contains("step-done"), "\(again.errors)")
  }

  /// Two configurations may share a journal, and have runs with the same id.
  @Test func anotherConfigurationIsNotRefused() throws {
    let first = try SandboxRun()
    #expect(try first.run(["--journal", "journal.db"]).status == 0)
    let second = try Trial(Form(stage: "rdb_load", options: []))
    let config = second.sandbox.folder.appending(path: "config.yml")
    let text = try String(contentsOf: config, encoding: .utf8)
    try Data(text.replacing("acme-", with: "other-").utf8).write(to: config)
    for bucket in ["snowplow-out", "snowplow-etl", "snowplow-archive"] {
      try FileManager.default.moveItem(
        at: second.sandbox.box.appending(path: "acme-\(bucket)"),
        to: second.sandbox.box.appending(path: "other-\(bucket)"))
    }
    let journal = first.folder.appending(path: "journal.db").path
    let run = try second.sandbox.penstock(
      ["run", "--journal", journal] + SandboxRun.inputs
        + ["--resume-from", "rdb_load", "--run-id", Self.id])
    #expect(run.status == 0, "\(run.errors)")
  }

  /// A scheduled run is never taken for an earlier one, not even where clocks go back.
  @Test func theNextNightIsNotRefused() throws {
    let sandbox = try SandboxRun()
    func night(_ command: String, _ time: String) throws {
      try sandbox.put("acme-collector-eu/logs/\(time.prefix(10)).lzo", "events of \(time)\n")
      let run = try sandbox.penstock([command, "--run-time", time] + SandboxRun.inputs)
      #expect(run.status == 0, "\(run.errors)")
    }
    try night("run", "2026-10-25T02:30:00+02:00")
    try night("plan", "2026-10-25T02:30:00+01:00")
    try night("run", "2026-10-26T02:30:00+01:00")
    #expect(Self.loads(sandbox) == 2)
  }

  @Test func aStepThatIsntThereIsNotRepeated() throws {
    let trial = try Trial(Form(stage: "rdb_load", options: []))
    let run = try trial.sandbox.penstock(
      ["run"] + SandboxRun.inputs + [
        "--resume-from", "rdb_load", "--repeat-step", "[rdb_load] Loat",
      ])
    #expect(run.status == 1)
    #expect(
      run.errors.contains("error[skip-unknown-step]: --repeat-step names `[rdb_load] Loat`"),
      "\(run.errors)")
  }
}
