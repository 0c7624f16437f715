import AWSServices
import Diagnostics
import Executor
import Journal
import PlanFormat
import Sandbox
import TestSupport
import Testing
import Values

/// Each kind of failure has its diagnostic and its exit status.
@Suite struct FailureTests {
  private let world = World()

  /// The failure of a plan that is applied in a world with a changed EMR.
  private func failure(
    of plan: Plan, _ operation: String, _ kind: CloudError.Kind
  ) async throws -> RunFailure {
    try await world.fill()
    let emr = AlteredEMR(inner: world.emr(plan)) { called in
      called == operation ? CloudError(kind, operation: operation, message: "no such role") : nil
    }
    let outcome = await Executor.apply(
      plan, services: try world.services(plan, emr: emr), options: World.options(plan))
    return try #require(outcome.failure)
  }

  private func failure(
    of plan: Plan, faults: String...,
    change: (inout Services, inout ApplyOptions) -> Void = { _, _ in }
  ) async throws -> RunFailure {
    try await world.fill()
    var faulty = world
    faulty.faults = Faults(faults.compactMap { Faults.parse($0) })
    return try #require(try await RunTests.apply(plan, in: faulty, change: change).failure)
  }

  private func reusing() async throws -> (plan: Plan, cluster: String) {
    let id = try await world.waitingCluster()
    var builder = PlanBuilder()
    builder.isPersistent = true
    builder.reusedID = id
    return (builder.plan, id)
  }

  private func journal(_ plan: Plan, _ kind: String, _ body: KeyValuePairs<String, Value>) throws {
    let journal = try Journal(path: world.folder.path + "/journal.db")
    let writer = try journal.hold(
      JournaledRun(
        key: World.options(plan).runKey, name: "small", runID: plan.runID, begun: World.start,
        holder: nil),
      as: Owner(user: "t", host: "here", process: 9, processStart: "", since: World.start),
      token: "t", isAlive: { _ in false })
    try writer.append(kind, ValueMap(body), at: World.start)
    try writer.release()
  }

  private func expect(
    _ failure: RunFailure, _ code: DiagnosticCode, _ message: String,
    _ status: ExitStatus = .failure, location: SourceLocation = #_sourceLocation
  ) {
    #expect(failure.code == code, sourceLocation: location)
    #expect(failure.status == status, sourceLocation: location)
    #expect(failure.diagnostic.message == message, sourceLocation: location)
    #expect(failure.diagnostic.severity == .error, sourceLocation: location)
  }

  // MARK: Before anything is begun

  @Test func secretsMissing() async throws {
    let failure = try await failure(of: PlanBuilder().plan) { $1.secrets = [:] }
    expect(
      failure, .secretsMissing, "no values were given for secrets: `config.yml#/password`")
  }

  @Test func journalUnusable() async throws {
    let plan = PlanBuilder().plan
    try journal(plan, "nonesuch", [:])
    expect(
      try await failure(of: plan), .journalUnusable,
      "the journal `\(world.folder.path)/journal.db` cannot be used: it is damaged: this version "
        + "doesn't know entries of kind `nonesuch`"
    )
  }

  @Test func lockUnusable() async throws {
    let path = world.folder.path + "/nowhere/lock"
    let failure = try await failure(of: PlanBuilder().plan) { $1.lock = FileLockStore(path: path) }
    expect(
      failure, .lockUnusable, "the lock `\(path)` cannot be used: No such file or directory")
  }

  @Test func placeNotEmptied() async throws {
    var builder = PlanBuilder()
    builder.emptiedFirst = ["s3://in/logs/"]
    let failure = try await failure(of: builder.plan) { services, _ in
      services.store = UndeletableStore(inner: services.store)
    }
    expect(
      failure, .placeNotEmptied,
      "`s3://in/logs/` could not be emptied: DeleteObject: Access Denied")
  }

  @Test func clusterBusyTakenAndGone() async throws {
    let (plan, id) = try await reusing()
    func failure(
      _ described: @escaping @Sendable (ClusterDescription) -> ClusterDescription
    ) async throws -> RunFailure {
      let emr = AlteredEMR(inner: world.emr(plan), described: described)
      let outcome = await Executor.apply(
        plan, services: try world.services(plan, emr: emr), options: World.options(plan))
      return try #require(outcome.failure)
    }
    let busy = try await failure {
      var cluster = $0
      cluster.state = .running
      return cluster
    }
    expect(
      busy, .clusterBusy,
      "the cluster `\(id)` is RUNNING, and only a WAITING one can be taken", .clusterBusy)
    let unmarked = try await failure {
      var cluster = $0
      cluster.tags = []
      return cluster
    }
    expect(
      unmarked, .clusterUnmarked,
      "EMR says that it has tagged the cluster `\(id)`, but the tags aren't there")
    let taken = try await failure {
      var cluster = $0
      let number = UInt64.random(in: 0...UInt64.max)
      for index in cluster.tags.indices { cluster.tags[index].value += " \(number)" }
      return cluster
    }
    expect(
      taken, .clusterTaken, "another run took the cluster `\(id)` at the same moment",
      .clusterBusy)
    let gone = try await failure {
      var cluster = $0
      cluster.state = .terminated
      return cluster
    }
    expect(
      gone, .clusterGone, "the cluster `\(id)`, which the plan takes, is TERMINATED")
  }

  // MARK: At EMR

  @Test func clusterRefused() async throws {
    let failure = try await failure(of: PlanBuilder().plan, "RunJobFlow", .refused)
    expect(failure, .clusterNotStarted, "EMR refused to start a cluster: no such role")
  }

  @Test func clusterUnstarted() async throws {
    let failure = try await failure(of: PlanBuilder().plan, "RunJobFlow", .unreachable)
    expect(failure, .clusterNotStarted, "no cluster came of 5 requests for one")
  }

  @Test func clusterRequestMissing() async throws {
    var plan = PlanBuilder().plan
    plan.requests = []
    expect(
      try await failure(of: plan), .planFormat, "the plan has no request for a cluster")
  }

  @Test func stepsRefused() async throws {
    let failure = try await failure(of: try await reusing().plan, "AddJobFlowSteps", .refused)
    expect(failure, .stepsNotAdded, "EMR refused the steps: no such role")
  }

  @Test func stepsUnadded() async throws {
    let failure = try await failure(of: try await reusing().plan, "AddJobFlowSteps", .unreachable)
    expect(failure, .stepsNotAdded, "no steps came of 5 requests for them")
  }

  @Test func unwatchable() async throws {
    let failure = try await failure(of: PlanBuilder().plan, "ListSteps", .forbidden)
    expect(failure, .awsCallFailed, "ListSteps fails again and again: no such role")
    #expect(failure.diagnostic.notes.first?.message.hasSuffix(" goes on") == true)
    #expect(failure.diagnostic.hint?.hasPrefix("`penstock apply plan.json` goes on") == true)
  }

  // MARK: Runs that fail

  @Test func stepFailed() async throws {
    let failure = try await failure(of: PlanBuilder().plan, faults: "[load] Load=fail")
    expect(failure, .stepFailed, "the step `[load] Load` failed")
    #expect(failure.diagnostic.hint == "`penstock run --recover X` recovers the run")
    // The journal keeps what kind of failure it was.
    let again = try await self.failure(of: PlanBuilder().plan)
    #expect(again == failure)
  }

  @Test func bootstrapFailed() async throws {
    let failure = try await failure(of: PlanBuilder().plan, faults: "bootstrap=fail")
    expect(failure, .bootstrapFailed, "the cluster's bootstrap failed")
  }

  @Test func timeLimitPassed() async throws {
    var builder = PlanBuilder()
    builder.timeout = 600
    let failure = try await failure(of: builder.plan)
    expect(failure, .timeLimitPassed, "cancelled, as the run took longer than 600 s")
  }

  /// Someone ends the cluster as soon as it is there.
  @Test func clusterFailed() async throws {
    try await world.fill()
    let plan = PlanBuilder().plan
    let emr = world.emr(plan)
    let services = try world.services(plan) { checkpoint in
      guard case .afterEntry("launched") = checkpoint else { return }
      for cluster in (try? await world.clusters(plan)) ?? [] {
        try? await emr.terminateJobFlows([cluster.id])
      }
    }
    let outcome = await Executor.apply(plan, services: services, options: World.options(plan))
    let failure = try #require(outcome.failure)
    #expect(failure.code == .clusterFailed && failure.status == .failure)
    #expect(failure.summary.hasPrefix("the cluster ended before its steps did: "))
  }

  /// Someone frees the run while it is worked on, and the next entry can't be written.
  @Test func runTakenOver() async throws {
    try await world.fill()
    let plan = PlanBuilder().plan
    let journal = try Journal(path: world.folder.path + "/journal.db")
    let services = try world.services(plan) { checkpoint in
      guard case .afterEntry("launched") = checkpoint else { return }
      try? Executor.unlock(World.options(plan).runKey, in: journal)
    }
    let outcome = await Executor.apply(plan, services: services, options: World.options(plan))
    expect(
      try #require(outcome.failure), .runTakenOver,
      "another process has taken this run over; this one has stopped")
  }

  /// Journals of earlier versions say nothing of the kind of a failure, and later ones have others.
  @Test(arguments: [Value.null, .string("nonesuch")]) func runFailed(_ code: Value) async throws {
    let plan = PlanBuilder().plan
    try journal(plan, "launched", ["nonce": .string("n"), "cluster": .string("j-1")])
    try journal(
      plan, "ended", ["status": .int(1), "summary": .string("the step failed"), "code": code])
    expect(try await failure(of: plan), .runFailed, "the step failed")
  }
}
