import Foundation
import TestSupport
import Testing

/// `penstock for` in a sandbox.
@Suite struct BackfillTests {
  private static let pipeline = """
    penstock: v1
    pipeline: daily
    run:
      notify:
        - webhook: https://hooks.example/pLaNtEd
          on: [failure, no-data]
    datasets:
      raw: { at: "s3://bkt/raw/${formatTime(run.time, '%Y-%m-%d')}/" }
      out: { at: "s3://bkt/out/run=${run.id}/" }
      final: { at: "s3://bkt/final/${formatTime(run.time, '%Y-%m-%d')}/" }
    stages:
      - stage: work
        requires:
          - data: raw
        steps:
          - name: "Aggregate ${formatTime(run.time, '%m-%d')}"
            retries: { times: 1, wait: 1m }
            spark-submit: { application: s3://bkt/a.py }
            reads: [raw]
            writes: [out]
          - name: Publish
            s3-dist-cp: { src: out, dest: final }
    cluster:
      region: us-east-1
      job-flow:
        Name: daily
        ReleaseLabel: emr-7.5.0
        Instances:
          InstanceGroups:
            - { InstanceRole: MASTER, InstanceType: m5.xlarge, InstanceCount: 1 }
        JobFlowRole: EMR_EC2_DefaultRole
        ServiceRole: EMR_DefaultRole

    """

  /// A world with raw data of some days in March.
  private struct Case {
    let scratch: Scratch
    var folder: URL { scratch.folder }

    init(days: [Int]) throws {
      scratch = try Scratch()
      try scratch.file("p.yml", BackfillTests.pipeline)
      for day in days {
        try scratch.file("box/bkt/raw/2026-03-0\(day)/f", "data of \(day)\n")
      }
    }

    func backfill(_ range: String, _ more: String..., status: Int32 = 0) throws -> [String] {
      let run = try Run(
        ["for", "p.yml", "--run-time", range, "--sandbox", "box", "-q"] + more, folder: folder)
      #expect(run.status == status, "\(run.errors)")
      return run.text.split(separator: "\n").map(String.init)
    }

    /// The days whose results are there.
    var published: [String] {
      let path = folder.appending(path: "box/bkt/final").path
      return ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
    }

    private func world() throws -> [String: Any] {
      let data = try Data(contentsOf: folder.appending(path: "box/.penstock/emr.json"))
      return try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    /// How often each step has completed.
    func completed() throws -> [String: Int] {
      var counts: [String: Int] = [:]
      for cluster in try world()["clusters"] as? [[String: Any]] ?? [] {
        for step in cluster["steps"] as? [[String: Any]] ?? []
        where step["state"] as? String == "COMPLETED" {
          counts[step["name"] as? String ?? "", default: 0] += 1
        }
      }
      return counts
    }

    func clustersAreOver() throws -> Bool {
      (try world()["clusters"] as? [[String: Any]] ?? []).allSatisfy {
        ["TERMINATING", "TERMINATED", "TERMINATED_WITH_ERRORS"].contains($0["state"] as? String)
      }
    }

    func notices() throws -> [String] {
      let notices = try world()["notices"] as? [[String: Any]] ?? []
      return notices.compactMap { notice in
        let run = (notice["body"] as? [String: Any])?["penstock"] as? [String: Any]
        return "\(run?["run"] as? String ?? "") \(run?["event"] as? String ?? "")"
      }
    }
  }

  @Test(arguments: ["1", "3"]) func eachTimeHasItsRun(_ width: String) throws {
    let world = try Case(days: [1, 2, 3, 4])
    let lines = try world.backfill("2026-03-01..2026-03-04", "--max-active", width)
    #expect(lines.count == 4)
    #expect(lines.allSatisfy { $0.hasSuffix("  succeeded") })
    #expect(world.published == ["2026-03-01", "2026-03-02", "2026-03-03", "2026-03-04"])
    // Again, there is nothing left to do.
    let again = try world.backfill("2026-03-01..2026-03-04", "--max-active", width)
    #expect(again.allSatisfy { $0.hasSuffix("  was done before") })
    #expect(try world.completed()["Publish"] == 4)
    #expect(try world.clustersAreOver())
    let history = try Run(["history", "--sandbox", "box"], folder: world.folder)
    #expect(history.text.split(separator: "\n").count == 4)
  }

  @Test func aFailureStopsAndIsRecoveredByTheSameCommand() throws {
    let world = try Case(days: [1, 2, 3])
    let lines = try world.backfill(
      "2026-03-01..2026-03-03", "--fault", "03-02=fail:2", status: 1)
    #expect(
      lines.map { $0.split(separator: "  ").last } == [
        "succeeded", "failed", "not begun: its turn didn't come",
      ])
    #expect(try world.notices() == ["2026-03-02-00-00-00 failed"])
    let dry = try world.backfill("2026-03-01..2026-03-03", "--dry-run")
    #expect(
      dry.map { $0.split(separator: "  ").last } == [
        "is done", "would be recovered", "would be run",
      ])
    let again = try world.backfill("2026-03-01..2026-03-03")
    #expect(
      again.map { $0.split(separator: "  ").last } == [
        "was done before", "recovered", "succeeded",
      ])
    #expect(world.published.count == 3)
    #expect(try world.completed().values.allSatisfy { $0 == 3 || $0 == 1 })
  }

  @Test func theOthersGoOnIfAsked() throws {
    let world = try Case(days: [1, 3])
    let lines = try world.backfill(
      "2026-03-01..2026-03-03", "--keep-going", "--fault", "03-01=fail:2", status: 1)
    #expect(lines.map { $0.split(separator: "  ").last } == ["failed", "no data", "succeeded"])
    #expect(
      try Set(world.notices()) == ["2026-03-01-00-00-00 failed", "2026-03-02-00-00-00 no-data"])
    let none = try world.backfill("2026-03-05..2026-03-06", status: 3)
    #expect(none.allSatisfy { $0.hasSuffix("  no data") })
  }

  /// Wherever the process dies, the same command does the rest, and nothing twice.
  @Test(arguments: [2, 5, 9, 13, 17, 20, 24, 29, 33]) func aKilledRangeIsContinued(
    _ point: Int
  ) throws {
    let world = try Case(days: [1, 2])
    let killed = try Run(
      [
        "for", "p.yml", "--run-time", "2026-03-01..2026-03-02", "--sandbox", "box", "-q",
        "--fault", "03-01=fail", "--fault", "crash-after=\(point)",
      ], folder: world.folder)
    #expect(killed.status != 0)
    let lines = try world.backfill("2026-03-01..2026-03-02")
    #expect(lines.count == 2)
    #expect(world.published == ["2026-03-01", "2026-03-02"])
    #expect(
      try world.completed() == ["Aggregate 03-01": 1, "Aggregate 03-02": 1, "Publish": 2])
    #expect(try world.clustersAreOver())
  }

  @Test func whatIsWrongOnTheCommandLine() throws {
    let world = try Case(days: [1])
    for words in [
      ["--run-time", "2026-03-02..2026-03-01"], ["--run-time", "2026-03-01"], [],
      ["--run-time", "2026-03-01..2026-03-02", "--every", "fortnight"],
      ["--run-time", "2026-03-01..2026-03-02", "--max-active", "0"],
      ["--run-time", "2026-03-01..2026-03-02", "--max-active", "2", "--lock", "l"],
    ] {
      let run = try Run(["for", "p.yml", "--sandbox", "box"] + words, folder: world.folder)
      #expect(run.status == 64, "\(words)")
    }
  }

  @Test func anotherTimeOfTheSameIdIsNotTouched() throws {
    let world = try Case(days: [1])
    _ = try world.backfill("2026-03-01..2026-03-01")
    let other = try Run(
      ["for", "p.yml", "--run-time", "2026-03-01..2026-03-01", "--sandbox", "box", "-q"],
      environment: ["TZ": "UTC-3"], folder: world.folder)
    #expect(other.status == 1)
    #expect(other.text.contains("its id is that of a run at 2026-03-01T00:00:00Z"))
  }
}
