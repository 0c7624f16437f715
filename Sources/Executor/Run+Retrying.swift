import AWSServices
import PlanFormat
import Values

extension Run {
  /// The steps to submit again: the first failed one and the incomplete ones after it; nil if one
  /// of them must not be retried, or the run would take too long.
  var retryable: [Int]? {
    guard plan.cluster.isPersistent || plan.cluster.isKept,
      let first = record.steps.firstIndex(where: { $0.description?.state == .failed })
    else { return nil }
    let rest = record.steps.indices.filter {
      $0 >= first && record.steps[$0].description?.state != .completed
    }
    let isAllowed = rest.allSatisfy { record.steps[$0].triesUsed < plan.steps[$0].maximumTries }
    // A step cancelled by hand before the first failure must not be retried.
    let isEarlierUndone = record.steps[..<first].contains { $0.description?.state != .completed }
    guard isAllowed, !isEarlierUndone, !isStoppedByHand else { return nil }
    let due = record.retryDue?.seconds ?? services.time.now.seconds + wait(before: rest)
    if plan.timeoutSeconds > 0, due - began.seconds > plan.timeoutSeconds { return nil }
    // The others, which were never added, follow as there is room.
    let batch = Array(rest.prefix(Self.batchSize))
    return rest.dropFirst(batch.count).allSatisfy { record.steps[$0].id == nil } ? batch : nil
  }

  /// Waits for as long as the plan says, empties what the failed tries have left, and adds the steps
  /// again; true if it did more than wait.
  mutating func retry(_ steps: [Int], on cluster: String) async throws(RunStop) -> Bool {
    if record.retryDue == nil, wait(before: steps) > 0 {
      try await noteRetry(of: steps, on: cluster)
    }
    if let due = record.retryDue, services.time.now < due {
      try await look(at: cluster)
      return false
    }
    // Steps can be added in any live state; a cluster that is about to end shows it.
    guard isReadyForRetry else {
      try await look(at: cluster)
      return isReadyForRetry
    }
    for place in placesToEmpty(before: steps) {
      try checkJournal()
      try await emptyBeforeRetry(place)
    }
    try await add(steps, to: cluster)
    return true
  }

  /// On a cluster that others use, their steps don't keep it from retrying.
  private var isReadyForRetry: Bool {
    record.clusterState == .waiting || isShared && record.clusterState == .running
  }

  mutating func noteRetry(of steps: [Int], on cluster: String) async throws(RunStop) {
    let wait = wait(before: steps)
    let due = Value.Timestamp(seconds: services.time.now.seconds + wait, nanoseconds: 0)
    try await note(.retryDue(cluster: cluster, steps: steps, at: due))
    guard let first = failed(among: steps).first else { return }
    tell(
      .retrying(
        steps: failed(among: steps).map { plan.steps[$0].name },
        number: record.steps[first].triesUsed + 1, of: Int(plan.steps[first].maximumTries), at: due)
    )
  }

  private func failed(among steps: [Int]) -> [Int] {
    steps.filter { record.steps[$0].description?.state == .failed }
  }

  /// The seconds to wait before the steps are added again: the longest that one of the failed ones
  /// wants.
  func wait(before steps: [Int]) -> Int64 {
    failed(among: steps).map { index in
      let waits = plan.steps[index].retryWaits
      let number = record.steps[index].triesUsed - 1
      return waits.indices.contains(number) ? waits[number] : 0
    }.max() ?? 0
  }

  /// What the tries so far of these steps may have left, where it is in the way of the next.
  func placesToEmpty(before steps: [Int]) -> [String] {
    var places: [String] = []
    for index in steps where record.progress[index] == .started {
      for place in plan.steps[index].emptiedBeforeRetry where !places.contains(place) {
        places.append(place)
      }
    }
    return places
  }

  mutating func emptyBeforeRetry(_ place: String) async throws(RunStop) {
    await services.checkpoint(.beforeRequest("DeleteObject"))
    while true {
      do throws(CloudError) {
        let count = try await empty(place)
        blindSince = nil
        tell(.emptied(place: place, objects: count))
        return await services.checkpoint(.afterRequest("DeleteObject"))
      } catch {
        if error.kind == .cancelled || Task.isCancelled { throw .interrupted }
        try await tryAgain(redacted(error))
      }
    }
  }
}
