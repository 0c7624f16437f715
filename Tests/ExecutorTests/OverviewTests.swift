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

@Suite struct OverviewTests {
  @Test func historyTellsHowRunsEnded() async throws {
    let world = World(faults: Faults([Faults.Planned(.stepFails("[enrich] Enrich"))]))
    try await world.fill()
    var failing = PlanBuilder()
    failing.runID = "first"
    #expect(try await RunTests.apply(failing.plan, in: world).status == .failure)
    var next = PlanBuilder()
    next.runID = "second"
    next.leftOut = PlanBuilder().plan.steps.prefix(1).map(\.name)
    #expect(try await RunTests.apply(next.plan, in: world.calm).status == .success)
    let journal = try Journal(path: world.folder.path + "/journal.db")
    let history = try Executor.history(journal, isAlive: { _ in true })
    #expect(history.map(\.run.runID) == ["second", "first"])
    #expect(history.map(\.standing) == [.succeeded, .failed])
    let status = try #require(try Executor.status(of: "first", in: journal, isAlive: { _ in true }))
    #expect(status.end?.status == .failure)
    #expect(status.steps.map(\.name) == failing.plan.steps.map(\.name))
    #expect(status.steps[2].state == .failed)
    #expect(try Executor.status(of: "no", in: journal, isAlive: { _ in true }) == nil)
  }

  @Test func aRunIsCancelledFromOutside() async throws {
    let world = World()
    try await world.fill()
    let plan = PlanBuilder().plan
    let (moments, moment) = AsyncStream<Void>.makeStream()
    let services = try world.services(plan) { checkpoint in
      if case .afterEntry("launched") = checkpoint {
        moment.finish()
        while !Task.isCancelled { await Task.yield() }
      }
    }
    let task = Task {
      await Executor.apply(plan, services: services, options: World.options(plan))
    }
    for await _ in moments {}
    task.cancel()
    #expect(await task.value.status == .interrupted)
    let journal = try Journal(path: world.folder.path + "/journal.db")
    let left = try #require(
      try Executor.status(of: plan.runID, in: journal, isAlive: { _ in false }))
    #expect(left.standing == .left)
    let emr = world.emr(plan)
    let said = try await Executor.cancel(left, of: plan, emr: emr)
    #expect(said.contains("being terminated"))
    let outcome = try await RunTests.apply(plan, in: world)
    #expect(outcome.status == .failure)
    #expect(outcome.report?.clusterReason.code == "USER_REQUEST")
  }

  @Test func aHoldCanBeBroken() async throws {
    let world = World()
    try await world.fill()
    let plan = PlanBuilder().plan
    let journal = try Journal(path: world.folder.path + "/journal.db")
    let key = World.options(plan).runKey
    _ = try journal.hold(
      JournaledRun(
        key: key, name: "small", runID: plan.runID, begun: World.start, holder: nil),
      as: Owner(
        user: "other", host: "elsewhere", process: 9, processStart: "", since: World.start),
      token: "t", isAlive: { _ in true })
    let services = try world.services(plan, alive: [9])
    let refused = await Executor.apply(plan, services: services, options: World.options(plan))
    #expect(refused.status == .lockHeld && refused.failure?.code == .runLocked)
    #expect(refused.summary.contains("other, process 9 on elsewhere, since 2026-"))
    try Executor.unlock(key, in: journal)
    #expect(
      await Executor.apply(plan, services: services, options: World.options(plan)).status
        == .success)
  }

  @Test func aStepsLogsAreFetched() async throws {
    let world = World(faults: Faults([Faults.Planned(.stepFails("[enrich] Enrich"))]))
    try await world.fill()
    let plan = PlanBuilder().plan
    let report = try #require(try await RunTests.apply(plan, in: world).report)
    let tails = await Executor.logs(
      of: report.step?.id ?? "", cluster: report.cluster ?? "", logURI: "s3://log/emr/", lines: 1,
      store: world.store)
    #expect(tails.map(\.name) == ["stderr", "stdout", "controller", "syslog"])
    #expect(tails[0].lines.count == 1 && tails[0].isCut)
  }

  @Test func programsLogsAreShownAndMovedAside() async throws {
    let world = World()
    try await world.fill()
    try await world.store.put(
      bucket: "log", key: "loader/1", bytes: Array("loaded\nPLANTED-SECRET\n".utf8),
      condition: .always)
    var plan = PlanBuilder().plan
    plan.settings["logs"] = .list([
      .object(["step": .string("[load] Load"), "at": .string("s3://log/loader/1")])
    ])
    #expect(try await RunTests.apply(plan, in: world).status == .success)
    let shown = world.recorder.events.compactMap { event -> [String]? in
      if case .programLog(_, _, let lines) = event.kind { lines } else { nil }
    }
    #expect(shown == [["loaded", "{{secret: config.yml#/password}}"]])
    let keys = try await world.store.list(
      bucket: "log", prefix: "loader/", after: nil, limit: 10)
    #expect(keys.entries.map(\.key) == ["loader/1.1"])
  }
}
