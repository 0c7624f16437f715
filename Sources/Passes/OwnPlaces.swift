package import PipelineIR
import PipelineSyntax
import SourceText
import Values

extension Context {
  /// The indices of the accesses that write where only this run writes: to places that had to be
  /// empty, and to places that depend on the run's id or time.
  package func ownAccesses(of program: Program) -> Set<Int> {
    let empty = placesWantedEmpty(program)
    let index = PlaceIndex(program)
    // A stage that this run leaves out may have written there in an earlier run with the same id.
    let others = program.wouldBe.flatMap(\.accesses).filter { $0.mode == .write }
    var own = accessesOfThisRun(program).filter { number in
      !others.contains { index.overlap($0.place, program.accesses[number].place) }
    }
    for (number, access) in program.accesses.enumerated()
    where access.mode == .write && index.chain(access.place).contains(where: empty.contains) {
      own.insert(number)
    }
    return own
  }

  /// The places that the selected stages of this run require to be empty, by index.
  private func placesWantedEmpty(_ program: Program) -> Set<Int> {
    let binder = binder(scope(for: program))
    var ignored = Report()
    var places: Set<Int> = []
    for index in program.stages.indices where program.isSelected(StageID(index)) {
      for requirement in pipeline.stages[index].requires {
        guard case .empty(let dataset) = requirement.rule,
          requirement.when.map({ binder.bool($0, into: &ignored.diagnostics) == true }) ?? true,
          let found = program.datasets.first(where: { $0.name == dataset.value })
        else { continue }
        places.formUnion(found.places.map { Int($0.index) })
      }
    }
    return places
  }

  /// The accesses that write to other places in a run with another id and time. None for a stage
  /// whose steps would be different then.
  private func accessesOfThisRun(_ program: Program) -> Set<Int> {
    var run = Rehearsal(with(options.ofAnotherRun, facts: facts.fresh()))
    _ = run.expand { $0.status == .selected }
    var own: Set<Int> = []
    for stage in program.stages.indices.map({ StageID($0) }) {
      let steps = program.steps.filter { $0.stage == stage && $0.origin.pass == .written }
      let others = run.program.steps.filter { $0.stage == stage }
      guard steps.count == others.count else { continue }
      for (step, other) in zip(steps, others) where step.accesses.count == other.accesses.count {
        for (number, otherNumber) in zip(step.accesses, other.accesses) {
          let access = program.accesses[Int(number)]
          let otherAccess = run.program.accesses[Int(otherNumber)]
          guard access.mode == .write, otherAccess.mode == .write else { continue }
          if program.placeText(access.place) != run.program.placeText(otherAccess.place) {
            own.insert(Int(number))
          }
        }
      }
    }
    return own
  }
}

extension Context {
  /// The durable places of a program that a run with another id and time would not have. They say
  /// which data it works on.
  func placesOfThisRun(_ program: Program) -> Set<String> {
    places(of: program, otherThanIn: with(options.ofAnotherRun, facts: facts.fresh()))
  }

  /// The same, also for a run that found another latest folder wherever this one did.
  package func placesOfThisData(_ program: Program) -> Set<String> {
    places(of: program, otherThanIn: with(options.ofAnotherRun, facts: facts.findingOthers()))
  }

  private func places(of program: Program, otherThanIn context: Context) -> Set<String> {
    var run = Rehearsal(context)
    _ = run.expand { $0.status == .selected }
    let other = run.program
    var others = Set(other.places.indices.map { other.placeText(PlaceID($0)) })
    for data in context.restorableData(of: other) { others.formUnion(data.places + data.sources) }
    let own = program.places.indices.filter { program.places[$0].isDurable }
    return Set(own.map { program.placeText(PlaceID($0)) }).subtracting(others)
  }
}

extension RunOptions {
  /// The options with another run id, and a time that differs in every part of date and time.
  fileprivate var ofAnotherRun: RunOptions {
    var options = self
    options.runTime = Value.Timestamp(
      seconds: runTime.seconds &+ 400 * 86_400 + 3661, nanoseconds: runTime.nanoseconds)
    options.runID = runID.map { $0 + "-other" }
    options.standInID = standInID.map { $0 + "-other" }
    return options
  }
}

/// Ephemeral data that can be restored.
package struct RestorableData: Sendable {
  package var dataset: String
  package var places: [String]
  /// Where it is restored from.
  package var sources: [String]
}

extension Context {
  /// The data on the cluster's disks that the pipeline says how to restore.
  package func restorableData(of program: Program) -> [RestorableData] {
    guard program.places.contains(where: { !$0.isDurable }) else { return [] }
    var restorable: [RestorableData] = []
    for (index, declaration) in pipeline.datasets.enumerated() {
      guard let node = declaration.restore else { continue }
      let places = program.datasets[index].places
        .filter { !program.places[Int($0.index)].isDurable }
      guard !places.isEmpty else { continue }
      var expander = StepExpander(context: self, program: program, lowersArguments: false)
      let first = expander.program.steps.count
      var ignored = Report()
      expander.expand(node, stage: nil, pass: .restoreData, &ignored)
      let sources = expander.program.steps[first...].flatMap { step in
        expander.program.accesses(of: step).filter { $0.mode == .read }
          .map { expander.program.placeText($0.place) }
      }
      restorable.append(
        RestorableData(
          dataset: declaration.name.value, places: places.map(program.placeText), sources: sources))
    }
    return restorable
  }
}
