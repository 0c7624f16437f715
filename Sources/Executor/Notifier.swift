package import AWSServices
import Documents
import Subprocess
import Values

/// Sends messages to webhooks, SNS topics and programs.
package struct Notifier: NotificationSender {
  /// Publishes to a topic: its ARN, a subject, a message, and how many seconds it may take.
  package typealias Publish =
    @Sendable (String, String, String, Double) async throws(CloudError) -> Void

  private let sender: any WebSender
  private let publish: Publish
  /// What programs find in their environment besides the message's variables.
  private let environment: [String: String]

  package init(
    sender: any WebSender, environment: [String: String], publish: @escaping Publish
  ) {
    self.sender = sender
    self.environment = environment
    self.publish = publish
  }

  package func send(
    _ message: NotificationMessage, to target: NotificationTarget, seconds: Double
  ) async throws(CloudError) {
    switch target {
    case .webhook(let url): try await post(Self.json(message, pretty: false), to: url, seconds)
    case .topic(let arn):
      let text = String(decoding: Self.json(message, pretty: true), as: UTF8.self)
      try await publish(arn, Self.subject(message.text), text, seconds)
    case .command(let words): try await run(words, message, seconds)
    }
  }

  private func post(
    _ body: [UInt8], to url: String, _ seconds: Double
  ) async throws(CloudError) {
    let answer = try await sender.send(
      method: "POST", url: url, headers: [(name: "Content-Type", value: "application/json")],
      body: body, seconds: seconds)
    guard !(200..<300).contains(answer.status) else { return }
    let mayPass = answer.status == 429 || answer.status >= 500
    throw CloudError(
      mayPass ? .unavailable : .refused, operation: "Notify",
      message: "it answered with status \(answer.status)")
  }

  private static func json(_ message: NotificationMessage, pretty: Bool) -> [UInt8] {
    var writer = CanonicalJSONWriter(pretty: pretty)
    writer.value(message.body, revealingSecrets: false)
    return writer.take()
  }

  /// SNS takes up to 100 ASCII characters.
  private static func subject(_ text: String) -> String {
    let plain = text.utf8.map { (32..<127).contains($0) ? $0 : UInt8(ascii: "?") }
    return String(decoding: plain.prefix(100), as: UTF8.self)
  }

  private func run(
    _ words: [String], _ message: NotificationMessage, _ seconds: Double
  ) async throws(CloudError) {
    let request = ProcessRequest(
      arguments: words,
      environment: environment.merging(message.variables) { $1 }, timeout: seconds)
    let problem: String
    switch await ProcessRunner.run(request, input: Self.json(message, pretty: true)) {
    case .finished(0, _): return
    case .finished(let status, _): problem = "it ended with status \(status)"
    case .notStarted(let reason):
      throw CloudError(.refused, operation: "Notify", message: "it can't be started: \(reason)")
    case .timedOut:
      if Task.isCancelled {
        throw CloudError(.cancelled, operation: "Notify", message: "interrupted")
      }
      problem = "it took longer than \(Int(seconds)) s"
    case .tooMuchOutput: problem = "it wrote too much"
    }
    throw CloudError(.unavailable, operation: "Notify", message: problem)
  }
}
