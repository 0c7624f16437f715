import AWSServices
import Diagnostics
import Executor
import PlanFormat
import Reports
import Testing
import Values

@Suite struct EventTextTests {
  @Test(
    arguments: [
      (0, "0 s"), (-5, "0 s"), (59, "59 s"), (60, "1 min 00 s"), (200, "3 min 20 s"),
      (3599, "59 min 59 s"), (3600, "1 h 00 min"), (3720, "1 h 02 min"), (3779, "1 h 02 min"),
      (90_000, "25 h 00 min"),
    ] as [(Int64, String)])
  func durations(seconds: Int64, text: String) {
    #expect(EventText.duration(seconds) == text)
  }

  @Test(arguments: [(0, "0 steps"), (1, "1 step"), (2, "2 steps"), (257, "257 steps")])
  func counts(number: Int, text: String) {
    #expect(EventText.count(number, "step") == text)
  }

  @Test(
    arguments: [
      (.began(pipeline: "p", runID: "r1", steps: ["a", "b"]), "run r1 of p: 2 steps"),
      (.resumed(cluster: nil), "an earlier process began this run"),
      (.resumed(cluster: "j-1"), "an earlier process began this run on the cluster j-1"),
      (
        .factChecked(question: "s3://b/ is empty", isUnchanged: true),
        "as planned: s3://b/ is empty"
      ),
      (
        .factChecked(question: "s3://b/ is empty", isUnchanged: false),
        "not as planned: s3://b/ is empty"
      ),
      (.emptied(place: "s3://b/x/", objects: 1), "emptied s3://b/x/: 1 object"),
      (.launching(name: "n", attempt: 1), "starting the cluster `n`"),
      (.launching(name: "n", attempt: 2), "starting the cluster `n`, attempt 2"),
      (.launched(cluster: "j-1", wasFound: false), "the cluster j-1 was started"),
      (
        .launched(cluster: "j-1", wasFound: true),
        "found the cluster j-1, which was already started"
      ),
      (.attached(cluster: "j-1"), "reusing the waiting cluster j-1"),
      (.jobsRun(on: "00f1", of: .eks), "the steps are jobs of EMR on EKS, on 00f1"),
      (.addingSteps(cluster: "j-1", steps: ["a"], isAgain: false), "adding 1 step"),
      (.addingSteps(cluster: "j-1", steps: ["a", "b"], isAgain: true), "adding 2 steps again"),
      (.addedSteps(cluster: "j-1", count: 3, wasFound: false), "3 steps added"),
      (.addedSteps(cluster: "j-1", count: 1, wasFound: true), "the cluster has 1 step of the run"),
      (.cluster(id: "j-1", state: .running, reason: .init()), "cluster j-1: RUNNING"),
      (
        .cluster(id: "j-1", state: .terminated, reason: .init(message: "as asked")),
        "cluster j-1: TERMINATED (as asked)"
      ),
      (.step(index: 0, Events.step("a", .pending)), nil),
      (.step(index: 1, Events.step("b", .running, 0)), "step 2/2 b: RUNNING"),
      (
        .step(index: 0, Events.step("a", .completed, 0, 75)),
        "step 1/2 a: COMPLETED after 1 min 15 s"
      ),
      (
        .step(index: 0, Events.step("a", .failed, 0, 5, failure: "no such file")),
        "step 1/2 a: FAILED after 5 s (no such file)"
      ),
      (
        .callFailed(
          CloudError(.lost, operation: "RunJobFlow", message: "broken pipe"), next: "looking"),
        "RunJobFlow failed: broken pipe; looking"
      ),
      (
        .terminating(cluster: "j-1", why: "all is done"), "terminating the cluster j-1: all is done"
      ),
      (.interrupted(why: "stopped", hints: ["one", "two"]), "stopped; one; two"),
      (.warning("the clock is off"), "warning: the clock is off"),
      (.failed(FailureReport(summary: "it failed")), nil),
      (.ended(RunEnd(status: .success, summary: "all is well", code: nil)), "all is well"),
      (
        .ended(RunEnd(status: .failure, summary: "a step failed", code: nil)),
        "failed: a step failed"
      ),
    ] as [(RunEvent.Kind, String?)])
  func lines(kind: RunEvent.Kind, line: String?) {
    #expect(EventText.line(Events.at(0, kind), steps: ["a", "b"]) == line)
  }

  @Test func renderedLinesHaveTheirTimes() {
    var renderer = LineRenderer()
    let lines = [
      Events.began, Events.at(1, .step(index: 0, Events.step("load", .pending))),
      Events.at(2, .step(index: 1, Events.step("sum up", .running, 2))),
      Events.at(60, .programLog(step: "load", location: "s3://l/", lines: ["one", "two"])),
    ].map { renderer.render($0) }
    #expect(
      lines == [
        "2026-03-01T05:06:07Z  run r1 of p: 2 steps\n", "",
        // How many steps there are is known from the beginning.
        "2026-03-01T05:06:09Z  step 2/2 sum up: RUNNING\n",
        "2026-03-01T05:07:07Z  log of `load`, from s3://l/:\n    one\n    two\n",
      ])
  }

  @Test func reportsHaveLinesOfTheirOwn() {
    var renderer = LineRenderer()
    let text = renderer.render(
      Events.at(0, .failed(FailureReport(summary: "the step load failed"))))
    #expect(text.contains("the step load failed") && text.hasSuffix("\n"))
  }
}
