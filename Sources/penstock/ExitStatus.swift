/// What a command ends with: the one place where these numbers stand.
struct ExitStatus: Hashable, Sendable {
  let code: Int32

  init(_ code: Int32) { self.code = code }

  static let success = ExitStatus(0)
  /// An error, invalid input, or a run that failed.
  static let failure = ExitStatus(1)
  /// A comparison that was asked to say so found a difference.
  static let changes = ExitStatus(2)
  /// There is no data to process.
  static let noData = ExitStatus(3)
  /// A place that must be empty is not: a run seems to be under way.
  static let notEmpty = ExitStatus(4)
  static let lockHeld = ExitStatus(17)
  static let clusterBusy = ExitStatus(18)
  /// A usage error, of a command that users do not know from elsewhere.
  static let usage = ExitStatus(64)
  static let interrupted = ExitStatus(130)
}
