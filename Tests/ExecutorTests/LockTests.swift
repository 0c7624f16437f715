import AWSServices
import Diagnostics
import Executor
import Foundation
import Journal
import Parallel
import PlanFormat
import Sandbox
import Synchronization
import TestSupport
import Testing
import Values

@Suite struct LockTests {
  enum Place: CaseIterable, Sendable { case file, object, consul }

  private let world = World()

  private func store(_ place: Place, _ consul: FakeConsul) throws -> any LockStore {
    switch place {
    case .file: FileLockStore(path: world.folder.path + "/run.lock")
    case .object: try #require(ObjectLockStore(location: "s3://locks/run", store: world.store))
    case .consul: ConsulLockStore(address: "consul:8500", key: "penstock/run", sender: consul)
    }
  }

  private func owner(_ process: Int64, host: String = "here") -> Owner {
    Owner(
      user: "me", host: host, process: process, processStart: "", since: World.start)
  }

  private func take(
    _ store: any LockStore, _ process: Int64, run: String, named name: String? = nil,
    alive: Set<Int64> = [1, 2]
  ) async -> RunLock.Acquisition {
    await RunLock.acquire(
      store, for: run, named: name ?? "small/\(run)", owner: owner(process),
      token: "token-\(process)-\(run)",
      isAlive: { alive.contains($0.process) })
  }

  /// A plan that recovers a run takes over what that run's dead process left, and nothing else.
  @Test(arguments: Place.allCases) func aRecoveryTakesItOver(_ place: Place) async throws {
    let consul = FakeConsul()
    let name = "small/2026-03-01"
    guard case .acquired(let left) = await take(try store(place, consul), 1, run: "a", named: name)
    else {
      Issue.record("not acquired")
      return
    }
    if place != .consul {
      // Consul knows by the session.
      guard case .held = await take(try store(place, consul), 2, run: "b", named: name) else {
        Issue.record("taken from a process that is alive")
        return
      }
    }
    await left.leave()
    guard case .held = await take(try store(place, consul), 2, run: "b", alive: [2]) else {
      Issue.record("another run took it")
      return
    }
    guard
      case .acquired(let lock) = await take(
        try store(place, consul), 2, run: "b", named: name, alive: [2])
    else {
      Issue.record("not taken over")
      return
    }
    #expect(await lock.release() == nil)
  }

  @Test(arguments: Place.allCases) func oneHoldsItUntilItIsReleased(_ place: Place) async throws {
    let consul = FakeConsul()
    let (first, second) = (try store(place, consul), try store(place, consul))
    guard case .acquired(let lock) = await take(first, 1, run: "a") else {
      Issue.record("not acquired")
      return
    }
    guard case .held(let holder, let summary) = await take(second, 2, run: "b") else {
      Issue.record("acquired twice")
      return
    }
    #expect(holder.owner?.process == 1 && !holder.isGone)
    #expect(summary.contains("process 1 on here"))
    #expect(await lock.release() == nil)
    guard case .acquired = await take(second, 2, run: "b") else {
      Issue.record("not acquired after release")
      return
    }
    // The first one has released its lock: it must not touch the second one's.
    #expect(await lock.release() != nil)
    guard case .held = await take(first, 1, run: "a") else {
      Issue.record("another's lock was removed")
      return
    }
  }

  @Test(arguments: Place.allCases) func aFailedRunsLockStays(_ place: Place) async throws {
    let consul = FakeConsul()
    let (first, second) = (try store(place, consul), try store(place, consul))
    guard case .acquired(let lock) = await take(first, 1, run: "a") else {
      Issue.record("not acquired")
      return
    }
    await lock.leave()
    // Another run is locked out, with the reason; the same plan may continue.
    guard case .held(let holder, let summary) = await take(second, 2, run: "b", alive: [2]) else {
      Issue.record("a failed run was run over")
      return
    }
    #expect(holder.isGone && summary.contains("that process is gone"))
    guard case .acquired = await take(second, 2, run: "a", alive: [2]) else {
      Issue.record("the same plan cannot go on")
      return
    }
    guard case .held = await take(first, 1, run: "a", alive: [1, 2]) else {
      Issue.record("held twice")
      return
    }
  }

  @Test(arguments: Place.allCases) func ofManyOneGetsIt(_ place: Place) async throws {
    let consul = FakeConsul()
    for _ in 0..<20 {
      let stores = try (0..<8).map { _ in try store(place, consul) }
      let outcomes = await Array(stores.indices).concurrently { index in
        await take(stores[index], Int64(index), run: "r\(index)", alive: Set(0..<8))
      }
      let winners = outcomes.compactMap { taken in
        if case .acquired(let lock) = taken { lock } else { nil }
      }
      #expect(winners.count == 1)
      for lock in winners { #expect(await lock.release() == nil) }
    }
  }

  @Test func upstreamsLockFileIsRespected() async throws {
    let path = world.folder.path + "/run.lock"
    try Data("4711".utf8).write(to: URL(filePath: path))
    guard
      case .held(let holder, let summary) = await take(FileLockStore(path: path), 1, run: "a")
    else {
      Issue.record("another program's lock was taken")
      return
    }
    #expect(holder.owner == nil && summary.contains("doesn't say by whom"))
    #expect(RunLock.hint(holder)?.contains("`penstock unlock --force`") == true)
    #expect(FileManager.default.contents(atPath: path) == Data("4711".utf8))
  }

  /// What is in a lock's place may be something that a mistyped name led to.
  @Test(arguments: Place.allCases) func onlyLocksAreRemoved(_ place: Place) async throws {
    let texts: KeyValuePairs = [
      "": true, "4711": true, "4711\n": true, "aws:\n  region: us-east-1\n": false,
      "{\"token\": \"x\"}": false, "[]": false, "12345678901234567890": false,
    ]
    for (text, isLock) in texts {
      let consul = FakeConsul()
      let store = try store(place, consul)
      if place == .consul {
        _ = try await consul.send(
          method: "PUT", url: "http://consul:8500/v1/kv/penstock/run?cas=0", headers: [],
          body: Array(text.utf8), seconds: 1)
      } else {
        _ = try await store.create(Array(text.utf8))
      }
      let seen = try await RunLock.holder(of: store, asSeenBy: owner(1), isAlive: { _ in true })
      let holder = try #require(seen)
      #expect(holder.isKnown == isLock && holder.owner == nil, "\(text)")
      #expect(try await RunLock.remove(store, heldBy: holder) == isLock, "\(text)")
      let left = try await store.read()
      #expect((left == nil) == isLock, "\(text)")
      if let left { _ = try await store.delete(revision: left.revision) }
    }
    // One's own, also if it was left.
    let store = try store(place, FakeConsul())
    guard case .acquired(let lock) = await take(store, 1, run: "a") else {
      Issue.record("not acquired")
      return
    }
    await lock.leave()
    let seen = try await RunLock.holder(of: store, asSeenBy: owner(2), isAlive: { _ in false })
    let holder = try #require(seen)
    #expect(try await RunLock.remove(store, heldBy: holder))
  }

  @Test func aSuccessfulRunReleasesAndAFailedOneKeeps() async throws {
    try await world.fill()
    let path = world.folder.path + "/run.lock"
    let failing = World(faults: Faults([Faults.Planned(.stepFails("Enrich"))]))
    try await failing.fill()
    let plan = PlanBuilder().plan
    let good = try await RunTests.apply(plan, in: world) { $1.lock = FileLockStore(path: path) }
    #expect(good.status == .success)
    #expect(!FileManager.default.fileExists(atPath: path))
    let bad = try await RunTests.apply(plan, in: failing) { $1.lock = FileLockStore(path: path) }
    #expect(bad.status == .failure)
    #expect(FileManager.default.fileExists(atPath: path))
    var next = PlanBuilder()
    next.runID = "later"
    let kept = try await RunTests.apply(next.plan, in: failing, process: 2) {
      $1.lock = FileLockStore(path: path)
    }
    #expect(kept.status == .lockHeld && kept.failure?.code == .lockHeld)
    #expect(FileManager.default.fileExists(atPath: path))
  }

  @Test func twoAppliesOfOnePlanAreOne() async throws {
    try await world.fill()
    let plan = PlanBuilder().plan
    let services = try (1...2).map { process in
      try world.services(plan, process: process, alive: [1, 2]) { _ in await Task.yield() }
    }
    let outcomes = await services.concurrently {
      await Executor.apply(plan, services: $0, options: World.options(plan))
    }
    // The other is refused while the one is at work, and finds the run ended afterwards.
    #expect(outcomes.contains { $0.status == .success })
    for outcome in outcomes where outcome.status != .success {
      #expect(outcome.status == .lockHeld)
      #expect(outcome.summary.contains("on here, since"))
    }
    #expect(try await world.clusters(plan).count == 1)
    #expect(world.loads().values.map(\.count) == [1])
  }
}
