import AWSServices
import Diagnostics
import Executor
import Foundation
import PlanFormat
import Sandbox
import Synchronization
import Testing
import Values

@Suite struct MonitorTests {
  /// Keeps what is sent, or hangs, or fails.
  private final class Collector: WebSender {
    enum Way { case answers, fails, hangs }

    struct Sent: Sendable {
      var method: String
      var url: String
      var body: String
    }

    private let way: Way
    private let kept = Mutex<[Sent]>([])

    init(_ way: Way) { self.way = way }

    var sent: [Sent] { kept.withLock { $0 } }

    func send(
      method: String, url: String, headers: [(name: String, value: String)], body: [UInt8],
      seconds: Double
    ) async throws(CloudError) -> (status: Int, body: [UInt8]) {
      kept.withLock {
        $0.append(Sent(method: method, url: url, body: String(decoding: body, as: UTF8.self)))
      }
      switch way {
      case .answers: return (200, [])
      case .fails: throw CloudError(.unreachable, operation: method, message: "no route to host")
      case .hangs:
        await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in }
        return (200, [])
      }
    }
  }

  private func settings(_ method: String) -> Value {
    .object([
      "collector": .string("collector.acme.com"), "protocol": .string("HTTPS"),
      "port": .int(8443), "method": .string(method), "app-id": .string("batch"),
      "paths": .object(["get": .string("/i"), "post": .string("/tp2")]),
      "envelopes": .object([
        "event": .string("iglu:event"), "contexts": .string("iglu:contexts"),
        "payload": .string("iglu:payload"),
      ]),
      "schemas": .object([
        "started": .string("iglu:started"), "succeeded": .string("iglu:succeeded"),
        "failed": .string("iglu:failed"), "application": .string("iglu:application"),
        "job": .string("iglu:job"), "step": .string("iglu:step"),
      ]),
      "application": .object(["name": .string("runner"), "logLevel": .string("info")]),
    ])
  }

  private func run(_ collector: Collector, _ method: String, fault: String = "") async throws
    -> RunOutcome
  {
    let world = World(faults: Faults([Faults.parse(fault)].compactMap(\.self)))
    try await world.fill()
    let monitor = RunMonitor(settings(method), version: "9.9", sender: collector)
    return try await RunTests.apply(PlanBuilder().plan, in: world) { services, _ in
      services.monitor = monitor
    }
  }

  private func json(_ text: String) throws -> [String: Any] {
    try #require(
      try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  @Test func postedEventsAreSelfDescribing() async throws {
    let collector = Collector(.answers)
    #expect(try await run(collector, "POST").status == .success)
    #expect(
      collector.sent.map(\.url) == Array(repeating: "https://collector.acme.com:8443/tp2", count: 2)
    )
    var names: Set<String> = []
    for sent in collector.sent {
      let payload = try json(sent.body)
      #expect(payload["schema"] as? String == "iglu:payload")
      let event = try #require((payload["data"] as? [[String: String]])?.first)
      #expect(event["aid"] == "batch" && event["e"] == "ue" && event["eid"]?.count == 36)
      let outer = try json(event["ue_pr"] ?? "")
      #expect(outer["schema"] as? String == "iglu:event")
      names.insert((outer["data"] as? [String: Any])?["schema"] as? String ?? "")
      let contexts = try #require(try json(event["co"] ?? "")["data"] as? [[String: Any]])
      let schemas = contexts.compactMap { $0["schema"] as? String }
      #expect(schemas.prefix(2) == ["iglu:application", "iglu:job"])
    }
    #expect(names == ["iglu:started", "iglu:succeeded"])
    #expect(collector.sent.contains { $0.body.contains("iglu:step") })
  }

  @Test func eventsCanBeAskedForAsAPixel() async throws {
    let collector = Collector(.answers)
    #expect(try await run(collector, "get", fault: "Enrich=fail").status == .failure)
    #expect(collector.sent.allSatisfy { $0.method == "GET" && $0.body.isEmpty })
    #expect(
      collector.sent.allSatisfy {
        $0.url.hasPrefix("https://collector.acme.com:8443/i?e=ue&") && URL(string: $0.url) != nil
      })
    #expect(collector.sent.contains { $0.url.contains("iglu%3Afailed") })
  }

  @Test func aCollectorThatFailsIsNoFailure() async throws {
    #expect(try await run(Collector(.fails), "POST").status == .success)
  }

  @Test(.timeLimit(.minutes(1))) func aCollectorThatHangsHoldsNothingUp() async throws {
    #expect(try await run(Collector(.hangs), "POST").status == .success)
  }

  @Test func withoutACollectorThereIsNoMonitor() {
    #expect(RunMonitor(.null, version: "", sender: Collector(.answers)) == nil)
    #expect(RunMonitor(.object([:]), version: "", sender: Collector(.answers)) == nil)
  }
}
