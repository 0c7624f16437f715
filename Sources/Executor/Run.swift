import AWSServices
import Journal
import PlanFormat
import Values

/// Why a run's process stops before the run has ended.
enum RunStop: Error {
  /// The task was cancelled.
  case interrupted
  /// AWS cannot be asked any more: the run may go on without us.
  case blind(CloudError)
  /// Nothing was begun, and nothing can be now: another time it may.
  case refused(status: Int32, summary: String)
  case journal(JournalError)
}

/// One process's work on a run: finds out where the run stands, and takes it on from there.
///
/// All that is known stands in `record`, which is the fold of the journal's entries. What to do
/// next follows from it alone (`state`), so a run that was killed anywhere goes on from there.
struct Run {
  let plan: Plan
  let options: ApplyOptions
  let services: Services
  let writer: JournalWriter
  let secrets: SecretTexts
  var record: RunRecord
  /// When this process began to watch the cluster: it asks often at first.
  var watchBegan: Value.Timestamp?
  /// Since when asking has failed, again and again.
  var blindSince: Value.Timestamp?
  /// Whether it was looked up what was begun of this plan.
  var hasLooked = false
  var hasCheckedFacts = false
  /// A persistent cluster's age decides about its end.
  var clusterCreated: Value.Timestamp?
  /// When the run was first taken up.
  let began: Value.Timestamp
  /// How often this process has looked at the cluster.
  var rounds = 0
  /// Since when all steps have ended, and the cluster has not.
  var idleSince: Value.Timestamp?

  /// What is to be done next.
  enum State {
    case ended(status: Int32, summary: String)
    /// Looks for what an earlier process, or a call whose answer was lost, has begun.
    case locating
    /// Asks again what the plan rests on, before anything is begun.
    case checkingFacts
    /// Deletes what a failed run left in part, and this one makes again.
    case emptying
    case waitingToRelaunch(until: Value.Timestamp)
    case launching
    case claiming(cluster: String)
    case resolvingAddition(RunRecord.Addition)
    case adding([Int], cluster: String)
    case cancelling(cluster: String, why: String)
    case terminating(cluster: String, why: String)
    case watching(cluster: String)
  }

  init(
    plan: Plan, options: ApplyOptions, services: Services, writer: JournalWriter,
    record: RunRecord, began: Value.Timestamp
  ) {
    self.plan = plan
    self.began = began
    self.options = options
    self.services = services
    self.writer = writer
    self.record = record
    secrets = SecretTexts(options.secrets)
  }

  var reusedCluster: String? { plan.cluster.reusedID }

  /// Steps that are to be added now: those of one request that have none on the cluster.
  var nextBatch: [Int]? {
    let waiting = record.steps.indices.filter { record.steps[$0].id == nil }
    return waiting.isEmpty ? nil : Array(waiting.prefix(Self.batchSize))
  }

  /// AddJobFlowSteps takes no more.
  static var batchSize: Int { 256 }

  /// What to do next, out of what is known.
  var state: State {
    if let ended = record.ended { return .ended(status: ended.status, summary: ended.summary) }
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
      if let batch = nextBatch, record.cancellation == nil, record.termination == nil {
        return .adding(batch, cluster: cluster)
      }
      return .watching(cluster: cluster)
    }
    if !hasLooked || record.openLaunch != nil { return .locating }
    if record.launches.isEmpty {
      if !hasCheckedFacts { return .checkingFacts }
      if !plan.emptiedFirst.isEmpty, !record.hasEmptied { return .emptying }
    }
    if let due = record.relaunchDue, services.time.now < due {
      return .waitingToRelaunch(until: due)
    }
    if let reusedCluster { return .claiming(cluster: reusedCluster) }
    return .launching
  }

  /// Takes the run on until it has ended.
  mutating func finish() async throws(RunStop) -> (status: Int32, summary: String) {
    while true {
      if Task.isCancelled { throw .interrupted }
      switch state {
      case .ended(let status, let summary): return (status, summary)
      case .locating: try await locate()
      case .checkingFacts: try await checkFacts()
      case .emptying: try await empty()
      case .waitingToRelaunch(let time):
        try await sleep(Double(time.seconds - services.time.now.seconds))
      case .launching: try await launch()
      case .claiming(let cluster): try await claim(cluster)
      case .resolvingAddition(let addition): try await resolve(addition)
      case .adding(let steps, let cluster): try await add(steps, to: cluster)
      case .cancelling(let cluster, let why): try await cancelRest(of: cluster, why)
      case .terminating(let cluster, let why): try await terminate(cluster, why)
      case .watching(let cluster): try await watch(cluster)
      }
    }
  }

  // MARK: Notes and calls

  /// Writes an entry, then holds it true.
  mutating func note(_ entry: RunEntry) async throws(RunStop) {
    let (kind, body) = entry.journaled
    await services.checkpoint(.beforeEntry(kind))
    do throws(JournalError) {
      try writer.append(kind, body, at: services.time.now)
    } catch {
      throw .journal(error)
    }
    await services.checkpoint(.afterEntry(kind))
    record.apply(entry)
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

  /// A call's error without the secrets that it may quote.
  func redacted(_ error: CloudError) -> CloudError {
    var error = error
    error.message = secrets.redact(error.message)
    return error
  }

  /// Makes a call that changes nothing; where it fails, waits and tries again, for as long as the
  /// kind of failure gives hope.
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
        let since = blindSince ?? now
        blindSince = since
        guard now.seconds - since.seconds < Self.patience(error.kind) else { throw .blind(error) }
        tell(.callFailed(error, next: "asking again in \(Int(wait)) s"))
        try await sleep(wait)
        wait = min(wait * 2, 120)
      }
    }
  }

  /// For how many seconds asking goes on though it fails: the cluster works meanwhile.
  private static func patience(_ kind: CloudError.Kind) -> Int64 {
    switch kind {
    case .throttled, .unavailable, .unreachable, .lost, .malformed: 3600
    // New credentials may come, and clocks be set.
    case .unauthorized, .clockSkew: 900
    case .forbidden, .refused, .notFound, .preconditionFailed, .cancelled: 60
    }
  }

  /// Makes a call that changes something; its intent is in the journal already.
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

  mutating func end(_ status: Int32, _ summary: String) async throws(RunStop) {
    try await note(.ended(status: status, summary: summary))
  }
}
