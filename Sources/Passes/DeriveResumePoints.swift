import Diagnostics
import Expressions
package import PipelineIR
import PipelineSyntax
import SourceText
import Values

extension Pass {
  /// Rejects a run that resumes where none can.
  static let checkResumption = Pass(
    "check-resumption", "rejects a run that resumes where none can", codes: [.resumeUnsafe]
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

  /// Says for each selected stage whether a run that names the failed run can start again at it
  /// after a failure in it.
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
  /// Stages from which a run that leaves nothing out can resume.
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

extension ResumePoint.Obstacle {
  /// The reason, for people.
  package var words: String {
    switch self {
    case .isFirst: "it is the first stage, so a new run does the same"
    case .movedData(let dataset):
      "several steps move data to `\(dataset)`, which must be empty when it starts; what the first ones moved exists nowhere else"
    case .lostData(let data):
      "`\(data)` is on the cluster, and a run that resumes from here reads it without writing or restoring it first"
    case .isPart(let whole): "it is part of stage `\(whole)`"
    case .isLeftOut: "its `when` is false in a run that resumes from it"
    }
  }
}
