package import PlanFormat
package import SourceText
package import Values

/// The spans of options on the command line, each list as long as the option's; empty if there is
/// no command line.
package struct OptionPlaces: Sendable {
  package var resumeFrom: Span?
  package var skip: [Span] = []
  package var only: [Span] = []
  package var onlySteps: [Span] = []
  package var skipSteps: [Span] = []
  package var include: [Span] = []
  package var emptiedFirst: [Span] = []
  package var runID: Span?
  package var cluster: Span?
  package var lease: Span?

  package init() {}
}

extension [Span] {
  /// The span of an item; nil if it isn't known.
  package func place(of index: Int) -> Span? { indices.contains(index) ? self[index] : nil }
}

/// What the command line says about a run.
package struct RunOptions: Sendable {
  package var isDebugging = false
  package var resumeFrom: String?
  package var skip: [String] = []
  /// Stages besides which none is done; empty: all are.
  package var only: [String] = []
  /// Names of steps besides which none is done; empty: all are.
  package var onlySteps: [String] = []
  /// Names of steps that are left out because they are done.
  package var skipSteps: [String] = []
  package var include: [String] = []
  /// Whether to reuse a waiting cluster with the pipeline's name, or create one that outlives the
  /// run.
  package var isPersistent = false
  /// Whether to start the cluster alone, without the stages.
  package var isClusterOnly = false
  /// After how many seconds without work a cluster that outlives the run ends by itself; nil: as its
  /// request says.
  package var leaseSeconds: Int64?
  /// The id of the cluster to run on, whatever the pipeline says.
  package var cluster: String?
  /// The service that runs the steps as jobs; nil if a cluster runs them.
  package var jobs: JobHost?
  /// The run's id; nil: made from `runTime`.
  package var runID: String?
  /// What replaces the id, which differs from run to run.
  package var standInID: String?
  /// Whether all steps are submitted at once, by something else than the executor.
  package var isSubmittedAtOnce = false
  /// Whether it recovers a failed run, whose answers it takes over.
  package var isRecovery = false
  package var runTime: Value.Timestamp
  /// The local time zone's offset from UTC at `runTime`: run ids are local times.
  package var utcOffsetSeconds = 0
  package var places = OptionPlaces()

  package init(runTime: Value.Timestamp) { self.runTime = runTime }

  /// The given id, or else `YYYY-MM-DD-HH-MM-SS` in local time.
  package var effectiveRunID: String {
    if let id = runID ?? standInID { return id }
    let local = Value.Timestamp(
      seconds: runTime.seconds &+ Int64(utcOffsetSeconds), nanoseconds: 0
    ).civil
    let pad = Value.Timestamp.padded
    let date = "\(pad(Int(clamping: local.year), 4))-\(pad(local.month, 2))-\(pad(local.day, 2))"
    return "\(date)-\(pad(local.hour, 2))-\(pad(local.minute, 2))-\(pad(local.second, 2))"
  }
}

extension RunOptions {
  /// `run`, as expressions see it: what is named twice is named once.
  package var value: Value {
    var names: [String] = []
    for name in include where !names.contains(name) { names.append(name) }
    return .map(
      ValueMap([
        "id": .string(effectiveRunID), "time": .timestamp(runTime),
        "isResumed": .bool(resumeFrom != nil), "isIDGiven": .bool(runID != nil),
        "debug": .bool(isDebugging), "include": .list(names.map { .string($0) }),
        "skip": .list(skip.map { .string($0) }), "isPersistent": .bool(isPersistent),
      ]))
  }

  /// The options of a run that leaves nothing out but is otherwise the same.
  var leavingNothingOut: RunOptions {
    var options = self
    options.resumeFrom = nil
    options.skip = []
    options.only = []
    options.onlySteps = []
    options.skipSteps = []
    return options
  }
}
