/// Two steps of which the later one starts only when the earlier one is completed.
package struct StepEdge: Hashable, Sendable {
  package enum Reason: Hashable, Sendable {
    /// Both use a place, and one of them changes it.
    case data(PlaceID, earlier: Access.Mode, later: Access.Mode)
    /// The pipeline puts it there with `after`.
    case after
    /// One of them is a step of the cluster itself.
    case cluster
  }

  /// Indices of `Program.steps`; the earlier one is less.
  package var earlier: Int
  package var later: Int
  package var reason: Reason

  package init(earlier: Int, later: Int, reason: Reason) {
    self.earlier = earlier
    self.later = later
    self.reason = reason
  }
}

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
