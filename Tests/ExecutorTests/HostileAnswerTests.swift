import Sandbox
import AWSServices
import Diagnostics
import Executor
import Foundation
import Journal
import PlanFormat
import Reports
import Testing
import Values

/// What AWS answers is shown without what a terminal would act on, by each renderer.
@Suite struct HostileAnswerTests {
  /// Clears the screen, sets the window's title, C1's CSI, turns the line around, adds a line.
  static let evil = "\u{1B}[2J\u{1B}]0;PWNED\u{7}\u{9B}31m\u{202E}evil\u{2028}\r\nfake\u{8}\u{7F}"

  /// Adds the text to each string member of EMR's answers that isn't compared with anything.
  private struct HostileEMR: EMRService {
    let inner: any EMRService
    var failsToLaunch = false

    private func mark(_ text: inout String) { text += HostileAnswerTests.evil }

    private func call<Result>(
      _ body: () async throws(CloudError) -> Result
    ) async throws(CloudError) -> Result {
      do throws(CloudError) {
        return try await body()
      } catch {
        var error = error
        mark(&error.message)
        throw error
      }
    }

    func runJobFlow(_ body: Value) async throws(CloudError) -> String {
      if failsToLaunch {
        throw CloudError(
          .refused, operation: "RunJobFlow", code: "Validation" + HostileAnswerTests.evil,
          message: "no" + HostileAnswerTests.evil)
      }
      return try await call { () throws(CloudError) in try await inner.runJobFlow(body) }
    }

    func addJobFlowSteps(_ body: Value) async throws(CloudError) -> [String] {
      try await call { () throws(CloudError) in try await inner.addJobFlowSteps(body) }
    }

    func describeCluster(_ id: String) async throws(CloudError) -> ClusterDescription {
      var cluster = try await call { () throws(CloudError) in try await inner.describeCluster(id) }
      mark(&cluster.reason.code)
      mark(&cluster.reason.message)
      cluster.masterPublicDNSName = HostileAnswerTests.evil
      return cluster
    }

    func listClusters(
      states: Set<ClusterState>, createdAfter: Value.Timestamp?
    ) async throws(CloudError) -> [ClusterSummary] {
      try await call { () throws(CloudError) in
        try await inner.listClusters(states: states, createdAfter: createdAfter)
      }
    }

    func listSteps(cluster: String) async throws(CloudError) -> [StepDescription] {
      var steps = try await call { () throws(CloudError) in
        try await inner.listSteps(cluster: cluster)
      }
      for index in steps.indices {
        mark(&steps[index].reason.code)
        mark(&steps[index].reason.message)
        if var failure = steps[index].failure {
          mark(&failure.reason)
          mark(&failure.message)
          mark(&failure.logFile)
          steps[index].failure = failure
        }
      }
      return steps
    }

    func cancelSteps(cluster: String, steps: [String]) async throws(CloudError) {
      try await inner.cancelSteps(cluster: cluster, steps: steps)
    }

    func terminateJobFlows(_ ids: [String]) async throws(CloudError) {
      try await inner.terminateJobFlows(ids)
    }

    func setTerminationProtection(
      _ isProtected: Bool, ofCluster id: String
    ) async throws(CloudError) {
      try await inner.setTerminationProtection(isProtected, ofCluster: id)
    }

    func answer(
      _ question: ClusterQuestion, about cluster: String
    ) async throws(CloudError) -> Value {
      try await inner.answer(question, about: cluster)
    }

    func addTags(cluster: String, _ tags: [AWSServices.Tag]) async throws(CloudError) {
      try await inner.addTags(cluster: cluster, tags)
    }
  }

  private func expectVisible(
    _ text: String, _ what: String, allowing escapes: Bool = false
  ) {
    for scalar in text.unicodeScalars {
      let value = scalar.value
      let isShown =
        value == 0x0A || value == 0x09 || (value >= 0x20 && value < 0x7F)
        || (value >= 0xA0 && !(0x2028...0x202E).contains(value)) || (escapes && value == 0x1B)
      #expect(isShown, "U+\(String(value, radix: 16)) in \(what): \(text.debugDescription)")
      if !isShown { return }
    }
    #expect(!text.contains("\nfake"), "\(what)")
    if escapes { #expect(!text.contains("\u{1B}[2J") && !text.contains("\u{1B}]")) }
  }

  private func expectVisible(_ events: [RunEvent]) {
    var lines = LineRenderer()
    var live = LiveRenderer(hasColor: true, width: 100, height: 30)
    var runner = RunnerLog(process: 1, utcOffset: 0)
    for event in events {
      let what = "\(event.kind)".prefix(60).debugDescription
      expectVisible(lines.render(event), "lines: \(what)")
      expectVisible(live.render(event), "live: \(what)", allowing: true)
      expectVisible(runner.render(event), "runner: \(what)")
      expectVisible(JSONEventRenderer.render(event), "JSON: \(what)")
    }
  }

  @Test func aFailedRunIsShownSafely() async throws {
    let world = World(faults: Faults([Faults.Planned(.stepFails("Enrich"))]))
    try await world.fill()
    let plan = PlanBuilder().plan
    var services = try world.services(plan)
    services.emr = HostileEMR(inner: world.emr(plan))
    let outcome = await Executor.apply(plan, services: services, options: World.options(plan))
    #expect(outcome.status == .failure)
    #expect(
      world.recorder.events.contains { event in
        if case .failed = event.kind { true } else { false }
      })
    expectVisible(world.recorder.events)
    let run = try #require(try services.journal.runs().first)
    let overview = try #require(
      try Executor.status(of: run.key, in: services.journal, isAlive: { _ in false }))
    for colored in [false, true] {
      expectVisible(
        RunText.text(overview, steps: [Self.evil], colored: colored), "status", allowing: colored)
      expectVisible(RunText.text([overview], colored: colored), "history", allowing: colored)
    }
    expectVisible(
      String(decoding: RunText.bytes(RunText.value(overview)), as: UTF8.self), "status as JSON")
  }

  @Test func aRefusalIsShownSafely() async throws {
    let world = World()
    try await world.fill()
    let plan = PlanBuilder().plan
    var services = try world.services(plan)
    services.emr = HostileEMR(inner: world.emr(plan), failsToLaunch: true)
    let outcome = await Executor.apply(plan, services: services, options: World.options(plan))
    expectVisible(world.recorder.events)
    if let failure = outcome.failure {
      expectVisible([RunEvent(time: World.start, kind: .refused(failure))])
    }
  }

  /// Each kind of event, with the text in every string.
  @Test func everyEventIsShownSafely() throws {
    let evil = Self.evil
    let time = World.start
    var step = StepDescription(id: evil, name: evil, state: .failed)
    step.reason = StateChangeReason(code: evil, message: evil)
    var report = FailureReport(summary: evil)
    report.cluster = evil
    report.clusterReason = StateChangeReason(code: evil, message: evil)
    report.step = step
    report.happened = [evil]
    report.notHappened = [evil]
    report.recoveryCommand = evil
    var failed = report
    failed.step?.failure = StepDescription.Failure(reason: evil, message: evil, logFile: evil)
    let reason = StateChangeReason(code: evil, message: evil)
    let kinds: [RunEvent.Kind] = [
      .began(pipeline: evil, runID: evil, steps: [evil, evil]), .resumed(cluster: evil),
      .factChecked(question: evil, isUnchanged: true),
      .factChecked(question: evil, isUnchanged: false), .emptied(place: evil, objects: 1),
      .launching(name: evil, attempt: 2), .launched(cluster: evil, wasFound: true),
      .launched(cluster: evil, wasFound: false), .attached(cluster: evil),
      .addingSteps(cluster: evil, steps: [evil], isAgain: true),
      .addedSteps(cluster: evil, count: 1, wasFound: true),
      .cluster(id: evil, state: .running, reason: reason), .step(index: 0, step),
      .clusterLost(cluster: evil, reason: reason, relaunchAt: time),
      .callFailed(CloudError(.refused, operation: evil, message: evil), next: evil),
      .cancelling(cluster: evil, why: evil), .terminating(cluster: evil, why: evil),
      .interrupted(why: evil, hints: [evil]),
      .programLog(step: evil, location: evil, lines: [evil]), .warning(evil), .failed(report),
      .failed(failed), .ended(RunEnd(status: .success, summary: evil, code: nil)),
      .ended(RunEnd(status: .failure, summary: evil, code: nil)),
    ]
    expectVisible(kinds.map { RunEvent(time: time, kind: $0) })
    for status in [ExitStatus.noData, .notEmpty, .lockHeld, .clusterBusy] {
      expectVisible(RunnerLog.refusal(status, evil) ?? "", "refusal")
    }
  }
}
