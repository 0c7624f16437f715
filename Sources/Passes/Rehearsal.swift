import Documents
import Diagnostics
import PipelineIR
import PipelineSyntax
import SourceText
import Values

/// A silent run of the passes up to what steps do to data: without diagnostics, and with facts
/// separate from the compiled run's.
struct Rehearsal {
  let context: Context
  private(set) var program: Program
  /// Why not all places of datasets are known, if so.
  private var doubt: WouldBeStage.Doubt?

  /// Selects the stages, and places the datasets.
  init(_ context: Context) {
    self.context = context
    program = context.initialProgram()
    var report = Report()
    for pass in [Pass.selectStages, .bindLets, .placeDatasets] {
      report = Report()
      pass.body(&program, context, &report)
    }
    doubt = Self.doubt(report)
  }

  private static func doubt(_ report: Report) -> WouldBeStage.Doubt? {
    report.diagnostics.first { $0.severity == .error }.map {
      WouldBeStage.Doubt(reason: $0.message, span: $0.span)
    }
  }

  /// Continues with a program whose datasets are placed.
  init(_ context: Context, at program: Program) {
    self.context = context
    self.program = program
  }

  /// Adds the steps of some stages, or the reason why something isn't known about a stage.
  mutating func expand(
    where isWanted: (Stage) -> Bool
  ) -> [StageID: WouldBeStage.Doubt] {
    var expander = StepExpander(context: context, program: program, lowersArguments: false)
    var doubts: [StageID: WouldBeStage.Doubt] = [:]
    for index in program.stages.indices where isWanted(program.stages[index]) {
      var report = Report()
      let stage = StageID(index)
      expander.expand(
        list: context.pipeline.stages[index].steps, stage: stage, pass: .written, &report)
      doubts[stage] = doubt ?? Self.doubt(report)
    }
    program = expander.program
    return doubts
  }

  /// The names of all declared steps, whatever their `when`; incomplete if some can't be known.
  func declaredNames() -> (names: Set<String>, isComplete: Bool) {
    let pipeline = context.pipeline
    let tree = pipeline.tree
    let lists =
      pipeline.stages.map(\.steps) + [pipeline.cluster?.onCreate, pipeline.cluster?.onReuse]
    let single = pipeline.datasets.flatMap { [$0.restore, $0.release?.step] }
    let nodes = lists.compactMap { $0 }.flatMap { tree.items($0) } + single.compactMap { $0 }
    let scope = context.scope(for: program)
    let binder = context.binder(scope)
    var failures: [Diagnostic] = []
    var names: Set<String> = []
    for declaration in nodes.map({ StepDecl(tree, $0) }) {
      binder.scope = scope
      let each = declaration.each.map { binder.combinations($0, into: &failures) } ?? [[:]]
      for variables in each {
        binder.scope = scope.adding(variables)
        if let name = declaration.name.flatMap({ binder.text($0, into: &failures) }) {
          names.insert(name)
        }
      }
    }
    return (names, failures.isEmpty)
  }

  /// The value of a condition; nil if it can't be known.
  func holds(_ condition: NodeID) -> Bool? {
    var ignored: [Diagnostic] = []
    return context.binder(context.scope(for: program)).bool(condition, into: &ignored)
  }
}

extension Pass {
  /// Finds out what stages that the run leaves out would do to data.
  static let rehearseAbsentStages = Pass(
    "rehearse-absent-stages", "finds out what stages that the run leaves out would do to data"
  ) { program, context, _ in
    program.wouldBe = context.wouldBe(&program)
  }
}

extension Context {
  /// Where the run's stages write or require emptiness, assuming the normal case for what isn't
  /// known.
  func filledLocations() -> [String] {
    var run = Rehearsal(self)
    _ = run.expand { $0.status == .selected }
    var filled = Set(run.program.accesses.filter { $0.mode == .write }.map(\.place))
    for (stage, declaration) in zip(run.program.stages, pipeline.stages)
    where stage.status == .selected {
      for dataset in declaration.requires.compactMap(\.emptyDataset) {
        let number = pipeline.dataset(named: dataset.value)
        filled.formUnion(number.map { run.program.datasets[$0].places } ?? [])
      }
    }
    return filled.map(run.program.placeText).sorted()
  }

  /// What the stages of `program` that the run leaves out would do in a run that leaves nothing
  /// out.
  func wouldBe(_ program: inout Program) -> [WouldBeStage] {
    let leftOut = Set(
      program.stages.filter { $0.status == .skipped || $0.status == .beforeResumption }
        .map(\.name))
    guard !leftOut.isEmpty else { return [] }
    var run = Rehearsal(with(options.leavingNothingOut, facts: facts.recalling()))
    let doubts = run.expand { leftOut.contains($0.name) }
    let owners = DatasetIndex(run.program)
    var places = PlaceTable(of: program)
    var stages: [WouldBeStage] = []
    for (index, stage) in program.stages.enumerated() where leftOut.contains(stage.name) {
      let id = StageID(index)
      var accesses: [WouldBeStage.Access] = []
      for step in run.program.steps where step.stage == id {
        for access in run.program.accesses(of: step) {
          accesses.append(
            WouldBeStage.Access(
              mode: access.mode,
              place: places.intern(access.place, of: run.program, in: &program),
              datasets: owners.touched(by: access.place), span: access.span))
        }
      }
      stages.append(WouldBeStage(stage: id, accesses: accesses, doubt: doubts[id]))
    }
    return stages
  }

  /// Whether a stage writes to a dataset, in a program whose steps aren't expanded yet.
  func writes(to dataset: Int, inStage name: String, of program: Program) -> Bool {
    var run = Rehearsal(with(options, facts: facts.recalling()), at: program)
    _ = run.expand { $0.name == name }
    let owners = DatasetIndex(run.program)
    return run.program.steps.filter { $0.stage == run.program.stageID(named: name) }.contains {
      run.program.accesses(of: $0).contains { access in
        access.mode == .write && owners.touched(by: access.place).contains(dataset)
      }
    }
  }

  /// A program whose steps aren't expanded yet, with the steps that `--skip-step` leaves out.
  func lookingAhead(_ program: Program) -> Program {
    guard options.runID != nil, !options.skipSteps.isEmpty else { return program }
    var run = Rehearsal(with(options, facts: facts.recalling()), at: program)
    _ = run.expand { $0.status == .selected }
    return run.program
  }
}

extension Program {
  /// Whether a step of a stage wrote to a dataset when the resumed run first did it.
  func isWritten(_ dataset: Int, byDoneStepOf stage: StageID) -> Bool {
    let places = doneSteps.filter { $0.stage == stage }.flatMap(\.accesses)
      .filter { $0.mode == .write }.map(\.place)
    guard !places.isEmpty else { return false }
    let datasets = DatasetIndex(self)
    return places.contains { datasets.touched(by: $0).contains(dataset) }
  }
}
