import AWSServices
import Diagnostics
import Executor
import Reports
import Testing
import Values

/// Lines as EmrEtlRunner wrote them: those of Ruby's logger.
@Suite struct RunnerLogTests {
  private static func lines(_ kinds: [RunEvent.Kind], offset: Int = 0) -> String {
    var log = RunnerLog(process: 4711, utcOffset: offset)
    return kinds.enumerated().map { log.render(Events.at(Int64($0.offset), $0.element)) }.joined()
  }

  private static let beginning: [RunEvent.Kind] = [
    .began(pipeline: "p", runID: "r1", steps: ["load", "sum up"]),
    .launched(cluster: "j-1", wasFound: false),
  ]

  @Test func aRunThatSucceeds() {
    let lines = Self.lines(
      Self.beginning + [
        .step(index: 0, Events.step("load", .completed, 2, 3)),
        .ended(RunEnd(status: .success, summary: "done", code: nil)),
      ])
    #expect(
      lines == """
        D, [2026-03-01T05:06:07.250000 #4711] DEBUG -- : Initializing EMR jobflow
        D, [2026-03-01T05:06:08.250000 #4711] DEBUG -- : EMR jobflow j-1 started, waiting for jobflow to complete...
        D, [2026-03-01T05:06:10.250000 #4711] DEBUG -- : EMR jobflow j-1 completed successfully.
        I, [2026-03-01T05:06:10.250000 #4711]  INFO -- : Completed successfully

        """)
  }

  @Test func aRunThatFails() {
    let lines = Self.lines(
      Self.beginning + [
        .step(index: 0, Events.step("load", .completed, 0, 3725)),
        .step(index: 1, Events.step("sum up", .failed, 3730, nil)),
        .cluster(
          id: "j-1", state: .terminating, reason: .init(message: "Shut down as step failed")),
        .ended(RunEnd(status: .failure, summary: "it failed", code: nil)),
      ])
    let failure = lines.split(separator: "\n").dropFirst(2)
    #expect(
      Array(failure) == [
        "D, [2026-03-01T05:06:10.250000 #4711] DEBUG -- : EMR step failed: sum up",
        "F, [2026-03-01T05:06:12.250000 #4711] FATAL -- : EMR jobflow j-1 failed, check Amazon EMR "
          + "console and Hadoop logs for details. Data files not archived.",
        "j-1: TERMINATING [Shut down as step failed]",
        " - 1. load: COMPLETED ~ 01:02:05 [2026-03-01 05:06:07 UTC - 2026-03-01 06:08:12 UTC]",
        " - 2. sum up: FAILED ~ elapsed time n/a [2026-03-01 06:08:17 UTC - ]",
      ])
  }

  @Test func stepsThatWereNeverSeenArePending() {
    let lines = Self.lines(
      Self.beginning + [.ended(RunEnd(status: .failure, summary: "it failed", code: nil))])
    #expect(
      lines.hasSuffix(
        " - 1. load: PENDING ~ elapsed time n/a [ - ]\n"
          + " - 2. sum up: PENDING ~ elapsed time n/a [ - ]\n"))
  }

  @Test func aRunWithoutAClusterSaysWhy() {
    let lines = Self.lines([.ended(RunEnd(status: .failure, summary: "no capacity", code: nil))])
    #expect(lines == "F, [2026-03-01T05:06:07.250000 #4711] FATAL -- : no capacity\n")
  }

  @Test(arguments: [
    (0, "2026-03-01T05:06:07"), (3600, "2026-03-01T06:06:07"), (-21_600, "2026-02-28T23:06:07"),
  ])
  func timesAreLocal(offset: Int, time: String) {
    #expect(
      Self.lines([.warning("x")], offset: offset) == "W, [\(time).250000 #4711]  WARN -- : x\n")
  }

  @Test func logsAreThereLineByLine() {
    let lines = Self.lines([.programLog(step: "load", location: "s3://l/x", lines: ["one", "two"])])
    let start = "I, [2026-03-01T05:06:07.250000 #4711]  INFO -- : "
    #expect(
      lines == ["Logs of load", "s3://l/x", "one", "two"].map { start + $0 + "\n" }.joined())
  }

  @Test(
    arguments: [
      (
        .addingSteps(cluster: "j-1", steps: [], isAgain: true),
        "I, [2026-03-01T05:06:07.250000 #4711]  INFO -- : Failed and cancelled steps will be resubmitted\n"
      ),
      (.addingSteps(cluster: "j-1", steps: [], isAgain: false), ""),
      (.resumed(cluster: "j-1"), ""), (.launching(name: "n", attempt: 1), ""),
      (.emptied(place: "s3://b/", objects: 1), ""), (.failed(FailureReport(summary: "s")), ""),
    ] as [(RunEvent.Kind, String)])
  func onlyWhatItSaidIsSaid(kind: RunEvent.Kind, line: String) {
    #expect(Self.lines([kind]) == line)
  }

  @Test(
    arguments: [
      (.noData, "No logs to process: m\n"),
      (.notEmpty, "There seems to be an ongoing run of EmrEtlRunner: m\n"), (.lockHeld, "m\n"),
      (.clusterBusy, "m\n"), (.failure, nil), (.usage, nil),
    ] as [(Diagnostics.ExitStatus, String?)])
  func refusals(status: Diagnostics.ExitStatus, text: String?) {
    #expect(RunnerLog.refusal(status, "m") == text)
  }
}
