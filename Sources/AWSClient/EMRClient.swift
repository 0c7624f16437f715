import Documents
package import AWSServices
package import Values
package import HTTP

/// EMR over its JSON 1.1 protocol.
package struct EMRClient: EMRService {
  private let caller: ServiceCaller
  private let endpoint: Endpoint
  private let region: String

  package init(
    context: ClientContext, credentials: any CredentialProvider, region: String, endpoint: Endpoint
  ) {
    caller = ServiceCaller(
      context: context, credentials: credentials, service: "elasticmapreduce",
      failure: JSONProtocol.failure)
    self.endpoint = endpoint
    self.region = region
  }

  package func runJobFlow(_ body: Value) async throws(CloudError) -> String {
    try await call("RunJobFlow", body, isRepeatable: false) { answer throws(MalformedAnswer) in
      try answer.required("JobFlowId")
    }
  }

  package func addJobFlowSteps(_ body: Value) async throws(CloudError) -> [String] {
    try await call("AddJobFlowSteps", body, isRepeatable: false) { answer throws(MalformedAnswer) in
      try Self.texts(answer, "StepIds")
    }
  }

  package func describeCluster(_ id: String) async throws(CloudError) -> ClusterDescription {
    try await call("DescribeCluster", .map(ValueMap(["ClusterId": .string(id)]))) {
      answer throws(MalformedAnswer) in
      guard let cluster = answer.map("Cluster") else {
        throw MalformedAnswer("`Cluster` is missing")
      }
      return try ClusterDescription(answer: cluster)
    }
  }

  package func listClusters(
    states: Set<ClusterState>, createdAfter: Value.Timestamp?
  ) async throws(CloudError) -> [ClusterSummary] {
    var body = ValueMap()
    // In EMR's order, for determinism.
    let names = ClusterState.allCases.filter(states.contains).map { Value.string($0.rawValue) }
    if !names.isEmpty { body["ClusterStates"] = .list(names) }
    if let createdAfter { body["CreatedAfter"] = .int(createdAfter.seconds) }
    let clusters = try await pages("ListClusters", body) { answer throws(MalformedAnswer) in
      try answer.requiredMaps("Clusters").map { cluster throws(MalformedAnswer) in
        try ClusterSummary(answer: cluster)
      }
    }
    return clusters.sorted { left, right in
      guard let older = right.created, let newer = left.created else { return false }
      return newer > older
    }
  }

  package func listSteps(cluster: String) async throws(CloudError) -> [StepDescription] {
    // EMR lists the newest first.
    let steps = try await pages("ListSteps", ValueMap(["ClusterId": .string(cluster)])) {
      answer throws(MalformedAnswer) in
      try answer.requiredMaps("Steps").map { step throws(MalformedAnswer) in
        try StepDescription(answer: step)
      }
    }
    return steps.reversed()
  }

  package func cancelSteps(cluster: String, steps: [String]) async throws(CloudError) {
    guard !steps.isEmpty else { return }
    let body = ValueMap([
      "ClusterId": .string(cluster), "StepIds": .list(steps.map { .string($0) }),
      "StepCancellationOption": .string("SEND_INTERRUPT"),
    ])
    try await call("CancelSteps", .map(body)) { _ in }
  }

  package func terminateJobFlows(_ ids: [String]) async throws(CloudError) {
    guard !ids.isEmpty else { return }
    let body = ValueMap(["JobFlowIds": .list(ids.map { .string($0) })])
    try await call("TerminateJobFlows", .map(body)) { _ in }
  }

  package func addTags(cluster: String, _ tags: [Tag]) async throws(CloudError) {
    guard !tags.isEmpty else { return }
    let list = tags.map { tag in
      Value.map(ValueMap(["Key": .string(tag.key), "Value": .string(tag.value)]))
    }
    let body = ValueMap(["ResourceId": .string(cluster), "Tags": .list(list)])
    try await call("AddTags", .map(body)) { _ in }
  }

  private static func texts(
    _ answer: ValueMap, _ key: String
  ) throws(MalformedAnswer) -> [String] {
    guard case .list(let items)? = answer[key] else {
      throw MalformedAnswer("`\(key)` is missing")
    }
    return try items.map { item throws(MalformedAnswer) in
      guard case .string(let text) = item else {
        throw MalformedAnswer("`\(key)` isn't a list of strings")
      }
      return text
    }
  }
}

extension EMRClient {
  /// How many pages to read at most: with 50 entries per page, far more than EMR keeps.
  private static var pageLimit: Int { 2000 }

  /// All pages of a listing.
  private func pages<Entry: Sendable>(
    _ name: String, _ body: ValueMap,
    read: @escaping @Sendable (ValueMap) throws(MalformedAnswer) -> [Entry]
  ) async throws(CloudError) -> [Entry] {
    var all: [Entry] = []
    var body = body
    for _ in 0..<Self.pageLimit {
      let page: (entries: [Entry], marker: String?) = try await call(name, .map(body)) {
        answer throws(MalformedAnswer) in
        (try read(answer), answer.text("Marker"))
      }
      all += page.entries
      guard let marker = page.marker, !marker.isEmpty else { return all }
      guard body.text("Marker") != marker else { break }
      body["Marker"] = .string(marker)
    }
    throw CloudError(.malformed, operation: name, message: "the listing doesn't end")
  }

  private func call<Answer: Sendable>(
    _ name: String, _ body: Value, isRepeatable: Bool = true,
    read: @escaping @Sendable (ValueMap) throws(MalformedAnswer) -> Answer
  ) async throws(CloudError) -> Answer {
    var writer = CanonicalJSONWriter(pretty: false)
    writer.value(body, revealingSecrets: true)
    let request = HTTPRequest(
      method: "POST", endpoint: endpoint, path: endpoint.basePath + "/",
      headers: [
        (name: "Content-Type", value: "application/x-amz-json-1.1"),
        (name: "X-Amz-Target", value: "ElasticMapReduce.\(name)"),
      ], body: writer.bytes)
    return try await caller.perform(
      ServiceCaller.Call(
        operation: Operation(name, isRepeatable: isRepeatable), region: region,
        request: { _ in request },
        read: { response throws(MalformedAnswer) in try read(JSONAnswer.read(response.body)) },
        secrets: body.secretTexts))
  }
}

extension Value {
  /// The values of all secrets in the value.
  fileprivate var secretTexts: [String] {
    switch self {
    case .secret(let secret):
      if case .string(let text) = revealed { [text] } else { secret.value.secretTexts }
    case .list(let items): items.flatMap(\.secretTexts)
    case .map(let map): map.entries.flatMap { $0.key.secretTexts + $0.value.secretTexts }
    case .optional(let value): value?.secretTexts ?? []
    case .null, .bool, .int, .uint, .double, .number, .string, .bytes, .timestamp, .duration, .type,
      .opaque:
      []
    }
  }
}
