package import AWSServices
package import PlanFormat
package import Values

/// What is known about a run: its journal's entries, folded.
package struct RunRecord: Sendable {
  package struct Launch: Sendable {
    package var nonce: String
    /// Nil while it isn't known whether it started a cluster.
    package var cluster: String?
    package var isAbsent = false
    /// Whether it takes a waiting cluster instead of starting one.
    package var isClaim = false
    package var wasClaimed = false
    /// When it was about to be requested.
    package var intended: Value.Timestamp
  }

  /// Steps that were added to a cluster, or are about to be.
  package struct Addition: Sendable {
    package var cluster: String
    package var steps: [Int]
    /// The steps that were known to be on the cluster before.
    package var seen: Set<String>
  }

  package struct Step: Sendable {
    /// As last seen; nil while it isn't on a cluster.
    package var description: StepDescription?
    /// Its id on the cluster; nil if it is to be submitted (again).
    package var id: String?
    /// How many times it failed.
    package var failures = 0
    /// How many of these only because a step that it waits for had not succeeded.
    package var failuresOfOthers = 0
    /// How many of its tries are used up.
    var triesUsed: Int { failures - failuresOfOthers }
    /// When it is to be added again after a failure; nil if it isn't.
    package var retryDue: Value.Timestamp?
    /// Why this step alone is to be cancelled; nil if it isn't.
    package var cancellation: String?
    /// Whether that was asked for.
    package var isCancelled = false
    /// When it was decided to cancel it.
    var cancelDecided: Value.Timestamp?
  }

  package var hasEntries = false
  /// When it was certain that no other process had begun the run; nil if it never was.
  package var knownUnbegun: Value.Timestamp?
  /// Whether steps were added to a cluster that was there before.
  package var hasAddedSteps = false
  /// Whether the places that the plan empties first are empty.
  package var hasEmptied = false
  package var launches: [Launch] = []
  /// The run's cluster; nil if it has none (any more).
  package var cluster: String?
  package var clusterState: ClusterState?
  package var clusterReason = StateChangeReason()
  package var steps: [Step]
  /// Steps whose addition was begun, while it isn't known whether they were added.
  package var openAddition: Addition?
  /// The steps that have been seen on the run's clusters: its own, and those of others.
  private(set) var knownIDs: Set<String> = []
  /// How many times steps couldn't be added.
  package var absentAdditions = 0
  package var lostClusters = 0
  package var relaunchDue: Value.Timestamp?
  /// When the next step is to be added again after a failure; nil if none is.
  package var retryDue: Value.Timestamp? { steps.compactMap(\.retryDue).min() }
  package var cancellation: String?
  package var isCancelled = false
  package var termination: String?
  package var isTerminated = false
  /// Whether EMR refused to terminate the cluster.
  package var isLeftAlive = false
  package var ended: RunEnd?
  /// The outputs that were read.
  package var outputs: Plan.Condition.Outputs = [:]
  /// An output that can't be read, and why.
  package var brokenOutput: (name: String, problem: String)?
  /// Those who have been told of the end, or can't be, by their number in the plan.
  package var notified: Set<Int> = []
  /// How many of the run's lineage events need not be sent again.
  package var lineageSent = 0

  /// The steps submitted with the cluster itself.
  private let launchSteps: [Int]
  /// For each step, those that it waits for; none if the plan isn't known.
  private let predecessors: [[Int]]
  /// For each step, what has to hold of outputs for it to be done; empty if none has a condition.
  let conditions: [Plan.Condition?]
  /// For each output, the step that writes it. Never iterated, so its order doesn't matter.
  let writers: [String: Int]

  /// - Parameters:
  ///   - launchCount: how many of the steps, the first ones, come with the cluster.
  ///   - predecessors: for each step, those that its program waits for.
  ///   - conditions: for each step, what has to hold of outputs for it to be done.
  ///   - writers: for each output, the step that writes it.
  package init(
    stepCount: Int, launchCount: Int, predecessors: [[Int]] = [],
    conditions: [Plan.Condition?] = [], writers: [String: Int] = [:]
  ) {
    self.conditions = conditions
    self.writers = writers
    steps = Array(repeating: Step(), count: stepCount)
    self.predecessors = predecessors
    launchSteps = Array(0..<max(0, min(stepCount, launchCount)))
  }

  /// A launch of which it isn't known whether it started a cluster.
  package var openLaunch: Launch? {
    launches.last.flatMap { $0.cluster == nil && !$0.isAbsent ? $0 : nil }
  }

  /// Whether anything was started, or may have been. A run that never began can begin at any time.
  package var hasBegun: Bool {
    launches.contains { !$0.isAbsent && !$0.isClaim } || openAddition != nil || hasAddedSteps
  }

  /// Whether there is nothing left to do: a run that failed before it began can begin again.
  package var isOver: Bool {
    ended.map { $0.isSuccess || hasBegun } ?? false
  }

  /// - Parameter time: when the entry was written.
  package mutating func apply(_ entry: RunEntry, at time: Value.Timestamp) {
    hasEntries = true
    switch entry {
    case .begun: beginAgain()
    case .interrupted: break
    case .nothingBegun: knownUnbegun = time
    case .emptied: hasEmptied = true
    case .launchIntended(let nonce):
      launches.append(Launch(nonce: nonce, intended: time))
      relaunchDue = nil
    case .launched(let nonce, let cluster): noteLaunch(nonce, cluster, time)
    case .launchAbsent(let nonce, _): changeLaunch(nonce) { $0.isAbsent = true }
    case .claimIntended(let cluster, let nonce):
      launches.append(Launch(nonce: nonce, cluster: cluster, isClaim: true, intended: time))
      self.cluster = cluster
    case .claimed: changeLaunch(launches.last?.nonce ?? "") { $0.wasClaimed = true }
    case .retryDue(_, let steps, let due):
      for index in steps where self.steps.indices.contains(index) {
        self.steps[index].retryDue = due
      }
    case .addIntended(let cluster, let steps, let seen): noteAddition(cluster, steps, seen)
    case .added(_, let steps, let ids):
      openAddition = nil
      hasAddedSteps = true
      absentAdditions = 0
      knownIDs.formUnion(ids)
      for (index, id) in zip(steps, ids) where self.steps.indices.contains(index) {
        self.steps[index].id = id
      }
    case .addAbsent:
      openAddition = nil
      absentAdditions += 1
    case .addPostponed: openAddition = nil
    case .step(let index, let description): noteStep(index, description)
    case .cluster(let id, let state, let reason):
      guard id == cluster else { return }
      clusterState = state
      clusterReason = reason
    case .relaunchDue(_, let time): loseCluster(until: time)
    case .cancelIntended(_, let why):
      cancellation = why
      isCancelled = false
    case .cancelled: isCancelled = true
    case .stepCancelIntended(_, let index, let why):
      guard steps.indices.contains(index) else { return }
      steps[index].cancellation = why
      steps[index].isCancelled = false
      steps[index].cancelDecided = time
    case .stepCancelled(_, let index):
      guard steps.indices.contains(index) else { return }
      steps[index].isCancelled = true
    case .terminateIntended(_, let why):
      termination = why
      isTerminated = false
    case .terminated: isTerminated = true
    case .terminationRefused:
      isTerminated = true
      isLeftAlive = true
    case .outputsRead(_, let values):
      for entry in values.entries {
        if case .string(let name) = entry.key { outputs[name] = entry.value }
      }
    case .outputBroken(let name, let problem): brokenOutput = (name, problem)
    case .ended(let end): ended = end
    case .notified(let target, _): notified.insert(target)
    case .lineageSent(let events): lineageSent = max(lineageSent, events)
    }
  }

  /// Forgets a failure that kept the run from beginning.
  private mutating func beginAgain() {
    guard ended != nil, !isOver else { return }
    ended = nil
    launches = []
    cluster = nil
    clusterState = nil
    absentAdditions = 0
    outputs = [:]
    brokenOutput = nil
  }

  private mutating func changeLaunch(_ nonce: String, _ change: (inout Launch) -> Void) {
    guard let index = launches.lastIndex(where: { $0.nonce == nonce }) else { return }
    change(&launches[index])
  }

  /// - Parameter seen: the steps on the cluster that weren't known before.
  private mutating func noteAddition(_ cluster: String, _ added: [Int], _ seen: [String]) {
    knownIDs.formUnion(seen)
    openAddition = Addition(cluster: cluster, steps: added, seen: knownIDs)
    for index in added where steps.indices.contains(index) {
      steps[index].id = nil
      steps[index].description = nil
      steps[index].retryDue = nil
    }
  }

  private mutating func noteLaunch(
    _ nonce: String, _ cluster: String, _ time: Value.Timestamp
  ) {
    // A cluster that this journal didn't start may have got any of the steps.
    var added = Array(steps.indices)
    if launches.contains(where: { $0.nonce == nonce }) {
      changeLaunch(nonce) {
        $0.cluster = cluster
        $0.isAbsent = false
      }
      added = launchSteps
    } else {
      launches.append(Launch(nonce: nonce, cluster: cluster, intended: time))
    }
    self.cluster = cluster
    clusterState = nil
    relaunchDue = nil
    openAddition =
      added.isEmpty ? nil : Addition(cluster: cluster, steps: added, seen: knownIDs)
  }

  private mutating func noteStep(_ index: Int, _ description: StepDescription) {
    guard steps.indices.contains(index) else { return }
    if description.state == .failed, steps[index].description?.state != .failed {
      steps[index].failures += 1
      if isHeldUp(index) { steps[index].failuresOfOthers += 1 }
    }
    steps[index].id = description.id
    steps[index].description = description
    knownIDs.insert(description.id)
  }

  /// Whether a step that this one waits for has ended without success.
  private func isHeldUp(_ index: Int) -> Bool {
    guard predecessors.indices.contains(index) else { return false }
    return predecessors[index].contains { earlier in
      guard let state = steps[earlier].description?.state else { return false }
      return state.isFinal && state != .completed
    }
  }

  private mutating func loseCluster(until time: Value.Timestamp) {
    cluster = nil
    clusterState = nil
    clusterReason = StateChangeReason()
    lostClusters += 1
    relaunchDue = time
    openAddition = nil
    for index in steps.indices { steps[index] = Step() }
  }
}

extension RunRecord {
  /// How far each step got, to find out what to do after a failure.
  package var progress: [Recovery.Progress] {
    steps.enumerated().map { index, step in
      // What was left out stays so.
      if isSkipped(index) { return .completed }
      if isDone(index) { return .completed }
      // A resubmitted step has no description while it waits.
      return step.failures > 0 || step.description?.started != nil ? .started : .notStarted
    }
  }
}
