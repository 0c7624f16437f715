import Diagnostics
import PipelineIR
import PipelineSyntax
import SourceText
import Values

/// Why runs can't resume from the stages of a program.
struct ResumeObstacles {
  private let program: Program
  private let context: Context
  private let datasets: DatasetIndex
  private let restoring: RestoringSteps
  /// For each stage, the datasets to which its steps move durable data, once per step.
  private var moved: [[Int]]

  init(_ program: Program, _ context: Context) {
    self.program = program
    self.context = context
    datasets = DatasetIndex(program)
    restoring = RestoringSteps(program, context, datasets)
    moved = Array(repeating: [], count: program.stages.count)
    for step in program.steps {
      guard let stage = step.stage, program.movedFrom(step).contains(where: program.isDurable)
      else { continue }
      let targets = program.accesses(of: step).filter { $0.mode == .write }
      moved[Int(stage.index)] += Set(targets.flatMap { datasets.touched(by: $0.place) })
    }
  }

  /// Nil if a run can resume from the stage. `isNamed` says whether it has the failed run's id: a
  /// pipeline may then trust that run's folders and require less.
  func obstacle(to stage: StageID, isNamed: Bool) -> ResumePoint.Obstacle? {
    if let whole = program.stage(stage)?.partOf.flatMap(program.stage) {
      return .isPart(of: whole.name)
    }
    if let moved = movedData(stage, isNamed: isNamed) { return .movedData(moved) }
    if let lost = lostData(from: stage) { return .lostData(lost) }
    return isSelected(stage, isNamed: isNamed) ? nil : .isLeftOut
  }

  /// A dataset that must be empty when the stage starts again, and to which more than one step
  /// moves data: if a later one fails, the dataset holds the only copy of what an earlier one
  /// moved.
  private func movedData(_ stage: StageID, isNamed: Bool) -> String? {
    let moved = moved[Int(stage.index)]
    guard !moved.isEmpty else { return nil }
    for requirement in context.pipeline.stages[Int(stage.index)].requires {
      guard let dataset = requirement.emptyDataset,
        let number = context.pipeline.dataset(named: dataset.value),
        moved.count(where: { $0 == number }) > 1,
        context.options.runID == nil || !program.isWritten(number, byDoneStepOf: stage),
        isWanted(requirement, of: stage, isNamed: isNamed)
      else { continue }
      return dataset.value
    }
    return nil
  }

  /// Whether a requirement applies in a run that resumes from a stage; true if that can't be known.
  private func isWanted(
    _ requirement: RequirementDecl, of stage: StageID, isNamed: Bool
  ) -> Bool {
    guard let when = requirement.when else { return true }
    let run = Rehearsal(resuming(from: stage, isNamed: isNamed))
    return run.holds(when) ?? true
  }

  /// Whether a run that resumes from a stage selects it; false if that can't be known.
  private func isSelected(_ stage: StageID, isNamed: Bool) -> Bool {
    guard let when = context.pipeline.stages[Int(stage.index)].when,
      context.pipeline.dependsOnSelection(when)
    else { return true }
    let resumed = resuming(from: stage, isNamed: isNamed)
    var program = resumed.initialProgram()
    var ignored = Report()
    Pass.selectStages.body(&program, resumed, &ignored)
    return program.isSelected(stage)
  }

  private func resuming(from stage: StageID, isNamed: Bool) -> Context {
    var options = context.options
    options.resumeFrom = program.stage(stage)?.name
    options.runID = isNamed ? options.effectiveRunID : nil
    return context.with(options, facts: context.facts.recalling())
  }

  /// Data on the cluster that a step reads, and that no step writes in a run that starts at a
  /// stage.
  private func lostData(from first: StageID) -> String? {
    var written = LastSteps(restoring.places)
    for (index, step) in program.steps.enumerated() where step.stage.map({ $0 >= first }) ?? true {
      for access in program.accesses(of: step) where access.mode == .read {
        if let lost = restoring.lost(access.place, &written) {
          return restoring.name(of: lost)
        }
      }
      for access in program.accesses(of: step) where access.mode == .write {
        written.set(access.place, step: index)
      }
    }
    return nil
  }
}
