package import Values

/// What EMR can be asked about a cluster, to know it in full: operations of its API that change
/// nothing.
package enum ClusterQuestion: String, Sendable, CaseIterable {
  case cluster = "DescribeCluster"
  case steps = "ListSteps"
  case instanceGroups = "ListInstanceGroups"
  case instanceFleets = "ListInstanceFleets"
  case bootstrapActions = "ListBootstrapActions"
  case managedScaling = "GetManagedScalingPolicy"
  case autoTermination = "GetAutoTerminationPolicy"

  /// The answer's member that holds what was asked.
  package var member: String {
    switch self {
    case .cluster: "Cluster"
    case .steps: "Steps"
    case .instanceGroups: "InstanceGroups"
    case .instanceFleets: "InstanceFleets"
    case .bootstrapActions: "BootstrapActions"
    case .managedScaling: "ManagedScalingPolicy"
    case .autoTermination: "AutoTerminationPolicy"
    }
  }

  /// Whether the answer comes in pages.
  package var isList: Bool {
    switch self {
    case .steps, .instanceGroups, .instanceFleets, .bootstrapActions: true
    case .cluster, .managedScaling, .autoTermination: false
    }
  }
}

/// An EMR that says all that it knows about a cluster, in its own shapes.
package protocol ClusterSource: Sendable {
  /// The member of EMR's answer that holds what was asked; of a list, all pages, in EMR's order. Null
  /// if there is none.
  func answer(
    _ question: ClusterQuestion, about cluster: String
  ) async throws(CloudError) -> Value
}
