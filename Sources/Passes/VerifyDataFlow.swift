import Diagnostics
import PipelineIR
import PipelineSyntax
import SourceText
import Values

extension Pass {
  /// Proves that the steps' reads, writes and deletions go together; changes nothing.
  static let verifyDataFlow = Pass(
    "verify-data-flow",
    "proves that what is read is there, that no two steps write one place, and that nothing is deleted too early"
  ) { program, context, report in
    var flow = DataFlow(program: program, context: context)
    for step in program.steps.indices { flow.visit(step, &report) }
    flow.checkUnread(&report)
    if !context.options.isPersistent { flow.checkLost(&report) }
  }
}

/// The state of all places while the steps are gone through in order.
private struct DataFlow {
  let program: Program
  let context: Context
  let places: PlaceIndex
  private var writes: LastSteps
  private var deletions: LastSteps
  private var reads: LastSteps
  /// For each place the part that was written first, and the step that wrote it last; other parts of
  /// it, which few places have, are in `otherParts`.
  private var firstParts: [(part: UInt64, step: Int32)]
  private var otherParts: [Part: Int32] = [:]
  /// Whether every part of a place is written by steps that tell what they write.
  private var wholes: LastSteps

  private struct Part: Hashable {
    var place: PlaceID
    var part: UInt64
  }

  init(program: Program, context: Context) {
    self.program = program
    self.context = context
    places = PlaceIndex(program)
    let count = program.places.count
    writes = LastSteps(count)
    deletions = LastSteps(count)
    reads = LastSteps(count)
    wholes = LastSteps(count)
    firstParts = Array(repeating: (0, -1), count: count)
  }

  mutating func visit(_ index: Int, _ report: inout Report) {
    let step = program.steps[index]
    let accesses = program.accesses(of: step)
    for access in accesses where access.mode == .read {
      checkRead(access, of: index, &report)
    }
    for access in accesses where access.mode == .write {
      checkWrite(access, of: index, &report)
    }
    for access in accesses {
      switch access.mode {
      case .read: reads.set(access.place, step: index, index: places)
      case .write: writes.set(access.place, step: index, index: places)
      case .delete: deletions.set(access.place, step: index, index: places)
      }
    }
  }

  private func checkRead(_ access: Access, of index: Int, _ report: inout Report) {
    let written = writes.last(overlapping: access.place, index: places)
    let deleted = deletions.last(overlapping: access.place, index: places)
    if deleted > written {
      report.diagnostics.append(
        .dataDeletedBeforeRead(
          program.placeText(access.place), by: name(deleted), reader: name(index),
          at: access.span, deletion: program.steps[deleted].origin.span))
    } else if written < 0, !program.places[Int(access.place.index)].isDurable {
      report.diagnostics.append(
        .dataNotProduced(
          program.placeText(access.place), reader: name(index), at: access.span,
          laterWriter: laterWriter(of: access.place, behind: index),
          producers: producers(of: access.place)))
    }
  }

  private func laterWriter(of place: PlaceID, behind index: Int) -> String? {
    let chain = Set(places.chain(place))
    let later = program.steps.indices.dropFirst(index + 1).first { at in
      program.accesses(of: program.steps[at]).contains { access in
        access.mode == .write
          && (chain.contains(Int(access.place.index))
            || places.chain(access.place).contains(Int(place.index)))
      }
    }
    return later.map(name)
  }

  /// What is written to the cluster, read by no later step, and gone with the cluster.
  func checkLost(_ report: inout Report) {
    for (index, step) in program.steps.enumerated() {
      for access in program.accesses(of: step)
      where access.mode == .write && !program.places[Int(access.place.index)].isDurable {
        guard reads.last(overlapping: access.place, index: places) < index else { continue }
        report.diagnostics.append(
          .dataLost(program.placeText(access.place), writer: name(index), at: access.span))
      }
    }
  }

  private mutating func checkWrite(_ access: Access, of index: Int, _ report: inout Report) {
    // A second step may write to a place that was emptied in between, or another part of it.
    let deleted = deletions.last(overlapping: access.place, index: places)
    let whole = wholes.last(overlapping: access.place, index: places)
    var other = whole > deleted ? whole : -1
    if access.part == 0 {
      let any = writes.last(overlapping: access.place, index: places)
      if any > deleted { other = max(other, any) }
      wholes.set(access.place, step: index, index: places)
    } else {
      let before = lastWriter(of: access)
      if before > deleted { other = max(other, before) }
      setLastWriter(of: access, index)
    }
    guard other >= 0, other != index else { return }
    report.diagnostics.append(
      .dataWrittenTwice(
        program.placeText(access.place), first: name(other), second: name(index), at: access.span,
        firstSpan: program.steps[other].origin.span))
  }

  /// The step that wrote a part of a place last; -1 where there is none.
  private func lastWriter(of access: Access) -> Int {
    let first = firstParts[Int(access.place.index)]
    if first.part == access.part { return Int(first.step) }
    return otherParts[Part(place: access.place, part: access.part)].map { Int($0) } ?? -1
  }

  private mutating func setLastWriter(of access: Access, _ step: Int) {
    let place = Int(access.place.index)
    let step = Int32(clamping: step)
    if firstParts[place].step < 0 || firstParts[place].part == access.part {
      firstParts[place] = (access.part, step)
    } else {
      otherParts[Part(place: access.place, part: access.part)] = step
    }
  }

  /// Data that this run put somewhere and then moves away, though the stages that read it in
  /// between do not run.
  func checkUnread(_ report: inout Report) {
    guard program.accesses.contains(where: { $0.mode == .delete }) else { return }
    let owners = datasetsByPlace()
    var fates = [Fate](repeating: Fate(), count: program.datasets.count)
    for (index, step) in program.steps.enumerated() {
      var touched: [Int] = []
      for access in program.accesses(of: step) {
        for place in places.chain(access.place) {
          for dataset in owners[place] {
            touched.append(dataset)
            fates[dataset].note(access, of: index)
          }
        }
      }
      for dataset in touched { settle(&fates[dataset], dataset, step, index, &report) }
    }
  }

  /// What happened to a dataset so far, and what the current step does to it.
  private struct Fate {
    var filled: Int?
    var isRead = false
    var writes = false
    var reads = false
    var deletion: Access?

    mutating func note(_ access: Access, of step: Int) {
      switch access.mode {
      case .read: reads = true
      case .write: writes = true
      case .delete: deletion = deletion ?? access
      }
    }
  }

  private func settle(
    _ fate: inout Fate, _ index: Int, _ step: Step, _ number: Int, _ report: inout Report
  ) {
    if fate.writes { fate.filled = fate.filled ?? number }
    let dataset = program.datasets[index]
    if let deletion = fate.deletion {
      if let filled = fate.filled, !fate.isRead,
        let stage = missingReader(of: dataset, deletedBy: step)
      {
        report.diagnostics.append(
          .dataUnread(
            dataset.name, filledBy: name(filled), deletedBy: name(number), reader: stage,
            mustBeRead: dataset.mustBeRead, at: deletion.span))
      }
    } else if fate.reads {
      fate.isRead = true
    }
    fate = Fate(filled: fate.filled, isRead: fate.isRead)
  }

  /// For each place the datasets that it belongs to.
  private func datasetsByPlace() -> [[Int]] {
    var owners = [[Int]](repeating: [], count: program.places.count)
    for (index, dataset) in program.datasets.enumerated() {
      for place in Set(dataset.places.map { Int($0.index) }).sorted() {
        owners[place].append(index)
      }
    }
    return owners
  }

  /// A stage that reads a dataset before the stage of the step that deletes it, and does not run.
  private func missingReader(of dataset: Dataset, deletedBy step: Step) -> String? {
    guard let end = step.stage else { return nil }
    for index in program.stages.indices where StageID(index) < end {
      let uses = context.uses.stages[index]
      let status = program.stages[index].status
      let reads =
        dataset.mustBeRead
        ? context.uses.reads(index, dataset.name) : uses.reads.contains(dataset.name)
      if reads, !uses.deletes.contains(dataset.name),
        status == .skipped || status == .beforeResumption
      {
        return program.stages[index].name
      }
    }
    return nil
  }

  /// Names of stages that write a dataset at a place.
  private func producers(of place: PlaceID) -> [String] {
    let chain = Array(places.chain(place))
    let datasets = program.datasets.filter { dataset in
      dataset.places.contains { chain.contains(Int($0.index)) }
    }.map(\.name)
    return program.stages.indices.filter { index in
      datasets.contains { context.uses.stages[index].writes.contains($0) }
    }.map { program.stages[$0].name }
  }

  private func name(_ step: Int) -> String { program.text(program.steps[step].name) }
}
