import AWSServices
import Sandbox
import Synchronization
import Values

/// A service whose list of clusters lags behind, and that loses answers.
final class LaggingEMR: EMRService {
  private let inner: SimulatedEMR
  /// For how many seconds a new cluster isn't listed.
  private let lag: Int64
  /// Operations whose next answer is lost although they took effect.
  private let losing: Mutex<Set<String>>

  init(_ inner: SimulatedEMR, lag: Int64, losing: Set<String> = []) {
    self.inner = inner
    self.lag = lag
    self.losing = Mutex(losing)
  }

  private func lose(_ operation: String) throws(CloudError) {
    if losing.withLock({ $0.remove(operation) }) != nil {
      throw CloudError(.lost, operation: operation, message: "the connection broke")
    }
  }

  func runJobFlow(_ body: Value) async throws(CloudError) -> String {
    let id = try await inner.runJobFlow(body)
    try lose("RunJobFlow")
    return id
  }

  func addJobFlowSteps(_ body: Value) async throws(CloudError) -> [String] {
    let ids = try await inner.addJobFlowSteps(body)
    try lose("AddJobFlowSteps")
    return ids
  }

  func describeCluster(_ id: String) async throws(CloudError) -> ClusterDescription {
    try await inner.describeCluster(id)
  }

  func listClusters(
    states: Set<ClusterState>, createdAfter: Value.Timestamp?
  ) async throws(CloudError) -> [ClusterSummary] {
    let now = inner.clock().now.seconds
    return try await inner.listClusters(states: states, createdAfter: createdAfter).filter {
      now - ($0.created?.seconds ?? 0) >= lag
    }
  }

  func listSteps(cluster: String) async throws(CloudError) -> [StepDescription] {
    try await inner.listSteps(cluster: cluster)
  }

  func cancelSteps(cluster: String, steps: [String]) async throws(CloudError) {
    try await inner.cancelSteps(cluster: cluster, steps: steps)
  }

  func terminateJobFlows(_ ids: [String]) async throws(CloudError) {
    try await inner.terminateJobFlows(ids)
  }

  func setTerminationProtection(
    _ isProtected: Bool, ofCluster id: String
  ) async throws(CloudError) {
    try await inner.setTerminationProtection(isProtected, ofCluster: id)
  }

  func answer(
    _ question: ClusterQuestion, about cluster: String
  ) async throws(CloudError) -> Value {
    try await inner.answer(question, about: cluster)
  }

  func addTags(cluster: String, _ tags: [Tag]) async throws(CloudError) {
    try await inner.addTags(cluster: cluster, tags)
  }
}
