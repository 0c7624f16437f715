import Foundation
import TestSupport
import Testing

/// What people reported of EmrEtlRunner, Dataflow Runner and the RDB Shredder, each as a small run:
/// the rows of docs/reports-of-emr-etl-runner-users.md.
@Suite struct UserReportTests {
  private static let next = ["--run-time", "2026-03-02T05:06:07Z"]

  /// `run` at another time than the first.
  private static func later(_ sandbox: SandboxRun, _ more: [String] = []) throws -> Run {
    try sandbox.penstock(["run"] + SandboxRun.inputs + next + ["--format", "json"] + more)
  }

  /// Steps by name, with their states, in the order of the clusters.
  private static func steps(_ sandbox: SandboxRun) throws -> [(name: String, state: String)] {
    let data = try Data(contentsOf: sandbox.box.appending(path: ".penstock/emr.json"))
    let world = try JSONSerialization.jsonObject(with: data) as? [String: Any]
    let clusters = world?["clusters"] as? [[String: Any]] ?? []
    return clusters.flatMap { $0["steps"] as? [[String: Any]] ?? [] }.compactMap { step in
      guard let name = step["name"] as? String, let state = step["state"] as? String else {
        return nil
      }
      return (name, state)
    }
  }

  /// snowplow#3437: `--skip staging` with nothing staged.
  @Test func skippingStagingWithoutStagedEventsStartsNoCluster() throws {
    let sandbox = try SandboxRun()
    let run = try sandbox.run(["--skip", "staging"])
    #expect(run.status == 3)
    #expect(
      run.errors.contains("there are no raw events in s3://acme-snowplow-etl/processing/ to enrich")
    )
    #expect(!FileManager.default.fileExists(atPath: sandbox.box.path + "/.penstock/emr.json"))
  }

  /// snowplow#3376: resuming from `archive_raw` ended with 4, because the run's own events were there.
  @Test func resumingFromAnArchiveStageIsNotBlockedByTheRunsOwnEvents() throws {
    let sandbox = try SandboxRun()
    #expect(try sandbox.run(["--fault", "archive_raw=fail"]).status == 1)
    let resumed = try Self.later(sandbox, ["--resume-from", "archive_raw"])
    #expect(resumed.status == 0, "\(resumed.errors)")
    let left = sandbox.world().keys.filter {
      $0.hasPrefix("acme-snowplow-out/enriched/good") || $0.contains("/processing/")
        || $0.hasPrefix("acme-snowplow-out/shredded/good")
    }
    #expect(left.isEmpty, "\(left)")
    #expect(
      sandbox.world().keys.contains {
        $0.hasPrefix("acme-snowplow-archive/enriched/run=2026-03-01-05-06-07/")
      })
  }

  /// snowplow#3694: a run ended well and left its shredded events; the next one didn't say which.
  @Test func whatAnEarlierRunLeftIsNamedAndCanBeArchived() throws {
    let sandbox = try SandboxRun()
    #expect(try sandbox.run().status == 0)
    let folder = "acme-snowplow-out/shredded/good/run=2026-03-01-05-06-07"
    try sandbox.put("\(folder)/atomic-events/part-00000.gz", "left\n")
    try sandbox.put("acme-collector-eu/logs/2026-03-01-01.lzo", "events\n")
    let next = try Self.later(sandbox)
    #expect(next.status == 4)
    #expect(
      next.errors.contains(
        "shredded events of an earlier run are still in s3://acme-snowplow-out/shredded/good/"))
    let archived = try Self.later(sandbox, ["--resume-from", "archive_shredded"])
    #expect(archived.status == 0, "\(archived.errors)")
    let loads = sandbox.world().keys.filter { $0.hasPrefix("load of [rdb_load]") }
    #expect(loads.count == 1, "the load isn't made again")
    #expect(try Self.later(sandbox).status == 0)
  }

  /// snowplow#4205: with all types as TSV, the copy of JSON types had nothing to copy and failed.
  @Test func noStepCopiesTypesThatAreNotWritten() throws {
    let sandbox = try SandboxRun()
    let file = sandbox.folder.appending(path: "targets/redshift.json")
    let text = String(decoding: try Locations.bytes(file), as: UTF8.self)
    let types = try #require(text.firstMatch(of: /"blacklistTabular": \[[^\]]*\]/))
    let name = "[shred] s3-dist-cp: Shredded JSON types HDFS -> S3"
    #expect(try sandbox.run(["--skip", "rdb_load"]).status == 0)
    #expect(try Self.steps(sandbox).contains { $0.name == name })
    let other = try SandboxRun()
    try other.scratch.file(
      "targets/redshift.json", text.replacing(types.output, with: "\"blacklistTabular\": []"))
    #expect(try other.run().status == 0)
    #expect(try !Self.steps(other).contains { $0.name == name })
  }

  /// snowplow#3396: a run with nothing to do kept its lock, and none started any more.
  @Test(arguments: [(false, Int32(3)), (true, 4)])
  func aRunWithNothingToDoReleasesItsLock(hasLeftovers: Bool, status: Int32) throws {
    let sandbox = try SandboxRun()
    let lock = sandbox.folder.appending(path: "my.lock").path
    if hasLeftovers {
      try sandbox.put("acme-snowplow-out/enriched/good/run=2026-02-28-05-06-07/part-0", "x\n")
    } else {
      try FileManager.default.removeItem(at: sandbox.box.appending(path: "acme-collector-eu/logs"))
    }
    #expect(try sandbox.run(["--lock", lock]).status == status)
    #expect(!FileManager.default.fileExists(atPath: lock))
  }

  /// snowplow#3130: a second run started before the first one had written anything.
  @Test func aSecondRunWaitsThoughNothingIsWrittenYet() throws {
    let sandbox = try SandboxRun()
    let lock = sandbox.folder.appending(path: "my.lock").path
    // It is killed when its cluster has just been asked for.
    #expect(try sandbox.run(["--lock", lock, "--fault", "crash-after=6"]).status == -1)
    #expect(!sandbox.world().keys.contains { $0.contains("/processing/") })
    let clusters = try sandbox.clusters()
    let second = try Self.later(sandbox, ["--lock", lock])
    #expect(second.status == 17)
    #expect(second.errors.contains("error[lock-held]"))
    #expect(try sandbox.clusters() == clusters)
  }

  /// discourse.snowplow.io/t/3447: for an evening, every cluster's bootstrap failed.
  @Test func aBootstrapThatFailsIsTriedAgainAndThenRecovered() throws {
    let sandbox = try SandboxRun()
    #expect(try sandbox.run(["--fault", "bootstrap=fail:2"]).status == 0, "the third one works")
    #expect(try sandbox.clusters() == 3)
    let other = try SandboxRun()
    let failed = try other.run(["--fault", "bootstrap=fail:3"])
    #expect(failed.status == 1)
    #expect(try other.clusters() == 3)
    let before = other.world().keys.filter { $0.contains("collector") }.count
    #expect(before == 3, "nothing has been moved")
    let recovery = try #require(failed.recovery, "\(failed.text)")
    let recovered = try other.penstock(recovery.filter { $0 != "--sandbox" && $0 != "box" })
    #expect(recovered.status == 0, "\(recovered.errors)")
    #expect(other.world().keys.contains { $0.hasPrefix("load of [rdb_load]") })
  }

  /// snowplow#2593: a rerun loaded the same bad rows into Elasticsearch once more.
  @Test func badRowsAreLoadedOnce() throws {
    let sandbox = try SandboxRun()
    let name = "Errors in s3://acme-snowplow-out/shredded/bad"
    let failed = try sandbox.run(["--fault", "\(name)=fail"])
    #expect(failed.status == 1, "\(failed.errors)")
    let recovery = try #require(failed.recovery, "\(failed.text)")
    let recovered = try sandbox.penstock(recovery.filter { $0 != "--sandbox" && $0 != "box" })
    #expect(recovered.status == 0, "\(recovered.errors)")
    let done = try Self.steps(sandbox).filter {
      $0.name.hasPrefix("Errors in") && $0.state == "COMPLETED"
    }
    #expect(done.count == 2 && Set(done.map(\.name)).count == 2, "\(done)")
  }

  /// snowplow#2750: a failure of the last copy meant doing everything again.
  @Test func aLateFailureRepeatsOnlyWhatIsLeft() throws {
    let sandbox = try SandboxRun()
    let failed = try sandbox.run(["--fault", "archive_enriched=fail"])
    #expect(failed.status == 1)
    let before = try Self.steps(sandbox).count
    let recovery = try #require(failed.recovery)
    let recovered = try sandbox.penstock(recovery.filter { $0 != "--sandbox" && $0 != "box" })
    #expect(recovered.status == 0, "\(recovered.errors)")
    let repeated = try Self.steps(sandbox).dropFirst(before).map(\.name)
    #expect(
      repeated.map { $0.prefix { $0 != "]" } } == ["[archive_enriched", "[archive_shredded"],
      "\(repeated)")
  }

  /// pastebin.com/8CSb6zaU, and the second warning of Snowplow's page on the common configuration:
  /// places in one another, which loaded events again each night or deleted them.
  @Test(arguments: [
    ("archive: s3://acme-snowplow-archive/raw", "archive: s3://acme-collector-eu/logs/archive"),
    (
      "processing: s3://acme-snowplow-etl/processing",
      "processing: s3://acme-collector-eu/logs/processing"
    ),
    (
      "archive: s3://acme-snowplow-archive/enriched",
      "archive: s3://acme-snowplow-out/enriched/good"
    ),
    (
      "archive: s3://acme-snowplow-archive/enriched",
      "archive: s3n://acme-snowplow-out/enriched/good/archive"
    ),
    ("bad: s3://acme-snowplow-out/enriched/bad", "bad: s3://acme-snowplow-out/enriched/good/bad"),
    (
      "archive: s3://acme-snowplow-archive/shredded",
      "archive: s3://acme-snowplow-archive/enriched"
    ),
    ("log: s3://acme-snowplow-etl/logs", "log: s3://acme-snowplow-etl/processing/logs"),
    (
      "good: s3://acme-snowplow-out/enriched/good", "good: s3://acme-snowplow-etl/processing/good"
    ),
    ("good: s3://acme-snowplow-out/shredded/good", "good: s3://acme-snowplow-out/enriched/good"),
  ])
  func placesInOneAnotherAreRefused(old: String, new: String) throws {
    let sandbox = try SandboxRun()
    let file = sandbox.folder.appending(path: "config.yml")
    let text = String(decoding: try Locations.bytes(file), as: UTF8.self)
    let line = try #require(text.firstRange(of: old))
    let number = text[..<line.lowerBound].filter { $0 == "\n" }.count + 1
    try sandbox.scratch.file("config.yml", text.replacingCharacters(in: line, with: new))
    let before = sandbox.world()
    // Not 3, which a crontab takes for a quiet night.
    let run = try sandbox.run()
    #expect(run.status == 1)
    #expect(run.errors.contains("error[dataset-overlap]"))
    #expect(run.errors.contains("config.yml:\(number):"), "\(run.errors)")
    #expect(sandbox.world() == before)
  }

  /// A post on shredder 0.13.1, whose readers resumed from `shred`: nothing is left to archive.
  @Test(arguments: [["--resume-from", "shred"], ["--skip", "staging,enrich"]])
  func resumingAfterTheRawEventsAreGoneSaysSo(options: [String]) throws {
    let sandbox = try SandboxRun()
    try sandbox.put("acme-snowplow-out/enriched/good/run=2026-02-01-00-00-00/part-0", "x\n")
    let run = try sandbox.run(options)
    #expect(run.status == 1)
    #expect(
      run.errors.contains(
        "there are no raw events in s3://acme-snowplow-etl/processing/ to archive")
    )
    #expect(!FileManager.default.fileExists(atPath: sandbox.box.path + "/.penstock/emr.json"))
  }

  /// dataflow-runner#65: the cluster's applications weren't sent, so `spark-submit` wasn't there.
  @Test func aClusterHasTheApplicationsOfItsSteps() throws {
    let scratch = try Scratch()
    try scratch.file(
      "own.yml",
      """
      penstock: v1
      pipeline: own
      stages:
        - stage: only
          steps:
            - { name: work, spark-submit: { application: "s3://acme-code/work.py" } }
      cluster:
        region: eu-west-1
        job-flow:
          Name: own
          ReleaseLabel: emr-6.1.0
          ServiceRole: EMR_DefaultRole
          JobFlowRole: EMR_EC2_DefaultRole
          Instances:
            InstanceGroups:
              - { InstanceRole: MASTER, InstanceType: m5.xlarge, InstanceCount: 1 }
      """)
    let run = try Run(["compile", "own.yml"], folder: scratch.folder)
    #expect(run.status == 0, "\(run.errors)")
    let body = try JSONSerialization.jsonObject(with: Data(run.output)) as? [String: Any]
    let applications = body?["Applications"] as? [[String: Any]]
    #expect(applications?.compactMap { $0["Name"] as? String } == ["Spark"])
  }

  /// dataflow-runner#38: a file that a playbook names was missing, which was found on the cluster.
  @Test func aMissingFileIsFoundBeforeThereIsACluster() throws {
    let scratch = try Scratch()
    let example = Locations.repository.appending(path: "examples/snowplow-rdb")
    let run = try Run(
      [
        "run", "snowplow-rdb", "-c", "\(example.path)/config.yml", "-r",
        "\(example.path)/resolver.json", "--input", "transformer=nowhere.hocon", "--sandbox", "box",
      ], folder: scratch.folder)
    #expect(run.status == 1)
    #expect(run.errors.contains("cannot read `nowhere.hocon`"), "\(run.errors)")
    #expect(
      !FileManager.default.fileExists(atPath: scratch.folder.path + "/box/.penstock/emr.json"))
  }

  /// snowplow-rdb-loader#1299: the transformer ended without its last file, and without a word.
  @Test func aRunThatTheTransformerDidNotCompleteIsNamed() throws {
    let scratch = try Scratch()
    let example = Locations.repository.appending(path: "examples/snowplow-rdb")
    let inputs = [
      "run", "snowplow-rdb", "-c", "\(example.path)/config.yml", "-r",
      "\(example.path)/resolver.json", "--input", "transformer=\(example.path)/transformer.hocon",
      "--sandbox", "box",
    ]
    let sink = "box/acme-snowplow-out/enriched/sink"
    try scratch.file("\(sink)/1.tsv", "events\n")
    let first = try Run(
      inputs + ["--run-time", "2026-03-01T05:06:07Z"], folder: scratch.folder)
    #expect(first.status == 0, "\(first.errors)")
    let output = "box/acme-snowplow-out/transformed/run=2026-03-01-05-06-07"
    try FileManager.default.removeItem(
      at: scratch.folder.appending(path: "\(output)/shredding_complete.json"))
    try scratch.file("\(sink)/2.tsv", "events\n")
    let second = try Run(
      inputs + ["--run-time", "2026-03-02T05:06:07Z"], folder: scratch.folder)
    #expect(second.status == 4)
    #expect(
      second.errors.contains(
        "the events of run 2026-03-01-05-06-07 are staged, and not completely transformed"))
    #expect(
      second.errors.contains(
        "delete\n    s3://acme-snowplow-out/transformed/run=2026-03-01-05-06-07/")
        || second.errors.contains(
          "delete s3://acme-snowplow-out/transformed/run=2026-03-01-05-06-07/")
    )
  }
}
