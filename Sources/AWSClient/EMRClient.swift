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
    let count = body["Steps"].items.count
    return try await call("AddJobFlowSteps", body, isRepeatable: false) {
      answer throws(MalformedAnswer) in
      guard let ids = try answer.texts("StepIds") else {
        throw MalformedAnswer("`StepIds` is missing")
      }
      guard ids.count == count else {
        throw MalformedAnswer("it has \(ids.count) `StepIds` for \(count) steps")
      }
      guard Set(ids).count == ids.count, !ids.contains("") else {
        throw MalformedAnswer("`StepIds` has an empty or repeated one")
      }
      return ids
    }
  }

  package func describeCluster(_ id: String) async throws(CloudError) -> ClusterDescription {
    try await call("DescribeCluster", .map(ValueMap(["ClusterId": .string(id)]))) {
      answer throws(MalformedAnswer) in
      let cluster = try ClusterDescription(answer: try answer.requiredMap("Cluster"))
      guard cluster.id == id else { throw MalformedAnswer("it is about another cluster") }
      return cluster
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
    let clusters = try await pages("ListClusters", body, id: \.id) {
      answer throws(MalformedAnswer) in
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
    let body = ValueMap(["ClusterId": .string(cluster)])
    let steps = try await pages("ListSteps", body, id: \.id) { answer throws(MalformedAnswer) in
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
    try await call("CancelSteps", .map(body)) { answer throws(MalformedAnswer) in
      // A step that can't be cancelled has ended, which is seen by looking at it.
      for info in try answer.requiredMaps("CancelStepsInfoList") {
        _ = try info.required("StepId")
        _ = try info.required("Status")
      }
    }
  }

  package func terminateJobFlows(_ ids: [String]) async throws(CloudError) {
    guard !ids.isEmpty else { return }
    let body = ValueMap(["JobFlowIds": .list(ids.map { .string($0) })])
    try await call("TerminateJobFlows", .map(body), hasAnswer: false) { _ in }
  }

  package func setTerminationProtection(
    _ isProtected: Bool, ofCluster id: String
  ) async throws(CloudError) {
    let body = ValueMap([
      "JobFlowIds": .list([.string(id)]), "TerminationProtected": .bool(isProtected),
    ])
    try await call("SetTerminationProtection", .map(body), hasAnswer: false) { _ in }
  }

  package func addTags(cluster: String, _ tags: [Tag]) async throws(CloudError) {
    guard !tags.isEmpty else { return }
    let list = tags.map { tag in
      Value.map(ValueMap(["Key": .string(tag.key), "Value": .string(tag.value)]))
    }
    let body = ValueMap(["ResourceId": .string(cluster), "Tags": .list(list)])
    try await call("AddTags", .map(body), hasAnswer: false) { _ in }
  }
}

extension EMRClient: ClusterSource {
  package func answer(
    _ question: ClusterQuestion, about cluster: String
  ) async throws(CloudError) -> Value {
    var body = ValueMap(["ClusterId": .string(cluster)])
    var all: [Value] = []
    var markers: Set<String> = []
    for _ in 0..<Self.pageLimit {
      let page: (value: Value, marker: String) = try await call(question.rawValue, .map(body)) {
        [markers] answer throws(MalformedAnswer) in
        let marker = try answer.text("Marker") ?? ""
        guard !markers.contains(marker) else { throw MalformedAnswer("`Marker` repeats") }
        guard question.isList else { return (answer[question.member] ?? .null, "") }
        return (.list(try answer.requiredMaps(question.member).map { .map($0) }), marker)
      }
      guard question.isList else { return page.value }
      all += page.value.items
      guard !page.marker.isEmpty else { return .list(all) }
      markers.insert(page.marker)
      body["Marker"] = .string(page.marker)
    }
    throw CloudError(.malformed, operation: question.rawValue, message: "the listing doesn't end")
  }
}

extension EMRClient {
  /// How many pages to read at most: with 50 entries per page, far more than EMR keeps.
  private static var pageLimit: Int { 2000 }

  /// All pages of a listing. An entry that moves to the next page meanwhile is listed once.
  private func pages<Entry: Sendable>(
    _ name: String, _ body: ValueMap, id: any KeyPath<Entry, String> & Sendable,
    read: @escaping @Sendable (ValueMap) throws(MalformedAnswer) -> [Entry]
  ) async throws(CloudError) -> [Entry] {
    var all: [Entry] = []
    var ids: Set<String> = []
    var markers: Set<String> = []
    var body = body
    for _ in 0..<Self.pageLimit {
      let page: (entries: [Entry], marker: String?) = try await call(name, .map(body)) {
        [markers] answer throws(MalformedAnswer) in
        let marker = try answer.text("Marker") ?? ""
        guard !markers.contains(marker) else { throw MalformedAnswer("`Marker` repeats") }
        return (try read(answer), marker.isEmpty ? nil : marker)
      }
      all += page.entries.filter { ids.insert($0[keyPath: id]).inserted }
      guard let marker = page.marker else { return all }
      markers.insert(marker)
      body["Marker"] = .string(marker)
    }
    throw CloudError(.malformed, operation: name, message: "the listing doesn't end")
  }

  /// - Parameter hasAnswer: false for operations whose model has no answer, or one without members:
  ///   their body may be empty.
  private func call<Answer: Sendable>(
    _ name: String, _ body: Value, isRepeatable: Bool = true, hasAnswer: Bool = true,
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
        read: { response throws(MalformedAnswer) in
          guard hasAnswer || !response.body.isEmpty else { return try read(ValueMap()) }
          return try read(JSONAnswer.read(response.body))
        },
        secrets: body.secretTexts))
  }
}

extension Value {
  /// The values of all secrets in the value.
  var secretTexts: [String] {
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
