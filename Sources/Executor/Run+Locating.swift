import AWSServices
import PlanFormat
import Values

extension Run {
  /// The tag that says which plan a cluster works for.
  static var planTag: String { "penstock:plan" }
  /// The tag that distinguishes launches of one plan.
  static var nonceTag: String { "penstock:nonce" }
  /// The tag that says which step of a reused cluster was the last before this run's.
  static var lastStepTag: String { "penstock:after-step" }
  static var noStep: String { "none" }
  /// The tag that says of which run no step is to be tried again.
  static var cancelTag: String { "penstock:cancelled" }

  /// The pauses between looks at EMR's lists after a call without an answer, in seconds.
  static var lookDelays: [Double] { [5, 10, 20, 40, 75] }

  /// Looks for what another process, or a call without an answer, has begun for this plan.
  mutating func locate() async throws(RunStop) {
    if plan.cluster.jobs != nil {
      // Repeating a request doesn't start a second job.
    } else if let reusedCluster, !record.hasBegun {
      try await locate(on: reusedCluster)
    } else if let open = record.openLaunch {
      try await resolve(open)
    } else if record.hasBegun {
      try await adoptUnknown(since: oldestStart)
    } else {
      try await locateUnrecorded()
    }
    hasLooked = true
  }

  // MARK: Clusters

  /// Looks for a cluster that this journal doesn't know of: the plan may have been applied with a
  /// journal that is lost. A cluster that was started a moment ago isn't in EMR's lists yet, so
  /// where the journal isn't old enough to know of it, EMR is asked until it must be there.
  private mutating func locateUnrecorded() async throws(RunStop) {
    var pauses = Self.lookDelays[...]
    while !(try await adoptUnknown(since: oldestStart)) {
      let wait = isKnownUnbegun ? 0 : vouchedFrom - services.time.now.seconds
      guard wait > 0 else {
        if !isKnownUnbegun { try await note(.nothingBegun) }
        return
      }
      if pauses.count == Self.lookDelays.count {
        tell(.searching(name: plan.cluster.name, seconds: wait))
      }
      try await sleep(min(pauses.popFirst() ?? Double(wait), Double(wait)))
    }
  }

  /// Whether the journal says that nothing had been begun, and has been in use since. A copy that
  /// was put in its place may say so, too, and lack what was begun after that.
  private var isKnownUnbegun: Bool {
    guard let known = record.knownUnbegun else { return false }
    return known.seconds >= (journalBegan?.seconds ?? .min)
  }

  /// From when on, in seconds, what isn't in the journal wasn't begun with a journal in its place
  /// either, unless EMR's lists have it.
  private var vouchedFrom: Int64 {
    journalBegan.map { $0.seconds + services.listLag } ?? services.time.now.seconds
  }

  /// Takes over the clusters of this plan that the journal doesn't know, oldest first; false if
  /// there are none.
  @discardableResult
  private mutating func adoptUnknown(since: Value.Timestamp) async throws(RunStop) -> Bool {
    let found = try await findClusters(since: since).filter { !isKnown($0.id) }
    for cluster in found { try await adopt(cluster) }
    return !found.isEmpty
  }

  private func isKnown(_ cluster: String) -> Bool {
    record.launches.contains { $0.cluster == cluster }
  }

  private mutating func adopt(_ found: ClusterDescription) async throws(RunStop) {
    let nonce = found.tags.first { $0.key == Self.nonceTag }?.value ?? found.id
    try await note(.launched(nonce: nonce, cluster: found.id))
    tell(.launched(cluster: found.id, wasFound: true))
  }

  /// When a cluster of this plan can have been started at the earliest. A run's time can be chosen,
  /// so it tells little about when the plan was made; EMR keeps clusters in its lists for 60 days.
  private var oldestStart: Value.Timestamp {
    let (now, day) = (services.time.now.seconds, Int64(86_400))
    let made = min(plan.runTime.seconds, began.seconds) - day
    let isChosen = plan.runTime.seconds > now
    let seconds = max(isChosen ? min(made, now - 14 * day) : made, now - 60 * day)
    return Value.Timestamp(seconds: seconds, nanoseconds: 0)
  }

  /// All clusters of this plan that were created since a time, oldest first.
  private mutating func findClusters(
    since: Value.Timestamp
  ) async throws(RunStop) -> [ClusterDescription] {
    let listed = try await ask { emr throws(CloudError) in
      try await emr.listClusters(states: Set(ClusterState.allCases), createdAfter: since)
    }
    var found: [ClusterDescription] = []
    for summary in listed where summary.name == plan.cluster.name && !others.contains(summary.id) {
      let cluster = try await ask { emr throws(CloudError) in
        try await emr.describeCluster(summary.id)
      }
      let mark = cluster.tags.first { $0.key == Self.planTag }?.value
      if mark == options.runKey {
        found.append(cluster)
      } else if mark != nil {
        // Another plan's, for good: it need not be looked at again.
        others.insert(summary.id)
      }
    }
    return found.reversed()
  }

  /// Finds out whether a launch took effect, and records the result.
  private mutating func resolve(_ open: RunRecord.Launch) async throws(RunStop) {
    // An hour more, as this machine's clock may be off.
    let since = Value.Timestamp(seconds: open.intended.seconds - 3600, nanoseconds: 0)
    for delay in [1] + Self.lookDelays {
      for found in try await findClusters(since: since) where !isKnown(found.id) {
        let isIt = found.tags.contains(Tag(key: Self.nonceTag, value: open.nonce))
        if isIt { return try await adopt(found) }
      }
      try await sleep(delay)
    }
    try await note(
      .launchAbsent(nonce: open.nonce, error: "no cluster has this nonce"))
  }

  // MARK: A cluster that was there before

  /// A reused cluster with this plan's tag may already have its steps.
  private mutating func locate(on cluster: String) async throws(RunStop) {
    let found = try await ask { emr throws(CloudError) in
      try await emr.describeCluster(cluster)
    }
    guard found.tags.contains(Tag(key: tag(Self.planTag), value: options.runKey)) else { return }
    let nonce = found.tags.first { $0.key == tag(Self.nonceTag) }?.value ?? found.id
    let steps = try await ask { emr throws(CloudError) in
      try await emr.listSteps(cluster: cluster)
    }
    try await note(.claimIntended(cluster: cluster, nonce: nonce))
    try await note(.claimed(cluster: cluster))
    try await note(
      .addIntended(
        cluster: cluster, steps: Array(plan.steps.indices),
        seen: stepsBefore(found, steps).map(\.id)))
    tell(.attached(cluster: cluster))
  }

  /// The steps that a cluster had before this plan took it: those up to the one in its tag.
  private func stepsBefore(
    _ cluster: ClusterDescription, _ steps: [StepDescription]
  ) -> [StepDescription] {
    guard let last = cluster.tags.first(where: { $0.key == tag(Self.lastStepTag) })?.value else {
      // Taken by a version that sets no such tag. What is older than the plan is another run's.
      return steps.filter { ($0.created?.seconds ?? .max) < plan.runTime.seconds }
    }
    guard let at = steps.firstIndex(where: { $0.id == last }) else { return [] }
    return Array(steps[...at])
  }
}
