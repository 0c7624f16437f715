import AWSServices
import Executor
import Foundation
import Synchronization

/// Consul's HTTP API for keys and sessions, as its documentation has it.
final class FakeConsul: WebSender {
  private struct Key {
    var value: [UInt8]
    var created: Int
    var modified: Int
    var holds = 0
    var session: String?
  }

  private struct State {
    var keys: [String: Key] = [:]
    var sessions: Set<String> = []
    var index = 1
    var requests: [String] = []
  }

  private let state = Mutex(State())

  /// Each request, as `PUT kv/x?acquire=…`.
  var requests: [String] { state.withLock { $0.requests } }
  var sessions: Int { state.withLock { $0.sessions.count } }

  func value(_ key: String) -> String? {
    state.withLock { $0.keys["kv/" + key].map { String(decoding: $0.value, as: UTF8.self) } }
  }

  /// What Consul does when a session isn't renewed.
  func endAllSessions() {
    state.withLock { state in
      for id in state.sessions { Self.end(id, &state) }
    }
  }

  func send(
    method: String, url: String, headers: [(name: String, value: String)], body: [UInt8],
    seconds: Double
  ) async throws(CloudError) -> (status: Int, body: [UInt8]) {
    let path = url.replacingOccurrences(of: "http://consul:8500/v1/", with: "")
    let parts = path.split(separator: "?", maxSplits: 1).map(String.init)
    let query = parts.count > 1 ? parts[1] : ""
    return state.withLock { state in
      state.requests.append("\(method) \(path)")
      return Self.answer(method, parts[0], query, body, &state)
    }
  }

  private static func answer(
    _ method: String, _ path: String, _ query: String, _ body: [UInt8], _ state: inout State
  ) -> (status: Int, body: [UInt8]) {
    state.index += 1
    if path == "session/create" {
      let id = "session-\(state.index)"
      state.sessions.insert(id)
      return (200, Array(#"{"ID": "\#(id)"}"#.utf8))
    }
    if path.hasPrefix("session/") {
      let id = String(path.drop { $0 != "/" }.dropFirst().drop { $0 != "/" }.dropFirst())
      if path.hasPrefix("session/renew/") {
        return state.sessions.contains(id) ? (200, Array("[]".utf8)) : (404, [])
      }
      end(id, &state)
      return answer(true)
    }
    switch method {
    case "GET":
      guard let there = state.keys[path] else { return (404, []) }
      let session = there.session.map { #", "Session": "\#($0)""# } ?? ""
      let value = Data(there.value).base64EncodedString()
      return (
        200,
        Array(
          (#"[{"LockIndex": \#(there.holds), "Key": "k", "Flags": 0, "Value": "\#(value)", "#
            + #""CreateIndex": \#(there.created), "ModifyIndex": \#(there.modified)\#(session)}]"#)
            .utf8)
      )
    case "DELETE":
      if let wanted = number(query, "cas"), state.keys[path]?.modified != wanted {
        return answer(false)
      }
      state.keys[path] = nil
      return answer(true)
    default: return answer(put(path, query, body, &state))
    }
  }

  private static func put(
    _ path: String, _ query: String, _ body: [UInt8], _ state: inout State
  ) -> Bool {
    var key =
      state.keys[path] ?? Key(value: [], created: state.index, modified: state.index)
    if query.hasPrefix("acquire=") {
      let session = String(query.dropFirst("acquire=".count))
      guard state.sessions.contains(session), key.session == nil || key.session == session else {
        return false
      }
      if key.session == nil { key.holds += 1 }
      key.session = session
    } else if let wanted = number(query, "cas") {
      guard state.keys[path]?.modified ?? 0 == wanted else { return false }
    }
    key.value = body
    key.modified = state.index
    state.keys[path] = key
    return true
  }

  private static func end(_ id: String, _ state: inout State) {
    guard state.sessions.remove(id) != nil else { return }
    for name in state.keys.keys where state.keys[name]?.session == id {
      state.keys[name]?.session = nil
      state.keys[name]?.modified = state.index
    }
  }

  private static func number(_ query: String, _ name: String) -> Int? {
    query.hasPrefix(name + "=") ? Int(query.dropFirst(name.count + 1)) : nil
  }

  private static func answer(_ isDone: Bool) -> (status: Int, body: [UInt8]) {
    (200, Array("\(isDone)".utf8))
  }
}

/// Does something else before or after one of its requests, as another host might.
final class RacingConsul: WebSender {
  private let inner: FakeConsul
  private let number: Int
  private let isBefore: Bool
  /// Whether the answer to that request is lost.
  private let losesAnswer: Bool
  private let race: @Sendable () async -> Void
  private let count = Mutex(0)

  init(
    _ inner: FakeConsul, at number: Int, before: Bool, losesAnswer: Bool = false,
    _ race: @escaping @Sendable () async -> Void
  ) {
    self.inner = inner
    self.number = number
    isBefore = before
    self.losesAnswer = losesAnswer
    self.race = race
  }

  func send(
    method: String, url: String, headers: [(name: String, value: String)], body: [UInt8],
    seconds: Double
  ) async throws(CloudError) -> (status: Int, body: [UInt8]) {
    let current = count.withLock { count in
      count += 1
      return count
    }
    if current == number, isBefore { await race() }
    let answer = try await inner.send(
      method: method, url: url, headers: headers, body: body, seconds: seconds)
    if current == number, !isBefore { await race() }
    if current == number, losesAnswer {
      throw CloudError(.lost, operation: "Consul", message: "connection reset by peer")
    }
    return answer
  }
}
