import AWSServices
import Diagnostics
import Executor
import Journal
import PlanFormat
import Sandbox
import TestSupport
import Testing
import Values

/// Ending the clusters that runs leave waiting.
@Suite struct ClusterEndingTests {
  /// A world in which a persistent run has succeeded.
  private struct Left {
    let world = World()
    let plan: Plan
    let id: String
    let overview: RunOverview

    init(isProtected: Bool = false) async throws {
      try await world.fill()
      var builder = PlanBuilder()
      builder.isPersistent = true
      builder.isProtected = isProtected
      var plan = builder.plan
      plan.cluster.isProtected = isProtected
      #expect(try await RunTests.apply(plan, in: world).status == .success)
      let journal = try Journal(path: world.folder.path + "/journal.db")
      overview = try #require(try Executor.history(journal, isAlive: { _ in false }).first)
      id = try #require(overview.cluster)
      self.plan = plan
    }

    var emr: SimulatedEMR { world.emr(plan) }

    func end(
      _ plan: Plan? = nil, runs: [RunOverview]? = nil,
      isForced: Bool = false, isDryRun: Bool = false
    ) async throws -> ClusterEnding {
      try await Executor.endCluster(
        id, plan ?? self.plan, runs: runs ?? [overview], isForced: isForced,
        isDryRun: isDryRun, emr: emr)
    }

    func state() async throws -> ClusterState { try await emr.describeCluster(id).state }
  }

  private static func refusal(_ ending: ClusterEnding) -> String? {
    guard case .refused(let failure) = ending else { return nil }
    #expect(failure.status == .clusterBusy && failure.code == .clusterBusy)
    #expect(failure.diagnostic.hint == "`--force` ends it nevertheless")
    return failure.diagnostic.message
  }

  @Test(arguments: [false, true]) func aWaitingClusterIsEnded(isProtected: Bool) async throws {
    let left = try await Left(isProtected: isProtected)
    #expect(try await left.emr.describeCluster(left.id).isProtected == isProtected)
    #expect(
      try await left.end(isDryRun: true) == .done("the cluster \(left.id) would be terminated"))
    #expect(try await left.state() == .waiting)
    #expect(try await left.emr.describeCluster(left.id).isProtected == isProtected)
    #expect(try await left.end() == .done("the cluster \(left.id) is being terminated"))
    try await left.emr.clock().sleep(seconds: 600)
    #expect(try await left.state() == .terminated)
    #expect(try await left.end() == .done("the cluster \(left.id) is TERMINATED already"))
  }

  /// The protection that a pipeline doesn't ask for stays.
  @Test func protectionOfOthersStays() async throws {
    let left = try await Left()
    try await left.emr.setTerminationProtection(true, ofCluster: left.id)
    await #expect(throws: CloudError.self) { try await left.end(isForced: true) }
    #expect(try await left.state() == .waiting)
    #expect(try await left.emr.describeCluster(left.id).isProtected)
  }

  @Test func aClusterThatWorksIsLeftAlone() async throws {
    let left = try await Left()
    _ = try await left.emr.addJobFlowSteps(
      .object([
        "JobFlowId": .string(left.id), "Steps": .list([.object(["Name": .string("other")])]),
      ]))
    let why = try #require(Self.refusal(try await left.end()))
    #expect(why.hasPrefix("the cluster `\(left.id)` "))
    #expect(why.hasSuffix("is RUNNING") || why.contains("has the step `other`"), "\(why)")
    #expect(Self.refusal(try await left.end(isDryRun: true)) == why)
    #expect(try await left.state().isLive)
    #expect(
      try await left.end(isForced: true) == .done("the cluster \(left.id) is being terminated"))
    #expect(try await !left.state().isLive)
  }

  /// Between two steps the cluster of a run may be waiting.
  @Test func aClusterOfARunThatIsNotOverIsLeftAlone() async throws {
    let left = try await Left()
    var other = left.overview
    other.run.runID = "other"
    other.end = nil
    other.standing = .left
    let runs = [left.overview, other]
    #expect(
      Self.refusal(try await left.end(runs: runs))
        == "the cluster `\(left.id)` is used by the run other, which isn't over")
    #expect(try await left.state() == .waiting)
    other.cluster = "j-OTHER"
    #expect(Self.refusal(try await left.end(runs: [left.overview, other])) == nil)
  }

  @Test func aClusterChosenByItsIDIsLeftAlone() async throws {
    let left = try await Left()
    var plan = left.plan
    plan.cluster.isShared = true
    #expect(
      Self.refusal(try await left.end(plan))
        == "the cluster `\(left.id)` was chosen by its id, and may be used by others")
    #expect(try await left.state() == .waiting)
  }
}
