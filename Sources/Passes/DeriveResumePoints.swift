import Diagnostics
package import PipelineIR
import PipelineSyntax
import SourceText
import Values

extension Pass {
  /// Says for each selected stage whether a run can start again at it after a failure in it.
  static let deriveResumePoints = Pass(
    "derive-resume-points", "says where a run can start again after a failure"
  ) { program, context, report in
    program.resumePoints = program.stages.indices.compactMap { index in
      let id = StageID(index)
      guard program.isSelected(id) else { return nil }
      let obstacle =
        context.staticObstacle(to: id, in: program)
        ?? (id == program.stages.indices.first { program.isSelected(StageID($0)) }.map(StageID.init)
          ? .isFirst : nil)
      let stage = program.stages[index]
      report.explain(
        "stage `\(stage.name)`", .kept,
        obstacle.map { "a failed run does not resume from it: \($0.words)" }
          ?? "a failed run can resume from it", at: stage.span)
      let wanted = context.uses.stages[index].wantsEmpty
        .intersection(context.uses.stages[index].writes)
      let toEmpty = program.datasets.filter { wanted.contains($0.name) }
        .flatMap { $0.locations ?? [] }
      return ResumePoint(stage: id, obstacle: obstacle, toEmpty: toEmpty)
    }
  }
}

extension Context {
  /// Why a run can never resume from a stage, by what the pipeline declares; nil where it can.
  package func staticObstacle(to stage: StageID, in program: Program) -> ResumePoint.Obstacle? {
    let index = Int(stage.index)
    if let whole = program.stages[index].partOf.flatMap(program.stage) {
      return .isPart(of: whole.name)
    }
    let uses = self.uses.stages[index]
    if let moved = movedData(uses) { return .movedData(moved) }
    return lostData(of: index).map { .lostData($0) }
  }

  /// Stages that a run may be told to resume from.
  package func resumableStages(of program: Program) -> [String] {
    program.stages.indices.filter { staticObstacle(to: StageID($0), in: program) == nil }
      .map { program.stages[$0].name }
  }

  /// A dataset that must be empty when the stage starts, and that more than one step moves data to:
  /// when a later one fails, what an earlier one moved is there alone and nowhere else.
  private func movedData(_ uses: DataUses.Stage) -> String? {
    for dataset in uses.wantsEmpty.sorted() {
      let movers = uses.steps.filter { $0.writes.contains(dataset) && !$0.deletes.isEmpty }
      if movers.count > 1 || movers.contains(where: \.isRepeated) { return dataset }
    }
    return nil
  }

  /// Ephemeral data that the stage or a later one reads, that an earlier stage makes, and that
  /// nothing brings back.
  private func lostData(of stage: Int) -> String? {
    var made: Set<String> = []
    for later in uses.stages.indices.dropFirst(stage) {
      for dataset in uses.stages[later].reads.subtracting(made).sorted() {
        guard let declaration = pipeline.datasets.first(where: { $0.name.value == dataset }),
          declaration.restore == nil, isEphemeral(declaration.at),
          !uses.stages[later].writes.contains(dataset)
        else { continue }
        return dataset
      }
      made.formUnion(uses.stages[later].writes)
    }
    return nil
  }

  private func isEphemeral(_ at: NodeID?) -> Bool {
    at.map { !Location.isDurable(pipeline.tree.string($0)) } ?? false
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
