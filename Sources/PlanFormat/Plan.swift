package import Diagnostics
import Digests
package import Values

/// What a run will do, in full: made by the compiler, carried out by the executor.
///
/// A plan holds no secrets: texts hold `Secret.placeholder` in their place, and `secrets` lists the
/// references. The executor asks for their values when it applies the plan.
package struct Plan: Equatable, Sendable {
  /// The version of the format that this program writes.
  package static var formatVersion: Int64 { 3 }
  /// The oldest version that it reads. Version 2 has no digest.
  package static var oldestFormatVersion: Int64 { 2 }

  package struct File: Hashable, Sendable {
    /// `pipeline`, an input's name, `facts`, `use`, `schema`, `step-kind`.
    package var role: String
    package var path: String
    /// `sha256:` and 64 hexadecimal digits.
    package var digest: String

    package init(role: String, path: String, digest: String) {
      self.role = role
      self.path = path
      self.digest = digest
    }
  }

  /// A place in a file that was read: 1-based line and column, and the line's text without secrets.
  package struct Origin: Hashable, Sendable {
    package var file: String
    package var line: Int64
    package var column: Int64
    package var excerpt: String

    package init(file: String, line: Int64, column: Int64, excerpt: String) {
      self.file = file
      self.line = line
      self.column = column
      self.excerpt = excerpt
    }
  }

  /// A question about the world, and the answer that the plan relies on.
  package struct Fact: Equatable, Sendable {
    package enum Question: Hashable, Sendable {
      /// Whether there are no objects below an S3 location. Answers `true` or `false`; as
      /// everywhere here, folder markers (`x/`, `x_$folder$`) don't count as objects.
      case isEmpty(location: String)
      /// Whether the pattern matches the key (relative to the location) of an object below it.
      /// Answers `true` or `false`.
      case hasMatch(location: String, pattern: String)
      /// The greatest key below the location (relative to it) that the pattern matches. Answers the
      /// text of its first group; null if there is no such key.
      case last(location: String, pattern: String)
      /// The same as `last`, but folder markers that end with a slash count too.
      case lastFolder(location: String, pattern: String)
      /// The first key in order (relative to the location) that leads through more than so many
      /// folders and, if there is a pattern, matches it. Answers the key; null if there is none.
      case tooDeep(location: String, folders: Int64, pattern: String?)
      /// How many distinct texts the pattern's first group has, over all keys below the location
      /// (relative to it) that it matches. Answers a number.
      case count(location: String, pattern: String)
      /// These texts, each once, in the order of their last keys. Answers a list of strings.
      case all(location: String, pattern: String)
      /// Clusters of this name in one of these states. Answers a list of `{id, state}`, sorted by
      /// id.
      case cluster(name: String, states: [String])
      /// What a cluster is, as far as a run depends on it. Answers a map of some members of
      /// RunJobFlow's request, with marks in place of settings and arguments; null if no such cluster
      /// is there (any more); true if it was not asked, and is assumed to be as the run needs it.
      case clusterShape(id: String)
    }

    package var question: Question
    /// In the form that the question documents.
    package var answer: Value
    /// True if it was never asked: the normal case was assumed.
    package var isAssumed: Bool
    /// True in the recovery of a run that asked before: the run itself may have changed the answer
    /// since, so it isn't asked again.
    package var isInherited = false
    /// The exit status of a run if the answer is different then: 1, 3, 4 or 18.
    package var exitStatus: ExitStatus
    /// The message in that case.
    package var message: String
    package var origin: Origin?

    package init(
      question: Question, answer: Value, isAssumed: Bool, exitStatus: ExitStatus, message: String,
      origin: Origin?
    ) {
      self.question = question
      self.answer = answer
      self.isAssumed = isAssumed
      self.exitStatus = exitStatus
      self.message = message
      self.origin = origin
    }
  }

  /// Whether the run only brings up a cluster.
  package var isClusterOnly: Bool { steps.isEmpty }

  /// The cluster that such a run has found; nil if it starts one.
  package var clusterAlreadyUp: String? { isClusterOnly ? cluster.reusedID : nil }

  /// How many stages have steps.
  package var runningStages: Int {
    let names = Set(steps.map(\.stage))
    return stages.count { names.contains($0.name) }
  }

  package struct Stage: Hashable, Sendable {
    package var name: String
    /// `runs`, `not-applicable`, `skipped`, `before-resumption`, `part-of-unselected`.
    package var status: String
    /// The reason in words.
    package var reason: String
    /// What has to hold of outputs, once they are known, for it to run; nil if nothing has to.
    package var condition: Condition?
    package var origin: Origin?

    package init(name: String, status: String, reason: String, origin: Origin?) {
      self.name = name
      self.status = status
      self.reason = reason
      self.origin = origin
    }

    /// Said of a stage that runs but has no step with these inputs.
    package static var withoutSteps: String { "no steps" }

    /// Why it doesn't run, in few words; nil if it does.
    package var absence: String? {
      switch status {
      case "runs": nil
      case "not-applicable": "does not apply"
      case "before-resumption": "before the resumed stage"
      case "part-of-unselected": "part of a stage that does not run"
      default: status
      }
    }
  }

  /// What a step does to a place; `s3://bucket/prefix/` or `hdfs:///path/`.
  package struct Access: Hashable, Sendable {
    package enum Mode: String, Hashable, Sendable, CaseIterable { case read, write, delete }

    /// A part of a place, as distinguished by steps of one kind.
    package struct Part: Hashable, Sendable {
      package var kind: String
      /// One value for each of the kind's `part` parameters, joined by dots; empty if the step
      /// doesn't set it.
      package var name: String

      package init(kind: String, name: String) {
        self.kind = kind
        self.name = name
      }

      /// Whether another is a different part of the same place.
      package func differs(from other: Part) -> Bool {
        kind == other.kind && Self.areApart(values, other.values, none: "")
      }

      private var values: [Substring] {
        name.split(separator: ".", omittingEmptySubsequences: false)
      }

      /// Whether the values of two steps' `part` parameters name different parts: one that both
      /// steps set differs, or each step sets one that the other doesn't.
      package static func areApart<Value: Equatable>(
        _ one: [Value], _ other: [Value], none: Value
      ) -> Bool {
        let pairs = zip(one, other)
        return pairs.contains { $0 != none && $1 != none && $0 != $1 }
          || pairs.contains { $0 != none && $1 == none }
            && pairs.contains { $0 == none && $1 != none }
      }
    }

    package var mode: Mode
    package var place: String
    /// The dataset's name in the pipeline; empty if the place has none.
    package var dataset: String
    /// Whether only this run writes there: the place had to be empty, or each run has its own.
    package var isOwn: Bool
    /// Which part of the place; nil for all of it.
    package var part: Part?

    package init(
      mode: Mode, place: String, dataset: String, isOwn: Bool = false, part: Part? = nil
    ) {
      self.mode = mode
      self.place = place
      self.dataset = dataset
      self.isOwn = isOwn
      self.part = part
    }

    /// The place for people.
    package var shownPlace: String { Output.shown(place, dataset: dataset) }
  }

  /// A step that comes before another one, and why.
  package struct Predecessor: Hashable, Sendable {
    package enum Reason: Hashable, Sendable {
      /// Both use a place, and one of them changes it.
      case data(place: String, earlier: Access.Mode, later: Access.Mode)
      /// The pipeline puts it there with `after`.
      case after
      /// One of them is a step of the cluster itself: all steps before it come before it, and all
      /// after it after it.
      case cluster
    }

    package var step: String
    package var reason: Reason

    package init(step: String, reason: Reason) {
      self.step = step
      self.reason = reason
    }
  }

  package struct Step: Hashable, Sendable {
    /// Why a step exists.
    package enum Purpose: String, Hashable, Sendable, CaseIterable {
      /// It is in the pipeline.
      case work
      /// It brings back ephemeral data that no step of the run makes.
      case restore
      /// It frees ephemeral data.
      case release
    }

    package var name: String
    /// Empty for the cluster's own steps.
    package var stage: String
    package var actionOnFailure: String
    /// How often it may be submitted in total: 1 if it must not be submitted again.
    package var maximumTries: Int64
    /// How long to wait before each further try, in seconds; beyond these, there is no wait.
    package var retryWaits: [Int64] = []
    /// The places that are emptied before a further try.
    package var emptiedBeforeRetry: [String] = []
    /// It is cancelled if it runs longer; 0: never.
    package var timeoutSeconds: Int64
    package var accesses: [Access]
    package var purpose = Purpose.work
    /// Whether its program fails if a folder that it writes exists already.
    package var needsFreshOutput = false
    /// How many folders below a place its program reads files; nil: as many as there are.
    package var readDepth: Int64?
    /// Whether it must not be done twice, and has no effect on the run's data.
    package var isOnce = false
    /// Names of the outputs whose placeholders its request has.
    package var takes: [String] = []
    /// If it holds of the outputs after the step, the run ends: there is no data.
    package var noData: Condition?
    /// Names of the steps that the pipeline puts before it with `after`.
    package var after: [String] = []
    /// The steps that must be completed before it starts. Only direct ones: those that come before one
    /// of these are left out. In plans of older versions there are none.
    package var predecessors: [Predecessor] = []
    /// Its kind's name, for comparisons; empty in plans of older versions.
    package var kind = ""
    /// Whether the pipeline lets it be submitted again after a failure, for comparisons: on a
    /// persistent cluster only it is. Nil in plans of older versions.
    package var mayBeRepeated: Bool?
    package var origin: Origin?

    package init(
      name: String, stage: String, actionOnFailure: String, maximumTries: Int64,
      timeoutSeconds: Int64, accesses: [Access], origin: Origin?
    ) {
      self.name = name
      self.stage = stage
      self.actionOnFailure = actionOnFailure
      self.maximumTries = maximumTries
      self.timeoutSeconds = timeoutSeconds
      self.accesses = accesses
      self.origin = origin
    }
  }

  /// A step that is left out because it is done.
  package struct DoneStep: Hashable, Sendable {
    package var name: String
    /// What it did to data.
    package var accesses: [Access]

    package init(name: String, accesses: [Access]) {
      self.name = name
      self.accesses = accesses
    }
  }

  /// Ephemeral data that a run can bring back if its steps don't make it.
  package struct Restore: Hashable, Sendable {
    package var dataset: String
    package var places: [String]
    /// Where the data is brought back from.
    package var sources: [String]

    package init(dataset: String, places: [String], sources: [String]) {
      self.dataset = dataset
      self.places = places
      self.sources = sources
    }
  }

  package struct Request: Equatable, Sendable {
    /// `RunJobFlow`, `AddJobFlowSteps` or `StartJobRun`.
    package var operation: String
    /// In boto3's form, with placeholders for secrets. Its `Steps` are the plan's steps, in order; for
    /// jobs there is nothing else, and each step has its request as `StartJobRun`.
    package var body: Value

    package init(operation: String, body: Value) {
      self.operation = operation
      self.body = body
    }
  }

  package struct Cluster: Hashable, Sendable {
    package var name: String
    package var region: String
    package var release: String
    package var isPersistent: Bool
    /// Whether a cluster that is for this run only waits after its steps, so that failed ones can be
    /// tried again.
    package var isKeptForRetries = false
    /// Whether each step is added only when its predecessors are completed: EMR would start it before.
    package var isFed = false
    /// Whether a cluster that is for this run only waits after its steps, because there are more of
    /// them than it takes at once.
    package var isKeptForMore = false
    /// Whether a cluster that is for this run only waits after its steps, since more may be added: it
    /// doesn't end by itself.
    package var isKept: Bool { isKeptForRetries || isKeptForMore || isFed && !isPersistent }
    /// The waiting cluster that the run reuses; nil if it creates one.
    package var reusedID: String?
    /// Whether that cluster was chosen by its id: it may work for others, who keep what is theirs, and
    /// the run never ends it.
    package var isShared = false
    /// What that cluster is otherwise than the pipeline describes, where the pipeline accepts it; in
    /// words that follow the cluster's name.
    package var differences: [String] = []
    /// The service that runs the steps as jobs; `reusedID` is then its application or virtual cluster.
    package var jobs: JobService?
    /// Whether the pipeline asks for termination protection: what ends the cluster removes it first.
    package var isProtected = false
    /// A persistent cluster older than this is terminated at the end of a run; 0: never.
    package var lifetimeMinutes: Int64
    /// How often a cluster is launched in total if its bootstrap fails.
    package var bootstrapTries: Int64
    /// Where EMR puts logs; nil if it keeps none.
    package var logURI: String?

    package init(name: String, region: String, release: String, isPersistent: Bool) {
      self.name = name
      self.region = region
      self.release = release
      self.isPersistent = isPersistent
      lifetimeMinutes = 0
      bootstrapTries = 1
    }
  }

  /// HMAC-SHA-256 of secrets, by which plans made with the same key can tell whether a secret is
  /// another one. Without the key they say nothing of the secrets.
  package struct SecretHashes: Hashable, Sendable {
    /// Names the key, without telling it.
    package var key: String
    /// By reference: 64 hexadecimal digits.
    package var hashes: [String: String]

    /// Of secrets' texts, by reference.
    package init(of texts: [String: String], key: [UInt8]) {
      self.key = String(SHA256.hmac(key, Array("key".utf8)).prefix(16))
      hashes = Dictionary(
        uniqueKeysWithValues: texts.map { reference, text in
          // With its pointer, so that equal secrets in two places aren't told; without its file,
          // which may be in another folder.
          let pointer = reference.drop { $0 != "#" }
          return (reference, SHA256.hmac(key, Array("secret\u{0}\(pointer)\u{0}\(text)".utf8)))
        })
    }

    init(key: String, hashes: [String: String]) {
      self.key = key
      self.hashes = hashes
    }
  }

  package struct Warning: Hashable, Sendable {
    package var code: String
    package var message: String
    package var origin: Origin?

    package init(code: String, message: String, origin: Origin?) {
      self.code = code
      self.message = message
      self.origin = origin
    }
  }

  /// The version of its format.
  package var format = Self.formatVersion
  /// The version of the program that made it.
  package var madeBy: String
  package var pipeline: String
  package var files: [File]
  /// The command-line arguments that choose inputs and stages, for `run` to take again.
  package var arguments: [String]
  /// The values of the pipeline's parameters, given or not, moments and spans of time as texts.
  package var params = ValueMap()
  package var runID: String
  package var runTime: Value.Timestamp
  package var utcOffsetSeconds: Int64
  package var facts: [Fact]
  /// The AWS account that was asked for the facts; nil if none was.
  package var account: String?
  package var cluster: Cluster
  package var stages: [Stage]
  package var steps: [Step]
  /// The small values that steps hand to later ones, in the order of the pipeline.
  package var outputs: [Output] = []
  /// Steps that the run leaves out because they are done.
  package var done: [DoneStep] = []
  package var restores: [Restore] = []
  package var requests: [Request]
  /// References of the secrets whose placeholders are in the requests and settings, sorted.
  package var secrets: [String]
  /// What the secrets that are documents consist of, by reference, with placeholders for the secrets
  /// in them. For readers and comparisons: a run fills in the whole text.
  package var documents = ValueMap()
  /// What the pipeline guards, in sentences, for comparisons; nil in plans of older versions.
  package var guards: [String]?
  /// What the pipeline's own schemas and step kinds say of changes (`x-change`), by path, for
  /// comparisons.
  package var meanings = ValueMap()
  /// Keyed hashes of secrets, for comparisons; nil if there was no key.
  package var secretHashes: SecretHashes?
  package var warnings: [Warning]
  /// The run is cancelled if it takes longer; 0: never.
  package var timeoutSeconds: Int64
  /// S3 locations that are emptied before anything is started: the incomplete output of a failed
  /// run, which this one makes again. Facts count them as empty already.
  package var emptiedFirst: [String]
  /// `sha256:…` of the plan of the failed run that this one continues; nil for a new run.
  package var recovered: String?
  /// Which attempt at the same run it is: a failed run can be started again unchanged.
  package var attempt: Int64 = 1
  /// What the pipeline says about its run besides its steps, by the feature that reads it; absent
  /// parts are left out. Texts may hold placeholders for secrets.
  ///
  ///     credentials   {access-key-id, secret-access-key, session-token?}: the config's keys; if
  ///                   absent, the standard credential chain of AWS tools
  ///     events        {collector, protocol?, port? (number or text), method?, app-id?,
  ///                   paths: {get?, post?}, envelopes: {event, contexts, payload},
  ///                   schemas: {started, succeeded, failed, application, job, step},
  ///                   application?: {name, tags, logLevel, …}}: methods and protocols as written
  ///                   in the config, in any case
  ///     notify        [{webhook | sns | command, on?, timeout?}]: who is told how the run ended; a
  ///                   webhook's address, an SNS topic's ARN, or words; after which ends; `30s`
  ///     lineage       {url | file, endpoint?, api-key?, namespace?}: where OpenLineage events go;
  ///                   what is absent, the environment may say
  ///     logs          [{step, at}]: objects that steps' programs write, printed under the step's
  ///                   name after the run and moved to `at` with `.` and the number of the try
  package var settings: ValueMap

  package init(madeBy: String, pipeline: String, runID: String, runTime: Value.Timestamp) {
    self.madeBy = madeBy
    self.pipeline = pipeline
    self.runID = runID
    self.runTime = runTime
    files = []
    arguments = []
    utcOffsetSeconds = 0
    facts = []
    cluster = Cluster(name: "", region: "", release: "", isPersistent: false)
    stages = []
    steps = []
    requests = []
    secrets = []
    warnings = []
    timeoutSeconds = 0
    emptiedFirst = []
    settings = ValueMap()
  }
}
