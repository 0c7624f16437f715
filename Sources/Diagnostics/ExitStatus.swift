/// The exit statuses of commands, defined only here.
package struct ExitStatus: Hashable, Sendable {
  package let code: Int32

  private init(_ code: Int32) { self.code = code }

  package static let success = ExitStatus(0)
  /// An error, invalid input, or a run that failed.
  package static let failure = ExitStatus(1)
  /// A comparison that was asked to say so found a difference.
  package static let changes = ExitStatus(2)
  /// There is no data to process.
  package static let noData = ExitStatus(3)
  /// A place that must be empty isn't: a run seems to be under way.
  package static let notEmpty = ExitStatus(4)
  /// The lock, or the run itself, is held by another process.
  package static let lockHeld = ExitStatus(17)
  /// The persistent cluster is starting, or runs other steps.
  package static let clusterBusy = ExitStatus(18)
  /// A usage error, of a command that users do not know from elsewhere.
  package static let usage = ExitStatus(64)
  /// The process was interrupted; the run that it watched continues.
  package static let interrupted = ExitStatus(130)

  /// What a pipeline may ask a run to end with where something does not hold.
  package static let askable: ClosedRange<Int64> = 1...255

  /// A status as a pipeline or a file says it; nil for one that no pipeline may ask for.
  package init?(asked number: Int64) {
    guard Self.askable.contains(number) else { return nil }
    self.init(Int32(number))
  }

  /// A status that was written to a journal; one that nothing can end with is taken for a failure.
  package init(written number: Int64?) {
    self = number == 0 ? .success : number.flatMap { ExitStatus(asked: $0) } ?? .failure
  }

  /// This status, or `failure` where this one says that all went well.
  package var ofFailure: ExitStatus { self == .success ? .failure : self }
}
