import AWSServices
import Diagnostics
import Executor
import Foundation
import PlanFormat
import Sandbox
import Synchronization
import TestSupport
import Testing
import Values

/// Keeps what it is to send, and fails as often as it is told to.
private final class Postman: NotificationSender {
  private let sent = Mutex<[(target: NotificationTarget, body: Value)]>([])
  private let failures: Mutex<[CloudError.Kind]>

  init(failing failures: [CloudError.Kind] = []) { self.failures = Mutex(failures) }

  var targets: [NotificationTarget] { sent.withLock { $0.map(\.target) } }
  var bodies: [Value] { sent.withLock { $0.map(\.body) } }

  func send(
    _ message: NotificationMessage, to target: NotificationTarget, seconds: Double
  ) async throws(CloudError) {
    if let kind = failures.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) {
      throw CloudError(kind, operation: "Notify", message: "no answer from PLANTED-SECRET")
    }
    sent.withLock { $0.append((target, message.body)) }
  }
}

/// Those who are told how a run ended.
@Suite struct NotifyTests {
  private static let topic = "arn:aws:sns:eu-west-1:123456789012:alerts"

  private static func plan(_ settings: Value) -> Plan {
    var plan = PlanBuilder().plan
    plan.settings["notify"] = settings
    return plan
  }

  private static func entry(_ kind: String, _ value: Value, on: String...) -> Value {
    .object([kind: value, "on": on.isEmpty ? .null : .strings(on)])
  }

  /// One of each kind after failures, and one after a success.
  private static let all = Value.list([
    entry("webhook", .string("https://hooks/{{secret: config.yml#/password}}")),
    entry("sns", .string(topic), on: "failure", "success"),
    entry("command", .strings(["page", "x"]), on: "success"),
  ])

  private static func apply(
    _ plan: Plan, faults: String..., by postman: Postman
  ) async throws -> (outcome: RunOutcome, world: World) {
    let world = World(faults: Faults(faults.compactMap { Faults.parse($0) }))
    try await world.fill()
    let outcome = try await RunTests.apply(plan, in: world) { services, _ in
      services.notifier = postman
    }
    return (outcome, world)
  }

  @Test func aFailureIsToldWithTheWayOut() async throws {
    let postman = Postman()
    let (outcome, world) = try await Self.apply(
      Self.plan(Self.all), faults: "[enrich] Enrich=fail", by: postman)
    #expect(outcome.failure?.code == .stepFailed)
    #expect(
      Set(postman.targets) == [
        .webhook(url: "https://hooks/PLANTED-SECRET"), .topic(arn: Self.topic),
      ])
    let body = try #require(postman.bodies.first)
    let run = body["penstock"]
    #expect(run["event"].text == "failed")
    #expect(run["step"].text == "[enrich] Enrich")
    #expect(run["code"].text == "step-failed")
    #expect(run["command"].text == "penstock run --recover X")
    #expect(run["log"].text?.hasPrefix("s3://log/emr/") == true)
    #expect(body["text"].text?.contains("the step `[enrich] Enrich` failed") == true)
    let names = world.recorder.events.compactMap { event in
      if case .notified(let name) = event.kind { name } else { String?.none }
    }
    #expect(Set(names) == ["webhook 1", Self.topic])
  }

  @Test func aSuccessIsToldToThoseWhoWantIt() async throws {
    let postman = Postman()
    let (outcome, _) = try await Self.apply(Self.plan(Self.all), by: postman)
    #expect(outcome.status == .success)
    #expect(Set(postman.targets) == [.topic(arn: Self.topic), .command(["page", "x"])])
    #expect(postman.bodies.allSatisfy { $0["penstock"]["event"].text == "succeeded" })
  }

  /// It is tried three times; whatever becomes of it, the run has ended as it has.
  @Test func aMessageThatFailsChangesNothing() async throws {
    let once = Self.plan(.list([Self.entry("webhook", .string("https://x"), on: "success")]))
    for (failures, isTold) in [
      ([CloudError.Kind.lost, .unavailable], true), ([.lost, .lost, .throttled], false),
      ([.forbidden], false),
    ] {
      let postman = Postman(failing: failures)
      let (outcome, world) = try await Self.apply(once, by: postman)
      #expect(outcome.status == .success)
      #expect(postman.targets.count == (isTold ? 1 : 0))
      let warnings = world.recorder.events.compactMap { event in
        if case .warning(let text) = event.kind { text } else { String?.none }
      }
      #expect(warnings.count == (isTold ? 0 : 1))
      #expect(!warnings.joined().contains("PLANTED-SECRET"))
      // It isn't told again by the next process.
      let next = Postman()
      let again = try await RunTests.apply(once, in: world, process: 2) { services, _ in
        services.notifier = next
      }
      #expect(again.status == .success)
      #expect(next.targets.isEmpty)
    }
  }

  /// A process that dies before it has told all leaves that to the next one.
  @Test func whoWasNotToldIsToldByTheNextProcess() async throws {
    let world = World()
    try await world.fill()
    let plan = Self.plan(Self.all)
    // As by a process that couldn't send anything.
    let first = try await RunTests.apply(plan, in: world)
    #expect(first.status == .success)
    let postman = Postman()
    let second = try await RunTests.apply(plan, in: world, process: 2) { services, _ in
      services.notifier = postman
    }
    #expect(second.status == .success)
    #expect(postman.targets.count == 2)
  }

  @Test func aRunThatCannotStartIsTold() async throws {
    var plan = Self.plan(Self.all)
    plan.facts = [
      Plan.Fact(
        question: .isEmpty(location: "s3://in/logs/"), answer: .bool(true), isAssumed: false,
        exitStatus: .noData, message: "", origin: nil)
    ]
    let postman = Postman()
    let (outcome, _) = try await Self.apply(plan, by: postman)
    #expect(outcome.status == .noData)
    // None of them wants to know that there was no data.
    #expect(postman.targets.isEmpty)
    plan.facts[0].exitStatus = .failure
    let (refused, _) = try await Self.apply(plan, by: postman)
    #expect(refused.status == .failure)
    #expect(postman.bodies.map { $0["penstock"]["event"].text } == ["refused", "refused"])
  }
}

/// Servers and programs that are told.
@Suite struct NotifierTests {
  private final class Web: WebSender {
    let requests = Mutex<[(url: String, body: String)]>([])
    let status: Int

    init(_ status: Int) { self.status = status }

    func send(
      method: String, url: String, headers: [(name: String, value: String)], body: [UInt8],
      seconds: Double
    ) async throws(CloudError) -> (status: Int, body: [UInt8]) {
      requests.withLock { $0.append((url, String(decoding: body, as: UTF8.self))) }
      return (status, Array("whatever it says".utf8))
    }
  }

  private static let message = NotificationMessage(
    NotificationMessage.Run(
      pipeline: "small", id: "7", event: "failed", status: 1, code: "step-failed",
      summary: "the step `Enrich` failed — “so”", time: World.start))

  private static func notifier(_ web: Web = Web(200)) -> Notifier {
    Notifier(sender: web, environment: ["PATH": "/usr/bin:/bin"]) { _, _, _, _ in }
  }

  private static func kind(
    of target: NotificationTarget, _ notifier: Notifier, seconds: Double = 30
  ) async -> CloudError.Kind? {
    do throws(CloudError) {
      try await notifier.send(message, to: target, seconds: seconds)
      return nil
    } catch {
      return error.kind
    }
  }

  @Test func aWebhookGetsJSONWithAText() async throws {
    let web = Web(204)
    #expect(await Self.kind(of: .webhook(url: "https://x/y"), Self.notifier(web)) == nil)
    let request = try #require(web.requests.withLock { $0.first })
    #expect(request.url == "https://x/y")
    let object = try JSONSerialization.jsonObject(with: Data(request.body.utf8)) as? [String: Any]
    #expect((object?["text"] as? String)?.hasPrefix("Run 7 of small failed: ") == true)
    #expect((object?["penstock"] as? [String: Any])?["run"] as? String == "7")
  }

  @Test(arguments: [(429, CloudError.Kind.unavailable), (503, .unavailable), (404, .refused)])
  func aWebhookThatRefuses(_ status: Int, _ kind: CloudError.Kind) async {
    #expect(await Self.kind(of: .webhook(url: "https://x"), Self.notifier(Web(status))) == kind)
  }

  @Test func aTopicGetsASubjectOfPlainCharacters() async throws {
    let sent = Mutex<[String]>([])
    let notifier = Notifier(sender: Web(200), environment: [:]) { topic, subject, message, _ in
      sent.withLock { $0 = [topic, subject, message] }
    }
    #expect(await Self.kind(of: .topic(arn: "arn"), notifier) == nil)
    let words = sent.withLock { $0 }
    #expect(words.first == "arn")
    #expect(words[1].utf8.count <= 100)
    #expect(words[1].utf8.allSatisfy { (32..<127).contains($0) })
    #expect(words[2].contains(#""run": "7""#))
  }

  @Test func aProgramGetsTheMessageOnStandardInput() async throws {
    let folder = TemporaryFolder()
    let script =
      "cat > '\(folder.path)/input'; echo \"$PENSTOCK_RUN $PENSTOCK_EVENT\" > '\(folder.path)/env'"
    #expect(await Self.kind(of: .command(["sh", "-c", script]), Self.notifier()) == nil)
    let input = try Data(contentsOf: URL(filePath: folder.path + "/input"))
    let object = try JSONSerialization.jsonObject(with: input) as? [String: Any]
    #expect((object?["penstock"] as? [String: Any])?["status"] as? Int == 1)
    #expect(
      try String(contentsOfFile: folder.path + "/env", encoding: .utf8) == "7 failed\n")
  }

  /// Each may be a passing trouble but for a program that isn't there.
  @Test func aProgramThatFails() async throws {
    let notifier = Self.notifier()
    #expect(await Self.kind(of: .command(["sh", "-c", "exit 3"]), notifier) == .unavailable)
    #expect(await Self.kind(of: .command(["there-is-none"]), notifier) == .refused)
    #expect(
      await Self.kind(of: .command(["sh", "-c", "cat /dev/zero"]), notifier) == .unavailable)
    let began = ContinuousClock.now
    #expect(await Self.kind(of: .command(["sleep", "600"]), notifier, seconds: 1) == .unavailable)
    #expect(ContinuousClock.now - began < .seconds(300))
  }
}
