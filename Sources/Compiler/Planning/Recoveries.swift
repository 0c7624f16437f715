import Passes
import PipelineIR
import PipelineSyntax
import PlanFormat
import SourceText
import Values

/// How a run is recovered that failed in one of its steps.
///
/// The run goes on under the failed one's name, from the failed stage; from an earlier one where what
/// it reads died with the cluster. Steps that are done and must not be done twice are left out.
struct Recoveries {
  private let program: Program
  private let context: Context
  private let options: CompilerOptions
  private let command: [String]
  private var left: Leftovers
  /// By stage: where a run goes on that failed in it.
  private var starts: [StageID: Start] = [:]
  /// Of the step before, which most steps share.
  private var last: (stage: StageID, places: [String], done: [String], recovery: Plan.Recovery)?

  fileprivate enum Start {
    case resume(StageID)
    case again
    case blocked(ResumePoint.Obstacle)
  }

  init(_ program: Program, _ context: Context, _ options: CompilerOptions, _ details: PlanDetails) {
    self.program = program
    self.context = context
    self.options = options
    command = details.command + details.arguments
    left = Leftovers(program, context)
  }

  /// Steps are asked for in their order.
  mutating func recovery(of index: Int) -> Plan.Recovery {
    left.addPlaces(of: index)
    defer { left.addDone(index) }
    let step = program.steps[index]
    // A step of the cluster itself keeps the next stage from starting.
    guard let stage = step.stage ?? stageBehind(index) else {
      return again("the run's data is as it was", [], [])
    }
    let start = starts[stage] ?? start(from: stage)
    starts[stage] = start
    switch start {
    case .blocked(let obstacle): return blocked(stage, obstacle)
    case .again, .resume:
      let first = if case .resume(let first) = start { first } else { stage }
      return goOn(from: first, in: stage, isAgain: start.isAgain, failed: index)
    }
  }

  private func stageBehind(_ index: Int) -> StageID? {
    program.steps[index...].first { $0.stage != nil }?.stage
  }

  /// Goes back from the failed stage until one is found that a run can start from.
  private func start(from stage: StageID) -> Start {
    var at = stage
    while let point = program.resumePoints.first(where: { $0.stage == at }) {
      switch point.obstacle {
      case nil: return .resume(at)
      case .isFirst?: return isTouchedAtStart(at) ? .resume(at) : .again
      case .movedData?, .isPart?: return point.obstacle.map(Start.blocked) ?? .again
      case .lostData?:
        // What an earlier stage moved away cannot be read again.
        guard let before = program.resumePoints.last(where: { $0.stage < at })?.stage,
          !left.movers.contains(before)
        else { return point.obstacle.map(Start.blocked) ?? .again }
        at = before
      }
    }
    return .again
  }

  /// Whether the first stage finds something else when it starts again, so that it has to know that
  /// it does.
  private func isTouchedAtStart(_ stage: StageID) -> Bool {
    left.movers.contains(stage)
      || context.pipeline.stages[Int(stage.index)].requires.contains { $0.emptyDataset != nil }
  }

  // MARK: Ways

  private mutating func goOn(
    from first: StageID, in stage: StageID, isAgain: Bool, failed: Int
  ) -> Plan.Recovery {
    var places: [String] = []
    var done: [String] = []
    for index in Int(first.index)...Int(max(first, stage).index) {
      places += left.places[StageID(index)] ?? []
      done += left.done[StageID(index)] ?? []
      guard places.count <= Leftovers.longest, done.count <= Leftovers.longest else {
        return tooMuch(stage)
      }
    }
    let isOnce = left.isOnce(failed)
    if let last, last.stage == stage, last.places == places, last.done == done, !isOnce {
      return last.recovery
    }
    let recovery =
      isAgain
      ? again("nothing that the run needs has changed", places, done)
      : resume(first, after: stage, places, done, failed: isOnce ? failed : nil)
    if !isOnce { last = (stage, places, done, recovery) }
    return recovery
  }

  private func resume(
    _ first: StageID, after stage: StageID, _ places: [String], _ done: [String], failed: Int?
  ) -> Plan.Recovery {
    let name = program.stage(first)?.name ?? ""
    let later = options.skip.filter { program.stageID(named: $0).map { $0 > first } ?? false }
    var selection = RunSelection(
      resumeFrom: name, skip: later, skipSteps: options.skipSteps + done, runID: runID)
    selection.emptiedFirst = places
    var explanation =
      first == stage
      ? "no earlier stage takes away what `\(name)` reads, so the run goes on from it"
      : "what the failed stage needs died with the cluster, so the run goes on from `\(name)`"
    if !places.isEmpty { explanation += "; what the failed run left in part is emptied first" }
    if !done.isEmpty { explanation += "; what is done and must not be done twice is left out" }
    if let failed {
      let option = ["--skip-step", program.text(program.steps[failed].name)]
      explanation +=
        ". The failed step must not be done twice: where its log says that it was done, add "
        + "`\(ShellText.join(option))`"
    }
    return Plan.Recovery(
      stage: name, command: line(selection), toEmpty: places, explanation: explanation)
  }

  /// The same selection, under the same name.
  private func again(_ why: String, _ places: [String], _ done: [String]) -> Plan.Recovery {
    var selection = RunSelection(options)
    selection.runID = runID
    selection.skipSteps += done
    selection.emptiedFirst = places
    return Plan.Recovery(
      stage: nil, command: line(selection), toEmpty: places,
      explanation: "\(why), so the same run is made again")
  }

  private func tooMuch(_ stage: StageID) -> Plan.Recovery {
    Plan.Recovery(
      stage: nil, command: nil, toEmpty: [],
      explanation:
        "by then the run has left more than \(Leftovers.longest) places to empty, or steps that must not "
        + "be done twice: empty what `\(program.stage(stage)?.name ?? "")` writes, and resume from it"
    )
  }

  /// Only a look at the data tells how far the stage came.
  private func blocked(_ stage: StageID, _ obstacle: ResumePoint.Obstacle) -> Plan.Recovery {
    let name = program.stage(stage)?.name ?? ""
    var explanation = "a run cannot start again at `\(name)`: \(obstacle.words)"
    if options.resumeFrom == nil {
      var selection = RunSelection(options)
      selection.runID = runID
      explanation += ". Where nothing was moved yet, make the same run again: \(line(selection))"
      selection.skip.append(name)
      explanation += ". Where all was moved, leave the stage out: \(line(selection))"
    }
    return Plan.Recovery(stage: nil, command: nil, toEmpty: [], explanation: explanation)
  }

  private var runID: String { context.options.effectiveRunID }

  /// With the failed run's moment, which names of folders and jobs' arguments can hold.
  private func line(_ selection: RunSelection) -> String {
    ShellText.join(
      command + selection.arguments + ["--run-time", context.options.runTime.description])
  }
}

extension Recoveries.Start {
  fileprivate var isAgain: Bool {
    switch self {
    case .again: true
    case .resume, .blocked: false
    }
  }
}
