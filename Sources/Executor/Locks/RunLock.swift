import Documents
import Diagnostics
package import Journal
import SourceText
import Values

/// A lock that keeps other runs of a pipeline away, as EmrEtlRunner's does.
///
/// It is released when a run has succeeded or had nothing to do, and kept when one has failed, so
/// that no other run works on half-done data. Another run's lock is never removed. Applying the
/// same plan again takes over the lock of its dead process; so does another plan for the same run,
/// which is how a failed run is recovered.
package struct RunLock: Sendable {
  /// What a lock says about its holder.
  package struct Holder: Sendable {
    /// Nil if the lock doesn't say (another program's).
    package var owner: Owner?
    /// The plan's digest.
    package var run: String
    /// The pipeline and the run's id, which a recovery shares with the failed run.
    package var name: String
    package var token: String
    /// Whether the holder is certainly gone; its lock stays anyway.
    package var isGone = false
    /// Whether it can't be told from here if the holder is gone.
    package var isUncertain = false
    /// Whether Penstock or EmrEtlRunner made the lock: what else is in its place isn't ours to
    /// remove.
    package var isKnown = true
  }

  package enum Acquisition: Sendable {
    case acquired(RunLock)
    /// Held by someone else; the text is for people.
    case held(Holder, summary: String)
    case failed(String)
  }

  package let store: any LockStore
  private let revision: String

  private init(store: any LockStore, revision: String) {
    self.store = store
    self.revision = revision
  }

  /// Identifies a run and its recoveries.
  package static func name(pipeline: String, runID: String) -> String { "\(pipeline)/\(runID)" }

  /// Takes the lock if it is free, or was left by a dead process of the same run.
  package static func acquire(
    _ store: any LockStore, for run: String, named name: String, owner: Owner, token: String,
    isAlive: @Sendable (Owner) -> Bool
  ) async -> Acquisition {
    let taken = await take(store, run, name, owner, token, isAlive)
    // What a failed attempt has in the lock's place must not keep others away.
    if case .acquired = taken {} else { await store.leave(revision: "") }
    return taken
  }

  private static func take(
    _ store: any LockStore, _ run: String, _ name: String, _ owner: Owner, _ token: String,
    _ isAlive: @Sendable (Owner) -> Bool
  ) async -> Acquisition {
    let bytes = Self.bytes(owner, run, name, token)
    do throws(LockFailure) {
      if let revision = try await store.create(bytes) {
        return .acquired(RunLock(store: store, revision: revision))
      }
    } catch {
      // The request may have taken effect: the code below checks, by the token, whose lock it is.
      guard error.isEffectUnknown else { return .failed(error.message) }
    }
    do throws(LockFailure) {
      guard let there = try await store.read() else {
        return .failed("it could not be taken, although it is free now: try again")
      }
      var holder = Self.holder(there)
      if holder.token == token { return .acquired(RunLock(store: store, revision: there.revision)) }
      holder.look(there, from: owner, isAlive)
      if holder.isGone, holder.run == run || holder.name == name,
        let revision = try await store.replace(bytes, revision: there.revision)
      {
        return .acquired(RunLock(store: store, revision: revision))
      }
      return .held(holder, summary: Self.summary(holder, store.name))
    } catch {
      return .failed(error.message)
    }
  }

  /// Who holds a lock; nil if it is free.
  package static func holder(
    of store: any LockStore, asSeenBy owner: Owner, isAlive: @Sendable (Owner) -> Bool
  ) async throws(LockFailure) -> Holder? {
    guard let there = try await store.read() else { return nil }
    var holder = Self.holder(there)
    holder.look(there, from: owner, isAlive)
    return holder
  }

  /// Removes a lock regardless of its holder, at the request of a person who has seen the holder.
  /// - Returns: false if the lock has changed since that person saw it, or if neither Penstock nor
  ///   EmrEtlRunner made it.
  package static func remove(
    _ store: any LockStore, heldBy seen: Holder
  ) async throws(LockFailure) -> Bool {
    guard let there = try await store.read() else { return false }
    let holder = holder(there)
    guard holder.isKnown, holder.token == seen.token else { return false }
    return try await store.delete(revision: there.revision)
  }

  /// Releases the lock; returns a warning if that fails.
  package func release() async -> String? {
    do throws(LockFailure) {
      let isDone = try await store.delete(revision: revision)
      return isDone ? nil : "the lock \(store.name) is no longer ours, and was left in place"
    } catch {
      return "the lock \(store.name) could not be released: \(error.message)"
    }
  }

  /// Stops and leaves the lock: the run has failed, or goes on without this process.
  package func leave() async { await store.leave(revision: revision) }

  // MARK: What a lock says

  private static func bytes(
    _ owner: Owner, _ run: String, _ name: String, _ token: String
  ) -> [UInt8] {
    var writer = CanonicalJSONWriter(pretty: true)
    writer.value(
      .map(
        ValueMap([
          "user": .string(owner.user), "host": .string(owner.host),
          "process": .int(owner.process), "processStart": .string(owner.processStart),
          "since": .string(owner.since.description), "sinceSeconds": .int(owner.since.seconds),
          "run": .string(run), "name": .string(name), "token": .string(token),
        ])), revealingSecrets: false)
    writer.newline()
    return writer.bytes
  }

  /// What a key in Consul begins with that was left while it was being taken.
  static let leftMark = "left by another run"

  /// EmrEtlRunner writes the number of its process, or nothing.
  private static func isRunners(_ bytes: [UInt8]) -> Bool {
    let number = bytes.last == 0x0a ? bytes.dropLast() : bytes[...]
    return number.count <= 10 && number.allSatisfy { (0x30...0x39).contains($0) }
  }

  private static func holder(_ there: StoredLock) -> Holder {
    let bytes = there.bytes
    var diagnostics: [Diagnostic] = []
    let tree = JSONReader.read(bytes, source: SourceID(index: 0), into: &diagnostics)
    guard let tree, let root = tree.root, case .map(let map) = Value(tree, root) else {
      let isKnown =
        there.wasTaken || isRunners(bytes) || bytes.starts(with: leftMark.utf8)
      return Holder(
        owner: nil, run: "", name: "", token: String(decoding: bytes, as: UTF8.self),
        isKnown: isKnown)
    }
    func text(_ key: String) -> String {
      if case .string(let text)? = map[key] { text } else { "" }
    }
    func number(_ key: String) -> Int64 {
      if case .int(let number)? = map[key] { number } else { 0 }
    }
    let owner = Owner(
      user: text("user"), host: text("host"), process: number("process"),
      processStart: text("processStart"),
      since: Value.Timestamp(seconds: number("sinceSeconds"), nanoseconds: 0))
    return Holder(
      owner: text("host").isEmpty ? nil : owner, run: text("run"), name: text("name"),
      token: text("token"),
      isKnown: there.wasTaken || isOwn(map))
  }

  private static func isOwn(_ map: ValueMap) -> Bool {
    ["user", "host", "run", "token"].allSatisfy { key in
      if case .string? = map[key] { true } else { false }
    }
  }

  /// What to do about a lock whose holder isn't known, or whose holder may be gone; otherwise nil.
  package static func hint(_ holder: Holder) -> String? {
    guard holder.owner == nil else {
      return holder.isUncertain
        ? "if you know that the process is gone, `penstock unlock --force` releases the lock" : nil
    }
    return holder.isKnown
      ? "if you know that its run is over, `penstock unlock --force` releases it"
      : "neither Penstock nor EmrEtlRunner made it: find out who did, or name another"
  }

  /// Who holds a lock, in words.
  package static func summary(_ holder: Holder, _ name: String) -> String {
    guard let owner = holder.owner else {
      return "the lock \(name) is held, but doesn't say by whom"
    }
    let who =
      "\(owner.user), process \(owner.process) on \(owner.host), since \(owner.since)"
    return holder.isGone
      ? "the lock \(name) was left by \(who): that process is gone, so its run failed or was "
        + "killed; its recovery takes the lock over, and `penstock unlock \(name)` releases it"
      : "the lock \(name) is held by \(who)"
  }
}

extension RunLock.Holder {
  /// Finds out whether the holder is gone.
  fileprivate mutating func look(
    _ there: StoredLock, from here: Owner, _ isAlive: (Owner) -> Bool
  ) {
    if let isHeld = there.isHeld {
      isGone = !isHeld
    } else if let owner {
      // Only processes on this machine can be checked.
      isUncertain = owner.host != here.host
      isGone = !isUncertain && !isAlive(owner)
    }
  }
}
