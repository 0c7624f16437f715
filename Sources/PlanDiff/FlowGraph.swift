import Text
import Locations
package import PlanFormat

/// Stages, places, and what stages do to places, for one job flow or for the change between two.
package struct FlowGraph: Sendable {
  package enum State: String, Sendable, Hashable {
    case same, added, removed, changed
    /// It doesn't run.
    case off
  }

  package struct Stage: Sendable {
    /// Empty for the cluster's own steps.
    package var name: String
    package var state: State
    package var steps: [Step]
    /// Why it doesn't run.
    package var note: String
  }

  package struct Step: Sendable {
    package var name: String
    package var state: State
  }

  package struct Node: Sendable {
    package var dataset: String
    package var place: String
    package var state: State

    /// Whether it outlives the cluster.
    package var isDurable: Bool { (try? Location(place))?.isDurable ?? true }
  }

  package struct Edge: Hashable, Sendable {
    package enum Kind: UInt8, Sendable, Hashable { case read, write, delete }

    package var stage: Int
    package var place: Int
    package var kind: Kind
  }

  package private(set) var stages: [Stage] = []
  package private(set) var places: [Node] = []
  /// In the order of the steps.
  package private(set) var edges: [(edge: Edge, state: State)] = []

  private var stageOfName: [String: Int] = [:]
  private var placeOfText: [String: Int] = [:]
  private var edgeOf: [Edge: Int] = [:]

  /// The whole of a plan.
  package init(of plan: Plan) {
    for stage in plan.stages {
      let at = addStage(stage.name)
      guard stage.status != "runs" else { continue }
      stages[at].state = .off
      stages[at].note = stage.status.replacing("-", with: " ")
    }
    for step in plan.steps {
      let stage = addStep(Side.StepName(name: step.name, stage: step.stage), .same)
      for access in step.accesses {
        addEdge(
          stage,
          Accesses.Access(
            mode: Accesses.mode(access.mode), place: access.place, dataset: access.dataset), .same)
      }
    }
  }

  /// What changed between two: stages whose steps changed, and the places that they use.
  package init(_ comparison: Comparison) {
    let (before, after) = (comparison.before, comparison.after)
    let isPlanned =
      (before.planSteps.isEmpty ? before.stepCount == 0 : true)
      && (after.planSteps.isEmpty ? after.stepCount == 0 : true)
    let old = Accesses(before, planned: isPlanned)
    let new = Accesses(after, planned: isPlanned)
    var states: [Int: State] = [:]
    var origin: [Int: Int] = [:]
    for (index, partner) in comparison.partners.enumerated() {
      if let partner { origin[partner] = index }
    }
    for change in comparison.substantial {
      if case .step(_, let index?) = change.subject {
        states[index] = change.kind == .added && change.label.isEmpty ? .added : .changed
      }
    }
    let gone = comparison.partners.enumerated().filter { $0.element == nil }.map(\.offset)
    let touched = Set(
      states.keys.map { after.stepName($0).stage } + gone.map { before.stepName($0).stage })
    guard !touched.isEmpty else { return }
    for index in 0..<after.stepCount where touched.contains(after.stepName(index).stage) {
      let state = states[index] ?? .same
      let stage = addStep(after.stepName(index), state)
      let was = origin[index].map { Set(old.of($0)) } ?? []
      let now = new.of(index)
      for access in now { addEdge(stage, access, was.contains(access) ? .same : .added) }
      // In the step's order, for determinism.
      if let partner = origin[index] {
        for access in old.of(partner) where !now.contains(access) {
          addEdge(stage, access, .removed)
        }
      }
    }
    for index in gone {
      let stage = addStep(before.stepName(index), .removed)
      for access in old.of(index) { addEdge(stage, access, .removed) }
    }
    settle()
  }

  package var isEmpty: Bool { stages.isEmpty }

  // MARK: Parts

  private mutating func addStage(_ name: String) -> Int {
    if let known = stageOfName[name] { return known }
    stageOfName[name] = stages.count
    stages.append(Stage(name: name, state: .same, steps: [], note: ""))
    return stages.count - 1
  }

  private mutating func addStep(_ step: Side.StepName, _ state: State) -> Int {
    let stage = addStage(step.stage)
    stages[stage].steps.append(Step(name: step.name, state: state))
    return stage
  }

  private mutating func addEdge(_ stage: Int, _ access: Accesses.Access, _ state: State) {
    let place = placeOfText[access.place] ?? places.count
    if place == places.count {
      placeOfText[access.place] = place
      places.append(Node(dataset: access.dataset, place: access.place, state: .same))
    }
    let kind: Edge.Kind =
      switch access.mode {
      case .read: .read
      case .write: .write
      case .delete: .delete
      }
    let edge = Edge(stage: stage, place: place, kind: kind)
    if let known = edgeOf[edge] {
      // What one step no longer does, another one still does or now does.
      if edges[known].state != state { edges[known].state = .same }
    } else {
      edgeOf[edge] = edges.count
      edges.append((edge, state))
    }
  }

  /// A stage, or a place, takes the state that all its steps, or all its users, share.
  private mutating func settle() {
    for index in stages.indices {
      let states = Set(stages[index].steps.map(\.state))
      stages[index].state =
        states == [.added]
        ? .added : states == [.removed] ? .removed : states == [.same] ? .same : .changed
    }
    for index in places.indices {
      let states = Set(edges.filter { $0.edge.place == index }.map(\.state))
      places[index].state =
        states == [.added] ? .added : states == [.removed] ? .removed : .same
    }
  }
}
