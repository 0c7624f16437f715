import Passes
import PipelineIR
import PlanFormat
import Values

/// How a run is recovered that failed in one of its steps.
struct Recoveries {
  private let program: Program
  private let options: CompilerOptions
  private let command: [String]
  private let runID: String
  /// The one of each stage's steps that was asked for last, which neighbours share.
  private var last: (stage: StageID?, recovery: Plan.Recovery)?

  init(_ program: Program, _ compilation: Compilation, _ details: PlanDetails) {
    self.program = program
    options = compilation.input.options
    command = details.command + details.arguments
    runID = options.ofRun.effectiveRunID
  }

  mutating func recovery(of index: Int) -> Plan.Recovery {
    let stage = program.steps[index].stage ?? stageBehind(index)
    if let last, last.stage == stage { return last.recovery }
    let recovery = recovery(of: stage)
    last = (stage, recovery)
    return recovery
  }

  /// A failed step of the cluster itself has kept the next stage from starting.
  private func stageBehind(_ index: Int) -> StageID? {
    program.steps[index...].first { $0.stage != nil }?.stage
  }

  private func recovery(of stage: StageID?) -> Plan.Recovery {
    guard let stage, let point = program.resumePoints.first(where: { $0.stage == stage }),
      let name = program.stage(stage)?.name
    else {
      return again("nothing of the run's data is touched by then", toEmpty: [])
    }
    switch point.obstacle {
    case nil:
      return Plan.Recovery(
        stage: name, command: line(RunSelection(resumeFrom: name, runID: runID)),
        toEmpty: point.toEmpty,
        explanation: "what `\(name)` needs is still there, so the run goes on from it")
    case .isFirst?:
      return again(
        "`\(name)` is the first stage of the run, so the same run is made again",
        toEmpty: point.toEmpty)
    case .movedData?, .lostData?, .isPart?:
      return blocked(name, point)
    }
  }

  /// The same selection, under the same name.
  private func again(_ explanation: String, toEmpty: [String]) -> Plan.Recovery {
    var selection = RunSelection(options)
    selection.runID = runID
    return Plan.Recovery(
      stage: nil, command: line(selection), toEmpty: toEmpty, explanation: explanation)
  }

  private func blocked(_ name: String, _ point: ResumePoint) -> Plan.Recovery {
    let reason = point.obstacle?.words ?? ""
    let skip = options.resumeFrom == nil ? options.skip + [name] : []
    return Plan.Recovery(
      stage: nil,
      command: options.resumeFrom == nil
        ? line(RunSelection(skip: skip, runID: runID)) : nil,
      toEmpty: [],
      explanation:
        "a run cannot start again at `\(name)`: \(reason). What was moved is worked on by a run "
        + "without `\(name)`; where nothing was moved yet, make the same run again")
  }

  private func line(_ selection: RunSelection) -> String {
    ShellText.join(command + selection.arguments)
  }
}
