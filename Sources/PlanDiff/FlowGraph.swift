import Documents
import Locations
package import PlanFormat
import Values

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

  package private(set) var stages: [Stage] = []
  package private(set) var places: [Node] = []
  /// In the order of the steps.
  package private(set) var edges: [(edge: Edge, state: State)] = []
  /// The same for each step, in the order of the steps.
  package private(set) var uses: [(use: Use, state: State)] = []
  /// Whether it shows a change.
  package private(set) var isComparison = false

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
    // A stage that runs may have no step for these inputs.
    for index in stages.indices where stages[index].steps.isEmpty && stages[index].note.isEmpty {
      stages[index].state = .off
      stages[index].note = Plan.Stage.withoutSteps
    }
  }

  /// What changed between two: stages whose steps changed, and the places that they use.
  ///
  /// - Parameter isWhole: with the stages in which nothing changed.
  package init(_ comparison: Comparison, isWhole: Bool = false) {
    isComparison = true
    let (before, after) = (comparison.before, comparison.after)
    let isPlanned =
      (before.planSteps.isEmpty ? before.stepCount == 0 : true)
      && (after.planSteps.isEmpty ? after.stepCount == 0 : true)
    let old = Accesses(before, planned: isPlanned)
    let new = Accesses(after, planned: isPlanned)
    let marks = StepMarks(comparison)
    var origin: [Int: Int] = [:]
    for (index, partner) in comparison.partners.enumerated() {
      if let partner { origin[partner] = index }
    }
    let gone = comparison.partners.enumerated().filter { $0.element == nil }.map(\.offset)
    let touched = Set(
      marks.states.keys.map { after.stepName($0).stage } + gone.map { before.stepName($0).stage })
    guard !touched.isEmpty else { return }
    // A step that is gone comes after the one that it came after.
    var following: [Int: [Int]] = [:]
    var last = -1
    for (index, partner) in comparison.partners.enumerated() {
      last = partner ?? last
      if partner == nil { following[last, default: []].append(index) }
    }
    func addGone(after step: Int, to graph: inout FlowGraph) {
      for index in following[step] ?? [] {
        let name = before.stepName(index)
        let step = Step(name: name.name, state: .removed, number: nil, classes: [.data])
        let at = graph.addStep(step, of: name.stage)
        for access in old.of(index) { graph.addUse(at, access, .removed) }
      }
    }
    addGone(after: -1, to: &self)
    for index in 0..<after.stepCount {
      let name = after.stepName(index)
      defer { addGone(after: index, to: &self) }
      guard isWhole || touched.contains(name.stage) else { continue }
      let at = addStep(marks.step(index, named: name.name), of: name.stage)
      let was = origin[index].map { Set(old.of($0)) } ?? []
      let now = new.of(index)
      for access in now { addUse(at, access, was.contains(access) ? .same : .added) }
      // In the step's order, for determinism.
      if let partner = origin[index] {
        for access in old.of(partner) where !now.contains(access) {
          addUse(at, access, .removed)
        }
      }
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

  private mutating func addStep(_ step: Step, of stage: String) -> (stage: Int, step: Int) {
    let stage = addStage(stage)
    stages[stage].steps.append(step)
    return (stage, stages[stage].steps.count - 1)
  }

  private mutating func addUse(
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

/// What a comparison says about the steps of the second side.
private struct StepMarks {
  private struct Key: Hashable {
    var kind: Change.Kind
    var label: [String]
    var before: String
    var after: String

    init(_ change: Change) {
      kind = change.kind
      label = change.label
      before = Self.text(change.before)
      after = Self.text(change.after)
    }

    private static func text(_ value: Value?) -> String {
      guard let value else { return "" }
      var writer = CanonicalJSONWriter(pretty: false)
      writer.value(value, revealingSecrets: false)
      return String(decoding: writer.bytes, as: UTF8.self)
    }
  }

  private(set) var states: [Int: FlowGraph.State] = [:]
  private var classes: [Int: Set<ChangeClass>] = [:]
  private var keys: [Int: [Key]] = [:]
  private var users: [Key: Int] = [:]

  init(_ comparison: Comparison) {
    for change in comparison.substantial {
      guard case .step(_, let index?) = change.subject else { continue }
      // Where recoveries changed, nothing changed in the step itself.
      if change.isConsequence && change.label.first == "resume" { continue }
      let isNew = change.kind == .added && change.label.isEmpty
      states[index] = isNew || states[index] == .added ? .added : .changed
      guard !change.isConsequence else { continue }
      classes[index, default: []].formUnion(change.classes)
      let key = Key(change)
      keys[index, default: []].append(key)
      users[key, default: 0] += 1
    }
  }

  func step(_ index: Int, named name: String) -> FlowGraph.Step {
    var step = FlowGraph.Step(name: name, state: states[index] ?? .same, number: index + 1)
    step.classes = (classes[index] ?? []).sorted()
    let own = keys[index] ?? []
    step.isShared = !own.isEmpty && own.allSatisfy { users[$0, default: 0] > 1 }
    return step
  }
}
