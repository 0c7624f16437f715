import AWSClient
import AWSServices
import Diagnostics
import Executor
import Foundation
import PlanFormat
import TestSupport
import Testing
import Values

/// Golden plans, carried out against an independent mock of AWS over real sockets.
@Suite(.enabled(if: Python.hasModules, "the tests' Python modules are not installed"))
struct EndToEndTests {
  @Test func toCompletion() async throws {
    let test = try EndToEnd()
    defer { test.clean() }
    try await test.fill()
    let outcome = try await test.apply(
      EndToEnd.plan("snowplow"), lock: "s3://acme-snowplow-etl/locks/etl")
    #expect(outcome.status == .success, "\(outcome.summary)")
    let clusters = try await test.clusters()
    #expect(clusters.count == 1 && clusters.first?.state == "TERMINATED")
    #expect(clusters.first?.count("COMPLETED") == 17)
    #expect(clusters.first?.tags["penstock:plan"] == "sha256:1")
    #expect(try await test.complaints() == [])
    // The lock is gone, so another plan may run; this one is stale.
    let again = try await test.apply(
      EndToEnd.plan("snowplow"), digest: "sha256:2", lock: "s3://acme-snowplow-etl/locks/etl",
      process: 2)
    #expect(again.status == .success, "moto's steps move no data: the world is as it was")
    // The first plan is done: applying it again does nothing.
    #expect(try await test.apply(EndToEnd.plan("snowplow")).status == .success)
    #expect(try await test.clusters().count == 2)
  }

  @Test func aFailureAndItsRecovery() async throws {
    let test = try EndToEnd()
    defer { test.clean() }
    try await test.fill()
    try await test.call(
      "POST", "/clock/script",
      #"{"Snowplow ETL": {"steps": {"[shred] spark: Shred Enriched Events": "FAILED"}}}"#)
    let lock = "s3://acme-snowplow-etl/locks/etl"
    let outcome = try await test.apply(EndToEnd.plan("snowplow"), lock: lock)
    #expect(outcome.status == .failure)
    #expect(outcome.report?.step?.name == "[shred] spark: Shred Enriched Events")
    #expect(outcome.report?.step?.failure?.message == "Exception in thread main")
    #expect(outcome.report?.clusterReason.code == "STEP_FAILURE")
    #expect(outcome.report?.recovery?.isPossible == true)
    // A failed run's lock keeps others out.
    var next = try EndToEnd.plan("snowplow")
    next.runID = "2026-03-02-05-06-07"
    let other = try await test.apply(next, digest: "sha256:2", lock: lock, process: 2)
    #expect(other.status == .lockHeld, "\(other.summary)")

    let run = "run=2026-02-28-05-06-07"
    try await test.fill([
      "acme-snowplow-out/enriched/good/\(run)/part", "acme-snowplow-out/enriched/bad/\(run)/part",
      "acme-snowplow-etl/processing/a.lzo",
    ])
    // The recovery of that run takes its lock over, and releases it.
    var recovery = try EndToEnd.plan("snowplow-resumed")
    recovery.runID = try EndToEnd.plan("snowplow").runID
    let resumed = try await test.apply(recovery, digest: "sha256:3", lock: lock, process: 3)
    #expect(resumed.status == .success, "\(resumed.summary)")
    let left = try await test.session(test.clock).objects.list(
      bucket: "acme-snowplow-etl", prefix: "locks/", after: nil, limit: 1)
    #expect(left.entries.isEmpty)
    #expect(try await test.complaints() == [])
  }

  @Test func aPersistentClusterIsUsedAgain() async throws {
    let test = try EndToEnd()
    defer { test.clean() }
    let run = "run=2026-02-28-05-06-07"
    try await test.fill([
      "acme-snowplow-out/enriched/good/\(run)/part", "acme-snowplow-out/enriched/bad/\(run)/part",
      "acme-snowplow-etl/processing/a.lzo",
    ])
    let first = try EndToEnd.plan("snowplow-resumed")
    #expect(try await test.apply(first).status == .success)
    let cluster = try #require(try await test.clusters().first)
    #expect(cluster.state == "WAITING")

    var second = first
    second.facts.removeAll { if case .cluster = $0.question { true } else { false } }
    second.cluster.reusedID = cluster.id
    let launch = try #require(first.requests.first).body
    second.requests = [
      Plan.Request(
        operation: "AddJobFlowSteps",
        body: .object(["JobFlowId": .string(cluster.id), "Steps": launch["Steps"]]))
    ]
    try await test.call(
      "POST", "/clock/script",
      #"{"Snowplow ETL": {"steps": {"[archive_raw] s3-dist-cp: Raw Staging S3 -> Raw Archive S3": "FAILED"}}}"#
    )
    let outcome = try await test.apply(second, digest: "sha256:2")
    #expect(outcome.status == .success, "\(outcome.summary)")
    let clusters = try await test.clusters()
    #expect(clusters.count == 1 && clusters.first?.state == "WAITING")
    // The failed step is submitted again, with those after it.
    let steps = clusters.first?.steps ?? []
    #expect(steps.count > cluster.steps.count * 2)
    #expect(clusters.first?.count("FAILED") == 1 && clusters.first?.count("PENDING") == 0)
    #expect(try await test.complaints() == [])
  }

  /// Three branches of five steps, side by side, take the time of one.
  @Test func branchesTakeTheTimeOfOne() async throws {
    func seconds(branches: Int, atOnce: Int64) async throws -> Int64 {
      let test = try EndToEnd()
      defer { test.clean() }
      let outcome = try await test.apply(EndToEnd.branches(branches, of: 5, atOnce: atOnce))
      #expect(outcome.status == .success, "\(outcome.summary)")
      let cluster = try #require(try await test.clusters().first)
      #expect(cluster.count("COMPLETED") == branches * 5 && cluster.isEnding)
      #expect(try await test.complaints() == [])
      let times = test.events.filter { if case .step = $0.kind { true } else { false } }
        .map(\.time.seconds)
      return (times.max() ?? 0) - (times.min() ?? 0)
    }
    let one = try await seconds(branches: 1, atOnce: 3)
    let three = try await seconds(branches: 3, atOnce: 3)
    #expect(three == one)
    // One step at a time, they take longer.
    #expect(try await seconds(branches: 3, atOnce: 1) >= one * 3 / 2)
    print("one branch \(one) s, three \(three) s")
  }

  @Test func aFailureOnABranchStopsNoOther() async throws {
    let test = try EndToEnd()
    defer { test.clean() }
    try await test.call("POST", "/clock/script", #"{"Branches": {"steps": {"1.2": "FAILED"}}}"#)
    let outcome = try await test.apply(EndToEnd.branches(3, of: 5, atOnce: 3))
    #expect(outcome.failure?.code == .stepFailed)
    let cluster = try #require(try await test.clusters().first)
    #expect(cluster.count("COMPLETED") == 12 && cluster.count("FAILED") == 1)
    #expect(cluster.steps.count == 13 && cluster.isEnding)
    #expect(outcome.report?.heldBack.map(\.step) == ["1.3", "1.4"])
  }

  @Test func aFailedBootstrapIsTriedAgain() async throws {
    let test = try EndToEnd()
    defer { test.clean() }
    try await test.fill()
    try await test.call(
      "POST", "/clock/script", #"{"Snowplow ETL": {"bootstrap": "fail", "times": 2}}"#)
    #expect(try await test.apply(EndToEnd.plan("snowplow")).status == .success)
    let states = try await test.clusters().map(\.state).sorted()
    #expect(states.count == 3 && states.count { $0 == "TERMINATED_WITH_ERRORS" } == 2)
  }

  @Test func aChangedWorldIsRefused() async throws {
    let test = try EndToEnd()
    defer { test.clean() }
    try await test.fill([])
    #expect(try await test.apply(EndToEnd.plan("snowplow")).status == .noData)
    try await test.fill(["acme-collector-eu/logs/a", "acme-snowplow-out/enriched/good/run=x/y"])
    #expect(try await test.apply(EndToEnd.plan("snowplow"), digest: "sha256:2").status == .notEmpty)
    #expect(try await test.clusters().isEmpty)
  }
}
