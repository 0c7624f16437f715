import Foundation
import TestSupport
import Testing

/// Each row of the migration guide's table of older command lines: it is refused with exactly the
/// command line of today that the row has, which then runs; or it still runs as it is.
@Suite struct FormerCommandLineTests {
  struct Row: Sendable, CustomTestStringConvertible {
    enum Today: Sendable, Equatable {
      case theSame
      /// Nothing is left of it.
      case nothing
      case line(String)
    }

    var then: String
    var today: Today
    var testDescription: String { then }
  }

  static let rows: [Row] = {
    let guide = Locations.repository.appending(path: "docs/migrating-from-emr-etl-runner.md")
    let text = (try? String(contentsOf: guide, encoding: .utf8)) ?? ""
    let section = text.components(separatedBy: "<!-- command lines:").last ?? ""
    return section.components(separatedBy: "\n## ")[0].split(separator: "\n").compactMap { line in
      let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      guard cells.count == 3, cells[1].hasPrefix("`") else { return nil }
      let quoted = cells.map { $0.split(separator: "`") }
      let today: Row.Today =
        cells[2] == "the same"
        ? .theSame : cells[2].hasPrefix("nothing") ? .nothing : .line(String(quoted[2][0]))
      return Row(then: quoted[1].first.map(String.init) ?? "", today: today)
    }
  }()

  @Test func thereAreRowsOfAllKinds() {
    #expect(Self.rows.count > 30)
    #expect(Self.rows.contains { $0.today == .theSame })
    #expect(Self.rows.contains { $0.today == .nothing })
    for word in [
      "--process-bucket", "--process-enrich", "--process-shred", "--start", "emr", "s3distcp",
      "generate all", "snowplow-storage-loader",
    ] {
      #expect(Self.rows.contains { $0.then.contains(word) }, "\(word)")
    }
  }

  @Test(arguments: rows) func isAnsweredWithTodays(row: Row) throws {
    let sandbox = try SandboxRun()
    if row.today == .theSame {
      return try #expect(Self.isCarriedOut(Self.call(row.then, sandbox)), "\(row.then)")
    }
    let refused = try Self.call(row.then, sandbox, hasSandbox: false)
    #expect(refused.status == 1 && refused.output.isEmpty)
    #expect(refused.errors.contains("<command line>:1:"), "\(refused.errors)")
    #expect(refused.errors.contains("error[outdated-command-line]: "), "\(refused.errors)")
    // What it quotes is the line as it was written.
    #expect(refused.errors.contains("\n 1 | \(row.then)\n"), "\(refused.errors)")
    guard case .line(let today) = row.today else {
      return #expect(refused.errors.contains("\n  hint: remove the line: "), "\(refused.errors)")
    }
    #expect(refused.errors.contains("\n  hint: write `\(today)`\n"), "\(refused.errors)")
    // A run that is named is there.
    if let run = today.firstMatch(of: #/--run-id ([0-9-]+)/#)?.1 {
      try sandbox.put("acme-snowplow-out/enriched/good/run=\(run)/part-00000", "July\n")
    }
    #expect(try Self.isCarriedOut(Self.call(today, sandbox)), "\(today)")
  }

  /// Whether the command line was understood: the run ended, or there is nothing in this sandbox to
  /// resume with.
  private static func isCarriedOut(_ run: Run) -> Bool {
    let nothing = [
      "error[requirement-failed]: there ", "Input path does not exist",
    ]
    let isRun =
      [0, 3].contains(run.status)
      || run.status == 1 && nothing.contains { run.errors.contains($0) }
    if !isRun { Issue.record("\(run.status): \(run.errors)") }
    return isRun && !run.errors.contains("<command line>:")
  }

  private static func call(
    _ line: String, _ sandbox: SandboxRun, hasSandbox: Bool = true
  ) throws -> Run {
    let words = line.split(separator: " ").map(String.init)
    let program = sandbox.folder.appending(path: words[0])
    if !FileManager.default.fileExists(atPath: program.path) {
      try FileManager.default.createSymbolicLink(at: program, withDestinationURL: Run.binary)
    }
    let box = hasSandbox && words[1] == "run" ? ["--sandbox", "box"] : []
    return try Run(
      Array(words.dropFirst()) + box, environment: SandboxRun.secrets, folder: sandbox.folder,
      program: program)
  }

  /// Names of that time are other pipelines' own.
  @Test func stagesOfOtherPipelinesAreTheirOwn() throws {
    let scratch = try Scratch()
    try scratch.file(
      "p.yml",
      """
      penstock: v1
      pipeline: p
      stages:
        - stage: load
          steps:
            - name: Load
              hadoop-jar: { jar: s3://acme/load.jar }
        - stage: archive
          steps:
            - name: Archive
              hadoop-jar: { jar: s3://acme/archive.jar }
      cluster:
        region: eu-west-1
        job-flow:
          Name: p
          ReleaseLabel: emr-6.15.0
          JobFlowRole: EMR_EC2_DefaultRole
          ServiceRole: EMR_DefaultRole
          Instances:
            InstanceGroups:
              - { InstanceRole: MASTER, InstanceType: m5.xlarge, InstanceCount: 1 }

      """)
    let run = try Run(["compile", "p.yml", "--skip", "archive"], folder: scratch.folder)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.text.contains("load.jar") && !run.text.contains("archive.jar"))
    let other = try Run(["compile", "p.yml", "--skip", "emr"], folder: scratch.folder)
    #expect(other.status == 1)
    #expect(other.errors.contains("error[skip-unknown-stage]"), "\(other.errors)")
  }

  @Test(arguments: [
    (
      ["run", "-c", "config.yml", "-r", "resolver.json", "-n", ""],
      "the value of `--enrichments` is empty"
    ),
    (["run", "--config="], "the value of `--config` is empty"),
    (["run", "-c", "config.yml", "-t", "-n", "enrichments"], "`-t` needs a value"),
    (["run", "-c", "config.yml", "--lock", ""], "the value of `--lock` is empty"),
    (["run", "-c", "config.yml", "-f", ""], "the value of `--resume-from` is empty"),
  ])
  func anEmptyValueIsAnUnsetVariable(arguments: [String], message: String) throws {
    let run = try Run(arguments)
    #expect(run.status == 1)
    #expect(run.errors.contains("error[missing-option-value]: \(message)"), "\(run.errors)")
    #expect(run.errors.contains("is a variable unset?"), "\(run.errors)")
  }

  @Test func aFolderIsNoLock() throws {
    let sandbox = try SandboxRun()
    for command in [["run"] + SandboxRun.inputs] {
      let run = try sandbox.penstock(command + ["-l", "targets"])
      #expect(run.status == 1)
      #expect(
        run.errors.contains("the lock `targets` cannot be used: it is a folder"), "\(run.errors)")
      #expect(run.errors.contains("`--lock targets/emr-etl-runner.lock`"), "\(run.errors)")
      let named = try sandbox.penstock(command + ["-l", "targets/emr-etl-runner.lock"])
      #expect(named.status == 0, "\(named.errors)")
    }
  }

  /// Whatever is quoted has the name that the program was called by.
  @Test(arguments: [
    ["nonesuch"], ["help"], ["run", "--help"], ["explain", "nonesuch"], ["schema", "nonesuch"],
    ["run", "-x", "nonesuch", "-c", "config.yml", "-r", "resolver.json"],
    ["status", "nonesuch", "--sandbox", "box"], ["history", "--nonesuch"], [],
  ])
  func theProgramHasItsName(arguments: [String]) throws {
    let sandbox = try SandboxRun()
    let link = sandbox.folder.appending(path: "snowplow-emr-etl-runner")
    try FileManager.default.createSymbolicLink(at: link, withDestinationURL: Run.binary)
    let run = try Run(
      arguments, environment: SandboxRun.secrets, folder: sandbox.folder, program: link)
    let text = run.text + run.errors
    #expect(!text.contains("`penstock ") && !text.contains("| penstock "), "\(text)")
    #expect(!text.contains("usage: penstock"), "\(text)")
    #expect(text.contains("snowplow-emr-etl-runner"), "\(text)")
  }

  /// A plan is the same whatever the program was called that made it.
  @Test func thePlanDoesntHaveTheName() throws {
    let sandbox = try SandboxRun()
    let link = sandbox.folder.appending(path: "snowplow-emr-etl-runner")
    try FileManager.default.createSymbolicLink(at: link, withDestinationURL: Run.binary)
    #expect(try sandbox.plan().status == 0)
    let plan = try Locations.bytes(sandbox.folder.appending(path: "plan.json"))
    let arguments =
      ["plan", "-o", "other.json"] + SandboxRun.inputs + SandboxRun.time + ["--sandbox", "box"]
    #expect(
      try Run(
        arguments, environment: SandboxRun.secrets, folder: sandbox.folder, program: link
      ).status == 0)
    #expect(try Locations.bytes(sandbox.folder.appending(path: "other.json")) == plan)
  }

  // MARK: Places to take data from

  /// What the hint's line does, with the place in the configuration as the message says: the one job
  /// on the data there, as the option's help said.
  @Test(arguments: [
    ("--process-shred", "s3://acme-old/enr", "shredded", "20"),
    ("-S", "s3://acme-old/enr/run=2014-07-01-01-02-03/", "shredded", "2014-07-01-01-02-03"),
    ("-E", "s3://acme-old/raw", "enriched", "20"),
    ("--process-bucket", "s3://acme-old/raw/", "enriched", "20"),
  ])
  func aPlaceIsProcessedAndNothingElse(
    option: String, place: String, kind: String, run id: String
  ) throws {
    let sandbox = try SandboxRun()
    try sandbox.put("acme-old/raw/a.lzo", "raw\n")
    try sandbox.put("acme-old/enr/run=2014-07-01-01-02-03/part-00000", "July\n")
    if place.contains("run=") {
      try sandbox.put("acme-old/enr/run=2014-08-01-01-02-03/part-00000", "August\n")
    }
    let before = sandbox.world()
    let then =
      "snowplow-emr-etl-runner \(SandboxRun.inputs.joined(separator: " ")) \(option) \(place)"
    let refused = try Self.call(then, sandbox, hasSandbox: false).errors
    let today = try #require(refused.firstMatch(of: #/hint: write `([^`]+)`/#)?.1, "\(refused)")
    let told = try #require(
      refused.firstMatch(of: #/set `aws.s3.buckets.([a-z.]+)` to `([^`]+)`/#), "\(refused)")
    let config = sandbox.folder.appending(path: "config.yml")
    let known = [
      "raw.processing": "s3://acme-snowplow-etl/processing",
      "enriched.good": "s3://acme-snowplow-out/enriched/good",
    ]
    let old = try #require(known[String(told.1)])
    let text = try String(contentsOf: config, encoding: .utf8)
    try text.replacing(old, with: told.2).write(to: config, atomically: true, encoding: .utf8)
    let run = try Self.call(String(today), sandbox)
    #expect(run.status == 0, "\(today)\n\(run.errors)\(run.text)")
    // All that was there still is, collectors' logs too, and the job's output is new.
    let after = sandbox.world()
    #expect(before.allSatisfy { after[$0.key] == $0.value })
    let new = after.keys.filter { before[$0] == nil }
    let good = "acme-snowplow-out/\(kind)/good/run=\(id)"
    #expect(new.contains { $0.hasPrefix(good) }, "\(new)")
    #expect(
      new.allSatisfy {
        $0.hasPrefix(good) || $0.hasPrefix("acme-snowplow-out/\(kind)/bad/")
          || $0.hasPrefix("load of ") && !$0.contains("Redshift")
      }, "\(new)")
  }

  /// What archived the logs of a run whose cluster had done its work, before R87.
  @Test func onlyTheArchivingIsLeft() throws {
    let sandbox = try SandboxRun()
    try sandbox.put("acme-snowplow-etl/processing/a.lzo", "raw\n")
    let then = "snowplow-emr-etl-runner \(SandboxRun.inputs.joined(separator: " ")) -x staging,emr"
    let refused = try Self.call(then, sandbox, hasSandbox: false).errors
    let today = try #require(refused.firstMatch(of: #/hint: write `([^`]+)`/#)?.1, "\(refused)")
    let run = try Self.call(String(today), sandbox)
    #expect(run.status == 0, "\(run.errors)")
    let world = sandbox.world().keys
    #expect(world.contains { $0.hasPrefix("acme-snowplow-archive/raw/run=") }, "\(world)")
    #expect(world.filter { $0.hasPrefix("acme-collector-eu/logs/") }.count == 3)
  }

  // MARK: Mistakes of their own

  /// A mistake that was one at that time too is told first, and then there is no line to copy.
  @Test(arguments: [
    (
      "snowplow-emr-etl-runner -c config.yml -r resolver.json --skp staging",
      "error[unknown-option]: unknown option `--skp`", "did you mean `--skip`?"
    ),
    (
      "snowplow-emr-etl-runner --confg config.yml -r resolver.json",
      "error[unknown-option]: unknown option `--confg`", "did you mean `--config`?"
    ),
    (
      "snowplow-emr-etl-runner -c config.yml -x staging -Z",
      "error[unknown-option]: unknown option `-Z`", "`--help` lists the options"
    ),
    (
      "snowplow-emr-etl-runner -c config.yml --process-shred",
      "error[missing-option-value]: `--process-shred` needs a value", "it takes LOCATION"
    ),
    (
      "snowplow-emr-etl-runner run -c config.yml --process-enrich -r resolver.json",
      "error[missing-option-value]: `--process-enrich` needs a value", "it takes LOCATION"
    ),
    (
      "snowplow-emr-etl-runner -c config.yml -r resolver.json --process-shred=",
      "error[missing-option-value]: the value of `--process-shred` is empty",
      "is a variable unset?"
    ),
    (
      "snowplow-emr-etl-runner -c config.yml --enrichments=",
      "error[missing-option-value]: the value of `--enrichments` is empty", "is a variable unset?"
    ),
    (
      "snowplow-emr-etl-runner -c config.yml -x stagng",
      "error[invalid-option-value]: `stagng` isn't a value of `--skip`", "did you mean `staging`?"
    ),
    (
      "snowplow-emr-etl-runner -c config.yml -E s3://a-b/c -S s3://a-b/d",
      "error[outdated-command-line]: `--process-enrich` and `--process-shred` exclude each other",
      "leave one of them out"
    ),
    (
      "snowplow-emr-etl-runner -c config.yml staging",
      "error[unexpected-argument]: unexpected argument `staging`", "correct the other errors first"
    ),
    (
      "snowplow-emr-etl-runner generate emr-confg -c config.yml",
      "error[invalid-option-value]: `emr-confg` isn't a value of `generate`",
      "did you mean `emr-config`?"
    ),
    (
      "snowplow-storage-loader -c config.yml -i vacuum,compudate",
      "error[invalid-option-value]: `compudate` isn't a value of `--include`",
      "did you mean `compupdate`?"
    ),
    (
      "snowplow-storage-loader -c config.yml -s anlyze",
      "error[invalid-option-value]: `anlyze` isn't a value of `--skip`", "did you mean `analyze`?"
    ),
    (
      "snowplow-storage-loader --cnfig config.yml",
      "error[unknown-option]: unknown option `--cnfig`", "did you mean `--config`?"
    ),
  ])
  func whatWasWrongThenIsSaid(line: String, error: String, hint: String) throws {
    let run = try Self.call(line, SandboxRun(), hasSandbox: false)
    #expect(run.status == 1 && run.output.isEmpty)
    #expect(run.errors.contains(error) && run.errors.contains(hint), "\(run.errors)")
    #expect(run.errors.contains("error[outdated-command-line]: "), "\(run.errors)")
    #expect(run.errors.contains("hint: correct the other errors first"), "\(run.errors)")
    #expect(!run.errors.contains("hint: write `"), "\(run.errors)")
  }

  /// The names that a line of that time may skip are the pipeline's.
  @Test func allStagesAreKnown() throws {
    let sandbox = try SandboxRun()
    let pipeline = try String(
      contentsOf: Locations.repository.appending(path: "pipelines/snowplow.yml"), encoding: .utf8)
    let stages = pipeline.matches(of: #/\n  - stage: ([a-z_]+)\n/#).map { String($0.1) }
    #expect(stages.count > 10)
    let line = "snowplow-emr-etl-runner -c config.yml -x \(stages.joined(separator: ","))"
    let all = try Self.call(line, sandbox, hasSandbox: false)
    #expect(!all.errors.contains("invalid-option-value"), "\(all.errors)")
    #expect(all.errors.contains("hint: remove the line: "), "\(all.errors)")
  }

  /// It has no commands, so its help lists none.
  @Test(arguments: [["--help"], ["-h"], ["-c", "config.yml", "--help"]])
  func theLoadersHelpIsItsOwn(arguments: [String]) throws {
    let sandbox = try SandboxRun()
    let run = try Self.call(
      (["snowplow-storage-loader"] + arguments).joined(separator: " "), sandbox, hasSandbox: false)
    #expect(run.status == 0 && run.errors.isEmpty)
    #expect(run.text.contains("usage: snowplow-storage-loader [StorageLoader's options]"))
    #expect(!run.text.contains("COMMAND"), "\(run.text)")
  }

  // MARK: Its name

  /// A shell that doesn't find the program by its name is given the path that it was called by.
  @Test func whatPATHDoesntFindHasItsPath() throws {
    let sandbox = try SandboxRun()
    let link = sandbox.folder.appending(path: "snowplow-emr-etl-runner")
    try FileManager.default.createSymbolicLink(at: link, withDestinationURL: Run.binary)
    try FileManager.default.createSymbolicLink(
      at: sandbox.folder.appending(path: "snowplow-storage-loader"),
      withDestinationURL: Run.binary)
    let elsewhere = try Scratch()
    // Another program of the name comes first.
    try elsewhere.file("snowplow-emr-etl-runner", "#!/bin/sh\n")
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755],
      ofItemAtPath: elsewhere.folder.appending(path: "snowplow-emr-etl-runner").path)
    let folder = sandbox.folder.path
    for (path, name) in [
      ("/usr/bin:/bin", link.path), ("\(folder):/usr/bin", "snowplow-emr-etl-runner"),
      ("\(elsewhere.folder.path):\(folder)", link.path),
    ] {
      let environment = SandboxRun.secrets.merging(["PATH": path]) { $1 }
      let old = try Run(
        ["-c", "config.yml"], environment: environment, folder: sandbox.folder, program: link)
      #expect(old.errors.contains("hint: write `\(name) run -c config.yml"), "\(old.errors)")
      let failed = try Run(
        ["nonesuch"], environment: environment, folder: sandbox.folder, program: link)
      #expect(failed.errors.contains("`\(name) help` lists"), "\(failed.errors)")
    }
    let loader = try Run(
      ["-c", "config.yml"], environment: ["PATH": "/usr/bin:/bin"], folder: sandbox.folder,
      program: sandbox.folder.appending(path: "snowplow-storage-loader"))
    #expect(loader.errors.contains("hint: write `\(link.path) run"), "\(loader.errors)")
  }
}
