import Locations

/// Works out how to continue a plan's run after a failure, by the rules of docs/data-flow.md.
package struct RecoveryRules: Sendable {
  /// What a step does to one place, given by index.
  struct Access: Sendable {
    var step: Int
    var mode: Plan.Access.Mode
    var place: Int
    var part: Plan.Access.Part?
    var isOwn: Bool

    /// Whether both write to, or both take from, different parts of the same place.
    func isApart(from other: Access) -> Bool {
      guard place == other.place, (mode == .write) == (other.mode == .write), let part,
        let otherPart = other.part
      else { return false }
      return part.differs(from: otherPart)
    }
  }

  let plan: Plan
  /// Indexed by step.
  let accesses: [[Access]]
  let places: [String]
  let isDurable: [Bool]
  /// For each place, what the steps do to it and to overlapping places, in the order of the steps.
  let uses: [[Access]]
  /// The places written by steps that were done before this run.
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
  ///   - progress: how far each step of the plan got.
  ///   - restored: places whose data was restored by hand.
  package func recovery(
    after progress: [Recovery.Progress], restored: Set<String> = []
  ) -> Recovery {
    var search = RecoverySearch(self, progress, restored)
    return search.recovery()
  }

  /// After a failure in one step: those before it have completed, and so have those after it that
  /// run regardless.
  package func recovery(afterFailureIn failed: Int) -> Recovery {
    var progress = plan.steps.indices.map { index -> Recovery.Progress in
      index < failed ? .completed : index == failed ? .started : .notStarted
    }
    if plan.steps[failed].actionOnFailure == "CONTINUE" {
      var incomplete: Set = [plan.steps[failed].name]
      for index in plan.steps.indices.dropFirst(failed + 1) {
        let step = plan.steps[index]
        if plan.waits(step, for: incomplete) {
          incomplete.insert(step.name)
        } else {
          progress[index] = .completed
        }
      }
    }
    return recovery(after: progress)
  }

  /// What steps do to an access's place, except to other parts of it.
  func uses(beside access: Access) -> [Access] {
    uses[access.place].filter { !$0.isApart(from: access) }
  }

  // MARK: Steps

  /// Whether a step moves data away from a durable place.
  func isMove(_ step: Int) -> Bool {
    accesses[step].contains { access in
      access.mode == .delete && isDurable[access.place]
        && uses[access.place].contains { $0.step == step && $0.mode == .read }
    }
  }

  /// Whether it is a step of the pipeline, which can be left out by name.
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
