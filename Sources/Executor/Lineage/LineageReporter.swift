import AWSServices
import Documents
import Synchronization
import Values

/// Delivers a run's lineage in the background, in order.
///
/// It can't fail a run: what can't be delivered is a warning at its end. It can't delay one by more
/// than `patience`: events wait in memory until the server takes them.
package final class LineageReporter: Sendable {
  /// For how many seconds the end of a run waits for events that aren't delivered.
  private static var patience: Double { 5 }
  /// The longest wait after a try that failed.
  private static var longestPause: Double { 60 }

  private struct State: Sendable {
    var waiting: [[UInt8]] = []
    var problem: String?
    /// How many can't be delivered, however often they are sent.
    var refused = 0
    var isSending = false
    var isClosing = false
    /// Whether the end of the run must not wait any longer.
    var isLate = false

    /// The first event is delivered, or given up.
    mutating func take(problem: String?) {
      if !waiting.isEmpty { waiting.removeFirst() }
      guard let problem else { return }
      self.problem = problem
      refused += 1
    }
  }

  package let settings: LineageSettings
  private let deliver: LineageDelivery
  private let state = Mutex(State())

  package init(_ settings: LineageSettings, deliver: @escaping LineageDelivery) {
    self.settings = settings
    self.deliver = deliver
  }

  /// As JSON by POST.
  package static func deliver(
    to url: String, key: String?, by sender: any WebSender
  ) -> LineageDelivery {
    { event, seconds throws(CloudError) in
      var headers = [(name: "Content-Type", value: "application/json")]
      if let key { headers.append((name: "Authorization", value: "Bearer \(key)")) }
      let answer = try await sender.send(
        method: "POST", url: url, headers: headers, body: event, seconds: seconds)
      guard !(200..<300).contains(answer.status) else { return }
      let mayPass = answer.status == 429 || answer.status >= 500
      throw CloudError(
        mayPass ? .unavailable : .refused, operation: "Lineage",
        message: "it answered with status \(answer.status)")
    }
  }

  /// Takes events without waiting for their delivery.
  func send(_ events: [Value]) {
    guard !events.isEmpty else { return }
    let lines = events.map { event in
      var writer = CanonicalJSONWriter(pretty: false)
      writer.value(event, revealingSecrets: false)
      return writer.take()
    }
    let isIdle = state.withLock { state in
      state.waiting += lines
      defer { state.isSending = true }
      return !state.isSending
    }
    if isIdle { Task.detached { await self.work() } }
  }

  private func work() async {
    var pause = 1.0
    while let event = next() {
      do throws(CloudError) {
        try await deliver(event, Self.patience)
        pause = 1
        state.withLock { $0.take(problem: nil) }
      } catch {
        guard error.mayPass else {
          state.withLock { $0.take(problem: error.message) }
          continue
        }
        state.withLock { $0.problem = error.message }
        await wait(pause)
        pause = min(pause * 2, Self.longestPause)
      }
    }
  }

  /// The next event to deliver; nil if there is none, and this task ends.
  private func next() -> [UInt8]? {
    state.withLock { state in
      if let first = state.waiting.first { return first }
      state.isSending = false
      return nil
    }
  }

  /// A second at most once the run is over.
  private func wait(_ seconds: Double) async {
    var rest = seconds
    while rest > 0, rest > 0.5 || !state.withLock({ $0.isClosing }) {
      try? await Task.sleep(for: .milliseconds(250))
      rest -= 0.25
      if state.withLock({ $0.isClosing }) { rest = min(rest, 0.5) }
    }
  }

  /// Waits briefly for what isn't delivered yet.
  /// - Returns: whether all was, and in words what wasn't.
  func finish() async -> (isDelivered: Bool, problem: String?) {
    state.withLock { $0.isClosing = true }
    let timer = Task {
      try? await Task.sleep(for: .seconds(Self.patience))
      self.state.withLock { $0.isLate = true }
    }
    defer { timer.cancel() }
    var pause = 1
    while state.withLock({ $0.isSending && !$0.isLate }), !Task.isCancelled {
      try? await Task.sleep(for: .milliseconds(pause))
      pause = min(pause * 2, 100)
    }
    return state.withLock { state in
      let lost = state.waiting.count + state.refused
      guard lost > 0 else { return (true, nil) }
      let count = lost == 1 ? "a lineage event was" : "\(lost) lineage events were"
      return (
        state.waiting.isEmpty, "\(count) not delivered: \(state.problem ?? "no answer in time")"
      )
    }
  }
}
