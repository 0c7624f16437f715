import Foundation
import TestSupport
import Testing

/// `plan`, `apply`, `run` and related commands of the binary, in a sandbox.
@Suite struct SandboxRunTests {
  /// The result of a run in which nothing fails, and the run's steps.
  private struct Reference: Sendable {
    var world: [String: String]
    var steps: [String]

    static let shared = try? Reference()

    private init() throws {
      let sandbox = try SandboxRun()
      let run = try sandbox.run()
      #expect(run.status == 0, "\(run.errors)")
      world = sandbox.world()
      steps = run.event("began")?["steps"] as? [String] ?? []
    }
  }

  private static let steps = Reference.shared?.steps ?? []

  @Test func aRunDoesItsWork() throws {
    let reference = try #require(Reference.shared)
    #expect(reference.steps.count == 17)
    let raw = reference.world.keys.filter { $0.hasPrefix("acme-snowplow-archive/raw/") }
    #expect(raw.count == 3)
    #expect(reference.world.keys.contains { $0.hasPrefix("load of [rdb_load]") })
    #expect(!reference.world.keys.contains { $0.hasPrefix("acme-collector-eu/") })
  }

  /// Each step fails, or ends with its answer lost; the printed command then ends like a run
  /// without a fault: nothing lost, nothing loaded twice.
  @Test(arguments: steps) func theOneCommandRecovers(step: String) throws {
    let reference = try #require(Reference.shared)
    let sandbox = try SandboxRun()
    let lock = sandbox.folder.appending(path: "lock")
    let failed = try sandbox.run(["-l", "lock", "--fault", "\(step)=fail"])
    #expect(failed.status == 1)
    #expect(FileManager.default.fileExists(atPath: lock.path), "others are kept out")
    let command = try #require(failed.recovery, "\(failed.text)")
    let recovered = try Run(command, environment: SandboxRun.secrets, folder: sandbox.folder)
    #expect(recovered.status == 0, "\(command)\n\(recovered.errors)")
    #expect(!FileManager.default.fileExists(atPath: lock.path))
    // The loader's step that failed loaded nothing, so it is done once.
    #expect(sandbox.world() == reference.world)
  }

  @Test(arguments: steps) func aLostAnswerDoesNoHarm(step: String) throws {
    let sandbox = try SandboxRun()
    #expect(try sandbox.run(["--fault", "\(step)=lost-answer"]).status == 0)
    #expect(sandbox.world() == Reference.shared?.world)
    #expect(try sandbox.clusters() == 1)
  }

  @Test(arguments: [
    "RunJobFlow=throttled-but-created", "RunJobFlow=lost-answer", "RunJobFlow=throttled",
    "ListSteps=lost-answer:3", "DescribeCluster=throttled:3",
  ])
  func aBrokenCallDoesNoHarm(fault: String) throws {
    let sandbox = try SandboxRun()
    let run = try sandbox.run(["--fault", fault])
    #expect(run.status == 0, "\(run.errors)")
    #expect(sandbox.world() == Reference.shared?.world)
    #expect(try sandbox.clusters() == 1)
  }

  @Test func aClusterThatDoesNotBootIsStartedAgain() throws {
    let sandbox = try SandboxRun()
    #expect(try sandbox.run(["--fault", "bootstrap=fail"]).status == 0)
    #expect(sandbox.world() == Reference.shared?.world)
    #expect(try sandbox.clusters() == 2)
  }

  /// `kill -9` after each journal entry and each request; the next `apply` continues.
  @Test(arguments: 0..<4) func aKilledRunIsGoneOnWith(part: Int) throws {
    let reference = try #require(Reference.shared)
    var number = part + 1
    while true {
      let sandbox = try SandboxRun()
      #expect(try sandbox.plan().status == 0)
      let killed = try sandbox.penstock(["apply", "plan.json", "--fault", "crash-after=\(number)"])
      if killed.status == 0 { break }
      #expect(killed.status == -1, "\(killed.errors)")
      let next = try sandbox.penstock(["apply", "plan.json", "-q"])
      #expect(next.status == 0, "after \(number): \(next.errors)")
      #expect(sandbox.world() == reference.world, "after \(number)")
      #expect(try sandbox.clusters() == 1, "after \(number)")
      number += 4
    }
    // A run has far more points than these.
    #expect(number > 40)
  }

  // MARK: Stale plans

  @Test func aPlanOfAnotherWorldIsRefused() throws {
    let empty = try SandboxRun()
    #expect(try empty.plan().status == 0)
    try FileManager.default.removeItem(at: empty.box.appending(path: "acme-collector-eu/logs"))
    let nothing = try empty.penstock(["apply", "plan.json"])
    #expect(nothing.status == 3, "\(nothing.errors)")
    #expect(nothing.errors.contains("error[fact-changed]: S3 or EMR has changed since"))
    #expect(nothing.errors.contains("now `s3://acme-collector-eu/logs/`"))
    #expect(!nothing.errors.contains("  failed: "), "it is said once")

    let full = try SandboxRun()
    #expect(try full.plan().status == 0)
    try full.put("acme-snowplow-out/enriched/good/run=x/part", "x")
    let notEmpty = try full.penstock(["apply", "plan.json"])
    #expect(notEmpty.status == 4, "\(notEmpty.errors)")
    #expect(notEmpty.errors.contains("now `s3://acme-snowplow-out/enriched/good/` holds data"))
    for sandbox in [empty, full] {
      let world = sandbox.box.appending(path: ".penstock/emr.json")
      #expect(!FileManager.default.fileExists(atPath: world.path), "nothing was started")
    }
  }

  @Test func aPlanOfOtherFilesIsRefused() throws {
    let sandbox = try SandboxRun()
    #expect(try sandbox.plan().status == 0)
    let config = sandbox.folder.appending(path: "config.yml")
    let text = try String(contentsOf: config, encoding: .utf8)
    try Data((text + "# one more line\n").utf8).write(to: config)
    let run = try sandbox.penstock(["apply", "plan.json"])
    #expect(run.status == 1)
    #expect(run.errors.contains("error[plan-stale]: `config.yml` has changed since"))

    try Data(text.utf8).write(to: config)
    let extra = sandbox.folder.appending(path: "targets/another.json")
    try FileManager.default.copyItem(
      at: sandbox.folder.appending(path: "targets/redshift.json"), to: extra)
    let more = try sandbox.penstock(["apply", "plan.json"])
    #expect(more.status == 1 && more.errors.contains("`targets/another.json` is new since"))
    try FileManager.default.removeItem(at: extra)
    #expect(try sandbox.penstock(["apply", "plan.json", "-q"]).status == 0)
  }

  @Test func nothingToDoIsNoFailure() throws {
    let sandbox = try SandboxRun()
    #expect(try sandbox.run(["-l", "lock"]).status == 0)
    let again = try sandbox.penstock(["run"] + SandboxRun.inputs + ["-l", "lock"])
    #expect(again.status == 3, "\(again.errors)")
    #expect(!FileManager.default.fileExists(atPath: sandbox.folder.appending(path: "lock").path))
    let lines = try sandbox.penstock(["history"]).text.split(separator: "\n")
    #expect(lines.count == 2 && lines.first?.contains("nothing to do") == true)
  }

  // MARK: Locks

  @Test func aFailedRunKeepsOthersOut() throws {
    let sandbox = try SandboxRun()
    let failed = try sandbox.run(["-l", "lock", "--fault", "Enrich Raw=fail"])
    #expect(failed.status == 1)
    let other = try sandbox.penstock(["run"] + SandboxRun.inputs + ["-l", "lock"])
    #expect(other.status == 17)
    #expect(other.errors.contains("error[lock-held]: the lock lock was left by"))
    #expect(other.errors.contains("its recovery takes the lock over"))
    let brave = try sandbox.penstock(
      ["run"] + SandboxRun.inputs + ["-l", "lock", "--ignore-lock-on-start"])
    #expect(brave.status == 4, "the failed run's raw files are still in processing")
    #expect(FileManager.default.fileExists(atPath: sandbox.folder.appending(path: "lock").path))
    #expect(try sandbox.penstock(["unlock", "lock"]).status == 0)
    #expect(!FileManager.default.fileExists(atPath: sandbox.folder.appending(path: "lock").path))
  }

  @Test func aLockInS3() throws {
    let sandbox = try SandboxRun()
    let lock = "s3://acme-snowplow-etl/locks/etl"
    #expect(try sandbox.run(["-l", lock, "--fault", "Enrich Raw=fail"]).status == 1)
    #expect(sandbox.world()["acme-snowplow-etl/locks/etl"]?.contains("\"host\"") == true)
    #expect(try sandbox.penstock(["run"] + SandboxRun.inputs + ["-l", lock]).status == 17)
    #expect(try sandbox.penstock(["unlock", lock]).text == "the lock \(lock) is released\n")
    #expect(try sandbox.penstock(["unlock", lock]).text == "the lock \(lock) isn't held\n")
  }

  // MARK: Looking

  @Test func aRunIsLookedAt() throws {
    let sandbox = try SandboxRun()
    let run = try sandbox.run(["--fault", "Shred Enriched=fail"])
    #expect(run.status == 1)
    let status = try sandbox.penstock(["status"])
    #expect(status.text.contains("run 2026-03-01-05-06-07 of snowplow: failed"))
    #expect(status.text.contains("FAILED     [shred] spark: Shred Enriched Events"))
    let history = try sandbox.penstock(["history", "--format", "json"])
    let runs = try JSONSerialization.jsonObject(with: Data(history.output)) as? [[String: Any]]
    #expect(runs?.count == 1 && runs?.first?["status"] as? Int == 1)
    let logs = try sandbox.penstock(["logs"])
    #expect(logs.text.contains("stderr.gz <==") && logs.text.contains("killed by --fault"))
    #expect(try sandbox.penstock(["logs", "nonesuch"]).status == 1)
    #expect(try sandbox.penstock(["logs", "Enrich"]).errors.contains("matches several steps"))
    // A run that is refused does not hide the one that failed.
    #expect(try sandbox.penstock(["run"] + SandboxRun.inputs).status == 4)
    #expect(try sandbox.penstock(["logs"]).text == logs.text)
    #expect(
      try sandbox.penstock(["cancel", "2026-03-01-05-06-07"]).text
        == "2026-03-01-05-06-07: the cluster j-SANDB00000001 is TERMINATED_WITH_ERRORS already\n")
  }

  @Test func aKilledRunIsStopped() throws {
    let sandbox = try SandboxRun()
    #expect(try sandbox.run(["--fault", "crash-after=12"]).status == -1)
    let status = try sandbox.penstock(["status"])
    #expect(status.text.contains("unattended"))
    #expect(
      status.text.contains("To continue it: penstock apply 2026-03-01-05-06-07 --sandbox box"))
    let logs = try sandbox.penstock(["logs"])
    #expect(logs.status == 1)
    #expect(logs.errors.contains("error[logs-missing]: S3 has no logs of the step"))
    let cancelled = try sandbox.penstock(["cancel"])
    #expect(cancelled.text.contains("is being terminated"))
    let end = try sandbox.penstock(["apply", "2026-03-01-05-06-07", "--format", "json"])
    #expect(end.status == 1 && end.recovery != nil)
  }

  /// A failure report has everything that someone woken by it needs.
  @Test func aFailureIsToldInFull() throws {
    let sandbox = try SandboxRun()
    let run = try sandbox.penstock(
      ["run"] + SandboxRun.inputs + SandboxRun.time + ["--fault", "Shred Enriched=fail"])
    #expect(run.output.isEmpty)
    for part in [
      "error: the step `[shred] spark: Shred Enriched Events` failed",
      "<builtin>/pipelines/snowplow.yml:", "Job aborted: killed by --fault",
      "what has happened to data:", "what has not:", "to recover:",
      "penstock run --recover 2026-03-01-05-06-07 --sandbox box",
      "    s3://acme-snowplow-out/shredded/bad/run=2026-03-01-05-06-07/",
    ] {
      #expect(run.errors.contains(part), "\(part)")
    }
  }

  /// People read a report; programs that read diagnostics, events or the journal get a code.
  @Test func aFailureHasACodeForPrograms() throws {
    let sandbox = try SandboxRun()
    let run = try sandbox.run(["-q", "--diagnostics", "json", "--fault", "Shred Enriched=fail"])
    #expect(run.status == 1)
    let errors = Data(run.errors.utf8)
    let told = try JSONSerialization.jsonObject(with: errors) as? [[String: Any]]
    let failure = try #require(told?.first, "\(run.errors)")
    #expect(failure["code"] as? String == "step-failed")
    #expect(
      failure["message"] as? String == "the step `[shred] spark: Shred Enriched Events` failed")
    #expect(run.event("ended")?["code"] as? String == "step-failed")
    let status = try sandbox.penstock(["status", "--format", "json"])
    #expect(status.text.contains("\"code\": \"step-failed\""), "\(status.text)")
  }

  @Test func noSecretIsWritten() throws {
    let sandbox = try SandboxRun()
    var told = try sandbox.plan(["-v", "--explain"])
    var text = told.text + told.errors
    told = try sandbox.penstock(["apply", "plan.json", "-v", "--fault", "Load=fail"])
    #expect(told.status == 1)
    text += told.text + told.errors
    for command in [["status"], ["history"], ["logs"], ["status", "--format", "json"]] {
      told = try sandbox.penstock(command)
      text += told.text + told.errors
    }
    text += try sandbox.traces()
    for secret in SandboxRun.planted {
      #expect(!text.contains(secret))
      #expect(!text.contains(Data(secret.utf8).base64EncodedString()))
    }
  }

  // MARK: Signals, and two at once

  @Test func aSignalStopsInGoodOrderAndAnotherApplyWaitsOutside() throws {
    let sandbox = try SandboxRun()
    #expect(try sandbox.plan().status == 0)
    let process = Process()
    process.executableURL = Run.binary
    process.arguments = ["apply", "plan.json", "--sandbox", "box", "--pace", "5"]
    process.environment = SandboxRun.secrets.merging(["PATH": "/usr/bin:/bin"]) { $1 }
    process.currentDirectoryURL = sandbox.folder
    let errors = try sandbox.scratch.file("errors")
    process.standardError = try FileHandle(forWritingTo: errors)
    process.standardInput = FileHandle.nullDevice
    try process.run()
    // As soon as the cluster is there, it waits for the cluster's first change.
    let deadline = Date(timeIntervalSinceNow: 60)
    while (try? sandbox.clusters()) != 1, Date() < deadline { usleep(20_000) }
    usleep(300_000)
    let other = try sandbox.penstock(["apply", "plan.json"])
    #expect(other.status == 17, "\(other.errors)")
    #expect(other.errors.contains("error[run-locked]: this plan is being applied by"))
    // EMR knows the steps, though this run has seen none of them run yet.
    let status = try sandbox.penstock(["status"])
    #expect(status.text.contains("PENDING  [archive_shredded]"), "\(status.text)")
    process.terminate()
    process.waitUntilExit()
    #expect(process.terminationReason == .exit && process.terminationStatus == 130)
    let told = String(decoding: try Locations.bytes(errors), as: UTF8.self)
    #expect(told.contains("to go on: penstock apply plan.json --sandbox box"), "\(told)")
    #expect(try sandbox.penstock(["apply", "plan.json", "-q"]).status == 0)
    #expect(sandbox.world() == Reference.shared?.world)
  }

  // MARK: As the program that it replaces

  @Test func standsInForTheOtherProgram() throws {
    let sandbox = try SandboxRun()
    let link = sandbox.folder.appending(path: "snowplow-emr-etl-runner")
    try FileManager.default.createSymbolicLink(at: link, withDestinationURL: Run.binary)
    func call(_ arguments: [String]) throws -> Run {
      try Run(
        arguments, environment: SandboxRun.secrets, folder: sandbox.folder, program: link)
    }
    #expect(try call(["--version"]).text.hasPrefix("snowplow-emr-etl-runner (penstock "))
    #expect(try call(["run", "--nonesuch"]).status == 1)
    #expect(try call(["nonesuch"]).status == 1)
    #expect(try call([]).status == 1)
    let failed = try call(
      ["run"] + SandboxRun.inputs + ["--sandbox", "box", "--fault", "Shred Enriched=fail"])
    #expect(failed.status == 1)
    #expect(failed.errors.contains("    snowplow-emr-etl-runner run --recover 20"))
    // Its log is on standard output, as its users' tools read it.
    for part in [
      "DEBUG -- : Initializing EMR jobflow\n",
      "DEBUG -- : EMR jobflow j-SANDB00000001 started, waiting for jobflow to complete...\n",
      "FATAL -- : EMR jobflow j-SANDB00000001 failed, check Amazon EMR console",
      "\n - 7. [shred] spark: Shred Enriched Events: FAILED ~ 00:02:18 [20",
      "\n - 8. [shred] s3-dist-cp: Shredded atomic events HDFS -> S3: CANCELLED ~ elapsed time n/a [",
    ] {
      #expect(failed.text.contains(part), "\(part)\n\(failed.text)")
    }
    let first = #"(?m)^D, \[[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\.[0-9]{6} #[0-9]+\] DEBUG -- : "#
    #expect(failed.text.range(of: first, options: .regularExpression) != nil)
    let next = try call(["run"] + SandboxRun.inputs + ["--sandbox", "box"])
    #expect(next.status == 4)
    #expect(next.text.hasPrefix("There seems to be an ongoing run of EmrEtlRunner: raw events of"))
    // There are no logs because that run has taken them.
    #expect(next.errors.contains("error[dataset-not-empty]"))
    #expect(!next.errors.contains("no-data-to-process"), "\(next.errors)")
    // What a run is refused for is in that log too, and nowhere else.
    let late = try SandboxRun()
    #expect(try late.plan().status == 0)
    try FileManager.default.removeItem(at: late.box.appending(path: "acme-collector-eu/logs"))
    try FileManager.default.createSymbolicLink(
      at: late.folder.appending(path: "snowplow-emr-etl-runner"), withDestinationURL: Run.binary)
    let refused = try Run(
      ["apply", "plan.json", "--sandbox", "box"], environment: SandboxRun.secrets,
      folder: late.folder, program: late.folder.appending(path: "snowplow-emr-etl-runner"))
    #expect(refused.status == 3)
    #expect(refused.text.contains("FATAL -- : S3 or EMR has changed since the plan was made: "))
    #expect(!refused.errors.contains("fact-changed"), "\(refused.errors)")
    let other = try SandboxRun()
    try FileManager.default.createSymbolicLink(
      at: other.folder.appending(path: "snowplow-emr-etl-runner"), withDestinationURL: Run.binary)
    let done = try Run(
      ["run"] + SandboxRun.inputs + ["--sandbox", "box"], environment: SandboxRun.secrets,
      folder: other.folder, program: other.folder.appending(path: "snowplow-emr-etl-runner"))
    #expect(done.text.hasSuffix(" INFO -- : Completed successfully\n"), "\(done.text)")
  }
}
