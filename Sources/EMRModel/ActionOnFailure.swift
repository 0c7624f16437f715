/// What EMR does after a step fails: the values of `ActionOnFailure`.
package enum ActionOnFailure: String, Sendable {
  case terminateCluster = "TERMINATE_CLUSTER"
  /// EMR's older name of `TERMINATE_CLUSTER`.
  case terminateJobFlow = "TERMINATE_JOB_FLOW"
  case cancelAndWait = "CANCEL_AND_WAIT"
  case proceed = "CONTINUE"

  /// What a step does that says nothing.
  package static let whereUnsaid = ActionOnFailure.terminateCluster

  /// Whether two names mean the same.
  package static func isSame(_ left: String, _ right: String) -> Bool {
    left == right || (meaning(left) != nil && meaning(left) == meaning(right))
  }

  private static func meaning(_ name: String) -> ActionOnFailure? {
    let action = ActionOnFailure(rawValue: name)
    return action == .terminateJobFlow ? .terminateCluster : action
  }
}
