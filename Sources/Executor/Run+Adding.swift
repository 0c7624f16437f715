import AWSServices
import PlanFormat
import Values

extension Run {
  /// Adds steps to the cluster: for the first time, or again after one of them failed.
  mutating func add(_ batch: [Int], to cluster: String) async throws(RunStop) {
    guard record.absentAdditions < 5 else {
      try await endKept(cluster)
      return try await end(.stepsUnadded(requests: record.absentAdditions))
    }
    let isAgain = batch.contains { record.steps[$0].failures > 0 }
    let listed = try await ask { emr throws(CloudError) in
      try await emr.listSteps(cluster: cluster)
    }
    tell(
      .addingSteps(
        cluster: cluster, steps: batch.map { plan.steps[$0].name }, isAgain: isAgain))
    try await note(.addIntended(cluster: cluster, steps: batch, seen: listed.map(\.id)))
    let body = secrets.fill(
      .object(["JobFlowId": .string(cluster), "Steps": .list(batch.compactMap { stepBody($0) })]))
    let answer = await change("AddJobFlowSteps") { emr throws(CloudError) in
      try await emr.addJobFlowSteps(body)
    }
    switch answer {
    case .success(let ids) where ids.count == batch.count:
      try await note(.added(cluster: cluster, steps: batch, ids: ids))
      tell(.addedSteps(cluster: cluster, count: ids.count, wasFound: false))
    case .success: break  // Not the expected answer: the steps are looked up.
    case .failure(let error): try await additionFailed(cluster, error)
    }
  }

  private mutating func additionFailed(
    _ cluster: String, _ error: CloudError
  ) async throws(RunStop) {
    if error.kind == .cancelled { throw .interrupted }
    if error.isEffectUnknown {
      tell(.callFailed(error, next: "checking whether the steps were added"))
      return
    }
    try await note(.addAbsent(cluster: cluster, error: error.message))
    if error.kind == .unreachable {
      tell(.callFailed(error, next: "retrying in 30 s"))
      return try await sleep(30)
    }
    try await endKept(cluster)
    try await end(.stepsRefused(error))
  }

  /// Ends a cluster that would wait for steps which it never gets.
  private mutating func endKept(_ cluster: String) async throws(RunStop) {
    guard plan.cluster.isKept else { return }
    let why = "the run's steps can't be added"
    try await beginTermination(cluster, why)
    while !record.isTerminated { try await terminate(cluster, why) }
  }

  /// A step's part of a request: the steps of all requests, in order, are the plan's steps.
  private func stepBody(_ index: Int) -> Value? {
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
    let wanted = addition.steps.map { plan.steps[$0].name }
    var best: [String] = []
    for delay in [0] + Self.lookDelays {
      if delay > 0 { try await sleep(delay) }
      let listed = try await ask { emr throws(CloudError) in
        try await emr.listSteps(cluster: addition.cluster)
      }
      let seen = Set(addition.seen)
      best = Self.match(wanted, listed.filter { !seen.contains($0.id) })
      if best.count == wanted.count { break }
    }
    guard !best.isEmpty else {
      return try await note(
        .addAbsent(cluster: addition.cluster, error: "no such steps were added"))
    }
    // If only some exist, the others are added next.
    try await note(
      .added(
        cluster: addition.cluster, steps: Array(addition.steps.prefix(best.count)), ids: best))
    tell(.addedSteps(cluster: addition.cluster, count: best.count, wasFound: true))
  }

  /// The ids of the steps with the wanted names in order, or of as many of the first ones as exist.
  private static func match(_ wanted: [String], _ steps: [StepDescription]) -> [String] {
    var best: [String] = []
    for start in steps.indices where steps[start].name == wanted.first {
      let pairs = zip(wanted, steps[start...])
      let ids = pairs.prefix { $0.0 == $0.1.name }.map(\.1.id)
      if ids.count > best.count { best = ids }
      if best.count == wanted.count { break }
    }
    return best
  }
}
