package import Values

/// What EMR takes where a request says nothing.
///
/// From the reference of RunJobFlow and its types in the EMR API.
package enum EMRDefaults {
  package static let market = "ON_DEMAND"
  /// How many steps run at the same time.
  package static let stepConcurrencyLevel = 1
  package static let keepJobFlowAliveWhenNoSteps = false
  package static let terminationProtected = false

  /// The value of a member of a cluster's request that isn't there; nil where EMR has no default, or
  /// one that depends on other members.
  package static func member(_ name: String) -> Value? {
    switch name {
    case "Market": .string(market)
    case "KeepJobFlowAliveWhenNoSteps": .bool(keepJobFlowAliveWhenNoSteps)
    case "TerminationProtected": .bool(terminationProtected)
    case "EbsOptimized": .bool(false)
    case "VisibleToAllUsers": .bool(true)
    case "StepConcurrencyLevel": .int(Int64(stepConcurrencyLevel))
    case "VolumesPerInstance": .int(1)
    case "ScaleDownBehavior": .string("TERMINATE_AT_TASK_COMPLETION")
    case "RepoUpgradeOnBoot": .string("SECURITY")
    default: nil
    }
  }
}
