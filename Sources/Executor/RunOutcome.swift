package import AWSServices
package import PlanFormat

/// How the application of a plan ended.
package struct RunOutcome: Sendable {
  /// 0 success · 1 failure · 3 no data · 4 a place is not empty · 17 locked · 18 the cluster is
  /// busy · 130 interrupted, and the run goes on.
  package var status: Int32
  package var summary: String
  package var failure: FailureReport?

  package init(status: Int32, summary: String, failure: FailureReport? = nil) {
    self.status = status
    self.summary = summary
    self.failure = failure
  }
}

/// Everything known about a failed run.
package struct FailureReport: Sendable {
  package struct LogTail: Hashable, Sendable {
    /// `stderr`, `stdout`, `controller`, `syslog`.
    package var name: String
    package var location: String
    package var lines: [String]
    /// Whether lines were left out before these.
    package var isCut: Bool
  }

  package var summary: String
  package var cluster: String?
  package var clusterReason = StateChangeReason()
  /// The index of the failed step in the plan; nil if none failed.
  package var stepIndex: Int?
  package var step: StepDescription?
  package var origin: Plan.Origin?
  package var logs: [LogTail] = []
  /// What has and hasn't happened to data, a sentence each.
  package var happened: [String] = []
  package var notHappened: [String] = []
  package var recovery: Recovery?
  /// The command that recovers the run; nil if none can.
  package var recoveryCommand: String?

  package init(summary: String) { self.summary = summary }
}
