import Documents
import Text
import AWSServices
import Diagnostics
import SourceText
import Synchronization
import Values

/// A key in Consul as a lock.
///
/// The key is taken by one request, `acquire` by a session of the holder's, and Consul's answer to
/// it decides: it creates the key and binds it to the session in one. While the holder works, it
/// renews the session. A key without a session was left by a run that failed or died, or was made
/// by another program; it is never taken for free.
package final class ConsulLockStore: LockStore {
  package let name: String
  private let top: String
  private let key: String
  private let sender: any WebSender
  private let state = Mutex(Held())

  /// What this process has in Consul.
  private struct Held {
    var session: String?
    /// Renews the session until it is cancelled.
    var renewal: Task<Void, Never>?
    /// What it wrote to the key.
    var bytes: [UInt8]?
  }

  /// The key's record in Consul.
  private struct Entry {
    var bytes: [UInt8]
    var session: String?
    /// Changes with each change of the key.
    var index: Int64
    /// The index when the key was created; nil if Consul doesn't say.
    var created: Int64?
    /// How often the key has been acquired.
    var holds: Int64?
  }

  /// Consul ends a session that isn't renewed for this long, or up to twice as long.
  private static var sessionSeconds: Int { 120 }

  /// - Parameter address: `http://host:8500`, or `host:8500`.
  package init(address: String, key: String, sender: any WebSender) {
    var address = address[...]
    while address.hasSuffix("/") { address = address.dropLast() }
    top = address.contains("://") ? String(address) : "http://\(address)"
    var key = key[...]
    while key.hasPrefix("/") { key = key.dropFirst() }
    self.key = Self.encoded(key)
    name = "consul:\(key)"
    self.sender = sender
  }

  deinit { state.withLock { $0.renewal?.cancel() } }

  package func create(_ bytes: [UInt8]) async throws(LockFailure) -> String? {
    // A key that is there was left, or belongs to another program: `acquire` would take it.
    guard try await entry() == nil else { return nil }
    return try await take(bytes, replacing: nil)
  }

  package func replace(_ bytes: [UInt8], revision: String) async throws(LockFailure) -> String? {
    guard let there = try await entry(), String(there.index) == revision, there.session == nil
    else { return nil }
    return try await take(bytes, replacing: there)
  }

  /// Acquires the key.
  /// - Parameter seen: the key as it was seen before; nil if there was none.
  private func take(
    _ bytes: [UInt8], replacing seen: Entry?
  ) async throws(LockFailure) -> String? {
    let session = try await openSession(for: bytes)
    do throws(LockFailure) {
      guard try await isDone("PUT", "kv/\(key)?acquire=\(session)", bytes) else {
        await closeSession()
        return nil
      }
    } catch {
      // If the answer was lost, the key's session tells it.
      guard error.isEffectUnknown else { throw error }
    }
    guard let taken = try await entry(), taken.session == session else {
      await closeSession()
      return nil
    }
    guard Self.isWhatWasSeen(taken, seen) else {
      // Between the two requests another run took the key and left it. That run's work may be half
      // done, so nobody may take the key for free: not even a recovery of this run.
      let mark = Array("\(RunLock.leftMark) while \(name) was being taken".utf8)
      _ = try? await isDone("PUT", "kv/\(key)?acquire=\(session)", mark)
      await closeSession()
      return nil
    }
    return String(taken.index)
  }

  /// Whether a key that was just acquired was in between only what it was when it was looked at.
  private static func isWhatWasSeen(_ taken: Entry, _ seen: Entry?) -> Bool {
    // It is new: it was free at the last moment, whatever it was before.
    if taken.created == taken.index { return true }
    guard let seen else {
      // Somebody else created it; an answer that doesn't say so is believed.
      return taken.created == nil
    }
    guard let before = seen.holds, let now = taken.holds else { return true }
    return taken.created == seen.created && now == before + 1
  }

  package func read() async throws(LockFailure) -> StoredLock? {
    try await entry().map { entry in
      StoredLock(
        bytes: entry.bytes, revision: String(entry.index), isHeld: entry.session != nil,
        wasTaken: entry.session != nil || (entry.holds ?? 0) > 0)
    }
  }

  package func delete(revision: String) async throws(LockFailure) -> Bool {
    var isDone = try await isDone("DELETE", "kv/\(key)?cas=\(revision)", [])
    if !isDone, let ours = state.withLock({ $0.bytes }), let there = try await entry(),
      there.bytes == ours, there.session == nil
    {
      // The session ended early, which changed the key's index, and nobody took the key since.
      isDone = try await self.isDone("DELETE", "kv/\(key)?cas=\(there.index)", [])
    }
    await closeSession()
    return isDone
  }

  /// Ends the session; the key stays.
  package func leave(revision: String) async { await closeSession() }

  // MARK: Sessions

  private func openSession(for bytes: [UInt8]) async throws(LockFailure) -> String {
    let created = try await call(
      "PUT", "session/create",
      Array(
        (#"{"Name": "penstock", "Behavior": "release", "LockDelay": "0s", "#
          + #""TTL": "\#(Self.sessionSeconds)s"}"#).utf8))
    guard let id = Self.json(created)["ID"].text, !id.isEmpty else {
      throw LockFailure("Consul's answer to a new session for \(name) cannot be read")
    }
    let (sender, url) = (sender, "\(top)/v1/session/renew/\(id)")
    let renewal = Task.detached {
      while !Task.isCancelled {
        try? await Task.sleep(for: .seconds(Self.sessionSeconds / 4))
        guard !Task.isCancelled else { return }
        // One that fails is made up for by the next.
        _ = try? await sender.send(method: "PUT", url: url, headers: [], body: [], seconds: 10)
      }
    }
    state.withLock { $0 = Held(session: id, renewal: renewal, bytes: bytes) }
    return id
  }

  private func closeSession() async {
    let held = state.withLock { state in
      defer { state = Held() }
      return state
    }
    held.renewal?.cancel()
    guard let id = held.session else { return }
    // Even if this run is being interrupted. If the session can't be ended, Consul ends it when it
    // isn't renewed.
    await Task.detached { _ = try? await self.call("PUT", "session/destroy/\(id)", []) }.value
  }

  // MARK: Requests

  private func entry() async throws(LockFailure) -> Entry? {
    let (status, body) = try await answer("GET", "kv/\(key)", [])
    if status == 404 { return nil }
    guard status == 200, let entry = Self.json(body).items.first,
      let index = entry["ModifyIndex"].integer
    else { throw LockFailure("Consul's answer about \(name) cannot be read") }
    return Entry(
      bytes: Base64.decode((entry["Value"].text ?? "").utf8) ?? [],
      session: entry["Session"].text.flatMap { $0.isEmpty ? nil : $0 }, index: index,
      created: entry["CreateIndex"].integer, holds: entry["LockIndex"].integer)
  }

  private func isDone(
    _ method: String, _ path: String, _ body: [UInt8]
  ) async throws(LockFailure) -> Bool {
    try await call(method, path, body).starts(with: "true".utf8)
  }

  private func call(
    _ method: String, _ path: String, _ body: [UInt8]
  ) async throws(LockFailure) -> [UInt8] {
    let (status, answer) = try await answer(method, path, body)
    guard status == 200 else {
      throw LockFailure(
        "Consul answered \(status): \(String(decoding: answer.prefix(200), as: UTF8.self))",
        isEffectUnknown: status >= 500)
    }
    return answer
  }

  private func answer(
    _ method: String, _ path: String, _ body: [UInt8]
  ) async throws(LockFailure) -> (status: Int, body: [UInt8]) {
    do throws(CloudError) {
      return try await sender.send(
        method: method, url: "\(top)/v1/\(path)", headers: [], body: body, seconds: 10)
    } catch {
      throw LockFailure(error)
    }
  }

  private static func json(_ bytes: [UInt8]) -> Value {
    var diagnostics: [Diagnostic] = []
    guard
      let tree = JSONReader.read(bytes, source: SourceID(index: 0), into: &diagnostics),
      let root = tree.root
    else { return .null }
    return Value(tree, root)
  }

  private static func encoded(_ key: Substring) -> String {
    PercentEncoding.encode(String(key), keepingSlashes: true)
  }
}
