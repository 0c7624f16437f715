import AWSServices
import Diagnostics
import Executor
import Journal
import PlanFormat
import Sandbox
import TestSupport
import Testing
import Values

private actor Count {
  private var count = 0

  func next() -> Int {
    count += 1
    return count
  }
}

/// Runs without steps, which end when their cluster takes steps.
@Suite struct UpTests {
  private static var plan: Plan {
    var builder = PlanBuilder()
    builder.isPersistent = true
    builder.bootstrapTries = 2
    var plan = builder.plan
    plan.steps = []
    plan.secrets = []
    if case .map(var body) = plan.requests[0].body {
      body["Steps"] = nil
      body["AutoTerminationPolicy"] = .object(["IdleTimeout": .int(3600)])
      plan.requests[0].body = .map(body)
    }
    return plan
  }

  private static func overview(_ world: World) throws -> RunOverview {
    let journal = try Journal(path: world.folder.path + "/journal.db")
    return try #require(
      try Executor.status(of: plan.runID, in: journal, isAlive: { _ in false }))
  }

  @Test func theClusterWaits() async throws {
    let world = World()
    let outcome = try await RunTests.apply(Self.plan, in: world)
    #expect(outcome.status == .success)
    let run = try Self.overview(world)
    let cluster = try #require(run.cluster)
    #expect(outcome.summary == "the cluster \(cluster) waits for steps")
    #expect(try await world.emr(Self.plan).describeCluster(cluster).state == .waiting)
    #expect(run.hasLeftCluster(of: Self.plan))
    // Again, it has nothing to do.
    #expect(try await RunTests.apply(Self.plan, in: world, process: 2).status == .success)
    #expect(
      try await world.emr(Self.plan).listClusters(
        states: Set(ClusterState.allCases), createdAfter: nil
      ).count == 1)
  }

  /// EMR ends the cluster when it has been idle for too long.
  @Test func aLeaseEnds() async throws {
    let world = World()
    #expect(try await RunTests.apply(Self.plan, in: world).status == .success)
    let cluster = try #require(try Self.overview(world).cluster)
    let emr = world.emr(Self.plan)
    try await emr.clock().sleep(seconds: 3000)
    #expect(try await emr.describeCluster(cluster).state == .waiting)
    try await emr.clock().sleep(seconds: 1500)
    #expect(try await emr.describeCluster(cluster).state.isLive == false)
  }

  @Test func aBootstrapThatFailsIsTriedAgain() async throws {
    let once = World(faults: Faults([Faults.parse("bootstrap=fail:1")].compactMap { $0 }))
    #expect(try await RunTests.apply(Self.plan, in: once).status == .success)
    let always = World(faults: Faults([Faults.parse("bootstrap=fail:9")].compactMap { $0 }))
    let outcome = try await RunTests.apply(Self.plan, in: always)
    #expect(outcome.status == .failure)
    #expect(outcome.summary == "the cluster's bootstrap failed 2 times")
    #expect(outcome.report?.recoveryCommand == nil, "the same command starts another one")
  }

  /// Killed at each entry and each request, and continued: there is one cluster, and it waits.
  @Test func aKilledRunIsContinued() async throws {
    for count in 1...20 {
      let world = World()
      let passed = Count()
      let (moments, moment) = AsyncStream<Void>.makeStream()
      let services = try world.services(Self.plan) { _ in
        guard await passed.next() == count else { return }
        moment.finish()
        while !Task.isCancelled { await Task.yield() }
      }
      let task = Task {
        let outcome = await Executor.apply(
          Self.plan, services: services, options: World.options(Self.plan))
        moment.finish()
        return outcome
      }
      for await _ in moments {}
      task.cancel()
      let first = await task.value
      guard first.status == .interrupted else {
        #expect(first.status == .success && count > 8)
        return
      }
      #expect(try await RunTests.apply(Self.plan, in: world, process: 2).status == .success)
      let clusters = try await world.emr(Self.plan).listClusters(
        states: Set(ClusterState.allCases), createdAfter: nil)
      #expect(clusters.map(\.state) == [.waiting], "killed at \(count)")
    }
    #expect(Bool(false), "it never ended")
  }

  /// While it starts, the cluster is ended; afterwards, `down` ends it.
  @Test func aRunIsCancelled() async throws {
    let world = World()
    let (moments, moment) = AsyncStream<Void>.makeStream()
    let services = try world.services(Self.plan) { checkpoint in
      if case .afterEntry("launched") = checkpoint {
        moment.finish()
        while !Task.isCancelled { await Task.yield() }
      }
    }
    let task = Task {
      await Executor.apply(Self.plan, services: services, options: World.options(Self.plan))
    }
    for await _ in moments {}
    task.cancel()
    #expect(await task.value.status == .interrupted)
    let emr = world.emr(Self.plan)
    let said = try await Executor.cancel(Self.overview(world), of: Self.plan, emr: emr)
    #expect(said.contains("being terminated"))
    let outcome = try await RunTests.apply(Self.plan, in: world, process: 2)
    #expect(outcome.status == .failure && outcome.report?.recoveryCommand == nil)
  }

  @Test func aClusterThatIsUpIsNotCancelled() async throws {
    let world = World()
    #expect(try await RunTests.apply(Self.plan, in: world).status == .success)
    let emr = world.emr(Self.plan)
    let run = try Self.overview(world)
    let said = try await Executor.cancel(run, of: Self.plan, emr: emr)
    #expect(said == "the run is over, and its cluster \(run.cluster ?? "") is up: `down` ends it")
    #expect(try await emr.describeCluster(run.cluster ?? "").state == .waiting)
  }
}
