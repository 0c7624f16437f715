import Locations

/// Works out how a plan's run goes on after a failure, by the rules of docs/data-flow.md.
package struct RecoveryRules: Sendable {
  /// What a step does to one place, which is named by its index.
  struct Access: Sendable {
    var step: Int
    var mode: Plan.Access.Mode
    var place: Int
    var part: Plan.Access.Part?
    var isOwn: Bool

    /// Whether the two touch different parts of one place: both write to it, or both take from it.
    func isApart(from other: Access) -> Bool {
      guard place == other.place, (mode == .write) == (other.mode == .write), let part,
        let otherPart = other.part
      else { return false }
      return part.differs(from: otherPart)
    }
  }

  let plan: Plan
  /// By step.
  let accesses: [[Access]]
  let places: [String]
  let isDurable: [Bool]
  /// For each place what the steps do to it and to places that overlap, in the order of the steps.
  let uses: [[Access]]
  /// The places that steps which were done before this run wrote to.
  let writtenBefore: [String]

  package init(_ plan: Plan) {
    self.plan = plan
    var places: [String] = []
    var indices: [String: Int] = [:]
    accesses = plan.steps.enumerated().map { number, step in
      step.accesses.map { access in
        let index = indices[access.place] ?? places.count
        if index == places.count {
          indices[access.place] = index
          places.append(access.place)
        }
        return Access(
          step: number, mode: access.mode, place: index, part: access.part, isOwn: access.isOwn)
      }
    }
    var direct = [[Access]](repeating: [], count: places.count)
    for access in accesses.joined() { direct[access.place].append(access) }
    let locations = places.map { try? Location($0).folder }
    uses = places.indices.map { place in
      places.indices.filter { other in
        guard let one = locations[place], let two = locations[other] else { return place == other }
        return one.overlaps(two)
      }.flatMap { direct[$0] }.sorted { $0.step < $1.step }
    }
    self.places = places
    isDurable = locations.map { $0?.isDurable ?? true }
    writtenBefore = plan.done.flatMap(\.accesses).filter { $0.mode == .write }.map(\.place)
  }

  /// - Parameters:
  ///   - progress: of each step of the plan.
  ///   - restored: places whose data was put back by hand.
  package func recovery(
    after progress: [Recovery.Progress], restored: Set<String> = []
  ) -> Recovery {
    var search = RecoverySearch(self, progress, restored)
    return search.recovery()
  }

  /// After a failure in one step: those before it have completed, and those after it where they run
  /// all the same.
  package func recovery(afterFailureIn failed: Int) -> Recovery {
    var progress = plan.steps.indices.map { index -> Recovery.Progress in
      index < failed ? .completed : index == failed ? .started : .notStarted
    }
    if plan.steps[failed].actionOnFailure == "CONTINUE" {
      var incomplete: Set = [plan.steps[failed].name]
      for index in plan.steps.indices.dropFirst(failed + 1) {
        let step = plan.steps[index]
        if step.predecessors.contains(where: incomplete.contains) {
          incomplete.insert(step.name)
        } else {
          progress[index] = .completed
        }
      }
    }
    return recovery(after: progress)
  }

  /// What steps do to an access's place, but for other parts of it.
  func uses(beside access: Access) -> [Access] {
    uses[access.place].filter { !$0.isApart(from: access) }
  }

  // MARK: Steps

  /// A step that moves data away from where it lasts.
  func isMove(_ step: Int) -> Bool {
    accesses[step].contains { access in
      access.mode == .delete && isDurable[access.place]
        && uses[access.place].contains { $0.step == step && $0.mode == .read }
    }
  }

  /// Whether the pipeline has it, so that it can be left out by its name.
  func isNamed(_ step: Int) -> Bool {
    !plan.steps[step].stage.isEmpty && plan.steps[step].purpose == .work
  }

  /// The sources of moves that started and did not complete. If a move deletes everything that it
  /// reads and none of that is left, it has moved all of it.
  package func sourcesOfMoves(after progress: [Recovery.Progress]) -> [(
    step: Int, places: [String]
  )] {
    plan.steps.indices.compactMap { step in
      guard progress[step] == .started, isMove(step) else { return nil }
      let sources = accesses[step].filter { $0.mode == .delete && isDurable[$0.place] }
      let reads = accesses[step].filter { $0.mode == .read }.map(\.place)
      guard reads.allSatisfy({ place in sources.contains { $0.place == place } }) else {
        return nil
      }
      return (step, sources.map { places[$0.place] })
    }
  }
}
