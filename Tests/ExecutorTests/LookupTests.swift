import AWSServices
import Diagnostics
import Executor
import Journal
import PlanFormat
import Sandbox
import TestSupport
import Testing
import Values

/// What was begun is found again, whatever was lost.
@Suite struct LookupTests {
  private let world = World()
  private let plan = PlanBuilder().plan

  private func interrupt(
    after entry: String, journal: String = "journal.db", emr: (any EMRService)? = nil
  ) async throws {
    let services = try world.services(plan, journal: journal, emr: emr) { checkpoint in
      guard case .afterRequest(let operation) = checkpoint, operation == entry else { return }
      withUnsafeCurrentTask { $0?.cancel() }
    }
    let (plan, options) = (plan, World.options(plan))
    let outcome = await Task {
      await Executor.apply(plan, services: services, options: options)
    }.value
    #expect(outcome.status == .interrupted, "\(outcome.summary)")
  }

  private func apply(
    journal: String, emr: (any EMRService)? = nil,
    change: (inout Services, inout ApplyOptions) -> Void = { _, _ in }
  ) async throws -> RunOutcome {
    var services = try world.services(plan, process: 2, journal: journal, emr: emr)
    var options = World.options(plan)
    change(&services, &options)
    return await Executor.apply(plan, services: services, options: options)
  }

  private func expectOneCluster() async throws {
    let clusters = try await world.clusters(plan).filter { $0.name == plan.cluster.name }
    var ours = 0
    for cluster in clusters {
      let tags = try await world.emr(plan).describeCluster(cluster.id).tags
      if tags.contains(where: { $0.value == World.options(plan).runKey }) { ours += 1 }
    }
    #expect(ours == 1)
  }

  /// The journal is lost while EMR's list doesn't have the cluster yet.
  @Test(arguments: [0, 30, 149] as [Int64]) func aLostJournalLaunchesNoSecondCluster(
    _ lag: Int64
  ) async throws {
    try await world.fill()
    try await interrupt(after: "RunJobFlow")
    let outcome = try await apply(
      journal: "other.db", emr: LaggingEMR(world.emr(plan), lag: lag))
    #expect(outcome.status == .success, "\(outcome.summary)")
    try await expectOneCluster()
  }

  /// A hundred newer clusters of other runs have the same name.
  @Test(arguments: [true, false]) func newerClustersHideNothing(
    _ isJournalLost: Bool
  ) async throws {
    try await world.fill()
    let losing = LaggingEMR(world.emr(plan), lag: 0, losing: ["RunJobFlow"])
    try await interrupt(after: "RunJobFlow", emr: losing)
    let emr = world.emr(plan)
    for number in 0..<100 {
      _ = try await emr.runJobFlow(
        .object([
          "Name": .string(plan.cluster.name), "LogUri": .string("s3://log/emr/"),
          "Tags": .list([
            .object(["Key": .string("penstock:plan"), "Value": .string("sha256:\(number)")])
          ]),
        ]))
    }
    let outcome = try await apply(journal: isJournalLost ? "other.db" : "journal.db")
    #expect(outcome.status == .success, "\(outcome.summary)")
    try await expectOneCluster()
  }

  @Test func aNewPlanAndAnOldJournalNeedNoWaiting() async throws {
    try await world.fill()
    let counting = CountingEMR(world.emr(plan))
    #expect(try await apply(journal: "a.db", emr: counting) { $1.isNew = true }.status == .success)
    #expect(
      !world.recorder.events.contains { if case .searching = $0.kind { true } else { false } })
    #expect((counting.times.dropFirst(2).first ?? .max) - (counting.times.first ?? 0) < 60)
  }

  /// A refused request leaves a run that can begin, with nothing to recover.
  @Test(arguments: [
    CloudError.Kind.unauthorized, .forbidden, .refused, .clockSkew, .notFound,
  ])
  func whatNeverBeganBegins(_ kind: CloudError.Kind) async throws {
    try await world.fill()
    let lock = FileLockStore(path: world.folder.path + "/lock")
    var emr = AlteredEMR(inner: world.emr(plan))
    emr.error = {
      $0 == "RunJobFlow" ? CloudError(kind, operation: $0, message: "not now") : nil
    }
    let refused = try await apply(journal: "journal.db", emr: emr) { $1.lock = lock }
    #expect(refused.failure?.code == .clusterNotStarted)
    #expect(refused.report == nil)
    #expect(try await lock.read() == nil)
    let journal = try Journal(path: world.folder.path + "/journal.db")
    let key = World.options(plan).runKey
    let standing = try Executor.status(of: key, in: journal, isAlive: { _ in false })?.standing
    #expect(standing == .notBegun)
    let begun = try await apply(journal: "journal.db") { $1.lock = lock }
    #expect(begun.status == .success, "\(begun.summary)")
    try await expectOneCluster()
  }

  /// Where EMR's lists can't be read, nothing is launched, and the message says what to look at.
  @Test func nothingIsLaunchedInDoubt() async throws {
    try await world.fill()
    var emr = AlteredEMR(inner: world.emr(plan))
    emr.error = {
      $0 == "ListClusters"
        ? CloudError(.malformed, operation: $0, message: "`Clusters` is missing")
        : nil
    }
    let outcome = try await apply(journal: "journal.db", emr: emr)
    #expect(outcome.failure?.code == .awsCallFailed)
    let notes = outcome.failure?.diagnostic.notes.map(\.message) ?? []
    #expect(notes.contains { $0.contains("`penstock:plan` = `\(World.options(plan).runKey)`") })
    #expect(try await world.clusters(plan).isEmpty)
  }

  /// The steps of a reused cluster are told from those of earlier runs by what was there before,
  /// not by a run time that the user may choose.
  @Test(arguments: [-400 * 86_400, 0, 400 * 86_400] as [Int64])
  func stepsOfEarlierRunsAreNotTaken(_ offset: Int64) async throws {
    try await world.fill()
    var builder = PlanBuilder()
    builder.isPersistent = true
    builder.reusedID = try await world.waitingCluster()
    var plan = builder.plan
    plan.runTime = Value.Timestamp(seconds: World.start.seconds + offset, nanoseconds: 0)
    for (number, name) in ["first", "second"].enumerated() {
      var options = World.options(plan)
      options.runKey += name
      try await world.fill()
      let services = try world.services(plan, journal: "\(name).db") { checkpoint in
        guard number == 1, case .afterRequest("AddJobFlowSteps") = checkpoint else { return }
        withUnsafeCurrentTask { $0?.cancel() }
      }
      let (made, given) = (plan, options)
      let outcome = await Task {
        await Executor.apply(made, services: services, options: given)
      }.value
      #expect(outcome.status == (number == 1 ? .interrupted : .success), "\(outcome.summary)")
    }
    var options = World.options(plan)
    options.runKey += "second"
    let outcome = await Executor.apply(
      plan, services: try world.services(plan, process: 3, journal: "third.db"), options: options)
    #expect(outcome.status == .success, "\(outcome.summary)")
    let steps = try await world.emr(plan).listSteps(cluster: plan.cluster.reusedID ?? "")
    #expect(steps.count == 2 * plan.steps.count)
  }

  // MARK: The account

  private func outcome(
    account: @escaping @Sendable () async throws(CloudError) -> String
  ) async throws -> RunOutcome {
    try await world.fill()
    var plan = plan
    plan.account = "111122223333"
    var services = try world.services(plan)
    services.account = account
    return await Executor.apply(plan, services: services, options: World.options(plan))
  }

  @Test func anotherAccountIsRefused() async throws {
    let refused = try await outcome { () async throws(CloudError) in "444455556666" }
    #expect(refused.failure?.code == .planAccount)
    #expect(try await world.clusters(plan).isEmpty)
    let applied = try await outcome { () async throws(CloudError) in "111122223333" }
    #expect(applied.status == .success)
  }

  @Test func anUnknownAccountIsAWarning() async throws {
    let applied = try await outcome { () async throws(CloudError) in
      throw CloudError(.unreachable, operation: "GetCallerIdentity", message: "no route")
    }
    #expect(applied.status == .success)
    let warnings = world.recorder.events.compactMap { event in
      if case .warning(let text) = event.kind { text } else { nil }
    }
    #expect(warnings.contains { $0.contains("no route") })
  }
}
