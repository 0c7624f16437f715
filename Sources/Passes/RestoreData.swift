import Diagnostics
import PipelineIR
import PipelineSyntax
import SourceText
import Values

extension Pass {
  /// Brings ephemeral data back before a step that reads it, where no step of this run makes it; what
  /// the step that does so reads itself, likewise.
  ///
  ///     [shred] reads hdfs:///enriched/    →    [restore] s3://…/good/ → hdfs:///enriched/
  ///                                             [shred] reads hdfs:///enriched/
  static let restoreData = Pass(
    "restore-data", "brings ephemeral data back that no step of this run makes"
  ) { program, context, report in
    guard program.places.contains(where: { !$0.isDurable }),
      context.pipeline.datasets.contains(where: { $0.restore != nil })
    else { return }
    var restoration = Restoration(program, context)
    for step in program.steps { restoration.add(step, &report) }
    restoration.finish(&program)
  }
}

/// The program's steps one after another, and what restores data between them.
private struct Restoration {
  private let context: Context
  private var expander: StepExpander
  /// How many steps there are before each one that the program had.
  private var starts: [Int] = []
  private let doneCount: Int
  /// The places on the cluster's disks that are written so far, in their one spelling.
  private var written: [String] = []
  /// Datasets that are being restored.
  private var open: Set<Int> = []

  init(_ program: Program, _ context: Context) {
    self.context = context
    expander = StepExpander(context: context, program: program)
    expander.program.steps = []
    doneCount = program.doneSteps.count
  }

  mutating func add(_ step: Step, _ report: inout Report) {
    starts.append(expander.program.steps.count)
    append(step, in: step.stage, &report)
  }

  private mutating func append(_ step: Step, in stage: StageID?, _ report: inout Report) {
    for access in expander.program.accesses(of: step) where access.mode == .read {
      restore(access.place, for: step, in: stage, &report)
    }
    expander.program.steps.append(step)
    for access in expander.program.accesses(of: step) where access.mode == .write {
      note(access.place)
    }
  }

  private mutating func restore(
    _ place: PlaceID, for reader: Step, in stage: StageID?, _ report: inout Report
  ) {
    guard !expander.program.isDurable(place), !isWritten(place) else { return }
    let text = expander.program.placeText(place)
    for (number, declaration) in context.pipeline.datasets.enumerated() {
      let dataset = expander.program.datasets[number]
      guard let node = declaration.restore,
        dataset.places.contains(where: {
          StepExpander.overlap(expander.program.placeText($0), text)
        }), !dataset.places.contains(where: isWritten), open.insert(number).inserted
      else { continue }
      report.explain(
        "dataset `\(dataset.name)`", .added,
        "`\(expander.program.text(reader.name))` reads it, and nothing in this run makes it",
        at: dataset.span)
      let first = expander.program.steps.count
      expander.expand(node, stage: stage, pass: .restoreData, &report)
      let restoring = Array(expander.program.steps[first...])
      expander.program.steps.removeSubrange(first...)
      for step in restoring { append(step, in: stage, &report) }
      for place in dataset.places { note(place) }
      open.remove(number)
    }
  }

  private mutating func note(_ place: PlaceID) {
    guard !expander.program.isDurable(place) else { return }
    let text = expander.program.placeText(place)
    if !written.contains(text) { written.append(text) }
  }

  private func isWritten(_ place: PlaceID) -> Bool {
    let text = expander.program.placeText(place)
    return written.contains { StepExpander.overlap($0, text) }
  }

  func finish(_ program: inout Program) {
    program = expander.program
    program.moveDoneSteps(doneCount, to: starts + [program.steps.count])
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
    moveDoneSteps(own, to: starts)
  }

  /// Says where the first of the steps that are done stand now, where others were put among those that
  /// they stood before.
  mutating func moveDoneSteps(_ count: Int, to starts: [Int]) {
    for index in 0..<count { doneSteps[index].before = starts[doneSteps[index].before] }
    doneSteps = doneSteps.enumerated()
      .sorted { ($0.element.before, $0.offset) < ($1.element.before, $1.offset) }
      .map(\.element)
  }
}
