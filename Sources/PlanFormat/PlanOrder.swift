/// How much of a plan can run side by side, by what each step waits for.
///
/// How long steps take isn't known, so this counts steps.
package struct PlanOrder: Equatable, Sendable {
  /// The longest chain of steps that wait for one another, by index; the first one if there are
  /// several.
  package private(set) var longestChain: [Int] = []
  /// The most steps that run at once if each starts as early as it can and all take equally long; the
  /// first such group if there are several.
  package private(set) var widestFront: [Int] = []

  package init(_ plan: Plan) {
    let predecessors = plan.predecessorIndices
    // For each step, how many steps the longest chain has that ends with it.
    var lengths: [Int] = []
    var fronts: [[Int]] = []
    for (index, earlier) in predecessors.enumerated() {
      let length = (earlier.map { lengths[$0] }.max() ?? 0) + 1
      lengths.append(length)
      if length > fronts.count { fronts.append([]) }
      fronts[length - 1].append(index)
    }
    widestFront = fronts.reduce([]) { $0.count >= $1.count ? $0 : $1 }
    var next = fronts.last?.first
    while let step = next {
      longestChain.append(step)
      next = predecessors[step].first { lengths[$0] == lengths[step] - 1 }
    }
    longestChain.reverse()
  }
}
