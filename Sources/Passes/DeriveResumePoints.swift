import Diagnostics
import Expressions
package import PipelineIR
import PipelineSyntax
import SourceText
import Values

extension Pass {
  /// Refuses a run that resumes from where no run can.
  static let checkResumption = Pass(
    "check-resumption", "refuses a run that resumes from where no run can"
  ) { program, context, report in
    guard let name = context.options.resumeFrom, let stage = program.stageID(named: name) else {
      return
    }
    let isNamed = context.options.runID != nil
    let obstacles = ResumeObstacles(program, context)
    guard let obstacle = obstacles.obstacle(to: stage, isNamed: isNamed) else { return }
    let isTrusted = !isNamed && obstacles.obstacle(to: stage, isNamed: true) == nil
    report.diagnostics.append(
      .resumeUnsafe(
        name, because: obstacle, at: program.stages[Int(stage.index)].span,
        resumable: context.resumableStages(isNamed: isNamed), needsName: isTrusted))
  }

  /// Says for each selected stage whether a run can start again at it after a failure in it, where
  /// the failed run is named.
  static let deriveResumePoints = Pass(
    "derive-resume-points", "says where a run can start again after a failure"
  ) { program, context, report in
    let obstacles = ResumeObstacles(program, context)
    let first = program.stages.indices.first { program.isSelected(StageID($0)) }
    program.resumePoints = program.stages.indices.compactMap { index in
      let id = StageID(index)
      guard program.isSelected(id) else { return nil }
      let obstacle =
        obstacles.obstacle(to: id, isNamed: true) ?? (index == first ? .isFirst : nil)
      let stage = program.stages[index]
      report.explain(
        "stage `\(stage.name)`", .kept,
        obstacle.map { "a failed run does not resume from it: \($0.words)" }
          ?? "a failed run can resume from it", at: stage.span)
      return ResumePoint(stage: id, obstacle: obstacle)
    }
  }
}

extension Context {
  /// Stages that a run that leaves nothing out may be resumed from.
  fileprivate func resumableStages(isNamed: Bool) -> [String] {
    var run = Rehearsal(with(options.leavingNothingOut, facts: facts.recalling()))
    _ = run.expand { $0.status == .selected }
    let obstacles = ResumeObstacles(run.program, self)
    return run.program.stages.indices.compactMap { index in
      let id = StageID(index)
      guard run.program.isSelected(id), obstacles.obstacle(to: id, isNamed: isNamed) == nil else {
        return nil
      }
      return run.program.stages[index].name
    }
  }
}

/// What keeps runs from starting again at the stages of a program.
private struct ResumeObstacles {
  private let program: Program
  private let context: Context
  private let datasets: DatasetIndex
  /// For each stage a dataset or place that is lost where a run starts at it.
  private var lost: [String?]
  /// By stage and dataset, how many steps move data that lasts to it.
  private var movers: [StageID: [Int: Int]] = [:]

  init(_ program: Program, _ context: Context) {
    self.program = program
    self.context = context
    let places = PlaceIndex(program)
    datasets = DatasetIndex(program, places)
    lost = Array(repeating: nil, count: program.stages.count)
    findLostData(places)
    for step in program.steps {
      guard let stage = step.stage, program.movedFrom(step).contains(where: program.isDurable)
      else { continue }
      let targets = program.accesses(of: step).filter { $0.mode == .write }
      for dataset in Set(targets.flatMap { datasets.touched(by: $0.place) }) {
        movers[stage, default: [:]][dataset, default: 0] += 1
      }
    }
  }

  /// Nil where a run can resume from the stage. `isNamed` tells whether it has the failed one's name:
  /// a pipeline may trust its folders then, and ask for less.
  func obstacle(to stage: StageID, isNamed: Bool) -> ResumePoint.Obstacle? {
    if let whole = program.stage(stage)?.partOf.flatMap(program.stage) {
      return .isPart(of: whole.name)
    }
    if let moved = movedData(stage, isNamed: isNamed) { return .movedData(moved) }
    return lost[Int(stage.index)].map { .lostData($0) }
  }

  /// A dataset that must be empty when the stage starts again, and that more than one step moves
  /// data to: when a later one fails, what an earlier one moved is there alone and nowhere else.
  private func movedData(_ stage: StageID, isNamed: Bool) -> String? {
    guard let counts = movers[stage] else { return nil }
    for requirement in context.pipeline.stages[Int(stage.index)].requires {
      guard let dataset = requirement.emptyDataset,
        let number = context.pipeline.dataset(named: dataset.value), counts[number] ?? 0 > 1,
        context.options.runID == nil || !program.isWritten(number, byDoneStepOf: stage),
        isWanted(requirement, of: stage, isNamed: isNamed)
      else { continue }
      return dataset.value
    }
    return nil
  }

  /// Whether a requirement is asked in a run that resumes from a stage; so it is taken where that
  /// can't be known.
  private func isWanted(
    _ requirement: RequirementDecl, of stage: StageID, isNamed: Bool
  ) -> Bool {
    guard let when = requirement.when else { return true }
    var options = context.options
    options.resumeFrom = program.stage(stage)?.name
    options.runID = isNamed ? options.effectiveRunID : nil
    let run = Rehearsal(context.with(options, facts: context.facts.recalling()))
    return run.holds(when) ?? true
  }

  /// A step that reads what lives on the cluster is kept from it where a run starts after the last
  /// stage that writes it, up to its own.
  private mutating func findLostData(_ places: PlaceIndex) {
    /// By the reader's stage: the earliest last writer's, and what it reads.
    var needs = [(writer: Int, data: String)?](repeating: nil, count: program.stages.count)
    var writers = LastSteps(places)
    for step in program.steps {
      let stage = step.stage.map { Int($0.index) }
      for access in program.accesses(of: step) where access.mode == .read {
        guard let stage, !program.isDurable(access.place), !canBeRestored(access.place) else {
          continue
        }
        let writer = writers.last(overlapping: access.place) ?? -1
        if writer < needs[stage]?.writer ?? program.stages.count {
          needs[stage] = (writer, name(of: access.place))
        }
      }
      // What the cluster's own steps write is there in each run.
      for access in program.accesses(of: step) where access.mode == .write {
        writers.set(access.place, step: stage ?? program.stages.count)
      }
    }
    var need: (writer: Int, data: String)?
    for stage in program.stages.indices.reversed() {
      if let own = needs[stage], own.writer < need?.writer ?? program.stages.count { need = own }
      if let need, need.writer < stage { lost[stage] = need.data }
    }
  }

  private func canBeRestored(_ place: PlaceID) -> Bool {
    datasets.touched(by: place).contains { context.pipeline.datasets[$0].restore != nil }
  }

  private func name(of place: PlaceID) -> String {
    datasets.touched(by: place).first.map { program.datasets[$0].name }
      ?? program.placeText(place)
  }
}

extension ResumePoint.Obstacle {
  /// The reason, for people.
  package var words: String {
    switch self {
    case .isFirst: "it is the first stage, so a new run does the same"
    case .movedData(let dataset):
      "several steps move data to `\(dataset)`, which must be empty when it starts; what the first ones moved is nowhere else"
    case .lostData(let data):
      "`\(data)` lives on the cluster, an earlier stage makes it, and nothing brings it back"
    case .isPart(let whole): "it is part of stage `\(whole)`"
    }
  }
}
