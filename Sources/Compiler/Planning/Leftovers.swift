import Passes
import PipelineIR
import PipelineSyntax
import SourceText

/// What the steps so far may have left, were they to be made again: told step by step, in order.
struct Leftovers {
  /// More than EMR takes steps: lists that become longer help nobody, and are not kept on.
  static var longest: Int { 256 }

  /// Durable places that a stage's steps fill in part with what they make again: those that must be
  /// empty when it starts, and folders of the run's own. What data was moved to is never among them.
  private(set) var places: [StageID: [String]] = [:]
  /// Names of steps that must not be done twice, by stage.
  private(set) var done: [StageID: [String]] = [:]
  /// Stages that move data away from where it lasts.
  let movers: Set<StageID>
  private let program: Program
  private let runID: String
  /// Places that each stage wants empty.
  private var empties: [StageID: [String]] = [:]

  init(_ program: Program, _ context: Context) {
    self.program = program
    runID = context.options.effectiveRunID
    var movers: Set<StageID> = []
    for step in program.steps {
      if let stage = step.stage, Self.moves(step, program) { movers.insert(stage) }
    }
    self.movers = movers
    for (index, stage) in context.pipeline.stages.enumerated() {
      for requirement in stage.requires {
        guard case .empty(let dataset) = requirement.rule,
          let places = program.datasets.first(where: { $0.name == dataset.value })?.places
        else { continue }
        empties[StageID(index), default: []] += places.map(program.placeText)
      }
    }
  }

  /// A failed step has filled its places in part; only one that is done is not to be done again.
  mutating func addPlaces(of index: Int) {
    let step = program.steps[index]
    guard let stage = step.stage, !Self.moves(step, program),
      places[stage]?.count ?? 0 <= Self.longest
    else { return }
    for access in program.accesses(of: step)
    where access.mode == .write && program.places[Int(access.place.index)].isDurable {
      let place = program.placeText(access.place)
      let isOwn =
        place.contains(runID) || empties[stage]?.contains { place.hasPrefix($0) } == true
      // Neighbours write to one place, so the last is looked at first.
      if isOwn, places[stage]?.reversed().contains(place) != true {
        places[stage, default: []].append(place)
      }
    }
  }

  mutating func addDone(_ index: Int) {
    guard let stage = program.steps[index].stage, isOnce(index),
      done[stage]?.count ?? 0 <= Self.longest
    else { return }
    done[stage, default: []].append(program.text(program.steps[index].name))
  }

  /// Whether a step must not be done twice: it may not be tried again, and all it does is outside of
  /// the data that the pipeline knows.
  func isOnce(_ index: Int) -> Bool {
    let step = program.steps[index]
    return step.stage != nil && !step.isRetryable
      && !program.accesses(of: step).contains { $0.mode != .read }
  }

  private static func moves(_ step: Step, _ program: Program) -> Bool {
    program.accesses(of: step).contains {
      $0.mode == .delete && program.places[Int($0.place.index)].isDurable
    }
  }
}
