import PlanFormat
import Diagnostics
import PipelineIR
import PlanFormat
import SourceText

extension Pass {
  /// Finds out which steps must be completed before which others start.
  ///
  ///     step 0 … write s3://b/raw/    →    step 1 …
  ///     step 1 … read s3://b/raw/            follows 0 write read s3://b/raw/
  static let orderSteps = Pass(
    "order-steps",
    "finds out which steps must be completed before which others start",
    codes: [.afterUnknownStep, .decidedInRun, .orderImpossible]
  ) { program, context, report in
    guard let explicit = StepOrdering(program, context, &report) else { return }
    program.order = StepRelation(program, explicit).edges
    if context.options.isSubmittedAtOnce, let (what, span) = program.decision {
      report.diagnostics.append(.decidedInRun(what, at: span))
    }
    guard !context.options.isSubmittedAtOnce else { return }
    guard let why = program.reasonToFeed(explicit) else { return program.addRestLater(&report) }
    if !program.cluster.isPersistent {
      let isKept = program.keepCluster(.order, for: why, &report)
      guard isKept || program.cluster.jobFlow == nil else { return }
    }
    program.cluster.isFed = true
    program.cluster.addsStepsLater = true
    report.explain(
      "the steps", .changed, "each is added when those before it are completed", at: why)
  }
}

extension Program {
  /// How many pending and running steps EMR allows on a cluster.
  private static var stepLimit: Int { 256 }

  /// Lets the executor add the steps for which a cluster has no room at first.
  fileprivate mutating func addRestLater(_ report: inout Report) {
    guard steps.count > Self.stepLimit else { return }
    if !cluster.isPersistent {
      guard canEndByItself,
        keepCluster(.rest, for: steps[Self.stepLimit].origin.span, &report)
      else { return }
      cluster.isKeptForMore = true
    }
    cluster.addsStepsLater = true
  }

  /// What makes it necessary that steps are added in order: EMR would start one before those before it
  /// are completed, or after one of them has failed. Nil if it isn't.
  fileprivate func reasonToFeed(_ explicit: StepOrdering) -> Span? {
    if let decision { return decision.span }
    if let jobs = cluster.jobs { return jobs.span }
    guard let last = order.last else { return nil }
    if cluster.isShared { return cluster.reuseSpan ?? steps[last.later].origin.span }
    if cluster.stepConcurrency > 1 {
      return cluster.stepConcurrencySpan ?? steps[last.later].origin.span
    }
    let waiting = steps.indices.first { step in
      explicit.predecessors(of: step).contains { steps[$0].actionOnFailure == .proceed }
    }
    return waiting.map { steps[$0].origin.span }
  }
}

/// The order of a program's steps that their data, `after` and the cluster's own steps demand.
private struct StepRelation {
  private let program: Program
  private let places: PlaceIndex
  private let explicit: StepOrdering
  private var readers: StepsAtPlaces
  /// Steps that write or delete.
  private var changers: StepsAtPlaces
  /// For each step, which steps come before it.
  private var before: [StepSet] = []
  /// The last step of the cluster itself.
  private var barrier: Int?
  private(set) var edges: [StepEdge] = []

  init(_ program: Program, _ explicit: StepOrdering) {
    self.program = program
    self.explicit = explicit
    places = PlaceIndex(program)
    readers = StepsAtPlaces(places)
    changers = readers
    for index in program.steps.indices { add(index) }
  }

  private mutating func add(_ later: Int) {
    var known = StepSet(count: program.steps.count)
    var found: [StepEdge] = []
    // From the latest one: those that come before one that is found follow from it.
    for edge in candidates(later).sorted(by: { $0.earlier > $1.earlier })
    where !known.contains(edge.earlier) {
      found.append(edge)
      known.insert(edge.earlier)
      known.formUnion(before[edge.earlier])
    }
    edges += found.reversed()
    before.append(known)
    for access in program.accesses(of: program.steps[later]) {
      if access.mode == .read {
        readers.add(access.place, step: later)
      } else {
        changers.add(access.place, step: later)
      }
    }
    if isBarrier(later) { barrier = later }
  }

  /// A step of the pipeline outside of its stages: it prepares or cleans the cluster.
  private func isBarrier(_ step: Int) -> Bool {
    // On a cluster of others, a failed step doesn't keep EMR from starting the next.
    if program.cluster.isShared, program.cluster.jobs == nil,
      program.cluster.stepConcurrency == 1
    {
      return true
    }
    return program.steps[step].stage == nil && program.steps[step].origin.pass == .written
  }

  /// Each earlier step that must be completed before this one, once.
  private func candidates(_ later: Int) -> [StepEdge] {
    // Only looked up and sorted by the caller.
    var reasons: [Int: StepEdge.Reason] = [:]
    if isBarrier(later) {
      for earlier in 0..<later { reasons[earlier] = .cluster }
    } else if let barrier {
      reasons[barrier] = .cluster
    }
    for access in program.accesses(of: program.steps[later]) {
      for earlier in touching(access) {
        guard let mode = conflict(earlier, access) else { continue }
        let reason = StepEdge.Reason.data(access.place, earlier: mode, later: access.mode)
        if reasons[earlier].map({ reason.tellsMore(than: $0) }) ?? true {
          reasons[earlier] = reason
        }
      }
    }
    for earlier in explicit.predecessors(of: later) { reasons[earlier] = .after }
    return reasons.map { StepEdge(earlier: $0.key, later: later, reason: $0.value) }
  }

  private func touching(_ access: Access) -> [Int] {
    let changing = changers.all(overlapping: access.place)
    return access.mode == .read ? changing : changing + readers.all(overlapping: access.place)
  }

  /// What an earlier step does at the place of an access, if one of the two changes what is there.
  private func conflict(_ earlier: Int, _ access: Access) -> Access.Mode? {
    var found: Access.Mode?
    for other in program.accesses(of: program.steps[earlier])
    where (other.mode != .read || access.mode != .read)
      && places.overlap(other.place, access.place) && !other.isApart(from: access)
    {
      // That it writes says most.
      if other.mode == .write { return .write }
      found = found ?? other.mode
    }
    return found
  }
}

extension StepEdge.Reason {
  /// Whether it is the one to show: what a step takes from another says more than what it must not
  /// disturb.
  fileprivate func tellsMore(than other: Self) -> Bool { rank < other.rank }

  private var rank: Int {
    switch self {
    case .after: 0
    case .data(_, earlier: .write, later: .read): 1
    case .data(_, earlier: .write, later: _), .data(_, earlier: .delete, later: _): 2
    case .data(_, earlier: .read, later: _): 3
    case .cluster: 4
    }
  }
}

/// Some of a program's steps, by index.
private struct StepSet {
  private var words: [UInt64]

  init(count: Int) { words = Array(repeating: 0, count: (count + 63) / 64) }

  func contains(_ step: Int) -> Bool { words[step / 64] & (1 << UInt64(step % 64)) != 0 }

  mutating func insert(_ step: Int) { words[step / 64] |= 1 << UInt64(step % 64) }

  mutating func formUnion(_ other: StepSet) {
    for index in words.indices { words[index] |= other.words[index] }
  }
}
