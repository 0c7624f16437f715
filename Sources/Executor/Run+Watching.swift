import AWSServices
import PlanFormat
import Values

extension Run {
  /// Looks at the cluster once, acts on it, and waits until the next look.
  mutating func watch(_ cluster: String) async throws(RunStop) {
    if watchBegan == nil { watchBegan = services.time.now }
    rounds += 1
    // A working cluster tells no more than its steps, so usually only those are requested.
    // Only `cancel`'s mark is on the cluster alone.
    let isMarkable = plan.cluster.isFed && plan.cluster.isPersistent
    if record.clusterState != .running || isAllFinal || rounds % 10 == 0 || isMarkable {
      try await look(at: cluster)
    }
    if let state = record.clusterState, state != .starting, state != .bootstrapping, !isAllFinal {
      _ = try await listSteps(of: cluster)
      tellHeldBack()
    }
    if try await judge(cluster) { return }
    // Steps that became ready are added at once.
    guard nextBatch == nil else { return }
    try await sleep(interval)
  }

  /// Often in the first minutes, when mistakes show; then every half minute, then every minute. A
  /// step that waits for another one is added soon after that one.
  var interval: Double {
    let now = services.time.now.seconds
    let watched = now - (watchBegan ?? services.time.now).seconds
    let front = front
    let isFeeding =
      plan.cluster.isFed
      ? !front.waiting.isEmpty || !front.fresh.isEmpty
      : !front.waiting.isEmpty && front.open.count < 4
    var usual: Double = watched < 300 || isFeeding ? 15 : watched < 3600 ? 30 : 60
    if isFeeding {
      // EMR lists 50 steps a call, and throttles: it is asked for one page in three seconds.
      usual = max(usual, min(60, Double(listedSteps) / 50 * 3))
      if let lastThrottled, now - lastThrottled.seconds < 300 { usual = max(usual, 45) }
    }
    guard let due = record.retryDue?.seconds, due > now else { return usual }
    return min(usual, Double(due - now))
  }

  /// Whether no step is at work, and none can be added any more.
  var isAllFinal: Bool {
    // A run without steps is done once its cluster takes them.
    if plan.isClusterOnly {
      guard let state = record.clusterState else { return false }
      return state != .starting && state != .bootstrapping
    }
    let front = front
    return front.isSettled && (front.waiting.isEmpty || plan.cluster.isFed)
  }

  var isAllCompleted: Bool {
    record.steps.indices.allSatisfy {
      record.steps[$0].description?.state == .completed || record.isSkipped($0)
    } && decidedEnd == nil && stepToRead == nil
  }

  mutating func look(at cluster: String) async throws(RunStop) {
    let found = try await ask { emr throws(CloudError) in
      try await emr.describeCluster(cluster)
    }
    clusterCreated = found.created
    clusterTags = found.tags
    if found.state != record.clusterState {
      try await note(.cluster(id: cluster, found.state, redacted(found.reason)))
      if plan.cluster.jobs == nil || !found.state.isLive {
        tell(.cluster(id: cluster, state: found.state, reason: redacted(found.reason)))
      }
    }
  }

  private func redacted(_ reason: StateChangeReason) -> StateChangeReason {
    StateChangeReason(code: reason.code, message: secrets.redact(reason.message))
  }

  /// The run's steps on the cluster, as last seen.
  private var knownSteps: [StepDescription] {
    record.steps.enumerated().compactMap { index, step in
      step.id.map {
        StepDescription(
          id: $0, name: plan.steps[index].name, state: step.description?.state ?? .pending)
      }
    }
  }

  /// Lists the cluster's steps, and notes what has become of the run's.
  mutating func listSteps(of cluster: String) async throws(RunStop) -> [StepDescription] {
    let known = knownSteps
    let listed = try await ask { emr throws(CloudError) in
      try await emr.look(at: known, ofCluster: cluster)
    }
    listedSteps = listed.count
    room = Self.roomOfCluster - listed.count { !$0.state.isFinal }
    var byID: [String: StepDescription] = [:]
    for step in listed { byID[step.id] = step }
    for index in record.steps.indices {
      guard let id = record.steps[index].id, var found = byID[id],
        found.state != record.steps[index].description?.state
      else { continue }
      found.reason = redacted(found.reason)
      found.failure = found.failure.map { failure in
        StepDescription.Failure(
          reason: secrets.redact(failure.reason), message: secrets.redact(failure.message),
          logFile: failure.logFile)
      }
      try await note(.step(index: index, found))
      tell(.step(index: index, found))
    }
    return listed
  }

  // MARK: Judging

  /// Acts on what was seen; true if it did more than wait.
  private mutating func judge(_ cluster: String) async throws(RunStop) -> Bool {
    if try await judgeTime(cluster) { return true }
    let isLive = record.clusterState?.isLive ?? true
    if !isLive, isBootstrapFailure { return try await judgeLoss(cluster) }
    if isAllFinal {
      guard isLive || !plan.isClusterOnly else { return try await judgeLoss(cluster) }
      return isAllCompleted
        ? try await judgeSuccess(cluster, isLive) : try await judgeFailure(cluster, isLive)
    }
    if isLive, plan.cluster.isFed, try await scheduleRetries(on: cluster) { return true }
    guard !isLive else { return false }
    if record.clusterState == .terminating { return false }
    return try await judgeLoss(cluster)
  }

  /// Cancels what takes too long.
  private mutating func judgeTime(_ cluster: String) async throws(RunStop) -> Bool {
    guard record.cancellation == nil, record.termination == nil, !isAllFinal,
      record.clusterState?.isLive == true
    else { return false }
    let now = services.time.now.seconds
    if plan.timeoutSeconds > 0, now - began.seconds > plan.timeoutSeconds {
      try await cancelAll(cluster, "the run took longer than \(plan.timeoutSeconds) s")
      return true
    }
    if let end = decidedEnd, !front.open.isEmpty {
      try await cancelAll(cluster, end.summary)
      return true
    }
    if isStoppedByHand,
      let index = front.open.first(where: { record.steps[$0].cancellation == nil })
    {
      try await note(
        .stepCancelIntended(cluster: cluster, step: index, why: "the run was cancelled"))
      return true
    }
    for (index, (step, known)) in zip(plan.steps, record.steps).enumerated() {
      guard step.timeoutSeconds > 0, let description = known.description,
        description.state == .running, let started = description.started,
        now - started.seconds > step.timeoutSeconds
      else { continue }
      let why = "the step `\(step.name)` took longer than \(step.timeoutSeconds) s"
      // A step of others is none of its business; but one that doesn't end holds up the whole run.
      if plan.cluster.isFed {
        guard let decided = known.cancelDecided else {
          tell(.cancellingStep(step: step.name, why: why))
          try await note(.stepCancelIntended(cluster: cluster, step: index, why: why))
          return true
        }
        guard now - decided.seconds > Self.cancelPatience else { continue }
      }
      try await cancelAll(cluster, why)
      return true
    }
    return false
  }

  private mutating func cancelAll(_ cluster: String, _ why: String) async throws(RunStop) {
    tell(.cancelling(cluster: cluster, why: why))
    try await note(.cancelIntended(cluster: cluster, why: why))
  }

  private mutating func judgeSuccess(
    _ cluster: String, _ isLive: Bool
  ) async throws(RunStop) -> Bool {
    if isLive, let why = reasonToTerminate {
      try await beginTermination(cluster, why)
      return true
    }
    // The run's own cluster ends by itself, but the run is over only once it has.
    if isLive, !plan.cluster.isPersistent, record.termination == nil { return false }
    guard !plan.isClusterOnly else {
      try await note(.ended(.success("the cluster \(cluster) waits for steps")))
      return true
    }
    let count = plan.steps.count
    let skipped = record.steps.indices.count { record.isSkipped($0) }
    let summary =
      skipped > 0
      ? "\(count - skipped) of the run's \(count) steps are completed, and the others left out"
      : count == 1
        ? "the run's only step is completed" : "all \(count) steps of the run are completed"
    let ofCluster =
      record.isLeftAlive ? "; the cluster \(cluster) goes on, as it could not be ended" : ""
    try await note(.ended(.success(summary + ofCluster)))
    return true
  }

  /// Why a cluster without work should be terminated; nil if it shouldn't.
  private var reasonToTerminate: String? {
    guard record.termination == nil else { return nil }
    let now = services.time.now.seconds
    if plan.cluster.isPersistent {
      let life = plan.cluster.lifetimeMinutes
      guard life > 0, let clusterCreated, now - clusterCreated.seconds >= life * 60 else {
        return nil
      }
      return "it is older than \(life) minutes"
    }
    guard let since = idleSince ?? lastEnd else { return nil }
    // One that was kept so that steps could be tried again doesn't end by itself.
    if plan.cluster.isKept || isIdleForever { return "the run is over" }
    return now - since.seconds > 600 ? "the run is over, but the cluster is still running" : nil
  }

  private var lastEnd: Value.Timestamp? {
    record.steps.compactMap { $0.description?.ended }.max()
  }

  mutating func beginTermination(_ cluster: String, _ why: String) async throws(RunStop) {
    tell(.terminating(cluster: cluster, why: why))
    try await note(.terminateIntended(cluster: cluster, why: why))
  }

  private mutating func judgeFailure(
    _ cluster: String, _ isLive: Bool
  ) async throws(RunStop) -> Bool {
    if isLive, !plan.cluster.isFed, record.cancellation == nil, record.termination == nil,
      let again = retryable
    {
      return try await retry(again, on: cluster)
    }
    if isLive, let why = reasonToTerminate {
      try await beginTermination(cluster, why)
      return true
    }
    if !plan.cluster.isPersistent {
      // Logs are complete only after the cluster has ended.
      let isGone =
        record.clusterState == .terminated || record.clusterState == .terminatedWithErrors
      if !isGone, !record.isLeftAlive, !(record.isTerminated && !isLive) {
        if idleSince == nil { idleSince = services.time.now }
        return false
      }
    }
    try await end(record.isLeftAlive ? failure.leavingAlive(cluster) : failure)
    return true
  }

  /// The step to blame: the first that failed, or else the first that didn't finish.
  var failedStep: Int? {
    record.steps.firstIndex { $0.description?.state == .failed }
      ?? record.steps.firstIndex {
        $0.description.map { $0.started != nil && $0.state != .completed } ?? false
      }
  }

  /// Why the run failed, by what was last seen.
  private var failure: RunFailure {
    if let end = decidedEnd { return end }
    if let why = record.cancellation { return .timeLimitPassed(why) }
    if let failed = failedStep {
      if let why = record.steps[failed].cancellation, !isStoppedByHand {
        return .timeLimitPassed(why)
      }
      return .stepFailed(
        plan.steps[failed].name, record.steps[failed].description?.state ?? .failed)
    }
    return refusal ?? .clusterEnded(record.clusterReason.message)
  }

  private var isBootstrapFailure: Bool {
    record.clusterReason.code == "BOOTSTRAP_FAILURE"
      && !record.steps.contains { $0.description?.started != nil }
  }

  /// The cluster is gone before the steps ended: launches another if only its start failed.
  private mutating func judgeLoss(_ cluster: String) async throws(RunStop) -> Bool {
    guard isBootstrapFailure else {
      try await end(failure)
      return true
    }
    let tries = record.lostClusters + 1
    guard reusedCluster == nil, record.cancellation == nil, record.termination == nil,
      Int64(tries) < plan.cluster.bootstrapTries
    else {
      try await end(.bootstrapFailed(tries: tries))
      return true
    }
    let wait = Int64(services.random.fraction() * 600)
    let due = Value.Timestamp(seconds: services.time.now.seconds + wait, nanoseconds: 0)
    tell(.clusterLost(cluster: cluster, reason: record.clusterReason, relaunchAt: due))
    try await note(.relaunchDue(cluster: cluster, at: due))
    return true
  }

  // MARK: Cancelling and terminating

  /// For how many seconds a step that was cancelled alone may go on.
  private static var cancelPatience: Int64 { 600 }

  /// A step whose cancellation is recorded, but not carried out, and why.
  var stepToCancel: (index: Int, why: String)? {
    for (index, step) in record.steps.enumerated() {
      guard let why = step.cancellation, !step.isCancelled, step.id != nil,
        step.description?.state.isFinal != true
      else { continue }
      return (index, why)
    }
    return nil
  }

  /// Carries out the recorded cancellation of one step; safe to repeat.
  mutating func cancel(
    _ index: Int, of cluster: String, _ why: String
  ) async throws(RunStop) {
    guard let id = record.steps[index].id else { return }
    let answer = await change("CancelSteps") { emr throws(CloudError) in
      try await emr.cancelSteps(cluster: cluster, steps: [id])
    }
    if case .failure(let error) = answer {
      guard error.kind == .refused else { return try await tryAgain(error) }
      // It may have ended by itself.
      tell(.callFailed(error, next: "continuing without it"))
    }
    blindSince = nil
    try await note(.stepCancelled(cluster: cluster, step: index))
  }

  /// Carries out a recorded cancellation; safe to repeat.
  mutating func cancelRest(of cluster: String, _ why: String) async throws(RunStop) {
    let ids = record.steps.filter { $0.description?.state.isFinal != true }.compactMap(\.id)
    if !ids.isEmpty {
      let answer = await change("CancelSteps") { emr throws(CloudError) in
        try await emr.cancelSteps(cluster: cluster, steps: ids)
      }
      if case .failure(let error) = answer {
        guard error.kind == .refused else { return try await tryAgain(error) }
        tell(.callFailed(error, next: "continuing without it"))
      }
    }
    blindSince = nil
    try await note(.cancelled(cluster: cluster))
    if !plan.cluster.isPersistent || plan.isClusterOnly {
      try await beginTermination(cluster, why)
    }
  }

  /// Carries out a recorded termination; safe to repeat.
  mutating func terminate(_ cluster: String, _ why: String) async throws(RunStop) {
    guard try await unprotect(cluster) else { return }
    let answer = await change("TerminateJobFlows") { emr throws(CloudError) in
      try await emr.terminateJobFlows([cluster])
    }
    switch answer {
    case .success:
      blindSince = nil
      try await note(.terminated(cluster: cluster))
    case .failure(let error) where error.kind == .refused:
      blindSince = nil
      tell(
        .warning(
          "EMR did not terminate the cluster \(cluster), which keeps running and costs money: \(error.message)"
            + " To end it: aws emr modify-cluster-attributes --cluster-id \(cluster) "
            + "--no-termination-protected; aws emr terminate-clusters --cluster-ids \(cluster)"))
      try await note(.terminationRefused(cluster: cluster, error: error.message))
    case .failure(let error): try await tryAgain(error)
    }
  }
}
