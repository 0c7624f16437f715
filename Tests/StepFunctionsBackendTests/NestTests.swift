import StepFunctionsBackend
import TestSupport
import Testing

/// Steps nested in series and side by side keep the order that they come from.
@Suite struct NestTests {
  @Test func nestsThatAreSeriesParallelAddNothing() {
    // 0 → 1, 0 → 2, both → 3; 4 on its own.
    let nest = StepOrder([[], [0], [0], [1, 2], []]).nest
    #expect(
      nest
        == .parallel([
          .series([.step(0), .parallel([.step(1), .step(2)]), .step(3)]), .step(4),
        ]))
    #expect(nest.width == 3)
    #expect(StepOrder([]).nest == .series([]))
    #expect(StepOrder([[]]).nest == .step(0))
  }

  /// 0 → 2, 0 → 3, 1 → 3 has no such form: a pair more is ordered.
  @Test func theCheapestCutIsTaken() {
    let nest = StepOrder([[], [], [0], [0, 1]]).nest
    #expect(
      nest == .series([.parallel([.step(0), .step(1)]), .parallel([.step(2), .step(3)])]))
  }

  @Test(arguments: 1...60) func theOrderIsKept(seed: UInt64) {
    var random = SeededGenerator(state: seed)
    let count = Int.random(in: 1...24, using: &random)
    let density = Int.random(in: 1...8, using: &random)
    let predecessors = (0..<count).map { later in
      (0..<later).filter { _ in Int.random(in: 0..<10, using: &random) < density }
    }
    let order = StepOrder(predecessors)
    var pairs: Set<[Int]> = []
    let steps = Self.collect(order.nest, &pairs)
    #expect(steps.sorted() == Array(0..<count))
    for (later, direct) in predecessors.enumerated() {
      for earlier in direct { #expect(pairs.contains([earlier, later]), "\(earlier) → \(later)") }
    }
    for pair in pairs { #expect(pair[0] < pair[1] || !order.isOrdered(pair[1], pair[0])) }
  }

  /// The steps of a nest; adds all pairs of which one comes before the other.
  private static func collect(_ nest: Nest, _ pairs: inout Set<[Int]>) -> [Int] {
    switch nest {
    case .step(let step): return [step]
    case .parallel(let parts): return parts.flatMap { collect($0, &pairs) }
    case .series(let parts):
      var steps: [Int] = []
      for part in parts {
        let more = collect(part, &pairs)
        for earlier in steps { for later in more { pairs.insert([earlier, later]) } }
        steps += more
      }
      return steps
    }
  }
}
