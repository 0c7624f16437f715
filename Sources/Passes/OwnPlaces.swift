package import PipelineIR
import PipelineSyntax
import SourceText
import Values

extension Context {
  /// The indices of the program's accesses that write where the run alone writes: to places that had to
  /// be empty, and to places that depend on the run's id or time.
  package func ownAccesses(of program: Program) -> Set<Int> {
    let empty = placesWantedEmpty(program)
    var own: Set<Int> = []
    for (index, access) in program.accesses.enumerated() where access.mode == .write {
      let place = program.placeText(access.place)
      if place.contains(options.effectiveRunID) || empty.contains(where: { place.hasPrefix($0) }) {
        own.insert(index)
      }
    }
    return own
  }

  /// The places that the selected stages of this run want empty.
  private func placesWantedEmpty(_ program: Program) -> [String] {
    let binder = binder(scope(for: program))
    var ignored = Report()
    var places: [String] = []
    for index in program.stages.indices where program.isSelected(StageID(index)) {
      for requirement in pipeline.stages[index].requires {
        guard case .empty(let dataset) = requirement.rule,
          requirement.when.map({ binder.bool($0, into: &ignored.diagnostics) == true }) ?? true,
          let found = program.datasets.first(where: { $0.name == dataset.value })
        else { continue }
        places += found.places.map(program.placeText)
      }
    }
    return places
  }
}

/// Ephemeral data that can be brought back.
package struct RestorableData: Sendable {
  package var dataset: String
  package var places: [String]
  /// Where it is brought back from.
  package var sources: [String]
}

extension Context {
  /// What the pipeline says how to restore, on the cluster's own disks.
  package func restorableData(of program: Program) -> [RestorableData] {
    guard program.places.contains(where: { !$0.isDurable }) else { return [] }
    var restorable: [RestorableData] = []
    for (index, declaration) in pipeline.datasets.enumerated() {
      guard let node = declaration.restore else { continue }
      let places = program.datasets[index].places
        .filter { !program.places[Int($0.index)].isDurable }
      guard !places.isEmpty else { continue }
      var expander = StepExpander(context: self, program: program)
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
