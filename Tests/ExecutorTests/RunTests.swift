import Reports
import AWSServices
import Diagnostics
import Executor
import Foundation
import Journal
import PlanFormat
import Sandbox
import TestSupport
import Testing
import Values

/// Runs without and with faults, over the sandbox.
@Suite struct RunTests {
  /// The result of a run without faults.
  static func reference() async throws -> (objects: [String: String], loads: [String: [String]]) {
    let world = World()
    try await world.fill()
    let outcome = try await apply(PlanBuilder().plan, in: world)
    #expect(outcome.status == .success, "\(outcome.summary)")
    return (world.objects(), world.loads())
  }

  static func apply(
    _ plan: Plan, in world: World, process: Int64 = 1,
    change: (inout Services, inout ApplyOptions) -> Void = { _, _ in }
  ) async throws -> RunOutcome {
    var services = try world.services(plan, process: process)
    var options = World.options(plan)
    change(&services, &options)
    return await Executor.apply(plan, services: services, options: options)
  }

  private static func faulty(_ texts: String...) -> World {
    World(faults: Faults(texts.compactMap { Faults.parse($0) }))
  }

  @Test func aRunMovesLoadsAndArchives() async throws {
    let (objects, loads) = try await Self.reference()
    #expect(objects.keys.allSatisfy { $0.hasPrefix("archive/") })
    #expect(objects.count == 5)
    #expect(loads.values.map(\.count) == [1])
    #expect(loads["[load] Load"]?.first?.split(separator: "\n").count == 8)
  }

  /// Each step fails in turn; a run that skips what the report says ends with the same data.
  @Test(arguments: 0..<7) func eachFailureIsRecovered(_ index: Int) async throws {
    let reference = try await Self.reference()
    let name = PlanBuilder().plan.steps[index].name
    let world = Self.faulty("\(name)=fail")
    try await world.fill()
    let outcome = try await Self.apply(PlanBuilder().plan, in: world)
    #expect(outcome.status == .failure)
    let report = try #require(outcome.report)
    #expect(report.step?.name == name)
    #expect(report.stepIndex == index)
    #expect(report.recoveryCommand == "penstock run --recover X")
    let recovery = try #require(report.recovery)
    var again = PlanBuilder()
    again.leftOut = recovery.leftOut
    again.emptiedFirst = recovery.toEmpty
    let recovered = try await Self.apply(again.plan, in: world.calm) { $1.runKey += "-again" }
    #expect(recovered.status == .success, "\(recovered.summary)")
    #expect(world.objects() == reference.objects)
    #expect(world.loads().mapValues(\.count) == reference.loads.mapValues(\.count))
    #expect(Set(world.loads().values) == Set(reference.loads.values))
  }

  @Test func aFailureIsReportedInFull() async throws {
    let world = Self.faulty("[load] Load=fail")
    try await world.fill()
    let plan = PlanBuilder().plan
    let report = try #require(try await Self.apply(plan, in: world).report)
    #expect(report.summary == "the step `[load] Load` failed")
    #expect(report.step?.failure?.message == "Job aborted: killed by --fault")
    #expect(report.clusterReason.code == "STEP_FAILURE")
    #expect(report.logs.map(\.name) == ["stderr", "controller", "syslog"])
    #expect(report.logs.first?.lines.first?.contains("killed by --fault") == true)
    #expect(report.origin?.line == 12)
    #expect(report.happened.contains { $0.contains("`good`") && $0.contains("written") })
    #expect(report.notHappened.contains { $0.contains("`good`") && $0.contains("not emptied") })
    let text = ReportText.lines(report).joined(separator: "\n")
    for part in [
      "12 |     - name: x", "   |       ^", "to recover:", "--recover X", "must not be done twice",
    ] {
      #expect(text.contains(part), "\(part)")
    }
  }

  /// A plan that has ended isn't begun again, and reports the same.
  @Test(arguments: ["", "[enrich] Enrich=fail"]) func anEndedRunStaysEnded(
    _ fault: String
  ) async throws {
    let world = Self.faulty(fault)
    try await world.fill()
    let plan = PlanBuilder().plan
    let first = try await Self.apply(plan, in: world)
    let second = try await Self.apply(plan, in: world)
    #expect(first.status == second.status)
    #expect(first.failure == second.failure)
    #expect(first.report?.logs == second.report?.logs)
    #expect(try await world.calm.clusters(plan).count == 1)
  }

  /// The journal is gone, the cluster's tags are not.
  @Test(arguments: [false, true]) func aRunIsFoundWithoutItsJournal(
    _ isReused: Bool
  ) async throws {
    let world = World()
    try await world.fill()
    var builder = PlanBuilder()
    if isReused {
      builder.isPersistent = true
      builder.reusedID = try await world.waitingCluster()
    }
    let plan = builder.plan
    let before = try await world.calm.clusters(plan).count
    #expect(try await Self.apply(plan, in: world).status == .success)
    let again = await Executor.apply(
      plan, services: try world.services(plan, process: 2, journal: "other.db"),
      options: World.options(plan))
    #expect(again.status == .success, "\(again.summary)")
    #expect(try await world.calm.clusters(plan).count - before == (isReused ? 0 : 1))
    #expect(world.loads().values.map(\.count) == [1])
  }

  @Test(arguments: [
    "RunJobFlow=throttled-but-created", "RunJobFlow=lost-answer", "RunJobFlow=throttled",
    "[enrich] Enrich=lost-answer", "ListSteps=throttled:5", "DescribeCluster=lost-answer:5",
    "ListClusters=throttled:3",
  ]) func lostAnswersDoNoHarm(_ fault: String) async throws {
    let reference = try await Self.reference()
    let world = Self.faulty(fault)
    try await world.fill()
    let plan = PlanBuilder().plan
    let outcome = try await Self.apply(plan, in: world)
    #expect(outcome.status == .success, "\(outcome.summary)")
    #expect(world.objects() == reference.objects)
    #expect(world.loads().mapValues(\.count) == reference.loads.mapValues(\.count))
    #expect(try await world.calm.clusters(plan).count == 1)
  }

  @Test(arguments: [
    "AddJobFlowSteps=lost-answer", "AddJobFlowSteps=throttled-but-done",
    "AddJobFlowSteps=throttled", "AddTags=lost-answer", "AddTags=throttled",
  ]) func lostAnswersDoNoHarmOnAReusedCluster(_ fault: String) async throws {
    let reference = try await Self.reference()
    let world = Self.faulty(fault)
    try await world.fill()
    var builder = PlanBuilder()
    builder.isPersistent = true
    builder.reusedID = try await world.waitingCluster()
    let outcome = try await Self.apply(builder.plan, in: world)
    #expect(outcome.status == .success, "\(outcome.summary)")
    #expect(world.objects() == reference.objects)
    let steps = try await world.emr(builder.plan).listSteps(cluster: builder.reusedID ?? "")
    #expect(steps.map(\.name) == builder.plan.steps.map(\.name))
  }

  @Test func aBootstrapThatFailsIsTriedAgain() async throws {
    let world = Self.faulty("bootstrap=fail:2")
    try await world.fill()
    var builder = PlanBuilder()
    builder.bootstrapTries = 3
    let outcome = try await Self.apply(builder.plan, in: world)
    #expect(outcome.status == .success, "\(outcome.summary)")
    #expect(try await world.calm.clusters(builder.plan).count == 3)
    let losses = world.recorder.events.compactMap { event -> Int64? in
      if case .clusterLost(_, _, let due) = event.kind {
        due.seconds - event.time.seconds
      } else {
        nil
      }
    }
    #expect(losses.count == 2 && losses.allSatisfy { (0...600).contains($0) })
  }

  @Test func aBootstrapIsNotTriedForEver() async throws {
    let world = Self.faulty("bootstrap=fail:9")
    try await world.fill()
    var builder = PlanBuilder()
    builder.bootstrapTries = 2
    let outcome = try await Self.apply(builder.plan, in: world)
    #expect(outcome.status == .failure)
    #expect(outcome.summary == "the cluster's bootstrap failed 2 times")
    #expect(try await world.calm.clusters(builder.plan).count == 2)
    #expect(
      outcome.report?.recovery?.explanation
        == "7 steps of the run are left, none of them done")
  }

  /// A persistent cluster gets the failed step again, and the cancelled ones after it.
  @Test(arguments: [2, 3]) func stepsAreSubmittedAgain(_ failures: Int) async throws {
    let reference = try await Self.reference()
    let world = Self.faulty("[enrich] Enrich=fail:\(failures)")
    try await world.fill()
    var builder = PlanBuilder()
    builder.isPersistent = true
    let outcome = try await Self.apply(builder.plan, in: world)
    #expect(outcome.status == (failures < 3 ? .success : .failure), "\(outcome.summary)")
    if failures < 3 { #expect(world.objects() == reference.objects) }
    let cluster = try #require(try await world.calm.clusters(builder.plan).first)
    #expect(cluster.state == .waiting)
    let steps = try await world.emr(builder.plan).listSteps(cluster: cluster.id)
    #expect(steps.count == 7 + 5 * (min(failures, 3) - (failures < 3 ? 0 : 1)))
  }

  @Test func aLoadIsNotSubmittedAgain() async throws {
    let world = Self.faulty("[load] Load=fail")
    try await world.fill()
    var builder = PlanBuilder()
    builder.isPersistent = true
    #expect(try await Self.apply(builder.plan, in: world).status == .failure)
    let cluster = try #require(try await world.calm.clusters(builder.plan).first)
    #expect(try await world.emr(builder.plan).listSteps(cluster: cluster.id).count == 7)
  }

  @Test func anOldPersistentClusterIsTerminated() async throws {
    let world = World()
    try await world.fill()
    var builder = PlanBuilder()
    builder.isPersistent = true
    builder.lifetimeMinutes = 5
    #expect(try await Self.apply(builder.plan, in: world).status == .success)
    #expect(try await world.calm.clusters(builder.plan).first?.state == .terminated)
  }

  @Test func aBusyClusterIsLeftAlone() async throws {
    let world = World()
    try await world.fill()
    var builder = PlanBuilder()
    builder.isPersistent = true
    let id = try await world.waitingCluster()
    builder.reusedID = id
    let emr = world.emr(builder.plan)
    _ = try await emr.addJobFlowSteps(
      .object(["JobFlowId": .string(id), "Steps": .list([.object(["Name": .string("other")])])]))
    let outcome = try await Self.apply(builder.plan, in: world)
    #expect(outcome.status == .clusterBusy)
    #expect(try await emr.listSteps(cluster: id).map(\.name) == ["other"])
    // Another time it is free, and the same plan may be applied.
    try await emr.clock().sleep(seconds: 600)
    #expect(try await Self.apply(builder.plan, in: world).status == .success)
  }

  @Test func stepsAndRunsThatTakeTooLongAreCancelled() async throws {
    for isStep in [true, false] {
      let world = World()
      try await world.fill()
      var builder = PlanBuilder()
      if isStep { builder.stepTimeout = 60 } else { builder.timeout = 600 }
      let outcome = try await Self.apply(builder.plan, in: world)
      #expect(outcome.status == .failure)
      #expect(outcome.summary.contains("took longer than"), "\(outcome.summary)")
      #expect(try await world.calm.clusters(builder.plan).first?.state == .terminated)
    }
  }

  @Test func anInterruptedRunIsGoneOnWith() async throws {
    let reference = try await Self.reference()
    let world = World()
    try await world.fill()
    let plan = PlanBuilder().plan
    let (moments, moment) = AsyncStream<Void>.makeStream()
    let services = try world.services(plan) { checkpoint in
      if case .afterEntry("launched") = checkpoint {
        moment.finish()
        // Until the task is cancelled.
        while !Task.isCancelled { await Task.yield() }
      }
    }
    let task = Task {
      await Executor.apply(plan, services: services, options: World.options(plan))
    }
    for await _ in moments {}
    task.cancel()
    let outcome = await task.value
    #expect(outcome.status == .interrupted && outcome.failure?.code == .runInterrupted)
    #expect(outcome.summary.contains("goes on"))
    let hints = world.recorder.events.compactMap { event -> [String]? in
      if case .interrupted(_, let hints) = event.kind { hints } else { nil }
    }
    #expect(hints.first?.first == "to go on: penstock apply plan.json")
    #expect(try await Self.apply(plan, in: world).status == .success)
    #expect(world.objects() == reference.objects)
  }

  /// The questions of a run go down to one in half a minute.
  @Test func askingIsRare() async throws {
    let world = World()
    try await world.fill()
    let plan = PlanBuilder().plan
    let counting = CountingEMR(world.emr(plan))
    let outcome = await Executor.apply(
      plan, services: try world.services(plan, emr: counting), options: World.options(plan))
    #expect(outcome.status == .success)
    let times = counting.times.drop { $0 < (counting.times.first ?? 0) + 300 + 60 + 150 }
    let span = (times.last ?? 0) - (times.first ?? 0)
    #expect(span > 600)
    #expect(Int64(times.count) <= span / 30 + span / 300 + 3, "\(times.count) in \(span) s")
  }

  @Test func secretsAreInRequestsOnly() async throws {
    let world = Self.faulty("[load] Load=fail")
    try await world.fill()
    let plan = PlanBuilder().plan
    let counting = CountingEMR(world.emr(plan))
    _ = await Executor.apply(
      plan, services: try world.services(plan, emr: counting), options: World.options(plan))
    #expect(counting.bodies.contains { $0.contains("PLANTED-SECRET") })
    for file in ["journal.db", "journal.db-wal"] {
      let data = FileManager.default.contents(atPath: world.folder.path + "/" + file) ?? Data()
      #expect(!String(decoding: data, as: UTF8.self).contains("PLANTED-SECRET"))
    }
    for event in world.recorder.events {
      #expect(!JSONEventRenderer.render(event).contains("PLANTED-SECRET"))
      var lines = LineRenderer()
      #expect(!lines.render(event).contains("PLANTED-SECRET"))
    }
  }

  @Test func withoutItsSecretsAPlanIsNotBegun() async throws {
    let world = World()
    try await world.fill()
    let plan = PlanBuilder().plan
    let outcome = try await Self.apply(plan, in: world) { $1.secrets = [:] }
    #expect(outcome.status == .failure)
    #expect(outcome.summary.contains("config.yml#/password"))
    #expect(try await world.calm.clusters(plan).isEmpty)
  }

  /// EMR doesn't end a protected cluster, and the run says so.
  @Test func aProtectedClusterIsNotLeftSilently() async throws {
    let world = Self.faulty("[load] Load=fail")
    try await world.fill()
    var builder = PlanBuilder()
    builder.isProtected = true
    let plan = builder.plan
    let outcome = try await Self.apply(plan, in: world)
    #expect(outcome.status == .failure)
    #expect(outcome.summary.hasSuffix("goes on, as it could not be ended"), "\(outcome.summary)")
    let warnings = world.recorder.events.compactMap { event -> String? in
      if case .warning(let text) = event.kind { text } else { nil }
    }
    #expect(warnings.count == 1 && warnings[0].contains("--no-termination-protected"))
    #expect(try await world.calm.clusters(plan).first?.state == .waiting)
    // Without a failure its last step ends it.
    let fine = World()
    try await fine.fill()
    #expect(try await Self.apply(plan, in: fine).status == .success)
    #expect(try await fine.clusters(plan).first?.state == .terminated)
  }
}
