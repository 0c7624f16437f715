import AWSServices
import Diagnostics
import Executor
import PlanFormat
import Sandbox
import Testing
import Values

/// Clusters that others use, and those that are protected.
struct ClusterTests {
  private static func apply(_ plan: Plan, in world: World) async throws -> RunOutcome {
    await Executor.apply(plan, services: try world.services(plan), options: World.options(plan))
  }

  private static func add(_ names: [String], to cluster: String, _ emr: SimulatedEMR) async throws {
    _ = try await emr.addJobFlowSteps(
      .object([
        "JobFlowId": .string(cluster),
        "Steps": .list(
          names.map {
            .object(["Name": .string($0), "ActionOnFailure": .string("CONTINUE")])
          }),
      ]))
  }

  /// A plan that runs on a cluster which others use.
  private static func shared(_ id: String) -> Plan {
    var builder = PlanBuilder()
    builder.isPersistent = true
    builder.reusedID = id
    builder.lifetimeMinutes = 0
    var plan = builder.plan
    plan.cluster.isShared = true
    return plan
  }

  @Test func stepsAreAddedBesideThoseOfOthers() async throws {
    let world = World()
    try await world.fill()
    let id = try await world.waitingCluster()
    let plan = Self.shared(id)
    let emr = world.emr(plan)
    let theirs = [Tag(key: "penstock:plan", value: "theirs"), Tag(key: "team", value: "b")]
    try await emr.addTags(cluster: id, theirs)
    try await Self.add(["other 1", "other 2"], to: id, emr)
    let outcome = try await Self.apply(plan, in: world)
    #expect(outcome.status == .success, "\(outcome.summary)")
    let names = try await emr.listSteps(cluster: id).map(\.name)
    #expect(names == ["other 1", "other 2"] + plan.steps.map(\.name))
    let cluster = try await emr.describeCluster(id)
    #expect(cluster.state.isLive)
    #expect(theirs.allSatisfy { cluster.tags.contains($0) })
  }

  /// At each point where it can die, the next process goes on without adding anything twice.
  @Test func aKilledRunAddsNothingTwice() async throws {
    var hasDied = true
    var deadline = 0
    while hasDied {
      deadline += 1
      let world = World()
      try await world.fill()
      let id = try await world.waitingCluster()
      let plan = Self.shared(id)
      try await Self.add(["other"], to: id, world.emr(plan))
      hasDied = try await CrashTests.applyAndDie(world, plan, at: deadline)
      let second = await Executor.apply(
        plan, services: try world.services(plan, process: 2), options: World.options(plan))
      #expect(second.status == .success, "killed at \(deadline): \(second.summary)")
      let names = try await world.emr(plan).listSteps(cluster: id).map(\.name)
      #expect(names == ["other"] + plan.steps.map(\.name), "killed at \(deadline)")
    }
    #expect(deadline > 10)
  }

  @Test func whatIsCancelledIsOnlyTheRunsOwn() async throws {
    let world = World()
    try await world.fill()
    let id = try await world.waitingCluster()
    var plan = Self.shared(id)
    plan.timeoutSeconds = 600
    try await Self.add(["other 1", "other 2", "other 3"], to: id, world.emr(plan))
    let outcome = try await Self.apply(plan, in: world)
    #expect(outcome.status == .failure)
    let emr = world.emr(plan)
    try await emr.clock().sleep(seconds: 3600)
    let steps = try await emr.listSteps(cluster: id)
    #expect(steps.filter { $0.name.hasPrefix("other") }.allSatisfy { $0.state == .completed })
    #expect(steps.contains { $0.state == .cancelled })
    #expect(try await emr.describeCluster(id).state == .waiting)
  }

  // MARK: Protection

  private static func protected() -> Plan {
    var builder = PlanBuilder()
    builder.isProtected = true
    var plan = builder.plan
    plan.cluster.isProtected = true
    return plan
  }

  /// A protected cluster isn't ended by a step's failure; the run ends it, at once.
  @Test(arguments: [
    "[enrich] Enrich=fail", "[enrich] Enrich=fail;SetTerminationProtection=lost-answer",
    "[enrich] Enrich=fail;SetTerminationProtection=throttled",
    "[enrich] Enrich=fail;TerminateJobFlows=lost-answer",
  ])
  func aProtectedClusterOfARunIsEnded(faults: String) async throws {
    var world = World()
    world.faults = Faults(
      faults.split(separator: ";").compactMap { Faults.parse(String($0)) })
    try await world.fill()
    let plan = Self.protected()
    let outcome = try await Self.apply(plan, in: world)
    #expect(outcome.status == .failure)
    let found = try await world.calm.clusters(plan)
    let emr = world.calm.emr(plan)
    let cluster = try await emr.describeCluster(try #require(found.first).id)
    #expect(cluster.state == .terminated)
    // Idle minutes would be paid for.
    let steps = try await emr.listSteps(cluster: cluster.id)
    let last = try #require(steps.compactMap(\.ended).map(\.seconds).max())
    #expect(try #require(cluster.ended).seconds - last < 300)
  }

  @Test func protectionRefusesTerminationUntilItIsRemoved() async throws {
    let world = World()
    let plan = Self.protected()
    let emr = world.emr(plan)
    let id = try await emr.runJobFlow(
      .object([
        "Name": .string("p"),
        "Instances": .object([
          "KeepJobFlowAliveWhenNoSteps": .bool(true), "TerminationProtected": .bool(true),
        ]), "AutoTerminationPolicy": .object(["IdleTimeout": .int(600)]),
      ]))
    try await emr.clock().sleep(seconds: 7200)
    #expect(try await emr.describeCluster(id).state == .waiting)
    await #expect(throws: CloudError.self) { try await emr.terminateJobFlows([id]) }
    try await emr.setTerminationProtection(false, ofCluster: id)
    #expect(try await emr.describeCluster(id).isProtected == false)
    try await emr.clock().sleep(seconds: 900)
    #expect(try await emr.describeCluster(id).state == .terminated)
    await #expect(throws: CloudError.self) {
      try await emr.setTerminationProtection(true, ofCluster: id)
    }
  }
}
