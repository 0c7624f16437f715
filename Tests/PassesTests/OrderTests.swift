import PlanFormat
import Diagnostics
import Passes
import PipelineIR
import Testing

/// Which steps wait for which, and why.
@Suite struct OrderTests {
  private static let pass = "order-steps"

  /// The program's lines about the order, with the names of the steps.
  private static func order(_ flow: inout PassCase) throws -> [String] {
    // One that ends with the run has to be kept for that, which takes a whole job flow.
    flow.program.cluster.isPersistent = true
    #expect(try flow.codes(pass) == [])
    let program = flow.program
    return program.order.map { edge in
      let names = [edge.earlier, edge.later].map { program.text(program.steps[$0].name) }
      return "\(names[0]) → \(names[1]): \(word(edge.reason, program))"
    }
  }

  private static func word(_ reason: StepEdge.Reason, _ program: Program) -> String {
    switch reason {
    case .after: "after"
    case .cluster: "cluster"
    case .data(let place, let earlier, let later):
      "\(earlier), \(later) \(program.placeText(place))"
    }
  }

  @Test(arguments: [
    (Access.Mode.read, Access.Mode.read, false), (.read, .write, true), (.read, .delete, true),
    (.write, .read, true), (.write, .write, true), (.write, .delete, true),
    (.delete, .read, true), (.delete, .write, true), (.delete, .delete, true),
  ]) func aChangeOrdersTheSteps(_ first: Access.Mode, _ second: Access.Mode, _ isOrdered: Bool)
    throws
  {
    for (one, other) in [("s3://b/x/", "s3://b/x/y/"), ("s3://b/x/y/", "s3://b/x/")] {
      var flow = try PassCase()
      flow.step("A", (first, one))
      flow.step("B", (second, other))
      #expect(
        try Self.order(&flow) == (isOrdered ? ["A → B: \(first), \(second) \(other)"] : []))
    }
    var apart = try PassCase()
    apart.step("A", (first, "s3://b/x/"))
    apart.step("B", (second, "s3://b/y/"))
    #expect(try Self.order(&apart) == [])
  }

  /// What follows from other pairs is left out, also behind an `after`.
  @Test func aDiamondIsReduced() throws {
    var flow = try PassCase()
    flow.step("Top", (.write, "s3://b/top/"))
    flow.step("Left", (.read, "s3://b/top/"), (.write, "s3://b/left/"))
    flow.step("Right", (.read, "s3://b/top/"), (.write, "s3://b/right/"))
    flow.step(
      "Bottom", (.read, "s3://b/left/"), (.read, "s3://b/right/"), (.read, "s3://b/top/"),
      after: ["Top"])
    #expect(
      try Self.order(&flow) == [
        "Top → Left: write, read s3://b/top/", "Top → Right: write, read s3://b/top/",
        "Left → Bottom: write, read s3://b/left/", "Right → Bottom: write, read s3://b/right/",
      ])
  }

  @Test func theReasonThatSaysMostIsGiven() throws {
    var flow = try PassCase()
    flow.step("A", (.read, "s3://b/x/"), (.write, "s3://b/y/"))
    flow.step("B", (.write, "s3://b/x/"), (.read, "s3://b/y/"))
    #expect(try Self.order(&flow) == ["A → B: write, read s3://b/y/"])
    flow = try PassCase()
    flow.step("A", (.write, "s3://b/y/"))
    flow.step("B", (.read, "s3://b/y/"), after: ["A"])
    #expect(try Self.order(&flow) == ["A → B: after"])
  }

  @Test func partsOfAPlaceAreChangedSideBySide() throws {
    var flow = try PassCase()
    flow.step("One", (.read, "s3://b/x/"), (.delete, "s3://b/x/"), (.write, "s3://b/y/"), part: 1)
    flow.step("Two", (.read, "s3://b/x/"), (.delete, "s3://b/x/"), (.write, "s3://b/y/"), part: 2)
    #expect(try Self.order(&flow) == [])
    flow.step("Reader", (.read, "s3://b/y/"), part: 3)
    #expect(
      try Self.order(&flow) == [
        "One → Reader: write, read s3://b/y/", "Two → Reader: write, read s3://b/y/",
      ])
  }

  /// Each step waits for the last of the cluster's own, and these for all before them.
  @Test func theClustersStepsAreBarriers() throws {
    var flow = try PassCase()
    for name in ["Prepare", "A", "B", "Clean", "C"] { flow.step(name) }
    for index in [0, 3] { flow.program.steps[index].stage = nil }
    #expect(
      try Self.order(&flow) == [
        "Prepare → A: cluster", "Prepare → B: cluster", "A → Clean: cluster",
        "B → Clean: cluster", "Clean → C: cluster",
      ])
  }

  @Test(arguments: [(Int64(1), false), (2, true)])
  func stepsAreAddedInOrderWhereSeveralRun(_ count: Int64, _ isFed: Bool) throws {
    var flow = try PassCase()
    flow.step("A", (.write, "s3://b/x/"))
    flow.step("B", (.read, "s3://b/x/"))
    flow.runAtOnce(count)
    _ = try Self.order(&flow)
    #expect(flow.program.cluster.isFed == isFed)
  }

  @Test func stepsThatWaitForNothingAreAddedAtOnce() throws {
    var flow = try PassCase()
    flow.step("A", (.write, "s3://b/x/"))
    flow.step("B", (.write, "s3://b/y/"))
    flow.runAtOnce(2)
    #expect(try Self.order(&flow) == [])
    #expect(!flow.program.cluster.isFed)
  }

  /// EMR would run a step after the failure of one that it names, whether or not another one that it
  /// waits for comes between them.
  @Test(arguments: [
    (Step.ActionOnFailure.cancelAndWait, false), (.terminateJobFlow, false), (.proceed, true),
  ]) func stepsAreAddedInOrderAfterOneThatMayFail(
    _ action: Step.ActionOnFailure, _ isFed: Bool
  ) throws {
    var flow = try PassCase()
    flow.step("A", (.read, "s3://b/x/"), onFailure: action)
    flow.step("B", (.write, "s3://b/x/"), (.write, "s3://b/y/"))
    flow.step("C", (.read, "s3://b/y/"), after: ["A"])
    #expect(
      try Self.order(&flow) == [
        "A → B: read, write s3://b/x/", "B → C: write, read s3://b/y/",
      ])
    #expect(flow.program.cluster.isFed == isFed)
  }

  /// Those who submit a job flow add all of its steps at once.
  @Test func aJobFlowForOthersIsNotAddedInOrder() throws {
    var flow = try PassCase()
    flow.step("A", (.write, "s3://b/x/"))
    flow.step("B", (.read, "s3://b/x/"))
    flow.runAtOnce(2)
    flow.options.isSubmittedAtOnce = true
    #expect(try Self.order(&flow) == ["A → B: write, read s3://b/x/"])
    #expect(!flow.program.cluster.isFed)
    #expect(try flow.codes("verify-data-flow") == [.dataRace])
  }

  @Test func afterNamesAnEarlierStep() throws {
    var flow = try PassCase()
    flow.step("Make", (.write, "s3://b/x/"), after: ["Use"])
    flow.step("Use", (.read, "s3://b/x/"), after: ["Mak"])
    flow.step("Self", (.read, "s3://b/x/"), after: ["Self"])
    #expect(
      try flow.codes(Self.pass) == [.afterUnknownStep, .afterUnknownStep, .afterUnknownStep])
  }

  @Test func aStepThatIsDoneIsWaitedForNoLonger() throws {
    var flow = try PassCase()
    flow.done("Make", (.write, "s3://b/x/"))
    flow.step("Use", (.read, "s3://b/x/"), after: ["Make"])
    #expect(try Self.order(&flow) == [])
  }
}
