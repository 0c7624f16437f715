import Documents
import PipelineIR
import Passes
import PipelineSyntax
import SourceText
import Values

import Reports

/// What is drawn of a program, and of a pipeline as it is declared.
extension RunGraph {
  init(_ program: Program) {
    self.init(title: program.name)
    steps = program.steps.map { [program.texts[$0.name]] }
    addStages(program)
    addData(program)
  }

  /// A pipeline as declared, without inputs: each stage is drawn as one step.
  init(_ pipeline: PipelineDecl, _ kinds: [StepKindDecl]) {
    self.init(title: pipeline.name?.value ?? "")
    var datumOfName: [String: Int] = [:]
    for (index, stage) in pipeline.stages.enumerated() {
      let declared = stage.steps.map { Array(pipeline.tree.items($0)) } ?? []
      let names = declared.compactMap { StepDecl(pipeline.tree, $0).name }
      steps.append(names.isEmpty ? ["no steps"] : names.map { pipeline.tree.string($0) })
      stages.append(Stage(name: stage.name.value, absence: nil, steps: [index]))
      let use = DeclaredData(stage, of: pipeline, kinds: kinds)
      for (kind, names) in [
        (Edge.Kind.read, use.reads), (.write, use.writes), (.delete, use.deletes),
      ] {
        for name in names {
          let datum = datumOfName[name] ?? data.count
          if datum == data.count {
            data.append(Datum(name: name, locations: [], isDurable: true))
            datumOfName[name] = datum
          }
          edges.append(Edge(step: index, datum: datum, kind: kind))
        }
      }
    }
  }

  private mutating func addStages(_ program: Program) {
    var members: [[Int]] = program.stages.map { _ in [] }
    var free: [Int] = []
    for (index, step) in program.steps.enumerated() {
      if let stage = step.stage, members.indices.contains(Int(stage.index)) {
        members[Int(stage.index)].append(index)
      } else {
        free.append(index)
      }
    }
    if !free.isEmpty { stages.append(Stage(name: nil, absence: nil, steps: free)) }
    for (stage, steps) in zip(program.stages, members) {
      stages.append(Stage(name: stage.name, absence: stage.status.absence, steps: steps))
    }
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

extension Stage.Status {
  /// Why a stage doesn't run; nil if it does.
  fileprivate var absence: String? {
    switch self {
    case .undecided, .selected: nil
    case .notApplicable: "does not apply"
    case .skipped: "skipped"
    case .beforeResumption: "before the stage that is resumed"
    case .partOfUnselected: "part of a stage that does not run"
    }
  }
}
