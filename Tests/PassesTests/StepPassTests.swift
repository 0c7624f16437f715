import Passes
import PipelineIR
import Testing

/// The passes that change steps one by one.
@Suite struct StepPassTests {
  @Test(arguments: [(false, Step.ActionOnFailure.terminateJobFlow), (true, .cancelAndWait)])
  func hardenDecidesWhatIsUndecided(_ isPersistent: Bool, _ action: Step.ActionOnFailure) throws {
    var steps = try PassCase()
    steps.program.cluster.isPersistent = isPersistent
    steps.step("One")
    steps.step("Two", onFailure: .proceed)
    let report = try steps.run("harden")
    #expect(steps.program.steps.map(\.actionOnFailure) == [action, .proceed])
    #expect(report.explanations.map(\.subject) == ["1 steps"])
    #expect(try steps.run("harden").explanations.isEmpty, "all is decided")
  }
}
