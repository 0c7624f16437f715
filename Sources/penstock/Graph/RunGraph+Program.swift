import PipelineIR
import PlanFormat
import Reports

/// What is drawn of a run.
extension RunGraph {
  init(_ program: Program) {
    self.init(title: program.name)
    addSteps(program)
    addData(program)
  }

  /// Steps in the order of the run, and stages without steps where they would be.
  private mutating func addSteps(_ program: Program) {
    var left = program.stages.indices[...]
    func addAbsent(before limit: Int, to graph: inout RunGraph) {
      while let index = left.first, index < limit {
        left.removeFirst()
        let stage = program.stages[index]
        guard !graph.stages.contains(where: { $0.name == stage.name }) else { continue }
        graph.stages.append(
          Stage(name: stage.name, absence: stage.absence ?? Plan.Stage.withoutSteps, steps: []))
      }
    }
    for (index, step) in program.steps.enumerated() {
      let stage = step.stage.map { Int($0.index) }.flatMap {
        program.stages.indices.contains($0) ? $0 : nil
      }
      if let stage { addAbsent(before: stage, to: &self) }
      append(
        Step(name: program.texts[step.name], number: index + 1),
        to: stage.map { program.stages[$0].name })
    }
    addAbsent(before: program.stages.count, to: &self)
  }

  private mutating func addData(_ program: Program) {
    var datasetOfPlace: [Int32: Int] = [:]
    for (index, dataset) in program.datasets.enumerated() {
      for place in dataset.places where datasetOfPlace[place.index] == nil {
        datasetOfPlace[place.index] = index
      }
    }
    var datumOfDataset: [Int: Int] = [:]
    var datumOfPlace: [Int32: Int] = [:]
    var seen: Set<Edge> = []
    for (index, step) in program.steps.enumerated() {
      for access in program.accesses(of: step) {
        let place = access.place.index
        let dataset = datasetOfPlace[place]
        let known = dataset.map { datumOfDataset[$0] } ?? datumOfPlace[place]
        let datum = known ?? data.count
        if known == nil {
          data.append(Self.datum(dataset, access.place, program))
          if let dataset { datumOfDataset[dataset] = datum } else { datumOfPlace[place] = datum }
        }
        let edge = Edge(step: index, datum: datum, kind: access.mode.edge)
        if seen.insert(edge).inserted { edges.append(edge) }
      }
    }
    order = program.order.map { edge in
      let reason: Order.Reason =
        switch edge.reason {
        case .after: .after
        case .cluster: .cluster
        case .data(let place, let earlier, let later):
          // The place is one that the later step uses.
          .data(
            datasetOfPlace[place.index].flatMap { datumOfDataset[$0] }
              ?? datumOfPlace[place.index] ?? 0, earlier: earlier.edge, later: later.edge)
        }
      return Order(earlier: edge.earlier, later: edge.later, reason: reason)
    }
  }

  private static func datum(_ dataset: Int?, _ place: PlaceID, _ program: Program) -> Datum {
    let places = dataset.map { program.datasets[$0].places } ?? [place]
    let known = places.filter { program.places.indices.contains(Int($0.index)) }
      .map { program.places[Int($0.index)] }
    return Datum(
      name: dataset.map { program.datasets[$0].name },
      locations: known.map { program.texts[$0.text] }, isDurable: known.allSatisfy(\.isDurable))
  }
}

extension Access.Mode {
  fileprivate var edge: RunGraph.Edge.Kind {
    switch self {
    case .read: .read
    case .write: .write
    case .delete: .delete
    }
  }
}

extension PipelineIR.Stage {
  /// Why it doesn't run, in the words of plans; nil if it does.
  fileprivate var absence: String? {
    switch status {
    case .undecided, .selected: nil
    case .notApplicable, .skipped, .beforeResumption, .partOfUnselected:
      Plan.Stage(name: name, status: status.word, reason: reason, origin: nil).absence
    }
  }
}
