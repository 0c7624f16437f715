package import AWSServices
package import PlanFormat
package import Values

/// What happens in a run, reported to people and programs. Contains no secrets.
package struct RunEvent: Sendable {
  package enum Kind: Sendable {
    case began(pipeline: String, runID: String, steps: [String])
    /// An earlier process of the same plan got this far.
    case resumed(cluster: String?)
    case factChecked(question: String, isUnchanged: Bool)
    /// Incomplete data of a failed run was deleted.
    case emptied(place: String, objects: Int)
    /// EMR is asked for so many seconds whether another process has begun the run.
    case searching(name: String, seconds: Int64)
    case launching(name: String, attempt: Int)
    case launched(cluster: String, wasFound: Bool)
    case attached(cluster: String)
    /// The steps are jobs of an application or a virtual cluster.
    case jobsRun(on: String, of: JobService)
    case addingSteps(cluster: String, steps: [String], isAgain: Bool)
    case addedSteps(cluster: String, count: Int, wasFound: Bool)
    /// Steps are added again at a time; `number` is the try that then begins, of so many.
    case retrying(steps: [String], number: Int, of: Int, at: Value.Timestamp)
    case cluster(id: String, state: ClusterState, reason: StateChangeReason)
    case step(index: Int, StepDescription)
    case clusterLost(cluster: String, reason: StateChangeReason, relaunchAt: Value.Timestamp)
    /// A call failed; its effect is checked, or it is retried.
    case callFailed(CloudError, next: String)
    /// Steps are never added, as these others were not completed.
    case heldBack(steps: [String], because: [String])
    /// What a step has left for later ones, as text.
    case outputRead(name: String, value: String, step: String)
    /// Whether a stage runs was decided by outputs.
    case stageDecided(stage: String, runs: Bool, because: String)
    /// A step's outputs say that there is no data.
    case noData(step: String, because: String)
    case cancelling(cluster: String, why: String)
    /// One step is cancelled; those that don't depend on it go on.
    case cancellingStep(step: String, why: String)
    case terminating(cluster: String, why: String)
    case interrupted(why: String, hints: [String])
    /// A log that a step's program left in S3.
    case programLog(step: String, location: String, lines: [String])
    case warning(String)
    /// Somebody was told of the run's end.
    case notified(String)
    case failed(FailureReport)
    /// Nothing was begun.
    case refused(RunFailure)
    case ended(RunEnd)
  }

  package var time: Value.Timestamp
  package var kind: Kind

  package init(time: Value.Timestamp, kind: Kind) {
    self.time = time
    self.kind = kind
  }
}
