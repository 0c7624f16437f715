import AWSServices
import Diagnostics
import Executor
import PlanFormat
import Testing
import Values

/// What `doctor` says of AWS, for each answer of it.
@Suite struct CloudExaminationTests {
  /// A cloud that answers every question in one way.
  private struct OneAnswer: EMRService, ObjectStore {
    var error: CloudError?
    var delay: Duration?

    private func answer() async throws(CloudError) {
      if let delay {
        do {
          try await Task.sleep(for: delay)
        } catch {
          throw CloudError(.cancelled, operation: "List", message: "cancelled")
        }
      }
      if let error { throw error }
    }

    func listClusters(
      states: Set<ClusterState>, createdAfter: Value.Timestamp?
    ) async throws(CloudError) -> [ClusterSummary] {
      try await answer()
      return []
    }

    func list(
      bucket: String, prefix: String, after: String?, limit: Int
    ) async throws(CloudError) -> ObjectPage {
      #expect(limit == 1)
      try await answer()
      return ObjectPage(entries: [], isTruncated: false)
    }

    // Everything else has an effect, or isn't needed.
    func runJobFlow(_ body: Value) async throws(CloudError) -> String { throw Self.unasked() }
    func addJobFlowSteps(_ body: Value) async throws(CloudError) -> [String] {
      throw Self.unasked()
    }
    func describeCluster(_ id: String) async throws(CloudError) -> ClusterDescription {
      throw Self.unasked()
    }
    func listSteps(cluster: String) async throws(CloudError) -> [StepDescription] {
      throw Self.unasked()
    }
    func cancelSteps(cluster: String, steps: [String]) async throws(CloudError) {
      throw Self.unasked()
    }
    func terminateJobFlows(_ ids: [String]) async throws(CloudError) { throw Self.unasked() }
    func setTerminationProtection(
      _ isProtected: Bool, ofCluster id: String
    ) async throws(CloudError) { throw Self.unasked() }
    func answer(
      _ question: ClusterQuestion, about cluster: String
    ) async throws(CloudError) -> Value { throw Self.unasked() }
    func addTags(cluster: String, _ tags: [AWSServices.Tag]) async throws(CloudError) {
      throw Self.unasked()
    }
    func get(bucket: String, key: String, range: ByteRange?) async throws(CloudError)
      -> StoredObject
    { throw Self.unasked() }
    func put(bucket: String, key: String, bytes: [UInt8], condition: PutCondition)
      async throws(CloudError) -> String
    { throw Self.unasked() }
    func copy(from: ObjectAddress, to: ObjectAddress) async throws(CloudError) {
      throw Self.unasked()
    }
    func delete(bucket: String, key: String, ifMatch: String?) async throws(CloudError) {
      throw Self.unasked()
    }

    private static func unasked() -> CloudError {
      Issue.record("a call that is none of a doctor's")
      return CloudError(.refused, operation: "?", message: "")
    }
  }

  private struct FixedTime: TimeSource {
    var now: Value.Timestamp { Value.Timestamp(seconds: 1_000_000, nanoseconds: 0) }
    func sleep(seconds: Double) async throws(CancellationError) {}
  }

  private static func plan() -> Plan {
    var plan = Plan(
      madeBy: "", pipeline: "p", runID: "r", runTime: Value.Timestamp(seconds: 0, nanoseconds: 0))
    for location in ["s3://in/a/", "s3://in/a/", "s3://out/b/", "hdfs:///x/"] {
      plan.facts.append(
        Plan.Fact(
          question: .isEmpty(location: location), answer: .bool(true), isAssumed: true,
          exitStatus: .failure, message: "", origin: nil))
    }
    plan.cluster.logURI = "s3://logs/l/"
    plan.requests = [
      Plan.Request(
        operation: "RunJobFlow", body: .object(["ServiceRole": .string("EMR_DefaultRole")]))
    ]
    return plan
  }

  private static func access(
    offBy seconds: Int64? = 0, unreachable: Bool = false, caller error: CloudError? = nil
  ) -> CloudAccess {
    CloudAccess(
      credentials: "the given keys", region: "eu-west-1",
      addresses: [CloudAccess.Address(service: "STS", host: "sts.example", isGiven: false)],
      caller: { () async throws(CloudError) in
        if let error { throw error }
        return CloudAccess.Caller(account: "111122223333", arn: "arn:aws:iam::111122223333:user/u")
      },
      serverTime: { () async throws(CloudError) in
        if unreachable {
          throw CloudError(.unreachable, operation: "GET", message: "certificate not trusted")
        }
        return seconds.map { Value.Timestamp(seconds: 1_000_000 - $0, nanoseconds: 0) }
      })
  }

  private static func findings(
    _ access: CloudAccess?, _ cloud: OneAnswer = OneAnswer(), plan: Plan? = plan(),
    lock: (bucket: String, key: String)? = nil
  ) async -> [String] {
    let examination = CloudExamination(
      emr: cloud, store: cloud, time: FixedTime(), access: access, patience: .milliseconds(300))
    return await examination.findings(for: plan, lock: lock).map {
      "\($0.area) \($0.level.rawValue): \($0.text)"
    }
  }

  private static let permissions = [
    "elasticmapreduce:ListClusters", "s3:ListBucket of in/a/", "s3:ListBucket of out/b/",
    "s3:ListBucket of logs/l/",
  ]

  @Test func allIsWell() async {
    let found = await Self.findings(Self.access())
    #expect(
      found == [
        "network ok: sts.example is reached, and its certificate is trusted",
        "clock ok: the clock is right, within 5 s",
        "account ok: account 111122223333, as arn:aws:iam::111122223333:user/u",
      ] + Self.permissions.map { "permissions ok: \($0)" } + [
        "permissions unknown: only a run can tell: elasticmapreduce:RunJobFlow, "
          + "elasticmapreduce:DescribeCluster, elasticmapreduce:ListSteps, iam:PassRole; "
          + "the roles are EMR_DefaultRole"
      ])
  }

  @Test func aSandboxHasOnlyContents() async {
    #expect(
      await Self.findings(nil) == Self.permissions.map { "permissions ok: \($0)" })
    #expect(
      await Self.findings(nil, plan: nil) == ["permissions ok: elasticmapreduce:ListClusters"])
  }

  @Test func aLocksPlaceIsAskedFor() async {
    let found = await Self.findings(Self.access(), lock: (bucket: "locks", key: "etl"))
    #expect(found.contains("permissions ok: s3:ListBucket of locks/etl"))
    #expect(found.last?.contains("s3:PutObject") == true)
  }

  @Test(arguments: [
    (Int64(5), "clock ok: the clock is right, within 5 s"),
    (-5, "clock ok: the clock is right, within 5 s"),
    (6, "clock warning: the clock is 6 s fast"),
    (-240, "clock warning: the clock is 240 s slow"),
    (241, "clock problem: the clock is 241 s fast, and AWS refuses signatures of that time"),
    (nil, "clock unknown: the answer has no time to compare with"),
  ])
  func clocks(offBy seconds: Int64?, expected: String) async {
    #expect(await Self.findings(Self.access(offBy: seconds)).contains(expected))
  }

  /// What can't be reached isn't asked further.
  @Test func noWayToAWS() async {
    let cloud = OneAnswer(
      error: CloudError(.lost, operation: "List", message: "must not be asked"))
    #expect(
      await Self.findings(Self.access(unreachable: true), cloud) == [
        "network problem: sts.example can't be reached: certificate not trusted",
        "permissions unknown: not asked, as AWS can't be reached",
      ])
  }

  @Test func wrongKeys() async {
    let refused = CloudError(.unauthorized, operation: "GetCallerIdentity", message: "bad key")
    let found = await Self.findings(Self.access(caller: refused))
    #expect(found.contains("account problem: AWS refuses the credentials: bad key"))
    #expect(!found.contains { $0.contains("ListBucket") })
    let silent = CloudError(.unreachable, operation: "GetCallerIdentity", message: "no route")
    let others = await Self.findings(Self.access(caller: silent))
    #expect(others.contains { $0.hasPrefix("account unknown: STS doesn't say") })
    #expect(others.contains("permissions ok: s3:ListBucket of in/a/"))
  }

  @Test(arguments: [
    (CloudError.Kind.forbidden, "problem", "isn't allowed: no"),
    (.notFound, "problem", "the bucket doesn't exist"), (.throttled, "unknown", "no"),
    (.lost, "unknown", "no"),
  ])
  func permissionsThatAreMissing(
    kind: CloudError.Kind, level: String, words: String
  ) async {
    let cloud = OneAnswer(error: CloudError(kind, operation: "List", message: "no"))
    let found = await Self.findings(Self.access(), cloud)
      .filter { $0.contains("s3:ListBucket") && !$0.contains("only a run") }
    #expect(found.count == 3)
    #expect(
      found.allSatisfy { $0.hasPrefix("permissions \(level): ") && $0.hasSuffix(words) },
      "\(found)")
  }

  @Test func silenceEnds() async {
    let found = await Self.findings(nil, OneAnswer(delay: .seconds(600)), plan: nil)
    #expect(
      found == ["permissions unknown: elasticmapreduce:ListClusters: no answer within 0 s"])
  }
}
