package import AWSServices
package import Diagnostics
package import PlanFormat

/// How the application of a plan ended.
package struct RunOutcome: Sendable {
  package var summary: String
  /// Nil after a success.
  package var failure: RunFailure?
  /// All that is known of a run that was begun and failed.
  package var report: FailureReport?

  package init(summary: String) { self.summary = summary }

  package init(_ failure: RunFailure, report: FailureReport? = nil) {
    summary = failure.summary
    self.failure = failure
    self.report = report
  }

  package var status: ExitStatus { failure?.status ?? .success }
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
  /// How often it was tried; more than one only if it was added again.
  package var tries = 1
  package var origin: Plan.Origin?
  package var logs: [LogTail] = []
  /// Whether the failed step's cluster has no place in S3 for its logs.
  package var keepsNoLogs = false
  /// What has and hasn't happened to data, a sentence each.
  package var happened: [String] = []
  package var notHappened: [String] = []
  /// The steps that were never added because others were not completed, and these others' names.
  package var heldBack: [(step: String, causes: [String])] = []
  package var recovery: Recovery?
  /// The command that recovers the run; nil if none can.
  package var recoveryCommand: String?

  package init(summary: String) { self.summary = summary }
}
