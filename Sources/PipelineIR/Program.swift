package import Diagnostics
package import PlanFormat
package import SourceText
package import Values

/// The intermediate representation: a pipeline bound to its inputs, as flat tables.
///
/// Array order is the order of the run. Nodes name each other by typed indices; facts about nodes
/// are in separate tables. Passes are functions from one program to the next.
package struct Program: Sendable {
  package var name: String
  package var texts = TextPool()
  package var stages: [Stage] = []
  package var kinds: [Kind] = []
  package var datasets: [Dataset] = []
  package var places: [Place] = []
  package var steps: [Step] = []
  /// Whether the run only brings up the cluster: then there are no stages, and no steps.
  package var isClusterOnly = false
  /// The kinds of steps that such a cluster is for.
  package var expectedKinds: [KindID] = []
  /// The arguments of all steps; a step has a range of them.
  package var arguments: [Argument] = []
  /// All accesses of steps to data; a step has a range of them.
  package var accesses: [Access] = []
  package var secrets: [Secret] = []
  /// How steps are tried again that are; a step has an index.
  package var retries: [Retries] = []
  /// Settings that few steps have.
  package var stepExtras: [StepExtras] = []
  package var cluster = Cluster()
  /// The questions asked about the world, in the order in which they were asked.
  package var facts: [FactRecord] = []
  package var resumePoints: [ResumePoint] = []
  /// Steps left out because they are done, in order.
  package var doneSteps: [DoneStep] = []
  /// Steps that `--only-step` leaves out of stages that run, in order. They aren't done.
  package var stepsLeftOut: [DoneStep] = []
  /// Stages that were skipped, or that come before the one that the run resumes from.
  package var wouldBe: [WouldBeStage] = []
  /// What the pipeline says of the steps' order with `after`, in the order of the steps.
  package var stepOrders: [StepOrder] = []
  /// Which steps must be completed before which others start: acyclic, and without the pairs that
  /// follow from others. Sorted by the later step, then by the earlier one.
  package var order: [StepEdge] = []
  /// The logs of steps' programs, in the order of the steps.
  package var stepLogs: [StepLog] = []
  /// What steps hand to later ones, in the order of the pipeline.
  package var outputs: [Output] = []
  /// What steps take of it, and decide by it, in the order of the steps.
  package var outputUses: [OutputUse] = []
  /// Values of the `let`s that depend on the selection of stages; only looked up, never iterated.
  package var lets: [String: Value] = [:]
  /// Which stages run, as expressions see it.
  package var selection = ValueMap()
  /// Where datasets are, as expressions see it; set when they are placed.
  package var data = ValueMap()

  package init(name: String) { self.name = name }
}

/// Where a node of the program comes from: a place in a source, and the pass that made it.
package struct Origin: Hashable, Sendable {
  package enum Pass: UInt8, Sendable {
    case written, restoreData, releaseData
  }

  package var span: Span
  package var pass: Pass

  package init(_ span: Span, _ pass: Pass) {
    self.span = span
    self.pass = pass
  }
}

package struct Stage: Sendable {
  package enum Status: Hashable, Sendable {
    case undecided
    case selected
    /// Its `when` is false.
    case notApplicable
    /// Named by `--skip`.
    case skipped
    /// Comes before the stage that the run resumes from.
    case beforeResumption
    /// The stage that it is part of doesn't run.
    case partOfUnselected
  }

  package var name: String
  package var status: Status
  /// Why it runs or does not, in words.
  package var reason = ""
  package var partOf: StageID?
  /// What has to hold of outputs, once they are known, for it to run; nil if nothing has to.
  package var condition: Plan.Condition?
  package var span: Span

  package init(name: String, status: Status = .undecided, partOf: StageID? = nil, span: Span) {
    self.name = name
    self.status = status
    self.partOf = partOf
    self.span = span
  }
}

/// What all steps of a kind have in common.
package struct Kind: Sendable {
  package var name: String
  package var applications: [String]

  package init(name: String, applications: [String]) {
    self.name = name
    self.applications = applications
  }
}

package struct Dataset: Sendable {
  package var name: String
  /// As written, in the pipeline's order; nil if the dataset doesn't exist in this run.
  package private(set) var locations: [String]?
  package private(set) var places: [PlaceID] = []
  /// Whether it was given as a list.
  package private(set) var isList = false
  package var mustBeRead = false
  package var span: Span

  package init(name: String, span: Span) {
    self.name = name
    self.span = span
  }

  /// Its location; nil if it is given as a list or doesn't exist.
  package var onlyHome: (location: String, place: PlaceID)? {
    guard !isList, let location = locations?.first, let place = places.first else { return nil }
    return (location, place)
  }

  /// Its location, or the list of its locations, as expressions see it; nil if it doesn't exist.
  package var value: Value? {
    guard let locations else { return nil }
    return isList
      ? .list(locations.map { .string($0) }) : locations.first.map { .string($0) }
  }

  /// Sets where it is: each location with its place.
  package mutating func place(at homes: [(location: String, place: PlaceID)], isList: Bool) {
    self.isList = isList
    locations = homes.map(\.location)
    places = homes.map(\.place)
  }
}

/// The folder that a location names, in canonical spelling.
package struct Place: Hashable, Sendable {
  package var text: TextID
  /// False if it is on the cluster's own disks.
  package var isDurable: Bool

  package init(text: TextID, isDurable: Bool) {
    self.text = text
    self.isDurable = isDurable
  }
}

package struct Step: Sendable {
  package enum ActionOnFailure: String, Sendable, CaseIterable {
    case undecided = "UNDECIDED"
    case terminateJobFlow = "TERMINATE_JOB_FLOW"
    case terminateCluster = "TERMINATE_CLUSTER"
    case cancelAndWait = "CANCEL_AND_WAIT"
    case proceed = "CONTINUE"

    /// The values that EMR accepts.
    package static var names: [String] {
      allCases.filter { $0 != .undecided }.map(\.rawValue)
    }

    package init?(named text: String) {
      guard let action = Self(rawValue: text), action != .undecided else { return nil }
      self = action
    }
  }

  package var name: TextID
  package var jar: TextID
  package var mainClass: TextID?
  /// Nil for a step of the cluster itself (set-up, clean-up).
  package var stage: StageID?
  package var kind: KindID
  package var arguments: Range<Int32>
  package var accesses: Range<Int32>
  package var actionOnFailure: ActionOnFailure
  /// Whether the step may be submitted again after a failure.
  package var isRetryable: Bool
  /// The step is cancelled after this time; 0: never.
  package var timeoutSeconds: Int32 = 0
  /// Index into `Program.stepExtras`, or -1.
  package var extras: Int32 = -1
  /// Whether its program fails if a folder that it writes already exists.
  package var needsFreshOutput = false
  /// Whether doing it twice for the same data does harm: the pipeline says that it isn't retried, or
  /// it isn't and has no effect on the run's data that a repetition would replace.
  package var isOnce = false
  /// How many folders below a place its program reads files, or -1: as many as there are.
  package var readDepth: Int32 = -1
  /// Index into `Program.retries`, or -1.
  package var retries: Int32 = -1
  package var origin: Origin

  package init(
    name: TextID, jar: TextID, mainClass: TextID?, stage: StageID?, kind: KindID,
    arguments: Range<Int32>, accesses: Range<Int32>, actionOnFailure: ActionOnFailure,
    isRetryable: Bool, origin: Origin
  ) {
    self.name = name
    self.jar = jar
    self.mainClass = mainClass
    self.stage = stage
    self.kind = kind
    self.arguments = arguments
    self.accesses = accesses
    self.actionOnFailure = actionOnFailure
    self.isRetryable = isRetryable
    self.origin = origin
  }
}

/// How a step is tried again after it failed.
package struct Retries: Hashable, Sendable {
  /// The seconds to wait before each further try.
  package var waits: [Int64]
  /// Whether the step itself says so, and not its stage or the pipeline.
  package var isOwn: Bool
  /// What a failed try may have left in part, and is emptied before the next.
  package var emptied: [PlaceID] = []
  package var span: Span

  package init(waits: [Int64], isOwn: Bool, span: Span) {
    self.waits = waits
    self.isOwn = isOwn
    self.span = span
  }
}

/// Members of a step's request that few steps have.
package struct StepExtras: Sendable {
  /// Java's properties: a list of maps of `Key` and `Value`, as EMR takes them.
  package var properties: SpannedValue?
  /// EMR's `StepMonitoringConfiguration`.
  package var monitoring: SpannedValue?

  package init(properties: SpannedValue?, monitoring: SpannedValue?) {
    self.properties = properties
    self.monitoring = monitoring
  }
}

/// An object in which a step's program leaves its own log.
package struct StepLog: Hashable, Sendable {
  /// The step's name, since indices change when steps are inserted.
  package var step: TextID
  package var location: String

  package init(step: TextID, location: String) {
    self.step = step
    self.location = location
  }
}

/// One argument of a step: a text, or a secret.
package struct Argument: Hashable, Sendable {
  package var text: TextID
  /// Index into `Program.secrets`, or -1.
  package var secret: Int32

  package init(text: TextID, secret: Int32 = -1) {
    self.text = text
    self.secret = secret
  }
}

/// What a step does to one place.
package struct Access: Hashable, Sendable {
  package enum Mode: UInt8, Sendable {
    case read, write, delete
  }

  /// A part of what a place holds: steps of one kind with different parts touch different objects.
  package struct Part: Hashable, Sendable {
    package var kind: KindID
    /// A hash of the value of each of the kind's `part` parameters; 0 if the step doesn't set it.
    package var values: [UInt64]

    package init(kind: KindID, values: [UInt64]) {
      self.kind = kind
      self.values = values
    }

    /// Whether another is a different part of the same place.
    package func differs(from other: Part) -> Bool {
      kind == other.kind && Plan.Access.Part.areApart(values, other.values, none: 0)
    }
  }

  package var place: PlaceID
  package var mode: Mode
  /// Which part of it the step touches; nil: anything.
  package var part: Part?
  package var span: Span

  package init(place: PlaceID, mode: Mode, part: Part? = nil, span: Span) {
    self.place = place
    self.mode = mode
    self.part = part
    self.span = span
  }

  /// Whether two steps touch different objects of one place: both write to it, or both take from
  /// it.
  package func isApart(from other: Access) -> Bool {
    guard place == other.place, (mode == .write) == (other.mode == .write), let part,
      let otherPart = other.part
    else { return false }
    return part.differs(from: otherPart)
  }
}

package struct Cluster: Sendable {
  package var region = ""
  /// Where the region is given.
  package var regionSpan: Span?
  /// The EMR release or AMI version without a prefix: `5.29.0`.
  package var release = ""
  package var isEncrypted = false
  /// Whether the cluster outlives the run.
  package var isPersistent = false
  /// Whether a cluster of this run only is kept after a failure, so that steps can be tried again.
  package var isKeptForRetries = false
  /// Whether a cluster of this run only is kept because it has more steps than EMR takes at once.
  package var isKeptForMore = false
  /// Whether the executor adds steps beyond those that EMR takes at once, when others have ended.
  package var addsStepsLater = false
  /// Whether the executor adds each step only when its predecessors are completed.
  package var isFed = false
  /// The waiting cluster that the run reuses; nil if it creates one.
  package var reusedID: String?
  /// Whether that cluster was chosen by its id: it may work for others, and the run never ends it.
  package var isShared = false
  /// The service that runs the steps as jobs; `reusedID` is then its application or virtual cluster.
  package var jobs: JobHost?
  /// What the cluster to reuse is (see `ClusterShape`); nil if the run creates one, or if it wasn't
  /// asked.
  package var reusedShape: Value?
  /// Where it is said which cluster to reuse.
  package var reuseSpan: Span?
  /// Whether the request asks for termination protection.
  package var isProtected = false
  /// Members of the request that may differ on a cluster that is reused.
  package var acceptedDifferences: [String] = []
  /// Which of these do, in words that follow the cluster's name.
  package var differences: [String] = []
  /// RunJobFlow's body without `Steps`.
  package var jobFlow: SpannedValue?

  package init() {}
}

/// A question about S3 or EMR, and its answer.
package struct FactRecord: Sendable {
  package var question: FactQuestion
  package var answer: Value
  /// True if nothing was asked and the normal case is assumed.
  package var isAssumed: Bool
  /// The exit status of a run that gets a different answer.
  package var exitStatus: ExitStatus
  /// The message of such a run; nil if it is only that the plan is stale.
  package var message: String?
  /// The expression or requirement that asks.
  package var span: Span?

  package init(
    question: FactQuestion, answer: Value, isAssumed: Bool, exitStatus: ExitStatus = .failure,
    message: String? = nil, span: Span? = nil
  ) {
    self.question = question
    self.answer = answer
    self.isAssumed = isAssumed
    self.exitStatus = exitStatus
    self.message = message
    self.span = span
  }
}

/// Whether a run can start again at a stage after a failure in it.
package struct ResumePoint: Hashable, Sendable {
  package enum Obstacle: Hashable, Sendable {
    /// It is the first stage that runs: a new run does the same.
    case isFirst
    /// A step moves data away that an earlier step of the stage already moved to a place that must
    /// be empty when the stage starts.
    case movedData(String)
    /// It or a later stage reads data that was lost with the cluster and can't be restored.
    case lostData(String)
    /// Its `when` doesn't hold in a run that resumes from it.
    case isLeftOut
    /// It has no steps of its own.
    case isPart(of: String)
  }

  package var stage: StageID
  package var obstacle: Obstacle?

  package init(stage: StageID, obstacle: Obstacle?) {
    self.stage = stage
    self.obstacle = obstacle
  }
}
