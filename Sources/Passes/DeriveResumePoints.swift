import Diagnostics
import Expressions
package import PipelineIR
import PipelineSyntax
import SourceText
import Values

extension Pass {
  /// Says for each selected stage whether a run can start again at it after a failure in it, where
  /// the failed run is named.
  static let deriveResumePoints = Pass(
    "derive-resume-points", "says where a run can start again after a failure"
  ) { program, context, report in
    let first = program.stages.indices.first { program.isSelected(StageID($0)) }
    program.resumePoints = program.stages.indices.compactMap { index in
      let id = StageID(index)
      guard program.isSelected(id) else { return nil }
      let obstacle =
        context.staticObstacle(to: id, in: program, isNamed: true)
        ?? (index == first ? .isFirst : nil)
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
  /// Why a run can never resume from a stage, by what the pipeline declares; nil where it can.
  ///
  /// `isNamed` tells whether the resumed run has the failed one's name: a pipeline may trust its
  /// folders then, and ask for less.
  package func staticObstacle(
    to stage: StageID, in program: Program, isNamed: Bool
  ) -> ResumePoint.Obstacle? {
    let index = Int(stage.index)
    if let whole = program.stages[index].partOf.flatMap(program.stage) {
      return .isPart(of: whole.name)
    }
    if let moved = movedData(index, program, isNamed: isNamed) { return .movedData(moved) }
    return uses.lostData(from: index).map { .lostData($0) }
  }

  /// Stages that a run may be told to resume from.
  package func resumableStages(of program: Program, isNamed: Bool) -> [String] {
    program.stages.indices.filter {
      staticObstacle(to: StageID($0), in: program, isNamed: isNamed) == nil
    }.map { program.stages[$0].name }
  }

  /// A dataset that must be empty when the stage starts again, and that more than one step moves
  /// data to: when a later one fails, what an earlier one moved is there alone and nowhere else.
  private func movedData(_ stage: Int, _ program: Program, isNamed: Bool) -> String? {
    let uses = self.uses.stages[stage]
    guard !uses.wantsEmpty.isEmpty, uses.steps.contains(where: { !$0.deletes.isEmpty }) else {
      return nil
    }
    for requirement in pipeline.stages[stage].requires {
      guard case .empty(let dataset) = requirement.rule else { continue }
      let movers = uses.steps.filter { $0.writes.contains(dataset.value) && !$0.deletes.isEmpty }
      let isScattered = movers.count > 1 || movers.contains(where: \.isRepeated)
      guard isScattered, holdsOnResumption(requirement.when, isNamed: isNamed) else { continue }
      return dataset.value
    }
    return nil
  }

  // MARK: Hypothetical runs

  /// Whether a condition would hold in a run that is resumed; it is taken to where that cannot be
  /// told.
  private func holdsOnResumption(_ when: NodeID?, isNamed: Bool) -> Bool {
    guard let when else { return true }
    var variables = base.variables
    guard case .map(var run)? = variables["run"] else { return true }
    run["isResumed"] = .bool(true)
    run["isIDGiven"] = .bool(isNamed)
    variables["run"] = .map(run)
    let binder = binder(Scope(variables: variables))
    var ignored: [Diagnostic] = []
    for item in letsOfRun(in: when) {
      binder.bind(item.name.value, binder.value(item.value, into: &ignored))
    }
    return binder.bool(when, into: &ignored) ?? true
  }

  /// The `let`s that a condition needs and that depend on the run, in their order.
  private func letsOfRun(in condition: NodeID) -> [LetDecl] {
    let tree = pipeline.tree
    var affected: Set = ["run"]
    return pipeline.lets(neededBy: condition).filter { item in
      guard tree.references(in: item.value).contains(where: { affected.contains($0.name) }) else {
        return false
      }
      affected.insert(item.name.value)
      return true
    }
  }
}

extension ResumePoint.Obstacle {
  /// The reason, for people.
  package var words: String {
    switch self {
    case .isFirst: "it is the first stage, so a new run does the same"
    case .movedData(let dataset):
      "several steps move data to `\(dataset)`, which must be empty when it starts; what the first ones moved is nowhere else"
    case .lostData(let dataset):
      "`\(dataset)` lives on the cluster, an earlier stage makes it, and nothing brings it back"
    case .isPart(let whole): "it is part of stage `\(whole)`"
    }
  }
}
