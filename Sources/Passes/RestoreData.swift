import Documents
import Diagnostics
import Locations
import PipelineIR
import PipelineSyntax
import SourceText
import Values

extension Pass {
  /// Restores ephemeral data before a step that reads it, if no earlier step of this run writes it.
  /// What the restoring step itself reads is restored first.
  ///
  ///     [shred] reads hdfs:///enriched/    →    [restore] s3://…/good/ → hdfs:///enriched/
  ///                                             [shred] reads hdfs:///enriched/
  static let restoreData = Pass(
    "restore-data", "restores ephemeral data that no step of this run writes",
    codes: StepExpander.codes
  ) { program, context, report in
    guard program.places.contains(where: { !$0.isDurable }),
      context.pipeline.datasets.contains(where: { $0.restore != nil })
    else { return }
    var restored = RestoredProgram(program, context)
    for step in program.steps { restored.add(step, &report) }
    restored.finish(&program)
  }
}

/// Rebuilds a program step by step, inserting the steps that restore data.
private struct RestoredProgram {
  private let context: Context
  private var expander: StepExpander
  /// For each of the program's steps, its position among the new ones.
  private var starts: [Int] = []
  private let leftOut: (done: Int, others: Int)
  /// The ephemeral places written so far, as texts.
  private var written: [String] = []
  /// Datasets being restored, so that none depends on itself.
  private var open: Set<Int> = []

  init(_ program: Program, _ context: Context) {
    self.context = context
    expander = StepExpander(context: context, program: program)
    expander.program.steps = []
    leftOut = (program.doneSteps.count, program.stepsLeftOut.count)
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
          Location.overlap(expander.program.placeText($0), text)
        }), !dataset.places.contains(where: isWritten), open.insert(number).inserted
      else { continue }
      report.explain(
        "dataset `\(dataset.name)`", .added,
        "`\(expander.program.text(reader.name))` reads it, and nothing in this run writes it",
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
    return written.contains { Location.overlap($0, text) }
  }

  func finish(_ program: inout Program) {
    program = expander.program
    program.moveLeftOut(leftOut, to: starts + [program.steps.count])
  }
}

/// A declared step that a pass inserts before one of the program's.
struct StepInsertion {
  var before: Int
  var node: NodeID
  var stage: StageID?
}

extension Program {
  /// Inserts declared steps into the program. Insertions are in the order of the steps.
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
    let own = (doneSteps.count, stepsLeftOut.count)
    self = expander.program
    moveLeftOut(own, to: starts)
  }

  /// Moves the first of the steps that are left out to their new positions after other steps were
  /// inserted: `starts[i]` is the new position of the step that was at `i`.
  ///
  /// - Parameter counts: how many of those that are done, and of the others.
  mutating func moveLeftOut(_ counts: (done: Int, others: Int), to starts: [Int]) {
    Self.move(&doneSteps, counts.done, to: starts)
    Self.move(&stepsLeftOut, counts.others, to: starts)
  }

  private static func move(_ steps: inout [DoneStep], _ count: Int, to starts: [Int]) {
    for index in 0..<count { steps[index].before = starts[steps[index].before] }
    steps = steps.enumerated()
      .sorted { ($0.element.before, $0.offset) < ($1.element.before, $1.offset) }
      .map(\.element)
  }
}
