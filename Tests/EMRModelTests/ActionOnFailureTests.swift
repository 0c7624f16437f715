import EMRModel
import Testing

@Suite struct ActionOnFailureTests {
  @Test(arguments: [
    ("TERMINATE_CLUSTER", "TERMINATE_CLUSTER", true),
    ("TERMINATE_CLUSTER", "TERMINATE_JOB_FLOW", true),
    ("TERMINATE_JOB_FLOW", "TERMINATE_JOB_FLOW", true),
    ("CANCEL_AND_WAIT", "CANCEL_AND_WAIT", true),
    ("CONTINUE", "CONTINUE", true), ("CONTINUE", "CANCEL_AND_WAIT", false),
    ("CONTINUE", "TERMINATE_CLUSTER", false), ("CANCEL_AND_WAIT", "TERMINATE_JOB_FLOW", false),
    // Names that EMR doesn't have are only the same as themselves.
    ("continue", "CONTINUE", false), ("STOP", "STOP", true), ("STOP", "HALT", false),
    ("", "", true),
    ("", "TERMINATE_CLUSTER", false),
  ])
  func namesThatMeanTheSame(left: String, right: String, isSame: Bool) {
    #expect(ActionOnFailure.isSame(left, right) == isSame)
    #expect(ActionOnFailure.isSame(right, left) == isSame)
  }

  @Test func aStepThatSaysNothingEndsTheCluster() {
    #expect(ActionOnFailure.whereUnsaid == .terminateCluster)
  }
}
