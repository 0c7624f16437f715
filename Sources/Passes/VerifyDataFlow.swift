import Diagnostics
import PipelineIR
import PipelineSyntax
import SourceText
import Values

extension Pass {
  /// Proves that the steps' reads, writes and deletions are consistent; changes nothing.
  static let verifyDataFlow = Pass(
    "verify-data-flow",
    "proves that what is read exists, that no two steps write to one place, and that nothing is deleted too early",
    codes: [
      .dataAfterFailure, .dataDeletedBeforeRead, .dataLost, .dataMovedOntoItself,
      .dataNotProduced, .dataRace, .dataUnread, .dataWrittenTwice,
    ]
  ) { program, context, report in
    let places = PlaceIndex(program)
    var flow = DataFlow(program: program, places: places)
    for step in program.steps.indices { flow.visit(step, &report) }
    if !context.options.isPersistent { flow.checkLost(&report) }
    var unread = UnreadData(program, context, places)
    unread.check(&report)
    // With several steps at a time, a recovery adds what reads restored data only when it is there.
    if program.cluster.stepConcurrency == 1 { FailedRestores(program, context)?.check(&report) }
    // Where steps are added in order, none starts before those before it are completed.
    guard !program.cluster.isFed else { return }
    if program.cluster.stepConcurrency > 1 {
      let before = report.diagnostics.count
      var races = Races(program, places)
      races.check(&report)
      // A step that may still be at work may also fail, and there is one cure for both.
      guard report.diagnostics.count == before else { return }
    }
    var failures = Failures(program, places)
    failures.check(&report)
  }
}

/// The state of all places while the steps are visited in order.
private struct DataFlow {
  let program: Program
  let places: PlaceIndex
  private var writes: LastSteps
  private var deletions: LastSteps
  private var reads: LastSteps

  init(program: Program, places: PlaceIndex) {
    self.program = program
    self.places = places
    writes = LastSteps(places)
    deletions = writes
    reads = writes
  }

  mutating func visit(_ index: Int, _ report: inout Report) {
    let step = program.steps[index]
    let accesses = program.accesses(of: step)
    checkMove(step, index, &report)
    for access in accesses where access.mode == .read { checkRead(access, of: index, &report) }
    for access in accesses where access.mode == .write { checkWrite(access, of: index, &report) }
    for access in accesses {
      switch access.mode {
      case .read: reads.set(access.place, step: index)
      case .delete: deletions.set(access.place, part: access.part, step: index)
      case .write: writes.set(access.place, part: access.part, step: index)
      }
    }
  }

  private func checkMove(_ step: Step, _ index: Int, _ report: inout Report) {
    let sources = program.movedFrom(step)
    guard !sources.isEmpty else { return }
    for access in program.accesses(of: step) where access.mode == .write {
      guard let source = sources.first(where: { places.overlap($0, access.place) }) else {
        continue
      }
      report.diagnostics.append(
        .dataMovedOntoItself(
          program.placeText(source), to: program.placeText(access.place), by: name(index),
          at: access.span))
      return
    }
  }

  private func checkRead(_ access: Access, of index: Int, _ report: inout Report) {
    let written = writes.last(overlapping: access.place)
    let deleted = deletions.last(overlapping: access.place, part: access.part)
    if let deleted, deleted > written ?? -1 {
      report.diagnostics.append(
        .dataDeletedBeforeRead(
          program.placeText(access.place), by: name(deleted), reader: name(index),
          at: access.span, deletion: program.steps[deleted].origin.span))
    } else if written == nil, !program.isDurable(access.place) {
      report.diagnostics.append(
        .dataNotProduced(
          program.placeText(access.place), reader: name(index), at: access.span,
          laterWriter: laterWriter(of: access.place, after: index),
          producers: producers(of: access.place), steps: stepsLeftOut(writing: access.place)))
    } else if !program.isDurable(access.place), let stage = stageInDoubt(access.place, index) {
      report.diagnostics.append(
        .dataInDoubt(
          program.placeText(access.place), reader: name(index), writer: stage.name,
          at: access.span, condition: stage.span))
    }
  }

  /// The stage that writes what a step reads and may be left out, where nothing else writes it; nil
  /// where the step is then left out too, or something else writes it.
  private func stageInDoubt(_ place: PlaceID, _ reader: Int) -> Stage? {
    guard program.stages.contains(where: { $0.condition != nil }) else { return nil }
    let own = program.steps[reader].stage.flatMap(program.stage)?.condition
    var found: Stage?
    for step in program.steps[..<reader]
    where program.accesses(of: step).contains(where: {
      $0.mode == .write && places.overlap($0.place, place)
    }) {
      guard let stage = step.stage.flatMap(program.stage), let condition = stage.condition,
        condition != own
      else { return nil }
      found = found ?? stage
    }
    return found
  }

  private func laterWriter(of place: PlaceID, after index: Int) -> String? {
    let later = program.steps.indices.dropFirst(index + 1).first { at in
      program.accesses(of: program.steps[at]).contains {
        $0.mode == .write && places.overlap($0.place, place)
      }
    }
    return later.map(name)
  }

  /// Names of stages that the run leaves out and that would write a place.
  private func producers(of place: PlaceID) -> [String] {
    let stages = program.wouldBe.filter { stage in
      stage.accesses.contains { $0.mode == .write && places.overlap($0.place, place) }
    }
    return stages.compactMap { program.stage($0.stage)?.name }
  }

  /// Names of steps that `--only-step` leaves out and that would write a place.
  private func stepsLeftOut(writing place: PlaceID) -> [String] {
    program.stepsLeftOut.filter { step in
      step.accesses.contains { $0.mode == .write && places.overlap($0.place, place) }
    }.map(\.name)
  }

  /// Reports data on the cluster that no later step reads and that is lost when the cluster ends.
  func checkLost(_ report: inout Report) {
    for (index, step) in program.steps.enumerated() {
      for access in program.accesses(of: step)
      where access.mode == .write && !program.isDurable(access.place) {
        if let read = reads.last(overlapping: access.place), read > index { continue }
        report.diagnostics.append(
          .dataLost(program.placeText(access.place), writer: name(index), at: access.span))
      }
    }
  }

  /// A second step may write to a place that was emptied in between, or another part of it.
  private func checkWrite(_ access: Access, of index: Int, _ report: inout Report) {
    let deleted = deletions.last(overlapping: access.place) ?? -1
    guard let earlier = writes.last(overlapping: access.place, part: access.part),
      earlier >= deleted
    else { return }
    report.diagnostics.append(
      .dataWrittenTwice(
        program.placeText(access.place), first: name(earlier), second: name(index),
        at: access.span, firstSpan: program.steps[earlier].origin.span))
  }

  private func name(_ step: Int) -> String { program.text(program.steps[step].name) }
}
