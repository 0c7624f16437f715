import AWSServices
import Values

/// A service that refuses operations, or describes clusters otherwise than they are.
struct AlteredEMR: EMRService {
  var inner: any EMRService
  /// The error of an operation; nil where it is passed on.
  var error: @Sendable (String) -> CloudError? = { _ in nil }
  var described: @Sendable (ClusterDescription) -> ClusterDescription = { $0 }

  private func check(_ operation: String) throws(CloudError) {
    if let error = error(operation) { throw error }
  }

  func runJobFlow(_ body: Value) async throws(CloudError) -> String {
    try check("RunJobFlow")
    return try await inner.runJobFlow(body)
  }

  func addJobFlowSteps(_ body: Value) async throws(CloudError) -> [String] {
    try check("AddJobFlowSteps")
    return try await inner.addJobFlowSteps(body)
  }

  func describeCluster(_ id: String) async throws(CloudError) -> ClusterDescription {
    try check("DescribeCluster")
    return described(try await inner.describeCluster(id))
  }

  func listClusters(
    states: Set<ClusterState>, createdAfter: Value.Timestamp?
  ) async throws(CloudError) -> [ClusterSummary] {
    try check("ListClusters")
    return try await inner.listClusters(states: states, createdAfter: createdAfter)
  }

  func listSteps(cluster: String) async throws(CloudError) -> [StepDescription] {
    try check("ListSteps")
    return try await inner.listSteps(cluster: cluster)
  }

  func cancelSteps(cluster: String, steps: [String]) async throws(CloudError) {
    try check("CancelSteps")
    try await inner.cancelSteps(cluster: cluster, steps: steps)
  }

  func terminateJobFlows(_ ids: [String]) async throws(CloudError) {
    try check("TerminateJobFlows")
    try await inner.terminateJobFlows(ids)
  }

  func setTerminationProtection(
    _ isProtected: Bool, ofCluster id: String
  ) async throws(CloudError) {
    try check("SetTerminationProtection")
    try await inner.setTerminationProtection(isProtected, ofCluster: id)
  }

  func answer(
    _ question: ClusterQuestion, about cluster: String
  ) async throws(CloudError) -> Value {
    try check(question.rawValue)
    return try await inner.answer(question, about: cluster)
  }

  func addTags(cluster: String, _ tags: [Tag]) async throws(CloudError) {
    try check("AddTags")
    try await inner.addTags(cluster: cluster, tags)
  }
}
