package import PlanFormat

/// Two steps of a program, of which the later one starts only when the earlier one is completed.
package typealias StepEdge = Precedence<PlaceID, Access.Mode>

extension Program {
  /// For each step, its direct predecessors.
  package var predecessors: [[StepEdge]] {
    var lists = [[StepEdge]](repeating: [], count: steps.count)
    for edge in order { lists[edge.later].append(edge) }
    return lists
  }

  /// How many of the first steps come with a new cluster: those that wait for none, where the executor
  /// adds each when it can start; else as many as EMR allows to be pending.
  package func launchCount(limit: Int) -> Int {
    guard cluster.isFed else { return min(steps.count, limit) }
    let waiting = order.map(\.later).min() ?? steps.count
    return min(waiting, limit)
  }
}
