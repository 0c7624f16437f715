import AWSClient
import AWSServices
import Values

/// A call of each kind that Penstock makes to AWS.
enum FaultOperation: String, CaseIterable, Sendable {
  case runJobFlow = "RunJobFlow"
  case addJobFlowSteps = "AddJobFlowSteps"
  case describeCluster = "DescribeCluster"
  case listClusters = "ListClusters"
  case listSteps = "ListSteps"
  case cancelSteps = "CancelSteps"
  case terminateJobFlows = "TerminateJobFlows"
  case setTerminationProtection = "SetTerminationProtection"
  case addTags = "AddTags"
  case listObjects = "ListObjectsV2"
  case getObject = "GetObject"
  case putObject = "PutObject"
  case putIfAbsent = "PutObject if absent"
  case putIfMatch = "PutObject if unchanged"
  case copyObject = "CopyObject"
  case deleteObject = "DeleteObject"
  case deleteIfMatch = "DeleteObject if unchanged"
  case callerIdentity = "GetCallerIdentity"
  case assumeRole = "AssumeRole"
  case assumeRoleWithWebIdentity = "AssumeRoleWithWebIdentity"
  case publish = "Publish"

  /// Whether the client may retry it although the first attempt may have taken effect.
  var isRepeatable: Bool { self != .runJobFlow && self != .addJobFlowSteps }

  var isSigned: Bool { self != .assumeRoleWithWebIdentity }

  var isOfS3: Bool {
    switch self {
    case .listObjects, .getObject, .putObject, .putIfAbsent, .putIfMatch, .copyObject,
      .deleteObject, .deleteIfMatch:
      true
    case .runJobFlow, .addJobFlowSteps, .describeCluster, .listClusters, .listSteps, .cancelSteps,
      .terminateJobFlows, .setTerminationProtection, .addTags, .callerIdentity, .assumeRole,
      .assumeRoleWithWebIdentity,
      .publish:
      false
    }
  }

  /// How many requests it makes without faults: listings have two pages.
  var requests: Int { self == .listClusters || self == .listSteps ? 2 : 1 }

  struct Clients: Sendable {
    var emr: EMRClient
    var store: S3Client
    var sts: STSClient
    var sns: SNSClient
    var credentials: any CredentialProvider
  }

  func call(_ clients: Clients) async throws(CloudError) {
    let (emr, store) = (clients.emr, clients.store)
    let role = STSClient.RoleRequest(arn: "arn:aws:iam::1:role/r", sessionName: "s")
    switch self {
    case .runJobFlow: _ = try await emr.runJobFlow(.map(ValueMap(["Name": .string("n")])))
    case .addJobFlowSteps:
      let step = Value.object(["Name": .string("a")])
      _ = try await emr.addJobFlowSteps(
        .object(["JobFlowId": .string("j-1"), "Steps": .list([step])]))
    case .describeCluster: _ = try await emr.describeCluster("j-1")
    case .listClusters: _ = try await emr.listClusters(states: [.waiting], createdAfter: nil)
    case .listSteps: _ = try await emr.listSteps(cluster: "j-1")
    case .cancelSteps: try await emr.cancelSteps(cluster: "j-1", steps: ["s-1"])
    case .terminateJobFlows: try await emr.terminateJobFlows(["j-1"])
    case .setTerminationProtection:
      try await emr.setTerminationProtection(false, ofCluster: "j-1")
    case .addTags: try await emr.addTags(cluster: "j-1", [Tag(key: "k", value: "v")])
    case .listObjects: _ = try await store.list(bucket: "bkt", prefix: "", after: nil, limit: 9)
    case .getObject:
      let bytes = try await store.get(bucket: "bkt", key: "there", range: nil).bytes
      guard bytes == Array("old".utf8) else {
        throw CloudError(.refused, operation: "GetObject", message: "these aren't its bytes")
      }
    case .putObject: try await store.put(bucket: "bkt", key: "new", bytes: [65], condition: .always)
    case .putIfAbsent:
      try await store.put(bucket: "bkt", key: "new", bytes: [65], condition: .ifAbsent)
    case .putIfMatch:
      try await store.put(
        bucket: "bkt", key: "there", bytes: [65], condition: .ifMatches(FaultyCloud.tag))
    case .copyObject:
      try await store.copy(
        from: ObjectAddress(bucket: "bkt", key: "there"),
        to: ObjectAddress(bucket: "bkt", key: "new"))
    case .deleteObject: try await store.delete(bucket: "bkt", key: "there", ifMatch: nil)
    case .deleteIfMatch:
      try await store.delete(bucket: "bkt", key: "there", ifMatch: FaultyCloud.tag)
    case .callerIdentity: _ = try await clients.sts.callerIdentity(clients.credentials)
    case .assumeRole: _ = try await clients.sts.assumeRole(role, with: clients.credentials)
    case .assumeRoleWithWebIdentity:
      _ = try await clients.sts.assumeRole(role, webIdentityToken: "planted-web-token")
    case .publish:
      try await clients.sns.publish(
        "m", subject: "s", to: "arn:aws:sns:eu-west-1:123456789012:t", seconds: 600)
    }
  }

  /// Whether the service has done it at least once.
  func isDone(_ state: FaultyCloud.State) -> Bool {
    switch self {
    case .runJobFlow: state.clusters > 0
    case .addJobFlowSteps: state.steps > 0
    case .cancelSteps: state.cancelled == ["s-1"]
    case .terminateJobFlows: state.isTerminated
    case .setTerminationProtection: state.isUnprotected
    case .addTags: state.tags == ["k": "v"]
    case .putObject, .putIfAbsent: state.objects["new"]?.body == "A"
    case .putIfMatch: state.objects["there"]?.body == "A"
    case .copyObject: state.objects["new"]?.body == "old"
    case .deleteObject, .deleteIfMatch: state.objects["there"] == nil
    case .publish: state.published > 0
    case .describeCluster, .listClusters, .listSteps, .listObjects, .getObject, .callerIdentity,
      .assumeRole, .assumeRoleWithWebIdentity:
      false
    }
  }

  /// Whether it changes anything.
  var hasEffect: Bool {
    switch self {
    case .runJobFlow, .addJobFlowSteps, .cancelSteps, .terminateJobFlows,
      .setTerminationProtection, .addTags, .putObject,
      .putIfAbsent, .putIfMatch, .copyObject, .deleteObject, .deleteIfMatch, .publish:
      true
    case .describeCluster, .listClusters, .listSteps, .listObjects, .getObject, .callerIdentity,
      .assumeRole, .assumeRoleWithWebIdentity:
      false
    }
  }
}
