import Diagnostics
import PipelineIR
import PipelineSyntax
import SourceText
import Values

/// What the steps would do to data that restore datasets.
struct RestoringSteps {
  /// The program with these steps in place of its own.
  let program: Program
  private let datasets: DatasetIndex
  /// By dataset what restores it.
  private let restorations: [Restoration?]

  private struct Restoration {
    /// The indices of its steps.
    let steps: [Int]
    /// What these do.
    let accesses: [Access]
    /// Whether something of them can't be known.
    let isDoubtful: Bool
  }

  /// - Parameter isWhole: whether more is wanted than what the steps do to data: which they wait for.
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

  /// The places of the program, and of these steps.
  var places: PlaceIndex { datasets.index }

  /// A place on the cluster that isn't there where a step reads one; nil where all it needs is there,
  /// or is brought back, which is noted.
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
