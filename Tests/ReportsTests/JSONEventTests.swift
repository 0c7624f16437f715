import AWSServices
import Diagnostics
import Executor
import PlanFormat
import Foundation
import Reports
import Testing
import Values

/// One JSON object a line, whatever the texts in it.
@Suite struct JSONEventTests {
  private static func object(_ event: RunEvent) throws -> [String: Any] {
    let line = JSONEventRenderer.render(event)
    #expect(line.hasSuffix("}\n") && line.dropLast().allSatisfy { $0 != "\n" && $0 != "\r" })
    let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
    return try #require(object as? [String: Any])
  }

  @Test func eventsHaveTheirTimeAndName() throws {
    let object = try Self.object(Events.began)
    #expect(object["time"] as? String == "2026-03-01T05:06:07.25Z")
    #expect(object["event"] as? String == "began")
    #expect(object["pipeline"] as? String == "p" && object["runID"] as? String == "r1")
    #expect(object["steps"] as? [String] == ["load", "sum up"])
    #expect(object.count == 5)
  }

  @Test(
    arguments: [
      (.resumed(cluster: nil), "resumed"),
      (.factChecked(question: "s3://b/ is empty", isUnchanged: true), "fact-checked"),
      (.emptied(place: "s3://b/", objects: 2), "emptied"),
      (.launching(name: "n", attempt: 1), "launching"),
      (.launched(cluster: "j-1", wasFound: true), "launched"),
      (.attached(cluster: "j-1"), "attached"),
      (.jobsRun(on: "00f1", of: .serverless), "jobs-run"),
      (.addingSteps(cluster: "j-1", steps: [], isAgain: false), "adding-steps"),
      (.addedSteps(cluster: "j-1", count: 1, wasFound: false), "added-steps"),
      (.cluster(id: "j-1", state: .running, reason: .init()), "cluster"),
      (.cancelling(cluster: "j-1", why: "w"), "cancelling"),
      (.terminating(cluster: "j-1", why: "w"), "terminating"),
      (.interrupted(why: "w", hints: []), "interrupted"),
      (.programLog(step: "s", location: "l", lines: []), "program-log"),
      (.warning("w"), "warning"), (.failed(FailureReport(summary: "s")), "failed"),
      (.ended(RunEnd(status: .success, summary: "s", code: nil)), "ended"),
    ] as [(RunEvent.Kind, String)])
  func eachHasItsName(kind: RunEvent.Kind, name: String) throws {
    #expect(try Self.object(Events.at(0, kind))["event"] as? String == name)
  }

  @Test func stepsHaveTheirMembers() throws {
    let failed = Events.step("load", .failed, 0, 5, failure: "no file")
    let object = try Self.object(Events.at(0, .step(index: 3, failed)))
    #expect(object["index"] as? Int == 3 && object["state"] as? String == "FAILED")
    #expect(object["name"] as? String == "load" && object["id"] as? String == "s-load")
    #expect(object["ended"] as? String == "2026-03-01T05:06:12.999Z")
    #expect(object["message"] as? String == "no file")
    #expect(object["logFile"] as? String == "s3://logs/load")
  }

  @Test func endsHaveTheirStatus() throws {
    let end = RunEnd(status: .lockHeld, summary: "held", code: .runFailed)
    let object = try Self.object(Events.at(0, .ended(end)))
    #expect(object["status"] as? Int == 17 && object["summary"] as? String == "held")
    #expect(object["code"] as? String == DiagnosticCode.runFailed.rawValue)
  }

  @Test(arguments: ["a\nb\r\n", "\"quoted\\", "\u{0}\u{1B}[31m", "日本 👍", "\u{2028}", "{}],"])
  func anyTextComesBack(text: String) throws {
    #expect(try Self.object(Events.at(0, .warning(text)))["text"] as? String == text)
    let log = try Self.object(Events.at(0, .programLog(step: text, location: text, lines: [text])))
    #expect(log["lines"] as? [String] == [text] && log["step"] as? String == text)
  }
}
