import AWSServices
import Diagnostics
import Executor
import Foundation
import PlanFormat
import Sandbox
import Synchronization
import Testing

/// Kills a run at each of its journal's entries and requests, before and after, and applies the
/// plan again.
///
/// A killed process does nothing more. So the task that reaches the point of death hangs there for
/// good: none of its `catch` and `defer` blocks run.
@Suite struct CrashTests {
  /// Counts the points at which a run may die, and dies at one of them.
  final class Reaper: Sendable {
    private let passed = Mutex(0)
    private let deadline: Int
    private let death: AsyncStream<Bool>.Continuation
    let deaths: AsyncStream<Bool>

    init(at deadline: Int) {
      self.deadline = deadline
      (deaths, death) = AsyncStream.makeStream()
    }

    func pass() async {
      let count = passed.withLock { count in
        count += 1
        return count
      }
      guard count == deadline else { return }
      death.yield(true)
      await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in }
    }

    func survived() { death.yield(false) }
  }

  /// Applies the plan in a process that dies at its `deadline`-th point; false if it survived.
  static func applyAndDie(_ world: World, _ plan: Plan, at deadline: Int) async throws -> Bool {
    let reaper = Reaper(at: deadline)
    let services = try world.services(plan, process: 1) { _ in await reaper.pass() }
    Task.detached {
      _ = await Executor.apply(plan, services: services, options: World.options(plan))
      reaper.survived()
    }
    for await isDead in reaper.deaths { return isDead }
    return false
  }

  private func replay(
    _ builder: PlanBuilder, last: Int = .max, faults: Faults = Faults(),
    prepare: (World) async throws -> PlanBuilder?
  )
    async throws
  {
    let (objects, loads) = try await RunTests.reference()
    var deadline = 0
    while true {
      deadline += 1
      let world = World(faults: faults)
      try await world.fill()
      let plan = (try await prepare(world) ?? builder).plan
      let before = try await world.clusters(plan).count
      let isDead = try await Self.applyAndDie(world, plan, at: deadline)
      let outcome = await Executor.apply(
        plan, services: try world.calm.services(plan, process: 2), options: World.options(plan))
      #expect(outcome.status == .success, "at \(deadline): \(outcome.summary)")
      #expect(world.objects() == objects, "at \(deadline)")
      #expect(world.loads().mapValues(\.count) == loads.mapValues(\.count), "at \(deadline)")
      #expect(Set(world.loads().values) == Set(loads.values), "at \(deadline)")
      let clusters = try await world.clusters(plan)
      #expect(clusters.count - before == (plan.cluster.reusedID == nil ? 1 : 0), "at \(deadline)")
      for cluster in clusters {
        let steps = try await world.emr(plan).listSteps(cluster: cluster.id)
        guard faults.planned.isEmpty else {
          // Each step has completed once, and nothing is left to cost money.
          let completed = steps.filter { $0.state == .completed }.map(\.name)
          let isInOrder =
            plan.cluster.isFed
            ? completed.sorted() == plan.steps.map(\.name).sorted()
            : completed == plan.steps.map(\.name)
          #expect(isInOrder, "at \(deadline): \(completed)")
          #expect(!cluster.state.isLive || cluster.state == .terminating, "at \(deadline)")
          continue
        }
        let names = steps.map(\.name)
        guard plan.cluster.isFed else {
          #expect(names == plan.steps.map(\.name), "at \(deadline)")
          continue
        }
        #expect(names.sorted() == plan.steps.map(\.name).sorted(), "at \(deadline)")
        #expect(FeedTests.disorder(steps, plan) == [], "at \(deadline)")
      }
      guard isDead, deadline < last else { break }
    }
    #expect(deadline > 20)
  }

  @Test func nothingIsDoneTwiceOnAClusterOfItsOwn() async throws {
    try await replay(PlanBuilder()) { _ in nil }
  }

  /// A step fails twice: wherever the run dies, the others go on once it has succeeded.
  @Test func nothingIsDoneTwiceWhereStepsAreTriedAgain() async throws {
    var builder = PlanBuilder()
    builder.retryWaits = [60, 120]
    let faults = Faults([Faults.Planned(.stepFails("[enrich] Keep"), times: 2)])
    try await replay(builder, faults: faults) { _ in nil }
  }

  @Test func nothingIsDoneTwiceWhereStepsAreAddedInOrder() async throws {
    var builder = PlanBuilder()
    builder.atOnce = 2
    try await replay(builder) { _ in nil }
  }

  @Test func nothingIsDoneTwiceWhereStepsOfAnOrderAreTriedAgain() async throws {
    var builder = PlanBuilder()
    builder.atOnce = 3
    builder.retryWaits = [60, 120]
    let faults = Faults([Faults.Planned(.stepFails("[archive] Raw"), times: 2)])
    try await replay(builder, faults: faults) { _ in nil }
  }

  @Test func nothingIsDoneTwiceInOrderOnAReusedCluster() async throws {
    try await replay(PlanBuilder()) { world in
      var builder = PlanBuilder()
      builder.atOnce = 2
      builder.isPersistent = true
      builder.reusedID = try await world.waitingCluster(atOnce: 2)
      return builder
    }
  }

  /// After its first forty points such a run is like any other.
  @Test func nothingIsDoneTwiceOnAReusedCluster() async throws {
    try await replay(PlanBuilder(), last: 40) { world in
      var builder = PlanBuilder()
      builder.isPersistent = true
      builder.reusedID = try await world.waitingCluster()
      return builder
    }
  }
}
