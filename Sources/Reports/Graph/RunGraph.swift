package import PlanDiff
package import PlanFormat

/// What of a pipeline, a run or a comparison is drawn: stages with their steps, data, and what steps
/// do to data.
package struct RunGraph: Sendable {
  /// What a comparison says about a part.
  package enum State: String, Sendable { case same, added, removed, changed }

  package struct Step: Sendable {
    package var name: String
    /// Its position in the run, from 1; nil if that isn't known or the run doesn't have it any more.
    package var number: Int?
    /// What has to be known about it, in few words: `only if it is missing`.
    package var note: String
    package var state: State
    /// The classes of its changes, most serious first.
    package var classes: [ChangeClass]
    /// Whether other steps have all of its changes too.
    package var isShared: Bool

    package init(
      name: String, number: Int?, note: String = "", state: State = .same,
      classes: [ChangeClass] = [], isShared: Bool = false
    ) {
      self.name = name
      self.number = number
      self.note = note
      self.state = state
      self.classes = classes
      self.isShared = isShared
    }
  }

  package struct Stage: Sendable {
    /// Nil for the steps of the cluster itself.
    package var name: String?
    /// Why it does not run; nil where it does.
    package var absence: String?
    /// Indices into `steps`.
    package var steps: [Int]
    package var state: State

    package init(name: String?, absence: String? = nil, steps: [Int], state: State = .same) {
      self.name = name
      self.absence = absence
      self.steps = steps
      self.state = state
    }
  }

  package struct Datum: Sendable {
    /// The dataset's name; nil for a location that no dataset has.
    package var name: String?
    package var locations: [String]
    /// Where it was, if a comparison found it in another place.
    package var oldLocations: [String]
    package var isDurable: Bool
    package var state: State

    package init(
      name: String?, locations: [String], isDurable: Bool, oldLocations: [String] = [],
      state: State = .same
    ) {
      self.name = name
      self.locations = locations
      self.isDurable = isDurable
      self.oldLocations = oldLocations
      self.state = state
    }
  }

  package struct Edge: Hashable, Sendable {
    package enum Kind: UInt8, Sendable, CaseIterable { case read, write, delete }

    package var step: Int
    package var datum: Int
    package var kind: Kind
    package var state: State

    package init(step: Int, datum: Int, kind: Kind, state: State = .same) {
      self.step = step
      self.datum = datum
      self.kind = kind
      self.state = state
    }
  }

  /// A step that starts when another one is completed; the data is an index into `data`.
  package typealias Order = Precedence<Int, Edge.Kind>

  package var title: String
  /// In the order of the run.
  package var stages: [Stage] = []
  /// In the order of the run.
  package var steps: [Step] = []
  /// Only what steps use, in the order of their use.
  package var data: [Datum] = []
  package var edges: [Edge] = []
  /// Which steps start after which, without what follows from the rest; nil if that isn't known.
  package var order: [Order]?
  /// Whether it shows a change: what has none is faded.
  package var isComparison = false

  package init(title: String) { self.title = title }

  package var isEmpty: Bool { stages.isEmpty }

  /// The order of steps where no arrows from the earlier one to data, and from there to the later one,
  /// show it.
  var orderBesideData: [Order] {
    let known = Set(edges.map { Edge(step: $0.step, datum: $0.datum, kind: $0.kind) })
    return (order ?? []).filter { order in
      guard case .data(let datum, earlier: .write, later: .read) = order.reason else { return true }
      return !known.contains(Edge(step: order.earlier, datum: datum, kind: .write))
        || !known.contains(Edge(step: order.later, datum: datum, kind: .read))
    }
  }

  /// Why one step starts after another, in few words: `after`, `raw: read, then deleted`.
  func words(_ reason: Order.Reason) -> String {
    switch reason {
    case .after: return "after"
    case .cluster: return "cluster"
    case .data(let datum, let earlier, let later):
      let name = data[datum].name ?? data[datum].locations.first ?? ""
      return "\(name): \(earlier.participle), then \(later.participle)"
    }
  }

  /// Adds a stage's steps; those without a stage that don't follow each other are several groups.
  package mutating func append(_ step: Step, to stage: String?) {
    steps.append(step)
    if let at = stages.lastIndex(where: { $0.name == stage }),
      stage != nil || at == stages.count - 1
    {
      stages[at].steps.append(steps.count - 1)
    } else {
      stages.append(Stage(name: stage, steps: [steps.count - 1]))
    }
  }
}

extension RunGraph.Edge.Kind {
  var participle: String {
    switch self {
    case .read: "read"
    case .write: "written"
    case .delete: "deleted"
    }
  }
}
