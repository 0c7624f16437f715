import Parallel
import Text
package import AWSServices
package import Values

/// Whom to tell how a run ended: the plan's settings under `notify`, with the secrets themselves.
package struct Notices: Sendable {
  /// What may be told.
  package enum Occasion: String, Sendable {
    case failure, success
    case noData = "no-data"
  }

  package struct Entry: Sendable {
    /// Its place among the settings, by which the journal knows it.
    package var index: Int
    package var target: NotificationTarget
    package var occasions: [String]
    package var seconds: Double
    /// How it is called in messages: without secrets.
    package var name: String
  }

  /// How one of them was told.
  package struct Result: Sendable {
    package var entry: Entry
    /// Nil if it was.
    package var problem: String?
  }

  package let entries: [Entry]
  /// How often each is tried, and how long to wait in between.
  private static var pauses: [Double] { [2, 10] }

  package init(_ settings: Value) {
    entries = settings.items.enumerated().compactMap { Self.entry($0, $1) }
  }

  private static func entry(_ index: Int, _ value: Value) -> Entry? {
    let target: NotificationTarget
    let name: String
    if let url = value["webhook"].text {
      (target, name) = (.webhook(url: url), "webhook \(index + 1)")
    } else if let arn = value["sns"].text {
      (target, name) = (.topic(arn: arn), arn)
    } else if !value["command"].texts.isEmpty {
      let words = value["command"].texts
      (target, name) = (.command(words), "the command `\(words[0])`")
    } else {
      return nil
    }
    let given = value["timeout"].text.flatMap { Double($0.dropLast()) }
    let isCommand = if case .command = target { true } else { false }
    let occasions = value["on"].texts
    return Entry(
      index: index, target: target,
      occasions: occasions.isEmpty ? [Occasion.failure.rawValue] : occasions,
      seconds: given ?? (isCommand ? 60 : 10), name: name)
  }

  /// Sends a message to all who are to be told on an occasion. Takes at most three times the
  /// longest time-out, and the pauses.
  /// - Parameter told: those who have been told already.
  package func send(
    _ message: NotificationMessage, on occasion: Occasion, besides told: Set<Int> = [],
    by sender: any NotificationSender, time: any TimeSource
  ) async -> [Result] {
    let due = entries.filter {
      $0.occasions.contains(occasion.rawValue) && !told.contains($0.index)
    }
    let results = await due.concurrently(width: 8) { entry in
      await Self.send(message, to: entry, by: sender, time: time)
    }
    return results.compactMap { $0 }
  }

  /// Nil if it was stopped before it was certain whether it is told.
  private static func send(
    _ message: NotificationMessage, to entry: Entry, by sender: any NotificationSender,
    time: any TimeSource
  ) async -> Result? {
    var pauses = pauses[...]
    while true {
      do throws(CloudError) {
        try await sender.send(message, to: entry.target, seconds: entry.seconds)
        return Result(entry: entry)
      } catch {
        if error.kind == .cancelled || Task.isCancelled { return nil }
        guard error.mayPass, let pause = pauses.popFirst() else {
          return Result(entry: entry, problem: error.message)
        }
        do throws(CancellationError) {
          try await time.sleep(seconds: pause)
        } catch {
          return nil
        }
      }
    }
  }
}

extension CloudError {
  /// Whether another try may help.
  var mayPass: Bool {
    switch kind {
    case .throttled, .unavailable, .unreachable, .lost, .malformed: true
    case .refused, .unauthorized, .forbidden, .notFound, .preconditionFailed, .clockSkew,
      .cancelled:
      false
    }
  }
}

extension NotificationMessage {
  /// What is said of a run.
  package struct Run: Sendable {
    package var pipeline: String
    package var id: String
    /// `failed`, `succeeded`, `no-data`, `refused`, `unattended`.
    package var event: String
    package var status: Int32
    package var code: String?
    package var summary: String
    package var cluster: String?
    package var step: String?
    package var log: String?
    /// The command that goes on from here.
    package var command: String?
    package var time: Value.Timestamp

    package init(
      pipeline: String, id: String, event: String, status: Int32, code: String?, summary: String,
      time: Value.Timestamp
    ) {
      self.pipeline = pipeline
      self.id = id
      self.event = event
      self.status = status
      self.code = code
      self.summary = summary
      self.time = time
    }
  }

  package init(_ run: Run) {
    let words =
      switch run.event {
      case "succeeded": "succeeded"
      case "no-data": "found no data"
      case "refused": "could not start"
      case "unattended": "is no longer watched"
      default: "failed"
      }
    var text = "Run \(run.id) of \(run.pipeline) \(words): \(run.summary)"
    if let command = run.command { text += " (\(command))" }
    text = VisibleText.line(text)
    self.init(
      text: text,
      body: .object([
        "text": .string(text),
        "penstock": .object([
          "event": .string(run.event), "pipeline": .string(run.pipeline), "run": .string(run.id),
          "status": .int(Int64(run.status)), "code": .string(ifAny: run.code),
          "summary": .string(run.summary), "step": .string(ifAny: run.step),
          "cluster": .string(ifAny: run.cluster), "log": .string(ifAny: run.log),
          "command": .string(ifAny: run.command), "time": .string(run.time.description),
        ]),
      ]),
      variables: [
        "PENSTOCK_EVENT": run.event, "PENSTOCK_PIPELINE": run.pipeline, "PENSTOCK_RUN": run.id,
        "PENSTOCK_STATUS": String(run.status),
      ])
  }
}
