import AWSServices
import Executor
import Journal
import Synchronization
import Testing
import Values

/// Hosts that race for a lock in Consul, at every request.
@Suite struct ConsulLockTests {
  private func owner(_ process: Int64) -> Owner {
    Owner(
      user: "me", host: "host-\(process)", process: process, processStart: "", since: World.start)
  }

  private func take(
    _ sender: any WebSender, _ process: Int64, run: String? = nil, named: String? = nil
  ) async -> RunLock? {
    let store = ConsulLockStore(address: "consul:8500", key: "run", sender: sender)
    let taken = await RunLock.acquire(
      store, for: run ?? "run-\(process)", named: named ?? "small/\(process)",
      owner: owner(process), token: "token-\(process)", isAlive: { _ in true })
    return if case .acquired(let lock) = taken { lock } else { nil }
  }

  /// What the other host does in between.
  enum Other: CaseIterable, Sendable {
    case takes, takesAndLeaves, takesAndReleases
  }

  @Test(arguments: Other.allCases, [false, true])
  func twoNeverHoldIt(_ other: Other, isLeft: Bool) async throws {
    for number in 1...(isLeft ? 6 : 4) {
      for (before, loses) in [(true, false), (false, false), (false, true)] {
        let consul = FakeConsul()
        if isLeft {
          // Both may take over what a failed run of theirs left.
          await take(consul, 9, run: "r", named: "small/r")?.leave()
        }
        let theirs = Mutex<RunLock?>(nil)
        let racing = RacingConsul(consul, at: number, before: before, losesAnswer: loses) {
          let lock = await take(consul, 2, run: "r", named: "small/r")
          switch other {
          case .takes: theirs.withLock { $0 = lock }
          case .takesAndLeaves:
            await lock?.leave()
            theirs.withLock { $0 = lock }
          case .takesAndReleases: _ = await lock?.release()
          }
        }
        let ours = await take(racing, 1, run: "r1", named: isLeft ? "small/r" : "small/r1")
        let them = theirs.withLock { $0 }
        let place = "\(other) at \(number), \(before ? "before" : "after"), \(loses), \(isLeft)"
        // What the other one holds, or left half done, is not ours.
        if !isLeft || other == .takes { #expect(ours == nil || them == nil, "\(place)") }
        if ours == nil, them == nil, other != .takesAndReleases, !loses {
          Issue.record("nobody has it: \(place)")
        }
        if let ours {
          #expect(consul.value("run")?.contains("token-1") == true, "\(place)")
          #expect(await ours.release() == nil, "\(place)")
          #expect(consul.value("run") == nil, "\(place)")
        }
        if let them, other == .takes { #expect(await them.release() == nil, "\(place)") }
        // A session whose id was lost ends when it isn't renewed.
        if !loses { #expect(consul.sessions == 0, "\(place)") }
      }
    }
  }

  /// Each request of each host may be overtaken by any of the others'.
  @Test func ofThreeAtOnceOneGetsIt() async throws {
    for seed in 0..<200 as Range<UInt64> {
      let consul = FakeConsul()
      let dice = FixedRandom(seed)
      let winners = await withTaskGroup(of: Bool.self) { group in
        for process in 1...3 as ClosedRange<Int64> {
          let shaken = ShakyConsul(inner: consul, dice: dice)
          group.addTask { await take(shaken, process) != nil }
        }
        return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
      }
      #expect(winners <= 1, "seed \(seed)")
    }
  }

  private struct ShakyConsul: WebSender {
    var inner: FakeConsul
    var dice: FixedRandom

    func send(
      method: String, url: String, headers: [(name: String, value: String)], body: [UInt8],
      seconds: Double
    ) async throws(CloudError) -> (status: Int, body: [UInt8]) {
      for _ in 0..<(dice.bytes(1)[0] % 8) { await Task.yield() }
      return try await inner.send(
        method: method, url: url, headers: headers, body: body, seconds: seconds)
    }
  }

  /// One request takes the key, by a session that exists.
  @Test func oneRequestDecides() async throws {
    let consul = FakeConsul()
    let lock = try #require(await take(consul, 1))
    let writes = consul.requests.filter { $0.hasPrefix("PUT kv/") }
    #expect(writes.count == 1 && writes[0].hasPrefix("PUT kv/run?acquire=session-"))
    #expect(await lock.release() == nil)
    #expect(consul.sessions == 0)
  }

  /// EmrEtlRunner's key has no session: it is held for as long as it is there.
  @Test func upstreamsKeyIsRespected() async throws {
    let consul = FakeConsul()
    _ = try await consul.send(
      method: "PUT", url: "http://consul:8500/v1/kv/run?cas=0", headers: [],
      body: Array("4711".utf8), seconds: 1)
    #expect(await take(consul, 1) == nil)
    #expect(consul.value("run") == "4711")
    // And so is one that it makes between two requests.
    for number in 1...4 {
      let consul = FakeConsul()
      let racing = RacingConsul(consul, at: number, before: true) {
        _ = try? await consul.send(
          method: "PUT", url: "http://consul:8500/v1/kv/run?cas=0", headers: [],
          body: Array("4711".utf8), seconds: 1)
      }
      let ours = await take(racing, 1)
      #expect(ours == nil || number > 3)
      #expect(consul.value("run") != nil)
    }
  }

  /// A session that ended although its holder is alive: the lock stays its holder's to release.
  @Test func aLostSessionIsReleasedAllTheSame() async throws {
    let consul = FakeConsul()
    let lock = try #require(await take(consul, 1))
    consul.endAllSessions()
    #expect(await take(consul, 2) == nil)
    #expect(await lock.release() == nil)
    #expect(consul.value("run") == nil)
  }
}
