import Foundation
import TestSupport
import Testing

/// Each row of the migration guide's table of older command lines: it is refused with exactly the
/// command line of today that the row has, which then runs; or it still runs as it is.
@Suite struct FormerCommandLineTests {
  struct Row: Sendable, CustomTestStringConvertible {
    var then: String
    /// Nil: it still works.
    var today: String?
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
      let today = cells[2] == "the same" ? nil : quoted[2].first.map(String.init)
      return Row(then: quoted[1].first.map(String.init) ?? "", today: today)
    }
  }()

  @Test func thereAreRowsOfAllKinds() {
    #expect(Self.rows.count > 30)
    #expect(Self.rows.contains { $0.today == nil })
    for word in [
      "--process-bucket", "--process-enrich", "--process-shred", "--start", "emr", "s3distcp",
      "generate all", "snowplow-storage-loader",
    ] {
      #expect(Self.rows.contains { $0.then.contains(word) }, "\(word)")
    }
  }

  @Test(arguments: rows) func isAnsweredWithTodays(row: Row) throws {
    let sandbox = try SandboxRun()
    guard let today = row.today else {
      return try #expect(Self.isCarriedOut(Self.call(row.then, sandbox)), "\(row.then)")
    }
    let refused = try Self.call(row.then, sandbox, hasSandbox: false)
    #expect(refused.status == 1 && refused.output.isEmpty)
    #expect(refused.errors.contains("<command line>:1:"), "\(refused.errors)")
    #expect(refused.errors.contains("error[outdated-command-line]: "), "\(refused.errors)")
    #expect(refused.errors.contains("\n  hint: write `\(today)`\n"), "\(refused.errors)")
    // What it quotes is the line as it was written.
    #expect(refused.errors.contains("\n 1 | \(row.then)\n"), "\(refused.errors)")
    #expect(try Self.isCarriedOut(Self.call(today, sandbox)), "\(today)")
  }

  /// Whether the command line was understood: the run ended, or there is nothing in this sandbox to
  /// resume with.
  private static func isCarriedOut(_ run: Run) -> Bool {
    let nothing = [
      "error[requirement-failed]: there ", "error[emr-no-steps]", "Input path does not exist",
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
}
