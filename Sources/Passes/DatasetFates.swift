import Diagnostics
import Locations
import PipelineIR
import PipelineSyntax
import SourceText
import Values

/// What the steps of all applicable stages, whether or not they run, would do to datasets' places.
struct DatasetFates {
  /// Why a place is emptied, or must be empty.
  enum Clearing {
    case deleted(by: String, at: Span)
    case required(by: String, at: Span)
  }

  private struct Access {
    var place: Location
    var step: Int
    var name: String
    var span: Span
  }

  private var steps = 0
  private var deletions: [Access] = []
  private var writes: [Access] = []
  /// By dataset.
  private var requirements: [Int: Clearing] = [:]

  /// The facts asked for it, recorded separately.
  let facts: FactOracle

  init(_ program: Program, _ context: Context) {
    facts = context.facts.fresh()
    var options = context.options
    options.skipSteps = []
    let silent = context.with(options, facts: facts)
    collect(silent.ownSteps(of: program))
    let leftOut = Set(program.stages.filter(\.isLeftOut).map(\.name))
    if !leftOut.isEmpty {
      var run = Rehearsal(context.with(options.leavingNothingOut, facts: facts))
      _ = run.expand { leftOut.contains($0.name) }
      collect(run.program)
    }
    collectRequirements(program, silent)
  }

  private mutating func collect(_ program: Program) {
    let first = steps
    steps += program.steps.count
    for (index, step) in program.steps.enumerated() {
      let name = program.text(step.name)
      for access in program.accesses(of: step) where access.mode != .read {
        guard let place = try? Location(program.placeText(access.place)) else { continue }
        let found = Access(place: place, step: first + index, name: name, span: access.span)
        if access.mode == .write { writes.append(found) } else { deletions.append(found) }
      }
    }
  }

  private mutating func collectRequirements(_ program: Program, _ context: Context) {
    let binder = context.binder(context.scope(for: program))
    var ignored: [Diagnostic] = []
    for (index, stage) in program.stages.enumerated() where stage.status != .notApplicable {
      for requirement in context.pipeline.stages[index].requires {
        guard case .empty(let name) = requirement.rule,
          let dataset = context.pipeline.dataset(named: name.value), requirements[dataset] == nil,
          requirement.when.map({ binder.bool($0, into: &ignored) ?? true }) ?? true
        else { continue }
        requirements[dataset] = .required(by: stage.name, at: name.span)
      }
    }
  }

  /// Why a place of a dataset is emptied; nil if it isn't.
  func clearing(of dataset: Int, at place: Location) -> Clearing? {
    if let deletion = deletions.first(where: { $0.place.overlaps(place) }) {
      return .deleted(by: deletion.name, at: deletion.span)
    }
    return requirements[dataset]
  }

  /// Two different steps that write to a place.
  func twoWriters(of place: Location) -> (String, String)? {
    let all = writes.filter { $0.place == place }
    guard let first = all.first, let second = all.first(where: { $0.step != first.step }) else {
      return nil
    }
    return (first.name, second.name)
  }
}

extension Context {
  /// The steps of the stages that run and of the cluster, and those that restore and release data.
  fileprivate func ownSteps(of program: Program) -> Program {
    var expander = StepExpander(context: self, program: program, lowersArguments: false)
    var ignored = Report()
    for (index, stage) in program.stages.enumerated() where stage.status == .selected {
      expander.expand(
        list: pipeline.stages[index].steps, stage: StageID(index), pass: .written, &ignored)
    }
    for list in [pipeline.cluster?.onCreate, pipeline.cluster?.onReuse] {
      expander.expand(list: list, stage: nil, pass: .written, &ignored)
    }
    for (dataset, placed) in zip(pipeline.datasets, program.datasets)
    where placed.locations != nil {
      for step in [dataset.restore, dataset.release?.step] {
        if let step { expander.expand(step, stage: nil, pass: .written, &ignored) }
      }
    }
    return expander.program
  }
}

extension Stage {
  fileprivate var isLeftOut: Bool { status == .skipped || status == .beforeResumption }
}
