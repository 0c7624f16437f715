import AWSServices
import Journal
import PlanFormat
import Values

/// Why a process stops before its run has ended.
enum RunStop: Error {
  /// The task was cancelled.
  case interrupted
  /// AWS can no longer be reached: the run may go on without this process.
  case blind(CloudError)
  /// Nothing was begun, and nothing can be now, but perhaps later.
  case refused(RunFailure)
  case journal(JournalError)
}

/// One process's work on a run: finds out its state, and continues from there.
///
/// Everything known is in `record`, the fold of the journal's entries. It alone determines what to
/// do next (`state`), so a run killed anywhere continues from there.
struct Run {
  let plan: Plan
  let options: ApplyOptions
  let services: Services
  let writer: JournalWriter
  let secrets: SecretTexts
  /// For each step, those that must be completed before it is added.
  let predecessors: [[Int]]
  var record: RunRecord
  /// The run's lineage so far; nil if none is asked for.
  var lineage: LineageLog?
  /// When this process began to watch the cluster; it polls often at first.
  var watchBegan: Value.Timestamp?
  /// Since when polling has failed.
  var blindSince: Value.Timestamp?
  /// Whether this process has looked up what was begun for this plan.
  var hasLooked = false
  var hasCheckedFacts = false
  /// Clusters of the same name that work for other plans.
  var others: Set<String> = []
  /// How many launches of this process started nothing.
  var absentLaunches = 0
  /// How often a cluster's tags were as before although they had been set.
  var unmarkedClaims = 0
  /// When the journal's first run was begun; nil if that isn't known, because it's long ago.
  let journalBegan: Value.Timestamp?
  /// The cluster's tags as last seen.
  var clusterTags: [Tag] = []
  /// When the cluster was created: a persistent cluster is terminated by its age.
  var clusterCreated: Value.Timestamp?
  /// When a process first began the run.
  let began: Value.Timestamp
  /// How many times this process has looked at the cluster.
  var rounds = 0
  /// Whether this process has removed the cluster's termination protection.
  var hasUnprotected = false
  /// Since when all steps have ended but the cluster hasn't.
  var idleSince: Value.Timestamp?
  /// How many steps the cluster has room for, as last seen; nil if that isn't known.
  var room: Int?
  /// How many steps were on the cluster when they were last listed.
  var listedSteps = 0
  /// When a question was last throttled.
  var lastThrottled: Value.Timestamp?
  /// Why no more steps can be added; those that run go on.
  var refusal: RunFailure?
  /// The steps of which was told that they are not added.
  var toldHeldBack: Set<Int> = []

  /// What to do next.
  enum State {
    case ended(RunEnd)
    /// Look for what an earlier process, or a call whose answer was lost, has begun.
    case locating
    /// Ask again for the facts that the plan depends on, before anything is begun.
    case checkingFacts
    /// Delete incomplete data of a failed run that this one writes again.
    case emptying
    case waitingToRelaunch(until: Value.Timestamp)
    case launching
    case claiming(cluster: String)
    case resolvingAddition(RunRecord.Addition)
    /// Read what a step has left for later ones.
    case readingOutputs(of: String)
    case adding([Int], cluster: String)
    case cancellingStep(Int, cluster: String, why: String)
    case cancelling(cluster: String, why: String)
    case terminating(cluster: String, why: String)
    case watching(cluster: String)
  }

  init(
    plan: Plan, options: ApplyOptions, services: Services, writer: JournalWriter,
    record: RunRecord, began: Value.Timestamp, journalBegan: Value.Timestamp?
  ) {
    self.plan = plan
    self.began = began
    self.journalBegan = journalBegan
    self.options = options
    self.services = services
    self.writer = writer
    self.record = record
    secrets = SecretTexts(options.secrets)
    predecessors = plan.predecessorIndices
  }

  var reusedCluster: String? { plan.cluster.reusedID }

  /// AddJobFlowSteps allows no more.
  static var batchSize: Int { 256 }

  /// What to do next, from what is known.
  var state: State {
    if let ended = record.ended, record.isOver { return .ended(ended) }
    if let cluster = record.cluster {
      if let why = record.termination, !record.isTerminated {
        return .terminating(cluster: cluster, why: why)
      }
      if let why = record.cancellation, !record.isCancelled {
        return .cancelling(cluster: cluster, why: why)
      }
      if reusedCluster == cluster, record.launches.last?.wasClaimed != true {
        return .claiming(cluster: cluster)
      }
      if let addition = record.openAddition { return .resolvingAddition(addition) }
      if let (index, why) = stepToCancel {
        return .cancellingStep(index, cluster: cluster, why: why)
      }
      if let step = stepToRead { return .readingOutputs(of: step) }
      if let batch = nextBatch { return .adding(batch, cluster: cluster) }
      return .watching(cluster: cluster)
    }
    if !hasLooked || record.openLaunch != nil { return .locating }
    if let step = stepToRead { return .readingOutputs(of: step) }
    if !record.hasBegun {
      if !hasCheckedFacts { return .checkingFacts }
      if !plan.emptiedFirst.isEmpty, !record.hasEmptied { return .emptying }
    }
    if let due = record.relaunchDue, services.time.now < due {
      return .waitingToRelaunch(until: due)
    }
    if let reusedCluster { return .claiming(cluster: reusedCluster) }
    return .launching
  }

  /// Continues the run until it has ended.
  mutating func finish() async throws(RunStop) -> RunEnd {
    while true {
      if Task.isCancelled { throw .interrupted }
      try checkJournal()
      switch state {
      case .ended(let end): return end
      case .locating: try await locate()
      case .checkingFacts: try await checkFacts()
      case .emptying: try await empty()
      case .waitingToRelaunch(let time):
        try await sleep(Double(time.seconds - services.time.now.seconds))
      case .launching: try await launch()
      case .claiming(let cluster): try await claim(cluster)
      case .resolvingAddition(let addition): try await resolve(addition)
      case .readingOutputs(let step): try await readOutputs(of: step)
      case .adding(let steps, let cluster): try await add(steps, to: cluster)
      case .cancellingStep(let index, let cluster, let why):
        try await cancel(index, of: cluster, why)
      case .cancelling(let cluster, let why): try await cancelRest(of: cluster, why)
      case .terminating(let cluster, let why): try await terminate(cluster, why)
      case .watching(let cluster): try await watch(cluster)
      }
    }
  }

  // MARK: Entries and calls

  /// Writes an entry to the journal, then applies it to the record.
  mutating func note(_ entry: RunEntry) async throws(RunStop) {
    let (kind, body) = entry.journaled
    await services.checkpoint(.beforeEntry(kind))
    let now = services.time.now
    do throws(JournalError) {
      try writer.append(kind, body, at: now)
    } catch {
      throw .journal(error)
    }
    await services.checkpoint(.afterEntry(kind))
    if case .launchAbsent = entry { absentLaunches += 1 }
    record.apply(entry, at: now)
    services.lineage?.send(lineage?.note(entry, record, at: now) ?? [])
  }

  func tell(_ kind: RunEvent.Kind) {
    services.events(RunEvent(time: services.time.now, kind: kind))
  }

  func sleep(_ seconds: Double) async throws(RunStop) {
    do {
      try await services.time.sleep(seconds: max(1, seconds))
    } catch {
      throw .interrupted
    }
  }

  /// A call's error without the secrets it may quote.
  func redacted(_ error: CloudError) -> CloudError {
    var error = error
    error.message = secrets.redact(error.message)
    return error
  }

  /// Makes a call that changes nothing; if it fails, waits and retries for as long as that kind of
  /// failure may pass.
  mutating func ask<Answer: Sendable>(
    _ call: (any EMRService) async throws(CloudError) -> Answer
  ) async throws(RunStop) -> Answer {
    var wait = 10.0
    while true {
      do {
        let answer = try await call(services.emr)
        blindSince = nil
        return answer
      } catch {
        let error = redacted(error)
        if error.kind == .cancelled || Task.isCancelled { throw .interrupted }
        let now = services.time.now
        if error.kind == .throttled { lastThrottled = now }
        let since = blindSince ?? now
        blindSince = since
        guard now.seconds - since.seconds < patience(error.kind) else { throw .blind(error) }
        tell(.callFailed(error, next: "asking again in \(Int(wait)) s"))
        try await sleep(wait)
        wait = min(wait * 2, 120)
      }
    }
  }

  /// For how many seconds failing calls are retried; the cluster works in the meantime.
  private func patience(_ kind: CloudError.Kind) -> Int64 {
    switch kind {
    case .throttled, .unavailable, .unreachable, .lost, .malformed: 3600
    // Credentials may be renewed, and clocks set. Before the run begins, nothing is lost by saying
    // at once what is wrong.
    case .unauthorized, .clockSkew: record.hasBegun ? 900 : 60
    case .forbidden, .refused, .notFound, .preconditionFailed, .cancelled: 60
    }
  }

  /// Makes a call that changes something; its intent is already in the journal.
  func change<Answer: Sendable>(
    _ operation: String, _ call: (any EMRService) async throws(CloudError) -> Answer
  ) async -> Result<Answer, CloudError> {
    await services.checkpoint(.beforeRequest(operation))
    let result: Result<Answer, CloudError>
    do throws(CloudError) {
      result = .success(try await call(services.emr))
    } catch {
      result = .failure(redacted(error))
    }
    await services.checkpoint(.afterRequest(operation))
    return result
  }

  /// Ends the run, or this attempt to begin it: then it can be begun again.
  mutating func end(_ failure: RunFailure) async throws(RunStop) {
    try await note(.ended(RunEnd(failure)))
    if !record.hasBegun { throw .refused(failure) }
  }
}
