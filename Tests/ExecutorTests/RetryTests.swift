import AWSServices
import Diagnostics
import Executor
import Foundation
import PlanFormat
import Sandbox
import Testing
import Values

/// Steps that are tried again on a cluster of the run's own.
@Suite struct RetryTests {
  private static func builder(_ waits: [Int64]) -> PlanBuilder {
    var builder = PlanBuilder()
    builder.retryWaits = waits
    return builder
  }

  private static func world(_ faults: String...) async throws -> World {
    let world = World(faults: Faults(faults.compactMap { Faults.parse($0) }))
    try await world.fill()
    return world
  }

  private static func waits(_ world: World) -> [Int64] {
    world.recorder.events.compactMap { event in
      guard case .retrying(_, _, _, let due) = event.kind else { return nil }
      return due.seconds - event.time.seconds
    }
  }

  @Test func aStepIsTriedAgainAfterItsWaits() async throws {
    let reference = try await RunTests.reference()
    let world = try await Self.world("[enrich] Keep=fail:2")
    let plan = Self.builder([60, 300]).plan
    let outcome = try await RunTests.apply(plan, in: world)
    #expect(outcome.status == .success, "\(outcome.summary)")
    #expect(world.objects() == reference.objects)
    #expect(world.loads().values.map(\.count) == reference.loads.values.map(\.count))
    #expect(Self.waits(world) == [60, 300])
    let emptied = world.recorder.events.compactMap { event in
      if case .emptied(let place, _) = event.kind { place } else { String?.none }
    }
    #expect(emptied == Array(repeating: "s3://work/good/run=\(plan.runID)/", count: 2))
    let clusters = try await world.clusters(plan)
    #expect(clusters.count == 1)
    #expect(clusters.allSatisfy { $0.state == .terminating || !$0.state.isLive })
  }

  @Test func theLastFailureIsReportedAndEndsTheCluster() async throws {
    let world = try await Self.world("[enrich] Enrich=fail:9")
    let plan = Self.builder([30]).plan
    let outcome = try await RunTests.apply(plan, in: world)
    #expect(outcome.failure?.code == .stepFailed)
    #expect(outcome.report?.tries == 2)
    #expect(outcome.report?.recovery?.isPossible == true)
    #expect(Self.waits(world) == [30])
    let clusters = try await world.clusters(plan)
    #expect(clusters.allSatisfy { $0.state == .terminating || !$0.state.isLive })
  }

  /// The load must not be done twice, so a failure of it isn't followed by another try.
  @Test func aStepWithoutRetriesEndsTheRun() async throws {
    let world = try await Self.world("Load=fail")
    let outcome = try await RunTests.apply(Self.builder([60]).plan, in: world)
    #expect(outcome.failure?.code == .stepFailed)
    #expect(Self.waits(world).isEmpty)
  }

  @Test func aWaitPastTheRunsTimeLimitIsNotBegun() async throws {
    let world = try await Self.world("[enrich] Enrich=fail:9")
    var builder = Self.builder([60, 7200])
    builder.timeout = 3600
    let outcome = try await RunTests.apply(builder.plan, in: world)
    #expect(outcome.failure?.code == .stepFailed)
    #expect(Self.waits(world) == [60])
    #expect(outcome.report?.tries == 2)
  }

  /// No process ends the cluster of a run whose process was killed for good: it ends by itself.
  @Test func aClusterThatIsLeftEndsByItself() async throws {
    let world = try await Self.world("[enrich] Enrich=fail:9")
    var builder = Self.builder([3600])
    builder.idleTimeout = 600
    let plan = builder.plan
    let outcome = try await RunTests.apply(plan, in: world)
    #expect(outcome.failure?.code == .stepFailed)
    #expect(outcome.report?.clusterReason.message.contains("idle") == true)
    #expect(try await world.clusters(plan).allSatisfy { !$0.state.isLive })
  }

  @Test func anAnswerThatIsLostAddsNothingTwice() async throws {
    let reference = try await RunTests.reference()
    for fault in [
      "AddJobFlowSteps=lost-answer", "AddJobFlowSteps=throttled", "ListSteps=lost-answer:3",
      "TerminateJobFlows=lost-answer",
    ] {
      let world = try await Self.world("[enrich] Keep=fail", fault)
      let plan = Self.builder([60]).plan
      var outcome = try await RunTests.apply(plan, in: world)
      outcome = try await RunTests.apply(plan, in: world.calm)
      #expect(outcome.status == .success, "\(fault): \(outcome.summary)")
      #expect(world.objects() == reference.objects, "\(fault)")
      let steps = try await world.calm.emr(plan).listSteps(
        cluster: world.calm.clusters(plan)[0].id)
      #expect(steps.filter { $0.state == .completed }.map(\.name) == plan.steps.map(\.name))
    }
  }
}
