import AWSServices
import PlanFormat
import Values

extension Run {
  /// How many launches without effect one process attempts.
  private static var launchLimit: Int { 5 }

  mutating func launch() async throws(RunStop) {
    guard absentLaunches < Self.launchLimit else {
      return try await end(.clusterUnstarted(requests: absentLaunches))
    }
    guard let request = plan.requests.first(where: { $0.operation == "RunJobFlow" }) else {
      return try await end(.clusterRequestMissing())
    }
    try await clearOutputs(of: Array(plan.steps.indices.prefix(request.body["Steps"].items.count)))
    let nonce = services.random.token()
    let attempt = record.launches.filter { !$0.isAbsent }.count + 1
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
    let own = [(Self.planTag, options.runKey), (Self.nonceTag, nonce)].map { key, value in
      Value.object(["Key": .string(key), "Value": .string(value)])
    }
    map["Tags"] = .list(body["Tags"].items + own)
    return .map(map)
  }

  // MARK: An existing cluster

  /// How long after marking a cluster its marks are read, in seconds: a run that marks it at the
  /// same moment has either done so by then, or sees this run's steps.
  private static var claimPause: Double { 5 }

  /// Marks the plan's waiting cluster as this run's, if it is still waiting.
  mutating func claim(_ cluster: String) async throws(RunStop) {
    let before = try await ask { emr throws(CloudError) in
      try await emr.describeCluster(cluster)
    }
    try checkWaiting(before)
    if let jobs = plan.cluster.jobs {
      try await note(.claimIntended(cluster: cluster, nonce: services.random.token()))
      try await note(.claimed(cluster: cluster))
      tell(.jobsRun(on: cluster, of: jobs))
      services.monitor?.send(.started, of: self)
      return
    }
    let nonce: String
    if let last = record.launches.last, last.cluster == cluster, !last.wasClaimed {
      nonce = last.nonce
    } else {
      nonce = services.random.token()
      try await note(.claimIntended(cluster: cluster, nonce: nonce))
    }
    let steps = try await ask { emr throws(CloudError) in
      try await emr.listSteps(cluster: cluster)
    }
    let tags = [
      Tag(key: tag(Self.planTag), value: options.runKey),
      Tag(key: tag(Self.nonceTag), value: nonce),
      Tag(key: tag(Self.lastStepTag), value: steps.last?.id ?? Self.noStep),
    ]
    let answer = await change("AddTags") { emr throws(CloudError) in
      try await emr.addTags(cluster: cluster, tags)
    }
    if case .failure(let error) = answer {
      // Setting tags again is harmless, so nothing needs to be looked up.
      return try await tryAgain(error)
    }
    try await sleep(Self.claimPause)
    try await checkClaim(of: before, nonce)
  }

  /// Looks at the tags that a cluster has after it was marked.
  private mutating func checkClaim(
    of before: ClusterDescription, _ nonce: String
  ) async throws(RunStop) {
    let after = try await ask { emr throws(CloudError) in
      try await emr.describeCluster(before.id)
    }
    try checkWaiting(after)
    let found = after.tags.first { $0.key == tag(Self.nonceTag) }?.value
    // A cluster that others use is shared with another run of the pipeline, too.
    guard found == nonce || isShared else {
      let isOurs = found == before.tags.first { $0.key == tag(Self.nonceTag) }?.value
      guard isOurs else { throw .refused(.clusterTaken(before.id)) }
      // The answer was that they were set: EMR may show it later.
      unmarkedClaims += 1
      guard let pause = Self.lookDelays.dropFirst(unmarkedClaims - 1).first else {
        throw .refused(.clusterUnmarked(before.id))
      }
      tell(
        .warning("EMR said that the cluster \(before.id) was tagged, but its tags are as before"))
      return try await sleep(pause)
    }
    unmarkedClaims = 0
    try await note(.claimed(cluster: before.id))
    clusterCreated = after.created
    tell(.attached(cluster: before.id))
    services.monitor?.send(.started, of: self)
  }

  private func checkWaiting(_ cluster: ClusterDescription) throws(RunStop) {
    if cluster.state == .waiting || isShared && cluster.state.isLive { return }
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
