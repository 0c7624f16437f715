import Sandbox
import Testing

@Suite struct FaultTests {
  @Test(arguments: [
    ("[load] Load=fail", Faults.Planned(.stepFails("[load] Load"))),
    ("a=b=fail:3", Faults.Planned(.stepFails("a=b"), times: 3)),
    ("bootstrap=fail", Faults.Planned(.bootstrapFails)),
    ("RunJobFlow=throttled-but-created", .init(.throttledButDone(operation: "RunJobFlow"))),
    ("AddJobFlowSteps=lost-answer", .init(.answerLost(operation: "AddJobFlowSteps"))),
    ("Load=lost-answer", .init(.stepAnswerLost("Load"))),
    ("ListSteps=throttled:2", .init(.throttled(operation: "ListSteps"), times: 2)),
    ("crash-after=12", .init(.crash(after: 12))),
  ]) func faultsAreRead(_ text: String, _ fault: Faults.Planned) {
    #expect(Faults.parse(text) == fault)
  }

  @Test(arguments: [
    "", "=", "x=", "=fail", "x=explode", "crash-after=0", "crash-after=x", "RunJobFlow=fail",
    "x=fail:0", "x=throttled-but-created", "x=fail:99999999999999999999",
  ]) func whatIsNoFaultIsRefused(_ text: String) {
    #expect(Faults.parse(text) == nil)
  }
}
