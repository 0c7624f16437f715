import AWSClient
import AWSServices
import TestSupport
import Testing
import Values
import HTTP

/// The clients against an independent server of AWS's protocols.
@Suite(.enabled(if: Python.hasModules, "the tests' Python modules are not installed"))
struct MotoTests {
  private func emr() throws -> EMRClient {
    let server = try #require(MotoServer.shared)
    return Fixtures.emr(server.endpoint, Fixtures.context(), FixedCredentials(Fixtures.keys))
  }

  private func store(_ encryption: S3Client.Encryption = .bucketDefault) throws -> S3Client {
    let server = try #require(MotoServer.shared)
    return Fixtures.store(
      server.endpoint, Fixtures.context(), FixedCredentials(Fixtures.keys), encryption: encryption)
  }

  private static func step(_ name: String) -> Value {
    .map(
      ValueMap([
        "Name": .string(name), "ActionOnFailure": .string("CANCEL_AND_WAIT"),
        "HadoopJarStep": .map(
          ValueMap(["Jar": .string("command-runner.jar"), "Args": .list([.string("true")])])),
      ]))
  }

  private static func jobFlow(_ name: String, steps: [Value]) -> Value {
    .map(
      ValueMap([
        "Name": .string(name), "ReleaseLabel": .string("emr-6.15.0"),
        "LogUri": .string("s3://logs/x/"), "ServiceRole": .string("EMR_DefaultRole"),
        "JobFlowRole": .string("EMR_EC2_DefaultRole"),
        "Instances": .map(
          ValueMap([
            "MasterInstanceType": .string("m5.xlarge"), "InstanceCount": .int(1),
            "KeepJobFlowAliveWhenNoSteps": .bool(true),
          ])),
        "Steps": .list(steps),
        "Tags": .list([.map(ValueMap(["Key": .string("plan"), "Value": .string("d1")]))]),
      ]))
  }

  @Test func aJobFlowFromStartToEnd() async throws {
    let emr = try emr()
    let id = try await emr.runJobFlow(Self.jobFlow("from start", steps: [Self.step("one")]))
    #expect(id.hasPrefix("j-"))
    try await emr.addTags(cluster: id, [Tag(key: "nonce", value: "n1")])
    let cluster = try await emr.describeCluster(id)
    #expect(cluster.name == "from start" && cluster.state == .waiting)
    #expect(Set(cluster.tags) == [Tag(key: "plan", value: "d1"), Tag(key: "nonce", value: "n1")])
    #expect(cluster.created != nil && cluster.logURI == "s3://logs/x/")

    let added = try await emr.addJobFlowSteps(
      .map(
        ValueMap([
          "JobFlowId": .string(id),
          "Steps": .list((2...120).map { Self.step("step \($0)") }),
        ])))
    #expect(added.count == 119)
    let steps = try await emr.listSteps(cluster: id)
    #expect(steps.map(\.name) == ["one"] + (2...120).map { "step \($0)" })
    #expect(steps.dropFirst().map(\.id) == added)
    #expect(steps.first?.state == .running)

    let live = try await emr.listClusters(states: [.waiting, .running], createdAfter: nil)
    #expect(live.contains { $0.id == id && $0.name == "from start" && $0.created != nil })
    try await emr.terminateJobFlows([id])
    #expect(try await emr.describeCluster(id).state == .terminated)
  }

  @Test func aClusterIsDescribedInFull() async throws {
    let emr = try emr()
    let id = try await emr.runJobFlow(
      Self.jobFlow("in full", steps: (1...60).map { Self.step("step \($0)") }))
    let cluster = try await emr.answer(.cluster, about: id)
    #expect(cluster["Name"].text == "in full" && cluster["ReleaseLabel"].text == "emr-6.15.0")
    // Two pages, the newest first.
    let steps = try await emr.answer(.steps, about: id)
    #expect(steps.items.map { $0["Name"].text } == (1...60).reversed().map { "step \($0)" })
    let groups = try await emr.answer(.instanceGroups, about: id)
    #expect(groups.items.map { $0["InstanceGroupType"].text } == ["MASTER"])
    #expect(try await emr.answer(.bootstrapActions, about: id).items.isEmpty)
  }

  @Test func anUnknownClusterIsRefused() async throws {
    let emr = try emr()
    let error = await Fixtures.error { () throws(CloudError) in
      try await emr.describeCluster("j-NOSUCHCLUSTER")
    }
    #expect(error?.isEffectUnknown == false)
    #expect(error?.operation == "DescribeCluster")
  }

  @Test func objectsAreWrittenListedAndDeleted() async throws {
    let store = try store()
    try await makeBucket("objects")
    let keys = ["a/1", "a/2 +é&<>", "a//3", "a/../4", "a/5%20", "b/run=2026-01-01/x"]
    for key in keys {
      try await store.put(bucket: "objects", key: key, bytes: [1, 2, 3], condition: .always)
    }
    let page = try await store.list(bucket: "objects", prefix: "a/", after: nil, limit: 1000)
    #expect(Set(page.entries.map(\.key)) == Set(keys.filter { $0.hasPrefix("a/") }))
    #expect(page.entries.allSatisfy { $0.size == 3 } && !page.isTruncated)
    let first = try await store.list(bucket: "objects", prefix: "a/", after: nil, limit: 2)
    #expect(first.entries.count == 2 && first.isTruncated)
    let second = try await store.list(
      bucket: "objects", prefix: "a/", after: first.entries.last?.key, limit: 1000)
    #expect(first.entries + second.entries == page.entries)
    for key in keys {
      #expect(try await store.get(bucket: "objects", key: key, range: nil).bytes == [1, 2, 3])
      try await store.delete(bucket: "objects", key: key, ifMatch: nil)
    }
    #expect(
      try await store.list(bucket: "objects", prefix: "a", after: nil, limit: 1).entries.isEmpty)
  }

  @Test func rangesAndCopies() async throws {
    let store = try store()
    try await makeBucket("ranges")
    let bytes = (0..<200).map { UInt8($0) }
    let tag = try await store.put(bucket: "ranges", key: "k", bytes: bytes, condition: .always)
    let middle = try await store.get(bucket: "ranges", key: "k", range: .bytes(first: 5, last: 7))
    #expect(middle.bytes == [5, 6, 7] && middle.entityTag == tag)
    #expect(try await store.get(bucket: "ranges", key: "k", range: .suffix(2)).bytes == [198, 199])
    try await store.put(bucket: "ranges", key: "empty", bytes: [], condition: .always)
    #expect(try await store.get(bucket: "ranges", key: "empty", range: nil).bytes.isEmpty)
    try await store.copy(
      from: ObjectAddress(bucket: "ranges", key: "k"),
      to: ObjectAddress(bucket: "ranges", key: "copy of k+"))
    #expect(try await store.get(bucket: "ranges", key: "copy of k+", range: nil).bytes == bytes)
    let absent = await Fixtures.error { () throws(CloudError) in
      try await store.get(bucket: "ranges", key: "nothing", range: nil)
    }
    #expect(absent?.kind == .notFound && absent?.code == "NoSuchKey")
    let noBucket = await Fixtures.error { () throws(CloudError) in
      try await store.list(bucket: "no-such-bucket", prefix: "", after: nil, limit: 1)
    }
    #expect(noBucket?.kind == .notFound && noBucket?.code == "NoSuchBucket")
  }

  @Test(arguments: [S3Client.Encryption.bucketDefault, .s3Keys, .kms(key: nil)])
  func conditionsHold(_ encryption: S3Client.Encryption) async throws {
    let store = try store(encryption)
    let bucket = "conditions-" + "\(encryption)".lowercased().filter(\.isLetter)
    try await makeBucket(bucket)
    let tag = try await store.put(bucket: bucket, key: "lock", bytes: [1], condition: .ifAbsent)
    let second = await Fixtures.error { () throws(CloudError) in
      try await store.put(bucket: bucket, key: "lock", bytes: [2], condition: .ifAbsent)
    }
    #expect(second?.kind == .preconditionFailed && second?.attempts == 1)
    let next = try await store.put(
      bucket: bucket, key: "lock", bytes: [3], condition: .ifMatches(tag))
    let stale = await Fixtures.error { () throws(CloudError) in
      try await store.put(bucket: bucket, key: "lock", bytes: [4], condition: .ifMatches(tag))
    }
    #expect(stale?.kind == .preconditionFailed)
    #expect(next != tag)
    #expect(try await store.get(bucket: bucket, key: "lock", range: nil).bytes == [3])
  }

  @Test func whoCalls() async throws {
    let server = try #require(MotoServer.shared)
    let sts = STSClient(
      context: Fixtures.context(), region: "eu-west-1", endpoint: server.endpoint)
    let keys = FixedCredentials(Fixtures.keys)
    let caller = try await sts.callerIdentity(keys)
    #expect(caller.account == "123456789012" && caller.arn.hasPrefix("arn:aws:"))
    let role = STSClient.RoleRequest(
      arn: "arn:aws:iam::123456789012:role/runner", sessionName: "me", externalID: "x",
      duration: 900)
    let assumed = try await sts.assumeRole(role, with: keys)
    #expect(assumed.sessionToken != nil && assumed.expiry != nil)
    #expect(try await sts.callerIdentity(FixedCredentials(assumed)).arn.contains("runner/me"))
    let web = try await sts.assumeRole(role, webIdentityToken: "header.payload.signature")
    #expect(!web.accessKeyID.isEmpty && web.expiry != nil)
  }

  @Test func keysInPages() async throws {
    let store = try store()
    try await makeBucket("facts")
    for day in 1...9 {
      try await store.put(
        bucket: "facts", key: "e/run=2026-01-0\(day)/part +1", bytes: [1], condition: .always)
    }
    var keys: [String] = []
    var isTruncated = true
    while isTruncated {
      let page = try await store.list(
        bucket: "facts", prefix: "e/", after: keys.last, limit: 4)
      keys += page.entries.map(\.key)
      isTruncated = page.isTruncated
    }
    #expect(keys == (1...9).map { "e/run=2026-01-0\($0)/part +1" })
  }

  /// Penstock doesn't create buckets, so the tests do.
  private func makeBucket(_ name: String) async throws {
    let server = try #require(MotoServer.shared)
    let request = HTTPRequest(
      method: "PUT", endpoint: server.endpoint, path: "/\(name)",
      headers: [
        (
          name: "Authorization",
          value: "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/us-east-1/s3/aws4_request"
        )
      ])
    let answer = try await SocketTransport(settings: TransportSettings())
      .send(request, limits: .standard)
    #expect(answer.status == 200)
  }
}
