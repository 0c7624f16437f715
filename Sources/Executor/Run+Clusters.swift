import AWSServices
import PlanFormat
import Values

/// Clusters that others use, and those that are protected.
extension Run {
  /// Whether the run's cluster works for others too: what is theirs is left alone.
  var isShared: Bool { plan.cluster.isShared }

  /// A tag's key. On a cluster that others use, each pipeline has its own.
  static func tag(_ key: String, of plan: Plan) -> String {
    plan.cluster.isShared ? "\(key)/\(plan.pipeline.prefix(80))" : key
  }

  func tag(_ key: String) -> String { Self.tag(key, of: plan) }

  /// Removes the termination protection that the pipeline asked for; true if it was tried, and the
  /// cluster is to be terminated next.
  mutating func unprotect(_ cluster: String) async throws(RunStop) -> Bool {
    guard plan.cluster.isProtected, !hasUnprotected else { return true }
    let answer = await change("SetTerminationProtection") { emr throws(CloudError) in
      try await emr.setTerminationProtection(false, ofCluster: cluster)
    }
    if case .failure(let error) = answer, error.kind != .refused {
      try await tryAgain(error)
      return false
    }
    // One that ends already can't be changed, and need not be.
    blindSince = nil
    hasUnprotected = true
    return true
  }

  /// Whether a cluster of the run only does nothing and doesn't end by itself.
  var isIdleForever: Bool {
    !plan.cluster.isPersistent && record.clusterState == .waiting
  }
}
