import PlanFormat
import Testing
import Values

/// How much of a plan can run side by side.
@Suite struct PlanOrderTests {
  /// A plan whose steps wait for these, by index.
  private static func plan(_ predecessors: [[Int]]) -> Plan {
    var plan = Plan(
      madeBy: "0", pipeline: "p", runID: "r", runTime: .init(seconds: 0, nanoseconds: 0))
    plan.steps = predecessors.enumerated().map { index, earlier in
      var step = Plan.Step(
        name: "s\(index)", stage: "", actionOnFailure: "CONTINUE", maximumTries: 1,
        timeoutSeconds: 0, accesses: [], origin: nil)
      step.predecessors = earlier.map { Plan.Predecessor(step: "s\($0)", reason: .after) }
      return step
    }
    return plan
  }

  @Test(
    arguments: [
      ([], [], []), ([[]], [0], [0]), ([[], [0], [1]], [0, 1, 2], [0]),
      ([[], [], []], [0], [0, 1, 2]),
      // A diamond.
      ([[], [0], [0], [1, 2]], [0, 1, 3], [1, 2]),
      // Two branches, of which the second is longer, and a step beside them.
      ([[], [0], [], [2], [3], []], [2, 3, 4], [0, 2, 5]),
      // The last of a step's predecessors has the longer chain.
      ([[], [], [1], [0, 2]], [1, 2, 3], [0, 1]),
    ] as [([[Int]], [Int], [Int])])
  func chainsAndFronts(_ predecessors: [[Int]], _ chain: [Int], _ front: [Int]) {
    let order = PlanOrder(Self.plan(predecessors))
    #expect(order.longestChain == chain)
    #expect(order.widestFront == front)
  }
}
