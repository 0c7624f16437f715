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
    /// Its position in the run, from 1; nil if the run doesn't have it any more.
    package var number: Int?
    /// The classes of its own changes, most serious first.
    package var classes: [ChangeClass] = []
    /// Whether other steps have all of its changes too.
    package var isShared = false
  }

  /// What one step does to a place.
  package struct Use: Hashable, Sendable {
    package var stage: Int
    /// The index among the stage's steps.
    package var step: Int
    package var place: Int
    package var kind: Edge.Kind
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

  /// A step that starts when another one is completed.
  package struct Order: Hashable, Sendable {
    /// Positions in the run, from 1.
    package var earlier: Int
    package var later: Int
    package var reason: Plan.Predecessor.Reason
  }

  package private(set) var stages: [Stage] = []
  package internal(set) var places: [Node] = []
  /// In the order of the steps.
  package private(set) var edges: [(edge: Edge, state: State)] = []
  /// The same for each step, in the order of the steps.
  package private(set) var uses: [(use: Use, state: State)] = []
  /// Which steps start after which, without what follows from the rest; nil in comparisons, and where
  /// the plan doesn't say it.
  package private(set) var order: [Order]?
  /// Whether it shows a change.
  package internal(set) var isComparison = false

  init() {}

  private var stageOfName: [String: Int] = [:]
  private var placeOfText: [String: Int] = [:]
  private var edgeOf: [Edge: Int] = [:]

  /// The whole of a plan.
  package init(of plan: Plan) {
    for stage in plan.stages {
      let at = addStage(stage.name)
      guard stage.status != "runs" else { continue }
      stages[at].state = .off
      stages[at].note = stage.absence ?? ""
    }
    for (index, step) in plan.steps.enumerated() {
      let stage = addStep(
        Step(name: step.name, state: .same, number: index + 1), of: step.stage)
      for access in step.accesses {
        addUse(
          stage,
          Accesses.Access(
            mode: Accesses.mode(access.mode), place: access.place, dataset: access.dataset), .same)
      }
    }
    order = Self.order(of: plan)
    // A stage that runs may have no step for these inputs.
    for index in stages.indices where stages[index].steps.isEmpty && stages[index].note.isEmpty {
      stages[index].state = .off
      stages[index].note = Plan.Stage.withoutSteps
    }
  }

  private static func order(of plan: Plan) -> [Order]? {
    guard plan.steps.contains(where: { !$0.predecessors.isEmpty }) else { return nil }
    return zip(plan.steps, plan.predecessorIndices).enumerated().flatMap { later, step in
      zip(step.0.predecessors, step.1).map { predecessor, earlier in
        Order(earlier: earlier + 1, later: later + 1, reason: predecessor.reason)
      }
    }
  }

  package var isEmpty: Bool { stages.isEmpty }

  // MARK: Parts

  private mutating func addStage(_ name: String) -> Int {
    if let known = stageOfName[name] { return known }
    stageOfName[name] = stages.count
    stages.append(Stage(name: name, state: .same, steps: [], note: ""))
    return stages.count - 1
  }

  mutating func addStep(_ step: Step, of stage: String) -> (stage: Int, step: Int) {
    let stage = addStage(stage)
    stages[stage].steps.append(step)
    return (stage, stages[stage].steps.count - 1)
  }

  mutating func addUse(
    _ at: (stage: Int, step: Int), _ access: Accesses.Access, _ state: State
  ) {
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
    uses.append((Use(stage: at.stage, step: at.step, place: place, kind: kind), state))
    let edge = Edge(stage: at.stage, place: place, kind: kind)
    if let known = edgeOf[edge] {
      // What one step no longer does, another one still does or now does.
      if edges[known].state != state { edges[known].state = .same }
    } else {
      edgeOf[edge] = edges.count
      edges.append((edge, state))
    }
  }

  /// A stage, or a place, takes the state that all its steps, or all its users, share.
  mutating func settle() {
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
