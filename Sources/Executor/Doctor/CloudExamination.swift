package import AWSServices
import Locations
package import PlanFormat
import Values

/// Asks AWS, without effect, what a run would need of it. Each question has a time limit, so that a
/// network that swallows requests is found, too.
package struct CloudExamination: Sendable {
  private let emr: any EMRService
  private let store: any ObjectStore
  private let time: any TimeSource
  /// Nil in a sandbox.
  private let access: CloudAccess?
  /// How long to wait for an answer.
  private let patience: Duration

  package init(
    emr: any EMRService, store: any ObjectStore, time: any TimeSource, access: CloudAccess?,
    patience: Duration = .seconds(10)
  ) {
    self.emr = emr
    self.store = store
    self.time = time
    self.access = access
    self.patience = patience
  }

  /// - Parameters:
  ///   - plan: of the run; nil if there is none.
  ///   - lock: the object that is its lock; nil if it has none in S3.
  package func findings(for plan: Plan?, lock: (bucket: String, key: String)?) async -> [Finding] {
    var findings: [Finding] = []
    if let access {
      let connection = await connection(access)
      findings += connection
      guard !connection.contains(where: { $0.level == .problem }) else {
        return findings + [
          Finding("permissions", .unknown, "not asked, as AWS can't be reached")
        ]
      }
      findings.append(await owner(access))
    }
    // With keys that AWS doesn't know, all answers would be the same.
    if !findings.contains(where: { $0.level == .problem }) {
      findings.append(await clusters())
      for bucket in Self.buckets(of: plan, lock) { findings.append(await contents(of: bucket)) }
    }
    findings += Self.unasked(plan, access, lock)
    return findings
  }

  // MARK: The way to AWS

  private func connection(_ access: CloudAccess) async -> [Finding] {
    let host = access.addresses.last?.host ?? access.region
    switch await answer(access.serverTime) {
    case .failure(let error):
      return [
        Finding(
          "network", .problem, "\(host) can't be reached: \(error.message)",
          advice:
            "check the name server, the firewall, HTTPS_PROXY and NO_PROXY; for a private "
            + "certificate authority, AWS_CA_BUNDLE")
      ]
    case .success(let serverTime):
      return [Finding("network", .ok, "\(host) is reached, and its certificate is trusted")]
        + [clock(serverTime)]
    }
  }

  /// AWS accepts signatures whose time is up to five minutes off (S3: fifteen).
  private func clock(_ serverTime: Value.Timestamp?) -> Finding {
    guard let serverTime else {
      return Finding("clock", .unknown, "the answer has no time to compare with")
    }
    let off = time.now.seconds - serverTime.seconds
    let words = "the clock is \(abs(off)) s \(off < 0 ? "slow" : "fast")"
    let advice = "synchronise it, with chrony or systemd-timesyncd: a run's times are from it"
    return switch abs(off) {
    case ...5: Finding("clock", .ok, "the clock is right, within 5 s")
    case ...240: Finding("clock", .warning, words, advice: advice)
    default:
      Finding(
        "clock", .problem, words + ", and AWS refuses signatures of that time", advice: advice)
    }
  }

  private func owner(_ access: CloudAccess) async -> Finding {
    switch await answer(access.caller) {
    case .success(let caller):
      return Finding(
        "account", .ok, "account \(caller.account), as \(caller.arn)")
    case .failure(let error) where error.kind == .unauthorized:
      return Finding(
        "account", .problem, "AWS refuses the credentials: \(error.message)",
        advice: "check the keys, or renew them if they have expired; AWS_PROFILE chooses others")
    case .failure(let error):
      // A network may let EMR and S3 through, and not STS.
      return Finding(
        "account", .unknown, "STS doesn't say whose the credentials are: \(error.message)",
        advice: "plans don't record the account then: `aws sts get-caller-identity` asks, too")
    }
  }

  // MARK: Permissions

  private func clusters() async -> Finding {
    let emr = emr
    return permission(
      "elasticmapreduce:ListClusters",
      await answer { () async throws(CloudError) in
        _ = try await emr.listClusters(states: [.waiting], createdAfter: nil)
      })
  }

  private func contents(of bucket: Bucket) async -> Finding {
    let store = store
    let name = "s3:ListBucket of \(bucket.name)/\(bucket.prefix)"
    return permission(
      name,
      await answer { () async throws(CloudError) in
        _ = try await store.list(
          bucket: bucket.name, prefix: bucket.prefix, after: nil, limit: 1)
      })
  }

  private func permission(_ name: String, _ result: Result<Void, CloudError>) -> Finding {
    switch result {
    case .success: return Finding("permissions", .ok, name)
    case .failure(let error):
      switch error.kind {
      case .forbidden, .unauthorized:
        return Finding(
          "permissions", .problem, "\(name) isn't allowed: \(error.message)",
          advice: "allow it: docs/iam.md has the policy")
      case .notFound:
        return Finding(
          "permissions", .problem, "\(name): the bucket doesn't exist",
          advice: "create it, or correct its name in the configuration")
      case .throttled, .unavailable, .unreachable, .lost, .malformed, .refused, .preconditionFailed,
        .clockSkew, .cancelled:
        return Finding(
          "permissions", .unknown, "\(name): \(error.message)", advice: "try again")
      }
    }
  }

  // MARK: What can't be asked

  /// Calls that can only be made with effect.
  private static func unasked(
    _ plan: Plan?, _ access: CloudAccess?, _ lock: (bucket: String, key: String)?
  ) -> [Finding] {
    guard access != nil, let plan else { return [] }
    var actions = plan.requests.map { "elasticmapreduce:\($0.operation)" }
    actions += ["elasticmapreduce:DescribeCluster", "elasticmapreduce:ListSteps"]
    if !roles(of: plan).isEmpty { actions.append("iam:PassRole") }
    if !plan.emptiedFirst.isEmpty { actions.append("s3:DeleteObject") }
    if lock != nil { actions += ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"] }
    var unique: [String] = []
    for action in actions where !unique.contains(action) { unique.append(action) }
    let passed = roles(of: plan).joined(separator: ", ")
    let given = passed.isEmpty ? "" : "; the roles are \(passed)"
    return [
      Finding(
        "permissions", .unknown,
        "only a run can tell: \(unique.joined(separator: ", "))\(given)",
        advice:
          "`aws iam simulate-principal-policy --policy-source-arn ARN --action-names "
          + "\(unique.joined(separator: " "))` tells, for who may ask that")
    ]
  }

  private static func roles(of plan: Plan) -> [String] {
    guard let body = plan.requests.first(where: { $0.operation == "RunJobFlow" })?.body else {
      return []
    }
    return ["ServiceRole", "JobFlowRole", "AutoScalingRole"].compactMap { body[$0].text }
  }

  // MARK: Places

  private struct Bucket: Hashable {
    var name: String
    var prefix: String
  }

  /// The places that a run looks into: those of its questions, of its logs, and of its lock. As many
  /// as one screen has.
  private static func buckets(
    of plan: Plan?, _ lock: (bucket: String, key: String)?
  ) -> [Bucket] {
    var places = (plan?.facts ?? []).compactMap(\.question.location)
    if let logs = plan?.cluster.logURI { places.append(logs) }
    var buckets: [Bucket] = []
    for place in places {
      guard let location = try? Location(place), location.isInS3 else { continue }
      let bucket = Bucket(name: location.bucket, prefix: location.folder.key)
      if !buckets.contains(bucket) { buckets.append(bucket) }
    }
    if let lock {
      let bucket = Bucket(name: lock.bucket, prefix: lock.key)
      if !buckets.contains(bucket) { buckets.append(bucket) }
    }
    return Array(buckets.prefix(12))
  }

  // MARK: Waiting

  private func answer<Answer: Sendable>(
    _ question: @escaping @Sendable () async throws(CloudError) -> Answer
  ) async -> Result<Answer, CloudError> {
    let asking = Task { () async -> Result<Answer, CloudError> in
      do throws(CloudError) {
        return .success(try await question())
      } catch {
        return .failure(error)
      }
    }
    let patience = patience
    let limit = Task {
      try? await Task.sleep(for: patience)
      asking.cancel()
    }
    let result = await asking.value
    limit.cancel()
    if case .failure(let error) = result, error.kind == .cancelled {
      return .failure(
        CloudError(
          .lost, operation: error.operation,
          message: "no answer within \(patience.components.seconds) s"))
    }
    return result
  }
}

extension FactQuestion {
  /// The place that it is about; nil for clusters.
  fileprivate var location: String? {
    switch self {
    case .isEmpty(let location), .hasMatch(let location, _), .last(let location, _),
      .lastFolder(let location, _), .tooDeep(let location, _, _), .count(let location, _),
      .all(let location, _):
      location
    case .cluster, .clusterShape: nil
    }
  }
}
