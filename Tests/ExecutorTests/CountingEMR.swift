import Documents
import AWSServices
import Sandbox
import Synchronization
import Values

/// Records when it is called and with what bodies, and passes calls on.
final class CountingEMR: EMRService {
  private let inner: SimulatedEMR
  private let noted = Mutex<(times: [Int64], bodies: [String])>(([], []))

  init(_ inner: SimulatedEMR) { self.inner = inner }

  var times: [Int64] { noted.withLock { $0.times } }
  var bodies: [String] { noted.withLock { $0.bodies } }

  private func note(_ body: Value? = nil) {
    let now = inner.clock().now.seconds
    var writer = CanonicalJSONWriter(pretty: false)
    if let body { writer.value(body, revealingSecrets: true) }
    let text = String(decoding: writer.bytes, as: UTF8.self)
    noted.withLock {
      $0.times.append(now)
      if body != nil { $0.bodies.append(text) }
    }
  }

  func runJobFlow(_ body: Value) async throws(CloudError) -> String {
    note(body)
    return try await inner.runJobFlow(body)
  }

  func addJobFlowSteps(_ body: Value) async throws(CloudError) -> [String] {
    note(body)
    return try await inner.addJobFlowSteps(body)
  }

  func describeCluster(_ id: String) async throws(CloudError) -> ClusterDescription {
    note()
    return try await inner.describeCluster(id)
  }

  func listClusters(
    states: Set<ClusterState>, createdAfter: Value.Timestamp?
  ) async throws(CloudError) -> [ClusterSummary] {
    note()
    return try await inner.listClusters(states: states, createdAfter: createdAfter)
  }

  func listSteps(cluster: String) async throws(CloudError) -> [StepDescription] {
    note()
    return try await inner.listSteps(cluster: cluster)
  }

  func cancelSteps(cluster: String, steps: [String]) async throws(CloudError) {
    note()
    try await inner.cancelSteps(cluster: cluster, steps: steps)
  }

  func terminateJobFlows(_ ids: [String]) async throws(CloudError) {
    note()
    try await inner.terminateJobFlows(ids)
  }

  func setTerminationProtection(
    _ isProtected: Bool, ofCluster id: String
  ) async throws(CloudError) {
    note()
    try await inner.setTerminationProtection(isProtected, ofCluster: id)
  }

  func answer(
    _ question: ClusterQuestion, about cluster: String
  ) async throws(CloudError) -> Value {
    note()
    return try await inner.answer(question, about: cluster)
  }

  func addTags(cluster: String, _ tags: [Tag]) async throws(CloudError) {
    note()
    try await inner.addTags(cluster: cluster, tags)
  }
}
