import AWSServices
import PlanFormat
import Values

extension Run {
  /// The tag that says which plan a cluster works for.
  static var planTag: String { "penstock:plan" }
  /// The tag that distinguishes launches of one plan.
  static var nonceTag: String { "penstock:nonce" }

  /// How long to wait before each check of what a lost call did: EMR's lists are updated late.
  static var lookDelays: [Double] { [5, 10, 20, 40, 75] }

  /// How many launches or additions without effect are attempted.
  private static var launchLimit: Int { 5 }

  // MARK: Locating

  /// Looks for what another process, or a call without an answer, has begun for this plan.
  mutating func locate() async throws(RunStop) {
    if let reusedCluster, record.launches.isEmpty {
      try await locate(on: reusedCluster)
    } else if let open = record.openLaunch {
      try await resolve(open)
    } else {
      for found in try await findClusters() where !isKnown(found.id) {
        try await adopt(found)
      }
    }
    hasLooked = true
  }

  private func isKnown(_ cluster: String) -> Bool {
    record.launches.contains { $0.cluster == cluster }
  }

  private mutating func adopt(_ found: ClusterDescription) async throws(RunStop) {
    let nonce = found.tags.first { $0.key == Self.nonceTag }?.value ?? found.id
    try await note(.launched(nonce: nonce, cluster: found.id))
    tell(.launched(cluster: found.id, wasFound: true))
  }

  /// A reused cluster with this plan's tag may already have its steps.
  private mutating func locate(on cluster: String) async throws(RunStop) {
    let found = try await ask { emr throws(CloudError) in
      try await emr.describeCluster(cluster)
    }
    guard found.tags.contains(Tag(key: Self.planTag, value: options.planDigest)) else { return }
    let nonce = found.tags.first { $0.key == Self.nonceTag }?.value ?? found.id
    let steps = try await ask { emr throws(CloudError) in
      try await emr.listSteps(cluster: cluster)
    }
    // Steps older than the plan belong to another run.
    let before = steps.filter { ($0.created?.seconds ?? .max) < plan.runTime.seconds }
    try await note(.claimIntended(cluster: cluster, nonce: nonce))
    try await note(.claimed(cluster: cluster))
    try await note(
      .addIntended(
        cluster: cluster, steps: Array(plan.steps.indices.prefix(Self.batchSize)),
        seen: before.map(\.id)))
    tell(.attached(cluster: cluster))
  }

  /// Clusters of this plan, oldest first.
  private mutating func findClusters() async throws(RunStop) -> [ClusterDescription] {
    let now = services.time.now
    // A run's time can be chosen, so it doesn't tell when the plan was made.
    let day: Int64 = 86_400
    let begun = min(plan.runTime.seconds, began.seconds, now.seconds)
    let from = max(begun - day, now.seconds - 14 * day)
    let listed = try await ask { emr throws(CloudError) in
      try await emr.listClusters(
        states: Set(ClusterState.allCases),
        createdAfter: Value.Timestamp(seconds: from, nanoseconds: 0))
    }
    var found: [ClusterDescription] = []
    for summary in listed.filter({ $0.name == plan.cluster.name }).prefix(50) {
      let cluster = try await ask { emr throws(CloudError) in
        try await emr.describeCluster(summary.id)
      }
      if cluster.tags.contains(Tag(key: Self.planTag, value: options.planDigest)) {
        found.append(cluster)
      }
    }
    return found.reversed()
  }

  /// Finds out whether a launch took effect, and records the result.
  private mutating func resolve(_ open: RunRecord.Launch) async throws(RunStop) {
    for delay in [1] + Self.lookDelays {
      for found in try await findClusters() where !isKnown(found.id) {
        let isIt = found.tags.contains(Tag(key: Self.nonceTag, value: open.nonce))
        if isIt { return try await adopt(found) }
      }
      try await sleep(delay)
    }
    try await note(
      .launchAbsent(nonce: open.nonce, error: "no cluster has this nonce"))
  }

  // MARK: Launching

  mutating func launch() async throws(RunStop) {
    let absent = record.launches.filter(\.isAbsent).count
    guard absent < Self.launchLimit else {
      return try await end(.clusterUnstarted(requests: absent))
    }
    guard let request = plan.requests.first(where: { $0.operation == "RunJobFlow" }) else {
      return try await end(.clusterRequestMissing())
    }
    let nonce = services.random.token()
    let attempt = record.launches.count - absent + 1
    tell(.launching(name: plan.cluster.name, attempt: attempt))
    try await note(.launchIntended(nonce: nonce))
    let body = secrets.fill(tagged(request.body, nonce))
    let answer = await change("RunJobFlow") { emr throws(CloudError) in
      try await emr.runJobFlow(body)
    }
    switch answer {
    case .success(let cluster):
      try await note(.launched(nonce: nonce, cluster: cluster))
      tell(.launched(cluster: cluster, wasFound: false))
      if record.lostClusters == 0 { services.monitor?.send(.started, of: self) }
    case .failure(let error): try await launchFailed(nonce, error)
    }
  }

  private mutating func launchFailed(_ nonce: String, _ error: CloudError) async throws(RunStop) {
    if error.isEffectUnknown {
      // The launch stays open; its result is looked up next.
      if error.kind == .cancelled { throw .interrupted }
      tell(.callFailed(error, next: "checking whether a cluster was started"))
      return
    }
    try await note(.launchAbsent(nonce: nonce, error: error.message))
    if error.kind == .unreachable {
      tell(.callFailed(error, next: "trying again in 30 s"))
      return try await sleep(30)
    }
    try await end(.clusterRefused(error))
  }

  private func tagged(_ body: Value, _ nonce: String) -> Value {
    guard case .map(var map) = body else { return body }
    let own = [(Self.planTag, options.planDigest), (Self.nonceTag, nonce)].map { key, value in
      Value.object(["Key": .string(key), "Value": .string(value)])
    }
    map["Tags"] = .list(body["Tags"].items + own)
    return .map(map)
  }

  // MARK: An existing cluster

  /// Marks the plan's waiting cluster as this run's, if it is still waiting.
  mutating func claim(_ cluster: String) async throws(RunStop) {
    let before = try await ask { emr throws(CloudError) in
      try await emr.describeCluster(cluster)
    }
    try checkWaiting(before)
    let nonce: String
    if let last = record.launches.last, last.cluster == cluster, !last.wasClaimed {
      nonce = last.nonce
    } else {
      nonce = services.random.token()
      try await note(.claimIntended(cluster: cluster, nonce: nonce))
    }
    let tags = [
      Tag(key: Self.planTag, value: options.planDigest), Tag(key: Self.nonceTag, value: nonce),
    ]
    let answer = await change("AddTags") { emr throws(CloudError) in
      try await emr.addTags(cluster: cluster, tags)
    }
    if case .failure(let error) = answer {
      // Setting tags again is harmless, so nothing needs to be looked up.
      return try await tryAgain(error)
    }
    let after = try await ask { emr throws(CloudError) in
      try await emr.describeCluster(cluster)
    }
    try checkWaiting(after)
    guard after.tags.contains(Tag(key: Self.nonceTag, value: nonce)) else {
      throw .refused(.clusterTaken(cluster))
    }
    try await note(.claimed(cluster: cluster))
    clusterCreated = after.created
    tell(.attached(cluster: cluster))
    services.monitor?.send(.started, of: self)
  }

  private func checkWaiting(_ cluster: ClusterDescription) throws(RunStop) {
    if cluster.state == .waiting { return }
    throw .refused(cluster.state.isLive ? .clusterBusy(cluster) : .clusterGone(cluster))
  }

  /// Waits before a retry; gives up if retrying can't help.
  mutating func tryAgain(_ error: CloudError) async throws(RunStop) {
    if error.kind == .cancelled { throw .interrupted }
    let now = services.time.now
    let since = blindSince ?? now
    blindSince = since
    guard now.seconds - since.seconds < 900 else { throw .blind(error) }
    tell(.callFailed(error, next: "trying again in 30 s"))
    try await sleep(30)
  }
}
