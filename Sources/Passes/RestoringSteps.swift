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
  /// The places of the program, and of these steps.
  let places: PlaceIndex
  /// By dataset the range of its steps; none where it isn't restored.
  private let steps: [Range<Int>?]
  /// What these do, likewise.
  private let accesses: [[Access]?]
  /// Datasets of whose restoring steps something can't be known.
  private let doubtful: Set<Int>

  /// - Parameter isWhole: whether more is wanted than what the steps do to data: which they wait for.
  init(_ program: Program, _ context: Context, isWhole: Bool = false) {
    let silent = context.with(context.options, facts: context.facts.recalling())
    var expander = StepExpander(context: silent, program: program, lowersArguments: isWhole)
    expander.program.steps = []
    var steps: [Range<Int>?] = []
    var accesses: [[Access]?] = []
    var doubtful: Set<Int> = []
    let hasDisks = program.places.contains { !$0.isDurable }
    for (number, dataset) in context.pipeline.datasets.enumerated() {
      guard hasDisks, let restore = dataset.restore, program.datasets[number].locations != nil
      else {
        steps.append(nil)
        accesses.append(nil)
        continue
      }
      let first = expander.program.steps.count
      var report = Report()
      expander.expand(restore, stage: nil, pass: .restoreData, &report)
      if report.diagnostics.hasErrors { doubtful.insert(number) }
      steps.append(first..<expander.program.steps.count)
      accesses.append(
        expander.program.steps[first...].flatMap { Array(expander.program.accesses(of: $0)) })
    }
    self.program = expander.program
    self.steps = steps
    self.accesses = accesses
    self.doubtful = doubtful
    places = PlaceIndex(expander.program)
    datasets = DatasetIndex(expander.program, places)
  }

  /// A place on the cluster that isn't there where a step reads one; nil where all it needs is there,
  /// or is brought back, which is noted.
  func lost(_ place: PlaceID, _ written: inout LastSteps) -> PlaceID? {
    var open: Set<Int> = []
    return lost(place, &written, &open)
  }

  private func lost(
    _ place: PlaceID, _ written: inout LastSteps, _ open: inout Set<Int>
  ) -> PlaceID? {
    guard !program.isDurable(place), written.last(overlapping: place) == nil else { return nil }
    for dataset in datasets.touched(by: place) {
      guard let accesses = accesses[dataset], !open.contains(dataset),
        !program.datasets[dataset].places.contains(where: {
          !program.isDurable($0) && written.last(overlapping: $0) != nil
        })
      else { continue }
      open.insert(dataset)
      defer { open.remove(dataset) }
      for access in accesses where access.mode == .read {
        if let lost = lost(access.place, &written, &open) { return lost }
      }
      for access in accesses where access.mode == .write { written.set(access.place, step: 0) }
      if doubtful.contains(dataset) { written.set(place, step: 0) }
    }
    return written.last(overlapping: place) == nil ? place : nil
  }

  /// The steps that restore what a place on the cluster holds, by their indices.
  func steps(restoring place: PlaceID) -> [Int] {
    guard !program.isDurable(place) else { return [] }
    return datasets.touched(by: place).flatMap { steps[$0].map(Array.init) ?? [] }
  }

  func name(of place: PlaceID) -> String {
    datasets.touched(by: place).first.map { program.datasets[$0].name }
      ?? program.placeText(place)
  }
}
