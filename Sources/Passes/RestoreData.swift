import Diagnostics
import PipelineIR
import PipelineSyntax
import SourceText
import Values

extension Pass {
  /// Brings ephemeral data back before a step that reads it, where no step of this run makes it.
  ///
  ///     [shred] reads hdfs:///enriched/    →    [restore] s3://…/good/ → hdfs:///enriched/
  ///                                             [shred] reads hdfs:///enriched/
  static let restoreData = Pass(
    "restore-data", "brings ephemeral data back that no step of this run makes"
  ) { program, context, report in
    guard program.places.contains(where: { !$0.isDurable }) else { return }
    let places = PlaceIndex(program)
    let datasets = DatasetIndex(program, places)
    var written = LastSteps(places)
    var insertions: [StepInsertion] = []
    for index in program.steps.indices {
      let step = program.steps[index]
      for access in program.accesses(of: step) where access.mode == .read {
        guard !program.isDurable(access.place), written.last(overlapping: access.place) == nil
        else { continue }
        for number in datasets.touched(by: access.place) {
          let dataset = program.datasets[number]
          guard let node = context.pipeline.datasets[number].restore,
            !dataset.places.contains(where: { written.last(overlapping: $0) != nil })
          else { continue }
          for place in dataset.places { written.set(place, step: index) }
          insertions.append(StepInsertion(before: index, node: node, stage: step.stage))
          report.explain(
            "dataset `\(dataset.name)`", .added,
            "`\(program.text(step.name))` reads it, and nothing in this run makes it",
            at: dataset.span)
        }
      }
      for access in program.accesses(of: step) where access.mode == .write {
        written.set(access.place, step: index)
      }
    }
    program.insert(insertions, pass: .restoreData, context, &report)
  }
}

/// A declared step that a pass puts before one of the program's.
struct StepInsertion {
  var before: Int
  var node: NodeID
  var stage: StageID?
}

extension Program {
  /// Puts declared steps among the program's. Insertions are in the order of the steps.
  mutating func insert(
    _ insertions: [StepInsertion], pass: Origin.Pass, _ context: Context, _ report: inout Report
  ) {
    guard !insertions.isEmpty else { return }
    let old = steps
    var starts: [Int] = []
    var expander = StepExpander(context: context, program: self)
    expander.program.steps = []
    var rest = insertions[...]
    for index in old.indices {
      starts.append(expander.program.steps.count)
      while let next = rest.first, next.before == index {
        expander.expand(next.node, stage: next.stage, pass: pass, &report)
        rest.removeFirst()
      }
      expander.program.steps.append(old[index])
    }
    starts.append(expander.program.steps.count)
    for next in rest { expander.expand(next.node, stage: next.stage, pass: pass, &report) }
    let own = doneSteps.count
    self = expander.program
    for index in 0..<own { doneSteps[index].before = starts[doneSteps[index].before] }
    doneSteps = doneSteps.enumerated()
      .sorted { ($0.element.before, $0.offset) < ($1.element.before, $1.offset) }
      .map(\.element)
  }
}
