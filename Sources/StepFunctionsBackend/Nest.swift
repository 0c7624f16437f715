/// Steps as Step Functions runs them: one after another, or side by side.
package indirect enum Nest: Equatable {
  case step(Int)
  /// Each part starts when the one before it has ended.
  case series([Nest])
  /// All parts start at once; it ends when all of them have ended.
  case parallel([Nest])

  /// How many steps may run at the same time.
  package var width: Int {
    switch self {
    case .step: 1
    case .series(let parts): parts.map(\.width).max() ?? 0
    case .parallel(let parts): parts.reduce(0) { $0 + $1.width }
    }
  }
}

/// The order of steps, as a relation that is complete: with A before B and B before C, A is before C.
package struct StepOrder {
  private let count: Int
  /// For each step, the steps before it.
  private let before: [BitRow]
  /// For each step, the steps that are before or after it.
  private let related: [BitRow]
  /// For each step, how many steps come before it in the longest chain.
  private let depths: [Int]

  /// - Parameter predecessors: for each step, steps before it, all of which have smaller numbers.
  package init(_ predecessors: [[Int]]) {
    count = predecessors.count
    var before: [BitRow] = []
    var depths: [Int] = []
    for (step, direct) in predecessors.enumerated() {
      var row = BitRow(predecessors.count)
      var depth = 0
      for earlier in direct where earlier < step {
        row.insert(earlier)
        row.formUnion(before[earlier])
        depth = max(depth, depths[earlier] + 1)
      }
      before.append(row)
      depths.append(depth)
    }
    var related = before
    for step in before.indices {
      for earlier in 0..<step where before[step].contains(earlier) { related[earlier].insert(step) }
    }
    self.before = before
    self.related = related
    self.depths = depths
  }

  package func isOrdered(_ earlier: Int, _ later: Int) -> Bool { before[later].contains(earlier) }

  /// A nest that keeps the whole order. It adds none where the order is series-parallel; elsewhere it
  /// adds what the cheapest cut between two depths needs.
  package var nest: Nest { nest(of: Array(0..<count)) }

  private func nest(of steps: [Int]) -> Nest {
    if steps.count == 1, let only = steps.first { return .step(only) }
    let apart = components(steps) { related[$0].contains($1) }
    if apart.count > 1 { return .parallel(apart.map(nest)) }
    let chained = components(steps) { !related[$0].contains($1) }
    if chained.count > 1 {
      // Between two such parts, all steps of one come before all of the other.
      let sorted = chained.sorted { left, right in
        guard let one = left.first, let other = right.first else { return false }
        return isOrdered(one, other)
      }
      return .series(sorted.map(nest))
    }
    guard !steps.isEmpty else { return .series([]) }
    let (first, second) = cut(steps)
    return .series([nest(of: first), nest(of: second)].flatMap(\.parts))
  }

  /// Two halves with the fewest pairs that the order leaves open; the first such cut.
  private func cut(_ steps: [Int]) -> ([Int], [Int]) {
    var best: (cost: Int, first: [Int], second: [Int])?
    for depth in Set(steps.map { depths[$0] }).sorted().dropLast() {
      let first = steps.filter { depths[$0] <= depth }
      let second = steps.filter { depths[$0] > depth }
      let cost = second.reduce(0) { sum, later in
        sum + first.count { !isOrdered($0, later) }
      }
      if best.map({ cost < $0.cost }) ?? true { best = (cost, first, second) }
    }
    guard let best else { return (steps, []) }
    return (best.first, best.second)
  }

  /// The parts in which steps are connected, in the order of their first steps.
  private func components(_ steps: [Int], _ areConnected: (Int, Int) -> Bool) -> [[Int]] {
    var rest = steps
    var parts: [[Int]] = []
    while let first = rest.first {
      var part = [first]
      rest.removeFirst()
      var next = 0
      while next < part.count {
        let step = part[next]
        let found = rest.filter { areConnected(step, $0) }
        if !found.isEmpty { rest.removeAll { areConnected(step, $0) } }
        part += found
        next += 1
      }
      parts.append(part.sorted())
    }
    return parts
  }
}

extension Nest {
  /// The parts of a series, or the nest itself.
  fileprivate var parts: [Nest] {
    if case .series(let parts) = self { parts } else { [self] }
  }
}

/// A set of small numbers.
private struct BitRow {
  private var words: [UInt64]

  init(_ count: Int) { words = Array(repeating: 0, count: (count + 63) / 64) }

  func contains(_ number: Int) -> Bool { words[number / 64] >> UInt64(number % 64) & 1 == 1 }

  mutating func insert(_ number: Int) { words[number / 64] |= 1 << UInt64(number % 64) }

  mutating func formUnion(_ other: BitRow) {
    for index in words.indices { words[index] |= other.words[index] }
  }
}
