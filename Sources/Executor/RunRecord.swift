package import AWSServices
package import PlanFormat
package import Values

/// What is known of a run: its journal's entries, folded.
package struct RunRecord: Sendable {
  package struct Launch: Sendable {
    package var nonce: String
    /// Nil while it is not known whether a cluster came of it.
    package var cluster: String?
    package var isAbsent = false
    package var wasClaimed = false
  }

  /// Steps that were, or are about to be, added to a cluster.
  package struct Addition: Sendable {
    package var cluster: String
    package var steps: [Int]
    package var seen: [String]
  }

  package struct Step: Sendable {
    /// As it was last seen; nil while it is on no cluster.
    package var description: StepDescription?
    /// The id it has on the cluster; nil where it is to be submitted (again).
    package var id: String?
    /// How often it failed.
    package var failures = 0
  }

  /// Whether the places are empty that the plan has emptied first.
  package var hasEmptied = false
  package var launches: [Launch] = []
  /// The cluster that the run is on; nil where none is (any more).
  package var cluster: String?
  package var clusterState: ClusterState?
  package var clusterReason = StateChangeReason()
  package var steps: [Step]
  /// Steps whose addition was begun, and of which it is not known whether it was done.
  package var openAddition: Addition?
  /// How often steps could not be added.
  package var absentAdditions = 0
  package var lostClusters = 0
  package var relaunchDue: Value.Timestamp?
  package var cancellation: String?
  package var isCancelled = false
  package var termination: String?
  package var isTerminated = false
  /// Whether EMR refused to terminate the cluster.
  package var isLeftAlive = false
  package var ended: (status: Int32, summary: String)?

  /// The steps that are submitted with the cluster itself.
  private let launchSteps: [Int]

  /// - Parameter launchCount: how many of the steps, the first ones, come with the cluster.
  package init(stepCount: Int, launchCount: Int) {
    steps = Array(repeating: Step(), count: stepCount)
    launchSteps = Array(0..<max(0, min(stepCount, launchCount)))
  }

  /// A launch of which it is not known whether a cluster came of it.
  package var openLaunch: Launch? {
    launches.last.flatMap { $0.cluster == nil && !$0.isAbsent ? $0 : nil }
  }

  package mutating func apply(_ entry: RunEntry) {
    switch entry {
    case .begun, .interrupted: break
    case .emptied: hasEmptied = true
    case .launchIntended(let nonce):
      launches.append(Launch(nonce: nonce))
      relaunchDue = nil
    case .launched(let nonce, let cluster): noteLaunch(nonce, cluster)
    case .launchAbsent(let nonce, _): changeLaunch(nonce) { $0.isAbsent = true }
    case .claimIntended(let cluster, let nonce):
      launches.append(Launch(nonce: nonce, cluster: cluster))
      self.cluster = cluster
    case .claimed: changeLaunch(launches.last?.nonce ?? "") { $0.wasClaimed = true }
    case .addIntended(let cluster, let steps, let seen):
      openAddition = Addition(cluster: cluster, steps: steps, seen: seen)
      for index in steps where self.steps.indices.contains(index) {
        self.steps[index].id = nil
        self.steps[index].description = nil
      }
    case .added(_, let steps, let ids):
      openAddition = nil
      for (index, id) in zip(steps, ids) where self.steps.indices.contains(index) {
        self.steps[index].id = id
      }
    case .addAbsent:
      openAddition = nil
      absentAdditions += 1
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
    case .terminateIntended(_, let why):
      termination = why
      isTerminated = false
    case .terminated: isTerminated = true
    case .terminationRefused:
      isTerminated = true
      isLeftAlive = true
    case .ended(let status, let summary): ended = (status, summary)
    }
  }

  private mutating func changeLaunch(_ nonce: String, _ change: (inout Launch) -> Void) {
    guard let index = launches.lastIndex(where: { $0.nonce == nonce }) else { return }
    change(&launches[index])
  }

  private mutating func noteLaunch(_ nonce: String, _ cluster: String) {
    if launches.contains(where: { $0.nonce == nonce }) {
      changeLaunch(nonce) {
        $0.cluster = cluster
        $0.isAbsent = false
      }
    } else {
      launches.append(Launch(nonce: nonce, cluster: cluster))
    }
    self.cluster = cluster
    clusterState = nil
    relaunchDue = nil
    openAddition =
      launchSteps.isEmpty ? nil : Addition(cluster: cluster, steps: launchSteps, seen: [])
  }

  private mutating func noteStep(_ index: Int, _ description: StepDescription) {
    guard steps.indices.contains(index) else { return }
    if description.state == .failed, steps[index].description?.state != .failed {
      steps[index].failures += 1
    }
    steps[index].id = description.id
    steps[index].description = description
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
  /// How far each step came, for what is to be done after a failure.
  package var progress: [Recovery.Progress] {
    steps.map { step in
      if step.description?.state == .completed { return .completed }
      // One that is submitted again has no description while it waits.
      return step.failures > 0 || step.description?.started != nil ? .started : .notStarted
    }
  }
}
