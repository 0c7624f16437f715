/// The exit statuses of commands, defined only here.
package struct ExitStatus: Hashable, Sendable {
  package let code: Int32

  package init(_ code: Int32) { self.code = code }

  package static let success = ExitStatus(0)
  /// An error, invalid input, or a run that failed.
  package static let failure = ExitStatus(1)
  /// A comparison found a difference, and was asked to say so.
  package static let changes = ExitStatus(2)
  /// There is no data to process.
  package static let noData = ExitStatus(3)
  /// A place that must be empty isn't: a run seems to be in progress.
  package static let notEmpty = ExitStatus(4)
  package static let lockHeld = ExitStatus(17)
  package static let clusterBusy = ExitStatus(18)
  /// A usage error of a command that doesn't mimic an older program.
  package static let usage = ExitStatus(64)
  package static let interrupted = ExitStatus(130)
}
