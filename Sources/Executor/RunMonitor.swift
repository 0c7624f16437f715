import AWSServices
import Synchronization
package import Values

/// Sends a run's start and end to a collector, as self-describing events.
///
/// The plan's settings under `events` say what it sends and where. It can't fail or delay a run:
/// events are sent in parallel, each once, and at the end it waits at most `patience` seconds for
/// them.
package final class RunMonitor: Sendable {
  /// How many seconds an event, and the wait for the last one, may take.
  private static var patience: Double { 10 }

  enum Moment: String {
    case started, succeeded, failed
  }

  private let settings: MonitorSettings
  private let sender: any WebSender
  private let version: String
  private let pending = Mutex<[Task<Void, Never>]>([])

  /// Nil if the plan has no events, or its settings don't say where to send them.
  package init?(_ settings: Value, version: String, sender: any WebSender) {
    guard let settings = MonitorSettings(settings) else { return nil }
    self.settings = settings
    self.sender = sender
    self.version = version
  }

  /// Sends an event without waiting for it.
  func send(_ moment: Moment, of run: Run) {
    guard let schema = settings.schemas[moment.rawValue].text else { return }
    let event = MonitorEvent(
      settings: settings, schema: schema, run: run, version: version,
      id: Self.uuid(run.services.random.bytes(16)), time: run.services.time.now)
    let sender = sender
    let task = Task.detached {
      // An unreachable collector is ignored: only the run matters.
      _ = try? await sender.send(
        method: event.method, url: event.url, headers: event.headers, body: event.body,
        seconds: Self.patience)
    }
    pending.withLock { $0.append(task) }
  }

  /// Waits briefly for events that are being sent.
  func finish() async {
    let tasks = pending.withLock { tasks in
      defer { tasks = [] }
      return tasks
    }
    guard !tasks.isEmpty else { return }
    let (ends, end) = AsyncStream<Void>.makeStream()
    let sending = Task.detached {
      for task in tasks { await task.value }
      end.finish()
    }
    let waiting = Task.detached {
      try? await Task.sleep(nanoseconds: UInt64(Self.patience * 1_000_000_000))
      end.finish()
    }
    for await _ in ends {}
    sending.cancel()
    waiting.cancel()
    for task in tasks { task.cancel() }
  }

  /// A version 4 UUID of random bytes.
  private static func uuid(_ random: [UInt8]) -> String {
    var text = ""
    for (index, byte) in random.prefix(16).enumerated() {
      if [4, 6, 8, 10].contains(index) { text += "-" }
      let marked =
        index == 6 ? byte & 0x0F | 0x40 : index == 8 ? byte & 0x3F | 0x80 : byte
      let digits = String(marked, radix: 16)
      text += digits.utf8.count == 1 ? "0" + digits : digits
    }
    return text
  }
}

/// Where events go, and their schemas: the plan's settings under `events`.
struct MonitorSettings: Sendable {
  let base: String
  let isPost: Bool
  let path: String
  let appID: String
  let envelopes: Value
  let schemas: Value
  let application: Value

  init?(_ settings: Value) {
    guard let collector = settings["collector"].text, !collector.isEmpty else { return nil }
    isPost = (settings["method"].text ?? "get").lowercased() == "post"
    guard let path = settings["paths"][isPost ? "post" : "get"].text else { return nil }
    self.path = path
    let scheme = (settings["protocol"].text ?? "http").lowercased()
    guard scheme == "http" || scheme == "https" else { return nil }
    let port =
      settings["port"].integer.map { String($0) }
      ?? settings["port"].text.flatMap { $0.isEmpty ? nil : $0 }
    base = "\(scheme)://\(collector)" + (port.map { ":\($0)" } ?? "")
    appID = settings["app-id"].text ?? ""
    envelopes = settings["envelopes"]
    schemas = settings["schemas"]
    application = settings["application"]
  }
}
