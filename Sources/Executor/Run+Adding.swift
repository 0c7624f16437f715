import AWSServices
import PlanFormat
import Text
import Values

extension Run {
  /// Adds steps to the cluster: for the first time, or again after one of them failed.
  mutating func add(_ batch: [Int], to cluster: String) async throws(RunStop) {
    guard record.absentAdditions < 5 else {
      return try await give(up: .stepsUnadded(requests: record.absentAdditions), on: cluster)
    }
    guard let (batch, listed) = try await prepare(batch, for: cluster) else { return }
    let isAgain = batch.contains { record.steps[$0].failures > 0 }
    tell(
      .addingSteps(
        cluster: cluster, steps: batch.map { plan.steps[$0].name }, isAgain: isAgain))
    try await note(.addIntended(cluster: cluster, steps: batch, seen: strangers(among: listed)))
    switch await request(batch, on: cluster) {
    case .success(let ids) where ids.count == batch.count:
      try await note(.added(cluster: cluster, steps: batch, ids: ids))
      room = room.map { $0 - ids.count }
      tell(.addedSteps(cluster: cluster, count: ids.count, wasFound: false))
    case .success: break  // Not the expected answer: the steps are looked up.
    case .failure(let error): try await additionFailed(cluster, error)
    }
  }

  /// Requests that steps be added.
  func request(_ batch: [Int], on cluster: String) async -> Result<[String], CloudError> {
    let body = secrets.fill(
      .object([
        "JobFlowId": .string(cluster),
        "Steps": .list(batch.compactMap { named(filled(stepBody($0), of: $0), as: $0) }),
      ]))
    let operation = plan.cluster.jobs == nil ? "AddJobFlowSteps" : "StartJobRun"
    return await change(operation) { emr throws(CloudError) in
      try await emr.addJobFlowSteps(body)
    }
  }

  /// Looks at the cluster before steps are added to it: which of them it has room for, and that
  /// they aren't there; nil if none are to be added now.
  private mutating func prepare(
    _ batch: [Int], for cluster: String
  ) async throws(RunStop) -> (batch: [Int], listed: [StepDescription])? {
    var batch = batch
    // Other people use a cluster that goes on after the run, and `cancel` marks it.
    if plan.cluster.isFed, plan.cluster.isPersistent || reusedCluster != nil {
      try await look(at: cluster)
    }
    let listed = try await listSteps(of: cluster)
    if plan.cluster.isFed {
      guard let next = nextBatch else { return nil }
      batch = next
    } else {
      batch = Array(batch.prefix(max(0, room ?? Self.batchSize)))
      guard !batch.isEmpty else {
        try await sleep(interval)
        return nil
      }
    }
    guard try await !adopt(batch, among: listed, of: cluster) else { return nil }
    try await clearOutputs(of: batch)
    if plan.cluster.isFed {
      for place in placesToEmpty(before: batch) {
        try checkJournal()
        try await emptyBeforeRetry(place)
      }
    }
    return (batch, listed)
  }

  /// The ids of the steps that no entry of the journal names.
  private func strangers(among listed: [StepDescription]) -> [String] {
    listed.map(\.id).filter { !record.knownIDs.contains($0) }
  }

  /// If a cluster of the run's own has steps of a batch that the journal doesn't know, takes them
  /// for the run's: an earlier process has added them, with a journal of which this one is an older
  /// copy.
  private mutating func adopt(
    _ batch: [Int], among listed: [StepDescription], of cluster: String
  ) async throws(RunStop) -> Bool {
    guard reusedCluster == nil else { return false }
    let unknown = listed.filter { !record.knownIDs.contains($0.id) }
    let names = Set(unknown.map(\.name))
    let there = batch.filter { names.contains(plan.steps[$0].name) }
    guard !there.isEmpty else { return false }
    let wanted = Set(there.map { plan.steps[$0].name })
    try await note(
      .addIntended(
        cluster: cluster, steps: there,
        seen: unknown.filter { !wanted.contains($0.name) }.map(\.id)))
    return true
  }

  private mutating func additionFailed(
    _ cluster: String, _ error: CloudError
  ) async throws(RunStop) {
    if error.kind == .cancelled { throw .interrupted }
    if error.isEffectUnknown {
      tell(.callFailed(error, next: "checking whether the steps were added"))
      return
    }
    if error.kind == .refused, error.message.contains("Maximum number of active steps") {
      try await note(.addPostponed(cluster: cluster, error: error.message))
      tell(.callFailed(error, next: "adding the steps when there is room"))
      room = 0
      return try await sleep(interval)
    }
    // `apply` can go on with the cluster, which stays until it has been idle for too long.
    if plan.cluster.isFed, error.isAboutCaller, record.steps.contains(where: { $0.id != nil }) {
      try await note(.addPostponed(cluster: cluster, error: error.message))
      throw .blind(error)
    }
    try await note(.addAbsent(cluster: cluster, error: error.message))
    if error.kind == .unreachable {
      tell(.callFailed(error, next: "retrying in 30 s"))
      return try await sleep(30)
    }
    // A cluster that is about to end takes no steps; what becomes of the run is seen next.
    if record.steps.contains(where: { $0.id != nil }) {
      try await look(at: cluster)
      if record.clusterState?.isLive == false { return }
    }
    try await give(up: .stepsRefused(error), on: cluster)
  }

  /// Ends the run because steps can't be added; if others of it are at work, once these have ended.
  mutating func give(
    up failure: RunFailure, on cluster: String
  ) async throws(RunStop) {
    guard front.open.isEmpty else {
      refusal = failure
      tell(
        .warning("\(failure.summary); no more are added, and the run ends when those at work have"))
      return
    }
    try await endKept(cluster)
    try await end(failure)
  }

  /// Ends a cluster that would wait for steps which it never gets.
  private mutating func endKept(_ cluster: String) async throws(RunStop) {
    guard plan.cluster.isKept else { return }
    let why = "the run's steps can't be added"
    try await beginTermination(cluster, why)
    while !record.isTerminated { try await terminate(cluster, why) }
  }

  /// A step's part of a request: the steps of all requests, in order, are the plan's steps.
  func stepBody(_ index: Int) -> Value? {
    var rest = index
    for request in plan.requests {
      let steps = request.body["Steps"].items
      if rest < steps.count { return steps[rest] }
      rest -= steps.count
    }
    return nil
  }

  /// Finds the steps of an addition on the cluster, and records their ids, or that there are none.
  mutating func resolve(_ addition: RunRecord.Addition) async throws(RunStop) {
    if plan.cluster.jobs != nil { return try await repeatRequest(addition) }
    let wanted = addition.steps.map { plan.steps[$0].name }
    var found: [String?] = []
    for delay in [0] + Self.lookDelays {
      if delay > 0 { try await sleep(delay) }
      let listed = try await ask { emr throws(CloudError) in
        try await emr.listSteps(cluster: addition.cluster)
      }
      found = Self.match(
        wanted, listed.filter { !addition.seen.contains($0.id) }, inAnyOrder: plan.cluster.isFed)
      if !found.contains(nil) { break }
    }
    let there = zip(addition.steps, found).compactMap { step, id in id.map { (step, $0) } }
    guard !there.isEmpty else {
      return try await note(
        .addAbsent(cluster: addition.cluster, error: "no such steps were added"))
    }
    // If only some exist, the others are added next.
    try await note(
      .added(
        cluster: addition.cluster, steps: there.map(\.0), ids: there.map(\.1)))
    tell(.addedSteps(cluster: addition.cluster, count: there.count, wasFound: true))
  }

  /// The ids of the steps with the wanted names: of one request, and so side by side, or else the
  /// latest of each name; up to the first that is missing, or all that are there.
  static func match(
    _ wanted: [String], _ steps: [StepDescription], inAnyOrder: Bool
  ) -> [String?] {
    for start in steps.indices.reversed() where steps[start].name == wanted.first {
      let request = steps[start...].prefix(wanted.count)
      guard request.map(\.name) == wanted else { continue }
      // What comes later was tried again.
      let later = steps[start...].dropFirst(wanted.count)
      if !later.contains(where: { wanted.contains($0.name) }) { return request.map(\.id) }
    }
    var latest: [String: String] = [:]
    for step in steps { latest[step.name] = step.id }
    let found = wanted.map { latest[$0] }
    if inAnyOrder { return found }
    let count = found.prefix { $0 != nil }.count
    return found.prefix(count) + Array(repeating: nil, count: found.count - count)
  }
}
