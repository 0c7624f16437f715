import Diagnostics
import PipelineIR
import PipelineSyntax
import SourceText
import Values

/// What the steps that restore datasets would do to data.
struct RestoringSteps {
  /// The program with these steps instead of its own.
  let program: Program
  private let datasets: DatasetIndex
  /// For each dataset, what restores it; nil if nothing does.
  private let restorations: [Restoration?]

  private struct Restoration {
    /// The indices of its steps.
    let steps: [Int]
    /// What these do.
    let accesses: [Access]
    /// Whether some of that can't be known.
    let isDoubtful: Bool
  }

  /// - Parameter isWhole: whether to resolve the steps' `after` too, not only their data.
  init(
    _ program: Program, _ context: Context, _ datasets: DatasetIndex? = nil, isWhole: Bool = false
  ) {
    let known = datasets ?? DatasetIndex(program)
    guard program.places.contains(where: { !$0.isDurable }),
      context.pipeline.datasets.contains(where: { $0.restore != nil })
    else {
      self.program = program
      self.datasets = known
      restorations = Array(repeating: nil, count: context.pipeline.datasets.count)
      return
    }
    let silent = context.with(context.options, facts: context.facts.recalling())
    var expander = StepExpander(context: silent, program: program, lowersArguments: isWhole)
    expander.program.steps = []
    restorations = context.pipeline.datasets.enumerated().map { number, dataset in
      guard let restore = dataset.restore, program.datasets[number].locations != nil else {
        return nil
      }
      let first = expander.program.steps.count
      var report = Report()
      expander.expand(restore, stage: nil, pass: .restoreData, &report)
      let steps = Array(expander.program.steps.indices[first...])
      return Restoration(
        steps: steps,
        accesses: steps.flatMap { expander.program.accesses(of: expander.program.steps[$0]) },
        isDoubtful: report.diagnostics.hasErrors)
    }
    self.program = expander.program
    self.datasets = DatasetIndex(expander.program)
  }

  /// The places of the program and of these steps.
  var places: PlaceIndex { datasets.index }

  /// The place on the cluster that is missing when a step reads `place`; nil if everything it needs
  /// exists or can be restored, which is then added to `written`.
  func lost(_ place: PlaceID, _ written: inout LastSteps) -> PlaceID? {
    var open: [Int] = []
    return lost(place, &written, &open)
  }

  private func lost(
    _ place: PlaceID, _ written: inout LastSteps, _ open: inout [Int]
  ) -> PlaceID? {
    guard !program.isDurable(place), written.last(overlapping: place) == nil else { return nil }
    for dataset in datasets.touched(by: place) {
      guard let restoration = restorations[dataset], !open.contains(dataset),
        !program.datasets[dataset].places.contains(where: {
          !program.isDurable($0) && written.last(overlapping: $0) != nil
        })
      else { continue }
      open.append(dataset)
      defer { open.removeLast() }
      for access in restoration.accesses where access.mode == .read {
        if let lost = lost(access.place, &written, &open) { return lost }
      }
      for access in restoration.accesses where access.mode == .write {
        written.set(access.place, step: 0)
      }
      if restoration.isDoubtful { written.set(place, step: 0) }
    }
    return written.last(overlapping: place) == nil ? place : nil
  }

  /// The steps that restore what a place on the cluster holds, by their indices.
  func steps(restoring place: PlaceID) -> [Int] {
    guard !program.isDurable(place) else { return [] }
    return datasets.touched(by: place).flatMap { restorations[$0]?.steps ?? [] }
  }

  func name(of place: PlaceID) -> String {
    datasets.touched(by: place).first.map { program.datasets[$0].name }
      ?? program.placeText(place)
  }
}
