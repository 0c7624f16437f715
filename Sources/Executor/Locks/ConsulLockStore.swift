import Documents
import Text
package import AWSServices
import Diagnostics
import SourceText
import Synchronization
import Values

/// A simple HTTP client: one request, one complete answer.
package protocol WebSender: Sendable {
  /// - Parameter url: absolute and percent-encoded.
  func send(
    method: String, url: String, headers: [(name: String, value: String)], body: [UInt8],
    seconds: Double
  ) async throws(CloudError) -> (status: Int, body: [UInt8])
}

/// A key in Consul as a lock.
///
/// The key is created by check-and-set, so only one run creates it. It is bound to a session of its
/// holder while that works; a key without a session was left by a run that failed or died.
package final class ConsulLockStore: LockStore {
  package let name: String
  private let top: String
  private let key: String
  private let sender: any WebSender
  /// The session bound to the key.
  private let session = Mutex<String?>(nil)

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

  package func create(_ bytes: [UInt8]) async throws(LockFailure) -> String? {
    try await set(bytes, index: "0")
  }

  package func replace(_ bytes: [UInt8], revision: String) async throws(LockFailure) -> String? {
    try await set(bytes, index: revision)
  }

  /// Sets the key if it has this index (0: if it doesn't exist), and binds a session to it.
  private func set(_ bytes: [UInt8], index: String) async throws(LockFailure) -> String? {
    guard try await isDone("PUT", "kv/\(key)?cas=\(index)", bytes) else { return nil }
    let created = try await call(
      "PUT", "session/create",
      Array(#"{"Name": "penstock", "Behavior": "release", "LockDelay": "0s"}"#.utf8))
    if let id = Self.json(created)["ID"].text {
      session.withLock { $0 = id }
      _ = try await isDone("PUT", "kv/\(key)?acquire=\(id)", bytes)
    }
    return try await read()?.revision
  }

  package func read() async throws(LockFailure) -> StoredLock? {
    let (status, body) = try await answer("GET", "kv/\(key)", [])
    if status == 404 { return nil }
    guard status == 200, let entry = Self.json(body).items.first,
      let index = entry["ModifyIndex"].integer
    else { throw LockFailure("Consul's answer about \(name) cannot be read") }
    let value = Base64.decode((entry["Value"].text ?? "").utf8) ?? []
    return StoredLock(
      bytes: value, revision: String(index),
      isHeld: entry["Session"].text.map { !$0.isEmpty } ?? false)
  }

  package func delete(revision: String) async throws(LockFailure) -> Bool {
    let isDone = try await isDone("DELETE", "kv/\(key)?cas=\(revision)", [])
    await leave(revision: revision)
    return isDone
  }

  /// Ends the session; the key stays.
  package func leave(revision: String) async {
    guard let id = session.withLock({ $0 }) else { return }
    session.withLock { $0 = nil }
    // If the session can't be ended, it ends with its node.
    _ = try? await call("PUT", "session/destroy/\(id)", [])
  }

  // MARK: Requests

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
