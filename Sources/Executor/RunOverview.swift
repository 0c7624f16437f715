package import AWSServices
import Diagnostics
package import Journal
package import PlanFormat
package import Values

/// What the journal knows about a run.
package struct RunOverview: Sendable {
  package enum Standing: String, Sendable {
    /// A process is working on it.
    case applying
    /// It was begun, but no process is watching it: `apply` continues it.
    case left
    case succeeded, failed
    /// Nothing was begun.
    case notBegun = "not-begun"
    /// A plan was written.
    case planned
    /// Nothing was begun because there was no data, or a step found that there was none.
    case nothingToDo = "nothing-to-do"
  }

  /// Whether anything was started, or is about to be.
  package var wasBegun: Bool {
    standing != .planned && standing != .notBegun && standing != .nothingToDo
  }

  package var run: JournaledRun
  package var standing: Standing
  package var cluster: String?
  package var clusterState: ClusterState?
  /// The steps as last seen, in the plan's order, as far as known.
  package var steps: [StepDescription]
  /// How often each of these has failed so far.
  package var failures: [Int] = []
  /// What keeps the steps that aren't on the cluster, by name; empty where steps aren't added by their
  /// order.
  package var outlook: [String: StepOutlook] = [:]
  /// When failed steps are to be tried again; nil if none are.
  package var retryDue: Value.Timestamp?
  package var lastEntry: Value.Timestamp?
  /// How it ended; nil while it has not.
  package var end: RunEnd?
}

extension Executor {
  /// All runs in a journal, the latest first.
  package static func history(
    _ journal: Journal, isAlive: @Sendable (Owner) -> Bool
  ) throws(JournalError) -> [RunOverview] {
    var overviews: [RunOverview] = []
    for run in try journal.runs() { overviews.append(try overview(run, journal, isAlive)) }
    return overviews
  }

  /// What the journal knows about the run with a plan's digest or a run id; nil if there is none.
  package static func status(
    of key: String, in journal: Journal, isAlive: @Sendable (Owner) -> Bool
  ) throws(JournalError) -> RunOverview? {
    guard let run = try journal.runs().first(where: { $0.key == key || $0.runID == key }) else {
      return nil
    }
    return try overview(run, journal, isAlive)
  }

  /// Records a run that wasn't begun: it had nothing to do, or another seems to be running.
  package static func note(
    notBegun run: JournaledRun, _ end: RunEnd, in journal: Journal, owner: Owner, token: String
  ) throws(JournalError) {
    let writer = try journal.hold(run, as: owner, token: token, isAlive: { _ in true })
    let (kind, body) = RunEntry.ended(end).journaled
    try writer.append(kind, body, at: run.begun)
    try writer.release()
  }

  /// Records a plan that was made just now, so that no other process has begun it: then `apply` need
  /// not wait to be sure of that.
  package static func note(
    planned run: JournaledRun, _ plan: Plan, in journal: Journal, owner: Owner, token: String
  ) throws(JournalError) {
    let writer = try journal.hold(
      run, plan: PlanWriter.bytes(plan), as: owner, token: token, isAlive: { _ in true })
    if try journal.entries(of: run.key).isEmpty {
      let (kind, body) = RunEntry.nothingBegun.journaled
      try writer.append(kind, body, at: run.begun)
    }
    try writer.release()
  }

  private static func overview(
    _ run: JournaledRun, _ journal: Journal, _ isAlive: (Owner) -> Bool
  ) throws(JournalError) -> RunOverview {
    let entries = try journal.entries(of: run.key)
    let record = try RunRecord(entries)
    let standing: RunOverview.Standing =
      if let ended = record.ended {
        standing(ended, hasBegun: record.hasBegun)
      } else if let holder = run.holder, isAlive(holder) {
        .applying
      } else {
        record.hasBegun ? .left : entries.allSatisfy(\.isOfPlanning) ? .planned : .notBegun
      }
    let known = record.steps.filter { $0.description != nil }
    return RunOverview(
      run: run, standing: standing,
      cluster: record.cluster ?? record.launches.last { $0.cluster != nil }?.cluster,
      clusterState: record.clusterState, steps: known.compactMap(\.description),
      failures: known.map(\.failures), retryDue: record.retryDue, lastEntry: entries.last?.time,
      end: record.ended)
  }

  private static func standing(_ end: RunEnd, hasBegun: Bool) -> RunOverview.Standing {
    if end.isSuccess { return .succeeded }
    if hasBegun, end.status != .noData { return .failed }
    return end.status == .noData ? .nothingToDo : .notBegun
  }

  /// The current state of a run's cluster and steps in EMR.
  ///
  /// - Parameter steps: those of the run that are known.
  package static func look(
    at cluster: String, steps: [StepDescription], emr: any EMRService
  ) async throws(CloudError) -> (cluster: ClusterDescription, steps: [StepDescription]) {
    let description = try await emr.describeCluster(cluster)
    return (description, try await emr.look(at: steps, ofCluster: cluster))
  }

  /// Stops a run: cancels its steps, and terminates its cluster if that is the run's own. A process
  /// that watches the run, or applies the plan again, sees this as a failure.
  ///
  /// - Parameter isFed: whether a process that watches it may add further steps.
  package static func cancel(
    _ overview: RunOverview, of plan: Plan, isFed: Bool = false, emr: any EMRService
  ) async throws(CloudError) -> String {
    guard let cluster = overview.cluster else { return "nothing of this run was started" }
    let (description, steps) = try await look(
      at: cluster, steps: overview.steps, emr: emr)
    guard description.state.isLive else {
      return "the cluster \(cluster) is \(description.state.rawValue) already"
    }
    let own = Set(overview.steps.map(\.id))
    let isShared = plan.cluster.isShared
    let open = steps.filter {
      !$0.state.isFinal && (own.isEmpty && !isShared || own.contains($0.id))
    }
    let isUnfinished = plan.isClusterOnly && overview.end == nil
    if !plan.cluster.isPersistent || isUnfinished, plan.cluster.reusedID == nil {
      if plan.cluster.isProtected {
        try await emr.setTerminationProtection(false, ofCluster: cluster)
      }
      try await emr.terminateJobFlows([cluster])
      return "the cluster \(cluster) is being terminated"
    }
    let isMarked = overview.end == nil && (isFed || open.isEmpty && overview.retryDue != nil)
    if isMarked {
      try await emr.addTags(
        cluster: cluster, [Tag(key: Run.tag(Run.cancelTag, of: plan), value: overview.run.key)])
    }
    if open.isEmpty {
      guard isMarked else {
        return plan.isClusterOnly
          ? "the run is over, and its cluster \(cluster) is up: `down` ends it"
          : "the run has no step left to cancel"
      }
      return isFed
        ? "no further step of the run is added to the cluster \(cluster)"
        : "no step of the run is tried again on the cluster \(cluster)"
    }
    try await emr.cancelSteps(cluster: cluster, steps: open.map(\.id))
    return open.count == 1
      ? "1 step of the cluster \(cluster) cancelled"
      : "\(open.count) steps of the cluster \(cluster) cancelled"
  }

  /// The last lines of each of a step's logs in S3.
  package static func logs(
    of step: String, cluster: String, logURI: String, driver: String? = nil, lines: Int,
    store: any ObjectStore
  ) async -> [FailureReport.LogTail] {
    let reader = LogReader(store: store)
    var tails: [FailureReport.LogTail] = []
    for name in LogReader.names {
      let location = LogReader.location(
        logURI: logURI, cluster: cluster, step: step, name: name, driver: driver)
      if let tail = await reader.tail(location, lines: lines) { tails.append(tail) }
    }
    return tails
  }

  /// Releases a run's journal from a process that is gone, or whose machine is gone.
  package static func unlock(_ key: String, in journal: Journal) throws(JournalError) {
    try journal.breakHold(of: key)
  }
}

extension RunRecord {
  /// The state according to the entries alone: enough for an overview.
  init(_ entries: [JournalEntry]) throws(JournalError) {
    var known: [(entry: RunEntry, time: Value.Timestamp)] = []
    var count = 0
    for written in entries {
      guard let entry = RunEntry(kind: written.kind, body: written.body) else {
        throw .damaged(message: "this version doesn't know entries of kind `\(written.kind)`")
      }
      if case .step(let index, _) = entry { count = max(count, min(index, 1 << 20) + 1) }
      known.append((entry, written.time))
    }
    self.init(stepCount: count, launchCount: 0)
    for (entry, time) in known { apply(entry, at: time) }
  }
}

extension JournalEntry {
  fileprivate var isOfPlanning: Bool { kind == RunEntry.nothingBegun.journaled.kind }
}
