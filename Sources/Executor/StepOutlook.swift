package import AWSServices
package import PlanFormat

/// What becomes of a step that isn't on the cluster.
package enum StepOutlook: Hashable, Sendable {
  /// It is added next, once the cluster has room.
  case ready
  /// It is added when these are completed.
  case waiting(for: [String])
  /// It is never added, as these were not completed.
  case heldBack(by: [String])

  /// Of the steps that a plan's run hasn't added, by name. Empty if they aren't added by their order.
  ///
  /// - Parameters:
  ///   - steps: those on the cluster, each name's latest try last.
  ///   - isOver: whether the run has ended, so that none is added any more.
  package static func of(
    _ plan: Plan, steps: [StepDescription], isOver: Bool
  ) -> [String: StepOutlook] {
    guard plan.cluster.isFed else { return [:] }
    var states: [String: StepState] = [:]
    for step in steps { states[step.name] = step.state }
    var outlook: [String: StepOutlook] = [:]
    let predecessors = plan.predecessorIndices
    for (index, step) in plan.steps.enumerated() where states[step.name] == nil {
      let names = predecessors[index].map { plan.steps[$0].name }
      let open = names.filter { states[$0] != .completed }
      // Of a failed step it isn't known whether it is tried again, unless the run has ended.
      let lost = open.flatMap { name -> [String] in
        if case .heldBack(let causes)? = outlook[name] { return causes }
        return isOver && states[name] != nil ? [name] : []
      }
      if !lost.isEmpty {
        outlook[step.name] = .heldBack(by: lost.withoutRepetitions)
      } else if isOver {
        outlook[step.name] = .heldBack(by: open)
      } else {
        outlook[step.name] = open.isEmpty ? .ready : .waiting(for: open)
      }
    }
    return outlook
  }
}

extension [String] {
  fileprivate var withoutRepetitions: [String] {
    var seen: Set<String> = []
    return filter { seen.insert($0).inserted }
  }
}
