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
    var written = LastSteps(program.places.count)
    var insertions: [StepInsertion] = []
    var restored: Set<Int> = []
    for index in program.steps.indices {
      let step = program.steps[index]
      for access in program.accesses(of: step) where access.mode == .read {
        guard !program.places[Int(access.place.index)].isDurable,
          written.last(overlapping: access.place, index: places) < 0,
          let dataset = dataset(at: access.place, program, places),
          let node = context.pipeline.datasets[dataset].restore,
          restored.insert(dataset).inserted
        else { continue }
        insertions.append(StepInsertion(before: index, node: node, stage: step.stage))
        report.explain(
          "dataset `\(program.datasets[dataset].name)`", .added,
          "`\(program.text(step.name))` reads it, and nothing in this run makes it",
          at: program.datasets[dataset].span)
      }
      for access in program.accesses(of: step) where access.mode == .write {
        written.set(access.place, step: index, index: places)
      }
    }
    program.insert(insertions, pass: .restoreData, context, &report)
  }

  /// The dataset whose place overlaps.
  private static func dataset(
    at place: PlaceID, _ program: Program, _ places: PlaceIndex
  ) -> Int? {
    let chain = Array(places.chain(place))
    return program.datasets.firstIndex { dataset in
      dataset.places.contains { chain.contains(Int($0.index)) }
    }
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
    var expander = StepExpander(context: context, program: self)
    expander.program.steps = []
    var rest = insertions[...]
    for index in old.indices {
      while let next = rest.first, next.before == index {
        expander.expand(next.node, stage: next.stage, pass: pass, &report)
        rest.removeFirst()
      }
      expander.program.steps.append(old[index])
    }
    for next in rest { expander.expand(next.node, stage: next.stage, pass: pass, &report) }
    self = expander.program
  }
}
