import Text
package import AWSServices
package import Journal
package import PlanFormat
internal import Values

/// A source of randomness.
package protocol RandomSource: Sendable {
  func bytes(_ count: Int) -> [UInt8]
}

extension RandomSource {
  /// A number of random bytes, as hexadecimal digits.
  package func token(_ count: Int = 12) -> String {
    ASCII.hex(bytes(count))
  }

  /// At least 0 and less than 1.
  package func fraction() -> Double {
    let number = bytes(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    return Double(number) / 4_294_967_296
  }
}

/// A point at which a process may be killed, for tests and the sandbox's `crash-after`.
package enum Checkpoint: Sendable {
  case beforeEntry(String)
  case afterEntry(String)
  case beforeRequest(String)
  case afterRequest(String)
}

/// The services that a run uses.
package struct Services: Sendable {
  package var emr: any EMRService
  package var store: any ObjectStore
  /// Answers the facts that the plan depends on; by default asks S3 and EMR.
  package var facts: any FactSource
  package var time: any TimeSource
  package var random: any RandomSource
  package var journal: Journal
  package var owner: Owner
  /// Whether the holder of a journal or a lock may still be at work.
  package var isAlive: @Sendable (Owner) -> Bool
  /// Receives the run's events, in order.
  package var events: @Sendable (RunEvent) -> Void
  /// Tells a collector about the run's start and end; nil if there is none.
  package var monitor: RunMonitor?
  /// Tells people and programs of the run's end; nil if it can't.
  package var notifier: (any NotificationSender)?
  /// Delivers the run's lineage; nil if none is asked for.
  package var lineage: LineageReporter?
  package var checkpoint: @Sendable (Checkpoint) async -> Void
  /// For how many seconds EMR's lists may lack what was started: after them, what isn't in a list
  /// doesn't exist. EMR documents no limit.
  package var listLag: Int64 = 150
  /// Asks for the AWS account of the credentials; nil if it need not be that of the plan.
  package var account: (@Sendable () async throws(CloudError) -> String)?

  /// - Parameter emptied: what the plan empties first; facts are answered as if it were empty.
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
  /// `sha256:…`, which identifies the plan's run: see `Plan.identity`.
  package var runKey: String
  /// Whether the plan was made just now, so that no other process can have begun it.
  package var isNew = false
  /// The command that continues the run, as shown to people.
  package var applyCommand: String
  /// The command that stops the run.
  package var cancelCommand = "penstock cancel"
  /// The command that recovers the run after a failure.
  package var recoverCommand = "penstock run --recover"
  /// The lock that keeps other runs out; nil if there is none.
  package var lock: (any LockStore)?
  /// Whether this run goes ahead although another one holds the lock, which is left in place.
  package var ignoresLock = false
  /// The texts of the plan's secret references.
  package var secrets: [String: String]

  package init(runKey: String, applyCommand: String, secrets: [String: String] = [:]) {
    self.runKey = runKey
    self.applyCommand = applyCommand
    self.secrets = secrets
  }
}
