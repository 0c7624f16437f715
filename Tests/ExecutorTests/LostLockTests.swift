import Executor
import Journal
import Synchronization
import Testing
import Values

/// A place that does what it is asked, and whose first answer is lost.
private final class MuteStore: LockStore {
  private let there: Mutex<StoredLock?>
  private let isStored: Bool

  init(storing isStored: Bool, there: StoredLock? = nil) {
    self.isStored = isStored
    self.there = Mutex(there)
  }

  var name: String { "mute" }

  func create(_ bytes: [UInt8]) async throws(LockFailure) -> String? {
    there.withLock { there in
      if isStored { there = StoredLock(bytes: bytes, revision: "1") }
    }
    throw LockFailure("the answer was lost", isEffectUnknown: true)
  }

  func read() async throws(LockFailure) -> StoredLock? { there.withLock { $0 } }

  func replace(_ bytes: [UInt8], revision: String) async throws(LockFailure) -> String? { nil }

  func delete(revision: String) async throws(LockFailure) -> Bool {
    there.withLock { there in
      guard there?.revision == revision else { return false }
      there = nil
      return true
    }
  }

  func leave(revision: String) async {}
}

/// Whose lock it is where the answer to its creation was lost: its token says so.
@Suite struct LostLockTests {
  private func take(_ store: any LockStore, token: String) async -> RunLock.Acquisition {
    await RunLock.acquire(
      store, for: "run", named: "small/run",
      owner: Owner(
        user: "me", host: "here", process: 1, processStart: "",
        since: Value.Timestamp(seconds: 0, nanoseconds: 0)), token: token, isAlive: { _ in true })
  }

  @Test func aLockThatWasMadeIsOurs() async throws {
    let store = MuteStore(storing: true)
    guard case .acquired(let lock) = await take(store, token: "mine") else {
      Issue.record("not acquired")
      return
    }
    #expect(await lock.release() == nil)
    let left = try await store.read()
    #expect(left == nil)
  }

  @Test func aLockThatIsAnothersIsNot() async throws {
    let other = MuteStore(storing: true)
    _ = await take(other, token: "other")
    let left = try #require(try await other.read())
    guard
      case .held(let holder, _) = await take(
        MuteStore(storing: false, there: left), token: "mine")
    else {
      Issue.record("another's lock was taken")
      return
    }
    #expect(holder.token == "other")
  }

  @Test func aLockThatWasNotMadeIsAFailure() async {
    guard case .failed = await take(MuteStore(storing: false), token: "mine") else {
      Issue.record("there is no lock")
      return
    }
  }
}
