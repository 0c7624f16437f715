import Diagnostics
import PipelineIR
import SourceText
import Values

/// Finds steps that run after a failure and use what the failed step wrote in part, or delete what
/// it still has to read.
struct Failures {
  private let program: Program
  private let places: PlaceIndex
  /// Steps after whose failure EMR continues.
  private var writers: StepsAtPlaces
  private var readers: StepsAtPlaces

  init(_ program: Program, _ places: PlaceIndex) {
    self.program = program
    self.places = places
    writers = StepsAtPlaces(places)
    readers = writers
  }

  mutating func check(_ report: inout Report) {
    guard program.steps.contains(where: { $0.actionOnFailure == .proceed }) else { return }
    for (index, step) in program.steps.enumerated() {
      if let found = useOfPart(index) {
        report.diagnostics.append(
          .dataAfterFailure(
            name(index), found.access.mode.use,
            program.placeText(found.access.place), of: name(found.step), .writes,
            at: found.access.span, failed: program.steps[found.step].origin.span))
      }
      if let found = deletionOfSource(index) {
        report.diagnostics.append(
          .dataAfterFailure(
            name(index), .deletes, program.placeText(found.access.place), of: name(found.step),
            .reads, at: found.access.span, failed: program.steps[found.step].origin.span))
      }
      guard step.actionOnFailure == .proceed else { continue }
      for access in program.accesses(of: step) {
        switch access.mode {
        case .write: writers.add(access.place, step: index)
        case .read: readers.add(access.place, step: index)
        case .delete: break
        }
      }
    }
  }

  /// Reports a read or deletion of what an earlier step may have written in part.
  private func useOfPart(_ later: Int) -> (access: Access, step: Int)? {
    for access in program.accesses(of: program.steps[later]) where access.mode != .write {
      let failed = writers.first(overlapping: access.place) { _ in true }
      if let failed { return (access, failed) }
    }
    return nil
  }

  /// Reports a deletion of what an earlier step may still have to read.
  private func deletionOfSource(_ later: Int) -> (access: Access, step: Int)? {
    for access in program.accesses(of: program.steps[later]) where access.mode == .delete {
      let failed = readers.first(overlapping: access.place) { earlier in
        reads(earlier, access)
      }
      if let failed { return (access, failed) }
    }
    return nil
  }

  /// Whether a step reads what a deletion removes, and not another part of the place.
  private func reads(_ earlier: Int, _ deletion: Access) -> Bool {
    program.accesses(of: program.steps[earlier]).contains { other in
      other.mode == .read && places.overlap(other.place, deletion.place)
        && !other.isApart(from: deletion)
    }
  }

  private func name(_ step: Int) -> String { program.text(program.steps[step].name) }
}

/// Finds steps that may run at the same time and touch the same place.
struct Races {
  private let program: Program
  private let places: PlaceIndex
  private var readers: StepsAtPlaces
  /// Steps that write or delete.
  private var changers: StepsAtPlaces

  init(_ program: Program, _ places: PlaceIndex) {
    self.program = program
    self.places = places
    readers = StepsAtPlaces(places)
    changers = readers
  }

  mutating func check(_ report: inout Report) {
    for (index, step) in program.steps.enumerated() {
      if let found = firstRace(of: index) {
        report.diagnostics.append(
          .dataRace(
            name(found.step), name(index), found.access.mode.use,
            program.placeText(found.access.place), atOnce: program.cluster.stepConcurrency,
            at: found.access.span, first: program.steps[found.step].origin.span))
      }
      for access in program.accesses(of: step) {
        if access.mode == .read {
          readers.add(access.place, step: index)
        } else {
          changers.add(access.place, step: index)
        }
      }
    }
  }

  private func firstRace(of later: Int) -> (access: Access, step: Int)? {
    for access in program.accesses(of: program.steps[later]) {
      let candidates = access.mode == .read ? [changers] : [changers, readers]
      let first = candidates.compactMap { steps in
        steps.first(overlapping: access.place) { earlier in
          clashes(earlier, access)
        }
      }.min()
      if let first { return (access, first) }
    }
    return nil
  }

  /// Whether two steps clash at an access of the later one: one of them writes or deletes there,
  /// and not another part of the place.
  private func clashes(_ earlier: Int, _ access: Access) -> Bool {
    program.accesses(of: program.steps[earlier]).contains { other in
      (other.mode != .read || access.mode != .read) && places.overlap(other.place, access.place)
        && !other.isApart(from: access)
    }
  }

  private func name(_ step: Int) -> String { program.text(program.steps[step].name) }
}

extension Access.Mode {
  var use: Diagnostic.Use {
    switch self {
    case .read: .reads
    case .write: .writes
    case .delete: .deletes
    }
  }
}
