package import Values

/// The calls that Penstock makes to EMR, implemented by the real service and the simulated one.
///
/// Shapes and names are from EMR's API, version 2009-03-31; times are in UTC.
package protocol EMRService: ClusterSource {
  /// Starts a cluster; `body` is RunJobFlow's request with the secrets themselves. Never retried by
  /// the client: after a lost response the caller looks for the cluster (see
  /// `CloudError.isEffectUnknown`).
  /// - Returns: the cluster's id.
  func runJobFlow(_ body: Value) async throws(CloudError) -> String

  /// Adds steps to a cluster; `body` is AddJobFlowSteps' request, including `JobFlowId`. Never
  /// retried by the client.
  /// - Returns: the steps' ids, in order.
  func addJobFlowSteps(_ body: Value) async throws(CloudError) -> [String]

  func describeCluster(_ id: String) async throws(CloudError) -> ClusterDescription

  /// Clusters in any of the states, newest first; all pages.
  func listClusters(
    states: Set<ClusterState>, createdAfter: Value.Timestamp?
  ) async throws(CloudError) -> [ClusterSummary]

  /// A cluster's steps in the order of submission; all pages.
  func listSteps(cluster: String) async throws(CloudError) -> [StepDescription]

  /// Steps that are known, as they are now. A service that only has the steps of one run's cluster may
  /// answer with all of them.
  func look(
    at steps: [StepDescription], ofCluster id: String
  ) async throws(CloudError) -> [StepDescription]

  /// The id of the job with a name that was started since a time; nil if there is none.
  func findJob(
    named name: String, ofCluster id: String, since: Value.Timestamp
  ) async throws(CloudError) -> String?

  /// Asks for the cancellation of steps, including running ones (from EMR 5.28.0).
  func cancelSteps(cluster: String, steps: [String]) async throws(CloudError)

  func terminateJobFlows(_ ids: [String]) async throws(CloudError)

  /// Sets or removes termination protection: a protected cluster isn't terminated by
  /// `terminateJobFlows`, nor by a step's failure.
  func setTerminationProtection(_ isProtected: Bool, ofCluster id: String) async throws(CloudError)

  func addTags(cluster: String, _ tags: [Tag]) async throws(CloudError)
}

extension EMRService {
  package func look(
    at steps: [StepDescription], ofCluster id: String
  ) async throws(CloudError) -> [StepDescription] { try await listSteps(cluster: id) }

  /// A cluster has no jobs.
  package func findJob(
    named name: String, ofCluster id: String, since: Value.Timestamp
  ) async throws(CloudError) -> String? { nil }
}

package struct Tag: Hashable, Sendable {
  package var key: String
  package var value: String

  package init(key: String, value: String) {
    self.key = key
    self.value = value
  }
}

package enum ClusterState: String, Sendable, CaseIterable {
  case starting = "STARTING"
  case bootstrapping = "BOOTSTRAPPING"
  case running = "RUNNING"
  case waiting = "WAITING"
  case terminating = "TERMINATING"
  case terminated = "TERMINATED"
  case terminatedWithErrors = "TERMINATED_WITH_ERRORS"

  package var isLive: Bool {
    switch self {
    case .starting, .bootstrapping, .running, .waiting: true
    case .terminating, .terminated, .terminatedWithErrors: false
    }
  }
}

package enum StepState: String, Sendable, CaseIterable {
  case pending = "PENDING"
  case cancelPending = "CANCEL_PENDING"
  case running = "RUNNING"
  case completed = "COMPLETED"
  case cancelled = "CANCELLED"
  case failed = "FAILED"
  case interrupted = "INTERRUPTED"

  package var isFinal: Bool {
    switch self {
    case .completed, .cancelled, .failed, .interrupted: true
    case .pending, .cancelPending, .running: false
    }
  }
}

/// Why a cluster or step is in its state, in EMR's words.
package struct StateChangeReason: Hashable, Sendable {
  /// `BOOTSTRAP_FAILURE`, `STEP_FAILURE`, …; empty if EMR gave none.
  package var code: String
  package var message: String

  package init(code: String = "", message: String = "") {
    self.code = code
    self.message = message
  }
}

package struct ClusterSummary: Hashable, Sendable {
  package var id: String
  package var name: String
  package var state: ClusterState
  package var created: Value.Timestamp?

  package init(id: String, name: String, state: ClusterState, created: Value.Timestamp?) {
    self.id = id
    self.name = name
    self.state = state
    self.created = created
  }
}

package struct ClusterDescription: Hashable, Sendable {
  package var id: String
  package var name: String
  package var state: ClusterState
  package var reason: StateChangeReason
  package var tags: [Tag]
  package var created: Value.Timestamp?
  package var ready: Value.Timestamp?
  package var ended: Value.Timestamp?
  /// Where EMR puts the cluster's logs: `s3://bucket/prefix/`, without the cluster's id.
  package var logURI: String?
  package var masterPublicDNSName: String?
  package var isProtected = false

  package init(id: String, name: String, state: ClusterState) {
    self.id = id
    self.name = name
    self.state = state
    reason = StateChangeReason()
    tags = []
  }
}

package struct StepDescription: Hashable, Sendable {
  package struct Failure: Hashable, Sendable {
    package var reason: String
    package var message: String
    /// The S3 location of the log with the details.
    package var logFile: String

    package init(reason: String, message: String, logFile: String) {
      self.reason = reason
      self.message = message
      self.logFile = logFile
    }
  }

  package var id: String
  package var name: String
  package var state: StepState
  package var reason: StateChangeReason
  package var failure: Failure?
  package var created: Value.Timestamp?
  package var started: Value.Timestamp?
  package var ended: Value.Timestamp?

  package init(id: String, name: String, state: StepState) {
    self.id = id
    self.name = name
    self.state = state
    reason = StateChangeReason()
  }
}
