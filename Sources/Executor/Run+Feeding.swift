import AWSServices
import PlanFormat
import Values

/// Which steps can be added to the cluster now, and what is to become of the others.
struct StepFront {
  /// Steps that can be added for the first time.
  var fresh: [Int] = []
  /// Steps that failed, or were cancelled because of that, and can be added again now.
  var again: [Int] = []
  /// Failed steps that will be added again, for which no time has been set.
  var failed: [Int] = []
  /// Failed steps whose time to be added again hasn't come.
  var resting: [Int] = []
  /// Steps that wait for others that may still be completed.
  var waiting: [Int] = []
  /// Steps that are never added.
  var heldBack: [Int] = []
  /// Steps on the cluster that haven't ended.
  var open: [Int] = []

  /// Whether nothing is under way, and nothing can be added any more.
  var isSettled: Bool {
    fresh.isEmpty && again.isEmpty && failed.isEmpty && resting.isEmpty && open.isEmpty
  }
}

extension Run {
  /// How many pending and running steps a cluster can have, those of others included.
  static var roomOfCluster: Int { 256 }

  /// Whether nothing may be added: the run is being ended, or its cluster is.
  private var isClosed: Bool {
    refusal != nil || decidedEnd != nil || isStoppedByHand || record.cancellation != nil
      || record.termination != nil
      || record.clusterState?.isLive == false
  }

  /// Whether `cancel` has marked the cluster, so that no step of this run is added to it any more.
  var isStoppedByHand: Bool {
    clusterTags.contains(Tag(key: tag(Self.cancelTag), value: options.runKey))
  }

  /// What can be done about each step now.
  var front: StepFront { plan.cluster.isFed ? fedFront : plainFront }

  // MARK: By their order

  private var fedFront: StepFront {
    var front = StepFront()
    let isClosed = isClosed || isStoppedByFailure
    var isLost = Array(repeating: false, count: record.steps.count)
    // Completed, or left out where all before it are past.
    var isPast = isLost
    for index in record.steps.indices {
      let step = record.steps[index]
      if step.description?.state == .completed {
        isPast[index] = true
        continue
      }
      if step.id != nil, step.description?.state.isFinal != true {
        front.open.append(index)
      } else if step.id != nil {
        isLost[index] = isClosed || !triesAgain(index, &front)
      } else if isClosed || predecessors[index].contains(where: { isLost[$0] }) {
        isLost[index] = true
        front.heldBack.append(index)
      } else if predecessors[index].allSatisfy({ isPast[$0] }) {
        if record.isSkipped(index) { isPast[index] = true } else { front.fresh.append(index) }
      } else {
        front.waiting.append(index)
      }
    }
    return front
  }

  /// Whether a step that ended without success will be added again.
  private func triesAgain(_ index: Int, _ front: inout StepFront) -> Bool {
    if wasSweptAway(index) {
      front.again.append(index)
      return true
    }
    guard mayTryAgain(index) else { return false }
    let now = services.time.now.seconds
    if let due = record.steps[index].retryDue {
      if due.seconds > now { front.resting.append(index) } else { front.again.append(index) }
    } else if wait(before: [index]) > 0 {
      front.failed.append(index)
    } else {
      front.again.append(index)
    }
    return true
  }

  private func mayTryAgain(_ index: Int) -> Bool {
    let step = record.steps[index]
    guard step.description?.state == .failed, step.cancellation == nil,
      plan.cluster.isPersistent || plan.cluster.isKept,
      step.triesUsed < plan.steps[index].maximumTries
    else { return false }
    let due = step.retryDue?.seconds ?? services.time.now.seconds + wait(before: [index])
    return plan.timeoutSeconds == 0 || due - began.seconds <= plan.timeoutSeconds
  }

  /// Whether a failed step's `ActionOnFailure` ends the run, and it isn't tried again.
  private var isStoppedByFailure: Bool {
    record.steps.indices.contains { index in
      record.steps[index].description?.state == .failed && stopsOthers(index)
        && !mayTryAgain(index)
    }
  }

  private func stopsOthers(_ index: Int) -> Bool {
    plan.steps[index].actionOnFailure != "CONTINUE"
  }

  /// Whether a step was cancelled before it started because another one failed, which is tried again.
  private func wasSweptAway(_ index: Int) -> Bool {
    let step = record.steps[index]
    guard step.description?.state == .cancelled, step.description?.started == nil,
      step.cancellation == nil
    else { return false }
    return record.steps.indices.contains { record.steps[$0].failures > 0 && stopsOthers($0) }
  }

  /// Decides when failed steps are tried again; false if none are.
  mutating func scheduleRetries(on cluster: String) async throws(RunStop) -> Bool {
    let failed = front.failed
    for index in failed { try await noteRetry(of: [index], on: cluster) }
    return !failed.isEmpty
  }

  // MARK: One after the other

  private var plainFront: StepFront {
    var front = StepFront()
    for (index, step) in record.steps.enumerated() {
      if step.id == nil {
        front.fresh.append(index)
      } else if step.description?.state.isFinal != true {
        front.open.append(index)
      }
    }
    if isClosed || isCutShort {
      front.heldBack = front.fresh
      front.fresh = []
    } else if !front.open.isEmpty, !isEachAlone {
      // A step that fails meanwhile would cancel the others, and not those that are added then.
      front.waiting = front.fresh
      front.fresh = []
    }
    return front
  }

  /// Whether no step's failure affects the others.
  private var isEachAlone: Bool { plan.steps.allSatisfy { $0.actionOnFailure == "CONTINUE" } }

  /// Whether a step has ended in a way after which EMR starts no other.
  private var isCutShort: Bool {
    zip(plan.steps, record.steps).contains { step, known in
      guard let state = known.description?.state, state.isFinal, state != .completed else {
        return false
      }
      return state != .failed || step.actionOnFailure != "CONTINUE"
    }
  }

  // MARK: Requests

  /// The steps to add now, in one request; nil if there are none.
  var nextBatch: [Int]? {
    let front = front
    let wanted = front.again.isEmpty ? front.fresh : front.again
    // Each job has its own request, whose answer may be lost.
    let size = plan.cluster.jobs == nil ? Self.batchSize : 1
    let room = min(size, room ?? size)
    guard room > 0, !wanted.isEmpty else { return nil }
    return Array(wanted.prefix(room))
  }

  /// Says which steps a failure keeps from being added.
  mutating func tellHeldBack() {
    guard plan.cluster.isFed, !isClosed else { return }
    let news = front.heldBack.filter { !toldHeldBack.contains($0) }
    guard !news.isEmpty else { return }
    toldHeldBack.formUnion(news)
    tell(.heldBack(steps: news.map { plan.steps[$0].name }, because: culprits(of: news)))
  }

  /// The names of the steps whose failure keeps these from being added.
  private func culprits(of steps: [Int]) -> [String] {
    let failed = record.steps.indices.filter { index in
      guard let state = record.steps[index].description?.state else { return false }
      return state.isFinal && state != .completed
    }
    var causes: Set<Int> = []
    var seen: Set<Int> = []
    var open = steps
    while let step = open.popLast() {
      guard seen.insert(step).inserted else { continue }
      if failed.contains(step) { causes.insert(step) } else { open += predecessors[step] }
    }
    // Where none is among their predecessors, it ended the whole run.
    let all = causes.isEmpty ? Set(failed.filter(stopsOthers)) : causes
    return all.sorted().map { plan.steps[$0].name }
  }
}
