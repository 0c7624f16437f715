package import AWSServices
import Journal
package import PlanFormat

/// The result of `penstock down`.
package enum ClusterEnding: Hashable, Sendable {
  /// The cluster was ended, or there was nothing to do.
  case done(String)
  /// The cluster is busy, or belongs to others.
  case refused(RunFailure)
}

extension RunOverview {
  /// Whether the run is over and left its cluster alive for the pipeline's next runs.
  package func hasLeftCluster(of plan: Plan) -> Bool {
    end != nil && cluster != nil && clusterState?.isLive == true && plan.cluster.isPersistent
      && !plan.cluster.isShared
  }
}

extension Executor {
  /// Ends a cluster that waits for runs.
  ///
  /// A cluster is left alone if it has unfinished steps, if a run in the journal still uses it, or
  /// if the plan's run chose it by id, since others started it then.
  ///
  /// - Parameters:
  ///   - plan: of a run that has used the cluster, or would take it.
  ///   - runs: all runs in the journal.
  ///   - isForced: whether it is ended in spite of that.
  ///   - isDryRun: whether to say only what would be done.
  package static func endCluster(
    _ id: String, _ plan: Plan, runs: [RunOverview], isForced: Bool = false,
    isDryRun: Bool = false, emr: any EMRService
  ) async throws(CloudError) -> ClusterEnding {
    guard plan.cluster.jobs == nil else {
      return .done("the run's steps are jobs, without a cluster")
    }
    let cluster = try await emr.describeCluster(id)
    guard cluster.state.isLive else {
      return .done("the cluster \(id) is \(cluster.state.rawValue) already")
    }
    if !isForced, let why = try await reasonToKeep(cluster, plan, runs, emr) {
      return .refused(.clusterKept(id, why))
    }
    guard !isDryRun else { return .done("the cluster \(id) would be terminated") }
    // If the pipeline didn't turn on protection, the person who did has to turn it off.
    if plan.cluster.isProtected, !plan.cluster.isShared, cluster.isProtected {
      try await emr.setTerminationProtection(false, ofCluster: id)
    }
    try await emr.terminateJobFlows([id])
    return .done("the cluster \(id) is being terminated")
  }

  /// Why a cluster shouldn't be ended; nil if it only waits.
  private static func reasonToKeep(
    _ cluster: ClusterDescription, _ plan: Plan, _ runs: [RunOverview], _ emr: any EMRService
  ) async throws(CloudError) -> String? {
    if plan.cluster.isShared { return "was chosen by its id, and may be used by others" }
    let users = runs.filter { $0.cluster == cluster.id && $0.wasBegun && $0.end == nil }
    if let user = users.first { return "is used by the run \(user.run.runID), which isn't over" }
    guard cluster.state == .waiting else { return "is \(cluster.state.rawValue)" }
    // EMR shows for a moment that a cluster is waiting though it has just received steps.
    let open = try await emr.listSteps(cluster: cluster.id).first { !$0.state.isFinal }
    return open.map { "has the step `\($0.name)`, which is \($0.state.rawValue)" }
  }
}
