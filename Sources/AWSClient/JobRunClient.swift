import Documents
package import AWSServices
package import HTTP
package import Values

/// EMR Serverless or EMR on EKS over its REST API, presented as EMR: a step is a job run, and the cluster
/// is an application or a virtual cluster, which outlives the run.
package struct JobRunClient: EMRService {
  package enum Kind: Sendable {
    case serverless, eks
  }

  private let caller: ServiceCaller
  private let endpoint: Endpoint
  private let region: String
  private let kind: Kind

  package init(
    _ kind: Kind, context: ClientContext, credentials: any CredentialProvider, region: String,
    endpoint: Endpoint
  ) {
    caller = ServiceCaller(
      context: context, credentials: credentials,
      service: kind == .serverless ? "emr-serverless" : "emr-containers",
      failure: JSONProtocol.failure)
    self.endpoint = endpoint
    self.region = region
    self.kind = kind
  }

  /// Where an application or a virtual cluster is.
  private func path(_ host: String) -> String {
    (kind == .serverless ? "/applications/" : "/virtualclusters/") + host
  }

  private func path(_ host: String, job: String) -> String { path(host) + "/jobruns/" + job }

  // MARK: Jobs

  /// Starts one job for each step. Repeating a request with its client token doesn't start another.
  package func addJobFlowSteps(_ body: Value) async throws(CloudError) -> [String] {
    var ids: [String] = []
    for step in body["Steps"].items {
      guard case .map(var job) = step["StartJobRun"], let host = body["JobFlowId"].text else {
        throw CloudError(
          .refused, operation: "StartJobRun",
          message: "the step `\(step["Name"].text ?? "")` isn't a job")
      }
      job[kind == .serverless ? "applicationId" : "virtualClusterId"] = nil
      let member = kind == .serverless ? "jobRunId" : "id"
      ids.append(
        try await call("StartJobRun", "POST", path(host) + "/jobruns", body: .map(job)) {
          answer throws(MalformedAnswer) in try answer.required(member)
        })
    }
    return ids
  }

  package func look(
    at steps: [StepDescription], ofCluster host: String
  ) async throws(CloudError) -> [StepDescription] {
    var looked: [StepDescription] = []
    for step in steps {
      if step.state.isFinal {
        looked.append(step)
        continue
      }
      let operation = kind == .serverless ? "GetJobRun" : "DescribeJobRun"
      let found = try await call(operation, "GET", path(host, job: step.id)) {
        [kind] answer throws(MalformedAnswer) in
        try StepDescription(job: try answer.requiredMap("jobRun"), kind, name: step.name)
      }
      guard found.id == step.id else {
        throw CloudError(.malformed, operation: operation, message: "it is about another job run")
      }
      looked.append(found)
    }
    return looked
  }

  package func findJob(
    named name: String, ofCluster host: String, since: Value.Timestamp
  ) async throws(CloudError) -> String? {
    let first: [HTTPRequest.Field] = [
      (name: kind == .serverless ? "createdAtAfter" : "createdAfter", value: since.description),
      (name: "maxResults", value: "50"),
    ]
    var query = first + (kind == .eks ? [(name: "name", value: name)] : [])
    var tokens: Set<String> = []
    while true {
      let page: (id: String?, next: String) = try await call(
        "ListJobRuns", "GET", path(host) + "/jobruns", query: query
      ) { answer throws(MalformedAnswer) in
        var found: String?
        for job in try answer.requiredMaps("jobRuns") where try job.text("name") == name {
          found = try job.required("id")
        }
        return (found, try answer.text("nextToken") ?? "")
      }
      if let id = page.id { return id }
      guard !page.next.isEmpty else { return nil }
      guard tokens.insert(page.next).inserted else {
        throw CloudError(.malformed, operation: "ListJobRuns", message: "`nextToken` repeats")
      }
      query.removeAll { $0.name == "nextToken" }
      query.append((name: "nextToken", value: page.next))
    }
  }

  package func cancelSteps(cluster: String, steps: [String]) async throws(CloudError) {
    for step in steps {
      do throws(CloudError) {
        try await call("CancelJobRun", "DELETE", path(cluster, job: step)) { _ in }
      } catch {
        // It has ended, or is ending: the next look shows which.
        guard error.kind == .refused || error.kind == .notFound else { throw error }
      }
    }
  }
}

// The application or virtual cluster.
extension JobRunClient {
  package func describeCluster(_ id: String) async throws(CloudError) -> ClusterDescription {
    do throws(CloudError) {
      return try await describe(id).description
    } catch {
      guard error.kind == .notFound || error.kind == .refused else { throw error }
      var absent = ClusterDescription(id: id, name: "", state: .terminated)
      absent.reason = StateChangeReason(message: error.message)
      return absent
    }
  }

  private func describe(
    _ id: String
  ) async throws(CloudError) -> (description: ClusterDescription, arn: String) {
    let (operation, member) =
      kind == .serverless
      ? ("GetApplication", "application") : ("DescribeVirtualCluster", "virtualCluster")
    return try await call(operation, "GET", path(id)) { answer throws(MalformedAnswer) in
      let map = try answer.requiredMap(member)
      let state = try map.required("state")
      var found = ClusterDescription(
        id: id, name: try map.text("name") ?? "", state: Self.state(state))
      if !found.state.isLive {
        found.reason = StateChangeReason(code: state, message: try map.text("stateDetails") ?? "")
      }
      found.created = try map.time("createdAt")
      for (key, value) in try map.map("tags")?.entries ?? [] {
        guard case .string(let key) = key, case .string(let value) = value else { continue }
        found.tags.append(Tag(key: key, value: value))
      }
      return (found, try map.required("arn"))
    }
  }

  /// An application that is stopped starts with its next job.
  private static func state(_ word: String) -> ClusterState {
    switch word {
    case "TERMINATING": .terminating
    case "TERMINATED": .terminated
    case "ARRESTED": .terminatedWithErrors
    default: .running
    }
  }

  package func addTags(cluster: String, _ tags: [Tag]) async throws(CloudError) {
    try await tag(try await describe(cluster).arn, tags)
  }

  package func tag(_ arn: String, _ tags: [Tag]) async throws(CloudError) {
    let all = tags.map { (key: Value.string($0.key), value: Value.string($0.value)) }
    try await call(
      "TagResource", "POST", "/tags/", lastSegment: arn,
      body: .map(ValueMap(["tags": .map(ValueMap(all))]))
    ) { _ in }
  }

  /// Its jobs are asked for one by one, since it has those of others too.
  package func listSteps(cluster: String) async throws(CloudError) -> [StepDescription] { [] }

  package func listClusters(
    states: Set<ClusterState>, createdAfter: Value.Timestamp?
  ) async throws(CloudError) -> [ClusterSummary] { [] }

  package func runJobFlow(_ body: Value) async throws(CloudError) -> String {
    throw Self.unknown("RunJobFlow")
  }

  package func terminateJobFlows(_ ids: [String]) async throws(CloudError) {
    throw Self.unknown("TerminateJobFlows")
  }

  package func setTerminationProtection(
    _ isProtected: Bool, ofCluster id: String
  ) async throws(CloudError) {
    throw Self.unknown("SetTerminationProtection")
  }

  package func answer(
    _ question: ClusterQuestion, about cluster: String
  ) async throws(CloudError) -> Value {
    throw Self.unknown(question.rawValue)
  }

  private static func unknown(_ operation: String) -> CloudError {
    CloudError(.refused, operation: operation, message: "a service for jobs has no clusters")
  }

  /// - Parameter lastSegment: the end of the path, whose slashes belong to it.
  private func call<Answer: Sendable>(
    _ name: String, _ method: String, _ path: String, lastSegment: String = "",
    query: [HTTPRequest.Field] = [], body: Value? = nil,
    read: @escaping @Sendable (ValueMap) throws(MalformedAnswer) -> Answer
  ) async throws(CloudError) -> Answer {
    var request = HTTPRequest(
      method: method, endpoint: endpoint, path: endpoint.basePath + path, query: query)
    request.lastSegment = lastSegment
    if let body {
      var writer = CanonicalJSONWriter(pretty: false)
      writer.value(body, revealingSecrets: true)
      request.headers = [(name: "Content-Type", value: "application/json")]
      request.body = writer.bytes
    }
    let ready = request
    return try await caller.perform(
      ServiceCaller.Call(
        operation: Operation(name), region: region, request: { _ in ready },
        read: { response throws(MalformedAnswer) in
          try read(response.body.isEmpty ? ValueMap() : JSONAnswer.read(response.body))
        },
        secrets: body?.secretTexts ?? []))
  }
}

extension StepDescription {
  fileprivate init(
    job: ValueMap, _ kind: JobRunClient.Kind, name: String
  ) throws(MalformedAnswer) {
    let word = try job.required("state")
    guard let state = Self.states[word] else {
      throw MalformedAnswer("`\(word)` isn't a state of a job run")
    }
    self.init(
      id: try job.required(kind == .serverless ? "jobRunId" : "id"), name: name, state: state)
    let details = try job.text("stateDetails") ?? ""
    reason = StateChangeReason(code: try job.text("failureReason") ?? "", message: details)
    if state == .failed {
      failure = Failure(reason: reason.code, message: details, logFile: "")
    }
    created = try job.time("createdAt")
    if state.isFinal {
      ended = try job.time(kind == .serverless ? "endedAt" : "finishedAt")
      if ended == nil { ended = try job.time("updatedAt") }
    }
    // EMR on EKS doesn't report when a job began to run, nor did EMR Serverless at first.
    let begun = try job.time("startedAt")
    started = begun ?? (state == .pending || state == .cancelPending ? nil : created)
  }

  private static let states: [String: StepState] = [
    "SUBMITTED": .pending, "PENDING": .pending, "SCHEDULED": .pending, "QUEUED": .pending,
    "RUNNING": .running, "SUCCESS": .completed, "COMPLETED": .completed, "FAILED": .failed,
    "CANCELLING": .cancelPending, "CANCEL_PENDING": .cancelPending, "CANCELLED": .cancelled,
  ]
}
