import Text
package import AWSServices
package import Journal
package import PlanFormat
internal import Values

/// Where chance comes from.
package protocol RandomSource: Sendable {
  func bytes(_ count: Int) -> [UInt8]
}

extension RandomSource {
  /// So many random bytes, as hexadecimal digits.
  package func token(_ count: Int = 12) -> String {
    ASCII.hex(bytes(count))
  }

  /// At least 0 and less than 1.
  package func fraction() -> Double {
    let number = bytes(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    return Double(number) / 4_294_967_296
  }
}

/// A moment at which a process may be killed, for tests and the sandbox's `crash-after`.
package enum Checkpoint: Sendable {
  case beforeEntry(String)
  case afterEntry(String)
  case beforeRequest(String)
  case afterRequest(String)
}

/// The world that a run takes place in.
package struct Services: Sendable {
  package var emr: any EMRService
  package var store: any ObjectStore
  /// Tells what the plan rests on; S3 and EMR themselves where nothing else is set.
  package var facts: any FactSource
  package var time: any TimeSource
  package var random: any RandomSource
  package var journal: Journal
  package var owner: Owner
  /// Whether somebody who holds a journal or a lock may still be at work.
  package var isAlive: @Sendable (Owner) -> Bool
  /// Is told what happens, in order.
  package var events: @Sendable (RunEvent) -> Void
  /// Tells a collector of the run's beginning and end; nil where none is to be told.
  package var monitor: RunMonitor?
  package var checkpoint: @Sendable (Checkpoint) async -> Void

  /// - Parameter emptied: what the plan empties first; facts are told as if it had.
  package init(
    emr: any EMRService, store: any ObjectStore, time: any TimeSource, random: any RandomSource,
    journal: Journal, owner: Owner, emptied: [String] = [],
    isAlive: @escaping @Sendable (Owner) -> Bool,
    events: @escaping @Sendable (RunEvent) -> Void = { _ in },
    checkpoint: @escaping @Sendable (Checkpoint) async -> Void = { _ in }
  ) {
    self.emr = emr
    self.store = store
    facts = AWSFacts(store: store, emr: emr, emptied: emptied)
    self.time = time
    self.random = random
    self.journal = journal
    self.owner = owner
    self.isAlive = isAlive
    self.events = events
    self.checkpoint = checkpoint
  }
}

/// How a plan is to be applied.
package struct ApplyOptions: Sendable {
  /// `sha256:…` of the plan's bytes: what tells its run from every other.
  package var planDigest: String
  /// The command that goes on with the run, as it is told to people.
  package var applyCommand: String
  /// The command that stops the run.
  package var cancelCommand = "penstock cancel"
  /// The command that goes on with the run after a failure.
  package var recoverCommand = "penstock run --recover"
  /// What keeps other runs away; nil where nothing does.
  package var lock: (any LockStore)?
  /// Whether a lock that another run holds keeps this one from nothing. It is left where it is.
  package var ignoresLock = false
  /// The texts that the plan's secret references stand for.
  package var secrets: [String: String]

  package init(planDigest: String, applyCommand: String, secrets: [String: String] = [:]) {
    self.planDigest = planDigest
    self.applyCommand = applyCommand
    self.secrets = secrets
  }
}
