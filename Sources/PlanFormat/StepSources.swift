import Locations

/// Where the data comes from that a plan's steps work on.
package struct StepSources {
  private let steps: [[Plan.Access]]
  /// How many of `steps` are done and left out; they come first.
  private let doneCount: Int

  /// - Parameter includingDone: whether the steps that the plan leaves out as done count as if it
  ///   had done them.
  package init(_ plan: Plan, includingDone: Bool) {
    let done = includingDone ? plan.done.map(\.accesses) : []
    steps = done + plan.steps.map(\.accesses)
    doneCount = done.count
  }

  /// The durable places that a step, or a step that makes what it reads, reads before any step
  /// writes there.
  package func origins(of step: Int) -> Set<String> { trace(step).origins }

  /// All places that it reads, or that are read by what makes its data.
  package func places(of step: Int) -> Set<String> { trace(step).places }

  private func trace(_ step: Int) -> (origins: Set<String>, places: Set<String>) {
    var origins: Set<String> = []
    var places: Set<String> = []
    let first = doneCount + step
    guard steps.indices.contains(first) else { return ([], []) }
    var seen: Set = [first]
    var open = [first]
    while let next = open.popLast() {
      for access in steps[next] where access.mode == .read {
        places.insert(access.place)
        let makers = self.makers(of: access.place, before: next)
        if makers.isEmpty, (try? Location(access.place))?.isDurable ?? true {
          origins.insert(access.place)
        }
        for maker in makers where seen.insert(maker).inserted { open.append(maker) }
      }
    }
    return (origins, places)
  }

  /// Nothing is known of the order of steps that are left out.
  private func makers(of place: String, before step: Int) -> [Int] {
    steps.indices.filter { other in
      other != step && (other < step || other < doneCount)
        && steps[other].contains { $0.mode == .write && Location.overlap($0.place, place) }
    }
  }
}
