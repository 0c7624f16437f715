import Documents
import Values

extension FlowGraph {
  /// What changed between two: stages whose steps changed, and the places that they use.
  ///
  /// - Parameter isWhole: with the stages in which nothing changed.
  package init(_ comparison: Comparison, isWhole: Bool = false) {
    self.init()
    isComparison = true
    let after = comparison.after
    let sides = FlowSides(comparison)
    guard !sides.touched.isEmpty else { return }
    addGone(after: -1, sides)
    for index in 0..<after.stepCount {
      let name = after.stepName(index)
      if isWhole || sides.touched.contains(name.stage) {
        let at = addStep(sides.marks.step(index, named: name.name), of: name.stage)
        for (access, state) in sides.accesses(index) { addUse(at, access, state) }
      }
      addGone(after: index, sides)
    }
    settle()
    for index in places.indices {
      places[index].place = comparison.hidingRuns(places[index].place)
    }
  }

  /// A step that is gone comes after the one that it came after.
  private mutating func addGone(after step: Int, _ sides: FlowSides) {
    for index in sides.gone[step] ?? [] {
      let name = sides.before.stepName(index)
      let step = Step(name: name.name, state: .removed, number: nil, classes: [.data])
      let at = addStep(step, of: name.stage)
      for access in sides.old.of(index) { addUse(at, access, .removed) }
    }
  }
}

/// What a graph of a comparison is made from.
private struct FlowSides {
  let before: Side
  let old: Accesses
  let new: Accesses
  let marks: StepMarks
  /// For each step of the second side its partner on the first.
  private var origin: [Int: Int] = [:]
  /// For a step of the second side, or -1 for the start, the steps that came after it and are gone.
  private(set) var gone: [Int: [Int]] = [:]
  /// The stages in which a step changed.
  private(set) var touched: Set<String> = []

  init(_ comparison: Comparison) {
    before = comparison.before
    let after = comparison.after
    let isPlanned =
      (before.planSteps.isEmpty ? before.stepCount == 0 : true)
      && (after.planSteps.isEmpty ? after.stepCount == 0 : true)
    old = Accesses(before, planned: isPlanned)
    new = Accesses(after, planned: isPlanned)
    marks = StepMarks(comparison)
    touched = Set(marks.states.keys.map { after.stepName($0).stage })
    var last = -1
    for (index, partner) in comparison.partners.enumerated() {
      last = partner ?? last
      if let partner {
        origin[partner] = index
      } else {
        gone[last, default: []].append(index)
        touched.insert(before.stepName(index).stage)
      }
    }
  }

  /// What a step of the second side does, and what it no longer does, in its order.
  func accesses(_ index: Int) -> [(Accesses.Access, FlowGraph.State)] {
    let was = origin[index].map { old.of($0) } ?? []
    let now = new.of(index)
    let known = Set(was)
    return now.map { ($0, known.contains($0) ? .same : .added) }
      + was.filter { !now.contains($0) }.map { ($0, .removed) }
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
