extension Plan {
  /// For each step, the indices of its direct predecessors, in order.
  package var predecessorIndices: [[Int]] {
    guard steps.contains(where: { !$0.predecessors.isEmpty }) else {
      return Array(repeating: [], count: steps.count)
    }
    let indices = stepIndices
    return steps.enumerated().map { index, step in
      step.predecessors.compactMap { indices[$0.step] }.filter { $0 < index }
    }
  }

  /// For each step, the indices of those that the pipeline names in its `after`, in order.
  package var afterIndices: [[Int]] {
    guard steps.contains(where: { !$0.after.isEmpty }) else {
      return Array(repeating: [], count: steps.count)
    }
    let indices = stepIndices
    return steps.enumerated().map { index, step in
      step.after.compactMap { indices[$0] }.filter { $0 < index }
    }
  }

  /// Whether a step doesn't run because one of these steps isn't completed.
  func waits(_ step: Step, for incomplete: Set<String>) -> Bool {
    step.after.contains(where: incomplete.contains)
      || cluster.isFed && step.predecessors.contains { incomplete.contains($0.step) }
  }

  /// By name; only looked up, never iterated.
  private var stepIndices: [String: Int] {
    var indices: [String: Int] = [:]
    for (index, step) in steps.enumerated() { indices[step.name] = indices[step.name] ?? index }
    return indices
  }
}
