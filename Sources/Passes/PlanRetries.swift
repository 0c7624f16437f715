import Diagnostics
import Locations
import PipelineIR
import SourceText
import Values

extension Pass {
  /// Decides which steps are tried again after a failure, and keeps their cluster for that.
  ///
  ///     step … UNDECIDED    →    step … CANCEL_AND_WAIT
  ///       retries after 60s        retries after 60s empties s3://b/out/run=1/
  static let planRetries = Pass(
    "plan-retries", "proves that steps can be tried again, and keeps the cluster for that",
    codes: [.retriesImpossible, .retriesUnsafe]
  ) { program, context, report in
    guard !program.retries.isEmpty else { return }
    var unsafe: [Int] = []
    let safety = RetrySafety(program, context)
    for (index, step) in program.steps.enumerated() {
      guard let retries = program.retries(of: step), !retries.waits.isEmpty else { continue }
      let name = program.text(step.name)
      if let obstacle = safety.obstacle(to: index) {
        if retries.isOwn {
          report.diagnostics.append(obstacle.diagnostic(of: name, at: retries.span))
        } else {
          report.explain("retries of `\(name)`", .dropped, obstacle.reason, at: retries.span)
          unsafe.append(index)
        }
        continue
      }
      program.retries[Int(step.retries)].emptied = safety.emptied(before: index)
      if step.actionOnFailure == .undecided, program.cluster.stepConcurrency == 1 {
        program.steps[index].actionOnFailure = .cancelAndWait
        report.explain(
          "step `\(name)`", .changed, "a failure cancels the rest, so that it can be tried again",
          at: retries.span)
      }
    }
    for index in unsafe { program.steps[index].retries = -1 }
    let longest = program.steps.compactMap { program.retries(of: $0)?.waits.max() }.max()
    guard let longest else { return }
    let first = program.steps.compactMap { program.retries(of: $0) }.first { !$0.waits.isEmpty }
    guard let first, !report.diagnostics.hasErrors else { return }
    guard !program.cluster.isPersistent else { return }
    if program.keepCluster(.retries(longest: longest), for: first.span, &report) {
      program.cluster.isKeptForRetries = true
    }
  }
}

/// What keeps a step from being tried again.
struct RetryObstacle {
  var code = DiagnosticCode.retriesUnsafe
  var reason: String
  var note: Diagnostic.Note?
  var hint: String

  func diagnostic(of step: String, at span: Span) -> Diagnostic {
    Diagnostic(
      code, "step `\(step)` can't be tried again: \(reason)", at: span,
      notes: note.map { [$0] } ?? [], hint: hint)
  }
}

/// Whether a second try of a step does what the first one should have done.
private struct RetrySafety {
  private let program: Program
  private let places: PlaceIndex
  /// The accesses that write where only this run does, by index.
  private let own: Set<Int>
  private let order: StepOrdering?

  init(_ program: Program, _ context: Context) {
    self.program = program
    places = PlaceIndex(program)
    own = context.ownAccesses(of: program)
    var ignored = Report()
    order = StepOrdering(program, context, &ignored)
  }

  func obstacle(to index: Int) -> RetryObstacle? {
    let step = program.steps[index]
    switch step.actionOnFailure {
    case .terminateCluster, .terminateJobFlow:
      return RetryObstacle(
        code: .retriesImpossible,
        reason: "its `on-failure` ends the cluster when it fails",
        hint: "remove its `on-failure`, or make it CANCEL_AND_WAIT")
    case .undecided, .cancelAndWait, .proceed: break
    }
    let accesses = program.accesses(of: step)
    if step.isOnce {
      return RetryObstacle(
        reason: accesses.allSatisfy { $0.mode == .read }
          ? "nothing that it writes is known, so a second try could repeat what the first has done"
          : "`retry: false` says that it must not be done twice",
        hint:
          "if doing it twice does no harm, say so with `retry: true`; otherwise remove `retries`"
      )
    }
    return ofOutput(step) ?? (step.actionOnFailure == .proceed ? ofLaterSteps(index) : nil)
  }

  // MARK: Its output

  private func ofOutput(_ step: Step) -> RetryObstacle? {
    let accesses = program.accesses(of: step)
    for (number, access) in zip(accesses.indices, accesses) where access.mode == .write {
      let place = program.placeText(access.place)
      if accesses.contains(where: { $0.mode == .read && places.overlap($0.place, access.place) }) {
        return RetryObstacle(
          reason: "it reads `\(place)`, where it also writes, so a second try would read what the "
            + "first has left", note: Diagnostic.Note("it writes there", at: access.span),
          hint: "remove `retries`, or let it write to a place of its own")
      }
      guard let obstacle = obstacleToEmptying(number, access, of: step) else { continue }
      if step.needsFreshOutput {
        return RetryObstacle(
          reason: "its program fails if `\(place)` exists, and Penstock doesn't empty that place: "
            + obstacle, note: Diagnostic.Note("it writes there", at: access.span),
          hint: "if its program overwrites what is there, say so with `fresh-output: false` and "
            + "`retry: true`; or write to a place of this run only (`run=${run.id}/`)")
      }
      guard !step.isRetryable else { continue }
      return RetryObstacle(
        reason: "it may add to what the first try has left in `\(place)`, which Penstock doesn't "
          + "empty: \(obstacle)", note: Diagnostic.Note("it writes there", at: access.span),
        hint: "if its program overwrites what is there, say so with `retry: true`")
    }
    return nil
  }

  /// The places that are emptied before a further try.
  func emptied(before index: Int) -> [PlaceID] {
    let step = program.steps[index]
    let accesses = program.accesses(of: step)
    var places: [PlaceID] = []
    for (number, access) in zip(accesses.indices, accesses) where access.mode == .write {
      if obstacleToEmptying(number, access, of: step) == nil, !places.contains(access.place) {
        places.append(access.place)
      }
    }
    return places
  }

  /// Why what a failed try has left isn't deleted; nil if it is.
  private func obstacleToEmptying(_ number: Int, _ access: Access, of step: Step) -> String? {
    guard program.isDurable(access.place) else { return "it is on the cluster's disks" }
    guard Location(folderInBucket: program.placeText(access.place)) != nil else {
      return "it isn't in S3"
    }
    if !program.movedFrom(step).isEmpty { return "what was moved there may be the only copy" }
    let others = zip(program.accesses.indices, program.accesses).filter { other, candidate in
      !step.accesses.contains(Int32(clamping: other))
        && places.overlap(candidate.place, access.place)
    }
    for (other, candidate) in others where candidate.mode == .write {
      let writer = program.steps.first { $0.accesses.contains(Int32(clamping: other)) }
      return writer.map { "`\(program.text($0.name))` writes there too" }
        ?? "another step writes there too"
    }
    let done = program.doneSteps.first { done in
      done.accesses.contains { $0.mode == .write && places.overlap($0.place, access.place) }
    }
    if let done { return "`\(done.name)`, which is done, wrote there too" }
    return own.contains(number) ? nil : "it may hold data of other runs"
  }

  // MARK: Steps that run between two tries

  /// A later step that runs although this one has failed, and changes what it works on.
  private func ofLaterSteps(_ index: Int) -> RetryObstacle? {
    for later in program.steps.indices.dropFirst(index + 1)
    where order?.isOrdered(index, before: later) != true {
      for access in program.accesses(of: program.steps[later]) {
        let clash = program.accesses(of: program.steps[index]).first { mine in
          (mine.mode != .read || access.mode != .read) && places.overlap(mine.place, access.place)
            && !mine.isApart(from: access)
        }
        guard clash != nil else { continue }
        let name = program.text(program.steps[later].name)
        let place = program.placeText(access.place)
        return RetryObstacle(
          reason: "`\(name)` runs after its failure and before its next try, and "
            + "\(access.mode.use.rawValue) `\(place)`",
          note: Diagnostic.Note("here", at: access.span),
          hint: "remove its `on-failure: CONTINUE`, or put `\(name)` after it with `after`")
      }
    }
    return nil
  }
}
