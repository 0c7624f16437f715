package import PlanDiff
import PlanFormat

/// The graph of a plan, or of a comparison.
extension RunGraph {
  package init(_ flow: FlowGraph, title: String = "") {
    self.init(title: title)
    isComparison = flow.isComparison
    let places = FlowPlaces(flow)
    data = places.data
    let numbers = addStages(flow)
    var at: [Edge: Int] = [:]
    for (use, state) in flow.uses {
      guard let step = numbers[use.stage][use.step] else { continue }
      var edge = Edge(step: step, datum: places.datum[use.place], kind: Edge.Kind(use.kind))
      // Places that are drawn as one: what is new of one of them is new.
      if let known = at[edge] {
        if edges[known].state == .same || places.isMoved(use.place) { continue }
        if State(state) == .same { edges[known].state = .same }
        continue
      }
      at[edge] = edges.count
      edge.state = places.isMoved(use.place) ? .changed : State(state)
      edges.append(edge)
    }
    order = flow.order.map { self.order($0, flow, places) }
  }

  private func order(
    _ order: [FlowGraph.Order], _ flow: FlowGraph, _ places: FlowPlaces
  ) -> [Order] {
    // Only looked up, never iterated.
    var indices: [Int: Int] = [:]
    for (index, step) in steps.enumerated() {
      if let number = step.number { indices[number] = index }
    }
    var data: [String: Int] = [:]
    for (index, place) in flow.places.enumerated() { data[place.place] = places.datum[index] }
    return order.compactMap { order in
      guard let earlier = indices[order.earlier], let later = indices[order.later] else {
        return nil
      }
      switch order.reason {
      case .after: return Order(earlier: earlier, later: later, reason: .after)
      case .cluster: return Order(earlier: earlier, later: later, reason: .cluster)
      case .data(let place, let first, let then):
        guard let datum = data[place] else { return nil }
        return Order(
          earlier: earlier, later: later,
          reason: .data(datum, earlier: Edge.Kind(first), later: Edge.Kind(then)))
      }
    }
  }

  /// Adds stages in the order of their first steps, those without steps after the one that comes
  /// before them.
  ///
  /// - Returns: for each of the flow's stages the indices of its steps.
  private mutating func addStages(_ flow: FlowGraph) -> [[Int?]] {
    var numbers: [[Int?]] = flow.stages.map { $0.steps.map { _ in nil } }
    // A job flow alone doesn't say what its stages are.
    let unnamed = flow.stages.allSatisfy(\.name.isEmpty) ? "steps" : nil
    for (index, stage) in flow.stages.enumerated() {
      let name = stage.name.isEmpty ? unnamed : stage.name
      guard !stage.steps.isEmpty else {
        stages.append(
          Stage(name: name, absence: stage.note.isEmpty ? nil : stage.note, steps: []))
        continue
      }
      var last: Int?
      for (number, step) in stage.steps.enumerated() {
        // The cluster's own steps can be before several stages.
        let follows = last.flatMap { last in step.number.map { $0 == last + 1 } } ?? (number > 0)
        steps.append(
          Step(
            name: step.name, number: step.number, state: State(step.state), classes: step.classes,
            isShared: step.isShared))
        numbers[index][number] = steps.count - 1
        if number > 0, name != nil || follows {
          stages[stages.count - 1].steps.append(steps.count - 1)
        } else {
          stages.append(Stage(name: name, steps: [steps.count - 1]))
        }
        last = step.number ?? last
      }
      if stage.state == .added || stage.state == .removed {
        stages[stages.count - 1].state = State(stage.state)
      }
    }
    sortStages()
    return numbers
  }

  /// By their first steps' positions in the run; for determinism otherwise as they are.
  private mutating func sortStages() {
    var keys: [(Int, Int)] = []
    var last = 0
    for (index, stage) in stages.enumerated() {
      if let first = stage.steps.compactMap({ steps[$0].number }).first { last = first }
      keys.append((last, index))
    }
    let order = stages.indices.sorted { keys[$0] < keys[$1] }
    stages = order.map { stages[$0] }
  }
}

/// The places of a flow as data: those of one dataset as one, and a place that only changed its
/// location as one.
private struct FlowPlaces {
  private(set) var data: [RunGraph.Datum] = []
  /// For each place its datum.
  private(set) var datum: [Int]
  private var moved: Set<Int> = []

  private struct Use: Hashable {
    var stage: Int
    var step: Int
    var kind: FlowGraph.Edge.Kind
  }

  private struct Key: Hashable {
    var dataset: String
    var state: FlowGraph.State
  }

  init(_ flow: FlowGraph) {
    datum = [Int](repeating: 0, count: flow.places.count)
    let partners = Self.partners(flow)
    var known: [Key: Int] = [:]
    for (index, place) in flow.places.enumerated() {
      if let old = partners[index] {
        // Drawn where it is now.
        moved.formUnion([index, old])
        continue
      }
      if partners.values.contains(index) { continue }
      let key = Key(dataset: place.dataset, state: place.state)
      if !place.dataset.isEmpty, let at = known[key],
        data[at].isDurable == place.isDurable
      {
        data[at].locations.append(Plan.Output.shown(place.place, dataset: place.dataset))
        datum[index] = at
        continue
      }
      known[key] = data.count
      datum[index] = data.count
      data.append(
        RunGraph.Datum(
          name: place.dataset.isEmpty ? nil : place.dataset,
          locations: [Plan.Output.shown(place.place, dataset: place.dataset)],
          isDurable: place.isDurable, state: RunGraph.State(place.state)))
    }
    addMoved(flow, partners)
  }

  func isMoved(_ place: Int) -> Bool { moved.contains(place) }

  private mutating func addMoved(_ flow: FlowGraph, _ partners: [Int: Int]) {
    var known: [String: Int] = [:]
    // In the order of the places, for determinism.
    for (index, place) in flow.places.enumerated() {
      guard let old = partners[index] else { continue }
      let at = known[place.dataset] ?? data.count
      if at == data.count {
        known[place.dataset] = at
        data.append(
          RunGraph.Datum(
            name: place.dataset, locations: [], isDurable: place.isDurable, state: .changed))
      }
      data[at].locations.append(Plan.Output.shown(place.place, dataset: place.dataset))
      data[at].oldLocations.append(flow.places[old].place)
      datum[index] = at
      datum[old] = at
    }
  }

  /// For each place that is new the one of the same dataset that the same steps used in the same
  /// way before.
  private static func partners(_ flow: FlowGraph) -> [Int: Int] {
    var uses: [Int: Set<Use>] = [:]
    for (use, _) in flow.uses {
      uses[use.place, default: []].insert(Use(stage: use.stage, step: use.step, kind: use.kind))
    }
    var gone: [String: [Int]] = [:]
    for (index, place) in flow.places.enumerated() where place.state == .removed {
      gone[place.dataset, default: []].append(index)
    }
    var partners: [Int: Int] = [:]
    for (index, place) in flow.places.enumerated()
    where place.state == .added && !place.dataset.isEmpty {
      guard let old = gone[place.dataset]?.firstIndex(where: { uses[$0] == uses[index] }) else {
        continue
      }
      partners[index] = gone[place.dataset]?.remove(at: old)
    }
    return partners
  }
}

extension RunGraph.State {
  fileprivate init(_ state: FlowGraph.State) {
    switch state {
    case .same, .off: self = .same
    case .added: self = .added
    case .removed: self = .removed
    case .changed: self = .changed
    }
  }
}

extension RunGraph.Edge.Kind {
  fileprivate init(_ kind: FlowGraph.Edge.Kind) {
    switch kind {
    case .read: self = .read
    case .write: self = .write
    case .delete: self = .delete
    }
  }
}

extension RunGraph.Edge.Kind {
  fileprivate init(_ mode: Plan.Access.Mode) {
    switch mode {
    case .read: self = .read
    case .write: self = .write
    case .delete: self = .delete
    }
  }
}
