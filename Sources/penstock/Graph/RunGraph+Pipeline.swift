import Documents
import Passes
import PlanFormat
import PipelineSyntax
import Reports
import SourceText
import Values

extension RunGraph {
  /// A pipeline as declared, without inputs: all of its steps, those that restore data that no
  /// earlier step makes, and those that release it.
  init(_ pipeline: PipelineDecl, _ kinds: [StepKindDecl]) {
    var declared = DeclaredGraph(pipeline, kinds)
    declared.addAll()
    self = declared.graph
  }
}

/// Builds the graph of a pipeline by its text alone.
private struct DeclaredGraph {
  private(set) var graph: RunGraph
  private let pipeline: PipelineDecl
  private let kinds: [StepKindDecl]
  private var tree: Tree { pipeline.tree }
  private var datumOfPlace: [DeclaredData.Place: Int] = [:]
  private var written: Set<Int> = []
  /// Datasets whose restoring steps are being added, so that none restores itself.
  private var open: Set<Int> = []
  /// For each dataset that is released after its last use, the last stage that uses it.
  private var lastStages: [Int: Int] = [:]

  init(_ pipeline: PipelineDecl, _ kinds: [StepKindDecl]) {
    self.pipeline = pipeline
    self.kinds = kinds
    graph = RunGraph(title: pipeline.name?.value ?? "")
  }

  mutating func addAll() {
    findLastStages()
    let (first, later) = clusterSteps
    for (step, note) in first { add(step, to: nil, note) }
    for (index, stage) in pipeline.stages.enumerated() {
      let name = stage.name.value
      for (step, note) in later[name] ?? [] { add(step, to: nil, note) }
      for dataset in pipeline.datasets {
        if let release = dataset.release, release.before?.value == name {
          add(StepDecl(tree, release.step), to: name, "")
        }
      }
      let steps = steps(of: stage)
      if steps.isEmpty {
        graph.stages.append(RunGraph.Stage(name: name, absence: Self.withoutSteps, steps: []))
      }
      for step in steps { add(step, to: name, "") }
      for (number, dataset) in pipeline.datasets.enumerated() where lastStages[number] == index {
        if let release = dataset.release { add(StepDecl(tree, release.step), to: name, "") }
      }
    }
  }

  private static var withoutSteps: String { Plan.Stage.withoutSteps }

  private func steps(of stage: StageDecl) -> [StepDecl] {
    stage.steps.map { tree.items($0).map { StepDecl(tree, $0) } } ?? []
  }

  /// The cluster's own steps: those at its start, and those before a stage, by its name.
  private var clusterSteps: (first: [(StepDecl, String)], later: [String: [(StepDecl, String)]]) {
    var first: [(StepDecl, String)] = []
    var later: [String: [(StepDecl, String)]] = [:]
    for (list, note) in [
      (pipeline.cluster?.onCreate, "on a new cluster"),
      (pipeline.cluster?.onReuse, "on a cluster that is used again"),
    ] {
      for node in list.map({ Array(tree.items($0)) }) ?? [] {
        let step = StepDecl(tree, node)
        if let before = step.before.map({ tree.string($0) }) {
          later[before, default: []].append((step, note))
        } else {
          first.append((step, note))
        }
      }
    }
    return (first, later)
  }

  private mutating func findLastStages() {
    for (index, stage) in pipeline.stages.enumerated() {
      for step in steps(of: stage) {
        let use = DeclaredData(step, of: pipeline, kinds: kinds)
        for case .dataset(let number) in use.reads + use.writes
        where pipeline.datasets[number].release.map({ $0.before == nil }) ?? false {
          lastStages[number] = index
        }
      }
    }
  }

  private mutating func add(_ step: StepDecl, to stage: String?, _ note: String) {
    let use = DeclaredData(step, of: pipeline, kinds: kinds)
    for case .dataset(let number) in use.reads { restore(number, in: stage) }
    let number = graph.steps.count
    let name = step.name.map { tree.string($0) } ?? step.kind.map { tree.string($0) } ?? ""
    let notes = [note, condition(of: step)].filter { !$0.isEmpty }
    graph.append(
      RunGraph.Step(name: name, number: number + 1, note: notes.joined(separator: ", ")), to: stage)
    for (kind, places) in [
      (RunGraph.Edge.Kind.read, use.reads), (.write, use.writes), (.delete, use.deletes),
    ] {
      for place in places {
        graph.edges.append(RunGraph.Edge(step: number, datum: datum(place), kind: kind))
        if kind == .write, case .dataset(let dataset) = place { written.insert(dataset) }
      }
    }
  }

  private func condition(of step: StepDecl) -> String {
    let names = step.each.map { tree.entries($0).map { tree.string($0.key) } } ?? []
    let each = names.isEmpty ? "" : "for each " + names.joined(separator: " and ")
    return [each, step.when == nil ? "" : "on a condition"].filter { !$0.isEmpty }
      .joined(separator: ", ")
  }

  /// Adds the step that restores a dataset which no earlier step writes.
  private mutating func restore(_ number: Int, in stage: String?) {
    guard !written.contains(number), let node = pipeline.datasets[number].restore,
      open.insert(number).inserted
    else { return }
    let nodes = tree.kind(node) == .list ? Array(tree.items(node)) : [node]
    for node in nodes { add(StepDecl(tree, node), to: stage, "restores it") }
    written.insert(number)
    open.remove(number)
  }

  private mutating func datum(_ place: DeclaredData.Place) -> Int {
    if let known = datumOfPlace[place] { return known }
    datumOfPlace[place] = graph.data.count
    switch place {
    case .location(let text):
      graph.data.append(
        RunGraph.Datum(name: nil, locations: [text], isDurable: Self.isDurable(text)))
    case .dataset(let number):
      let dataset = pipeline.datasets[number]
      let text = dataset.at.flatMap { tree.kind($0) == .string ? tree.string($0) : nil }
      graph.data.append(
        RunGraph.Datum(
          name: dataset.name.value, locations: text.map { [$0] } ?? [],
          isDurable: text.map(Self.isDurable) ?? true))
    }
    return graph.data.count - 1
  }

  private static func isDurable(_ text: String) -> Bool { !text.hasPrefix("hdfs:") }
}
