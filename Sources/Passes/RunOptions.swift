package import SourceText
package import Values

/// Where on the command line options stand, each list as long as the option's own; empty where nobody
/// can see a command line.
package struct OptionPlaces: Sendable {
  package var resumeFrom: Span?
  package var skip: [Span] = []
  package var skipSteps: [Span] = []
  package var include: [Span] = []
  package var emptiedFirst: [Span] = []

  package init() {}
}

extension [Span] {
  /// The place of an item; nil where it is not known.
  package func place(of index: Int) -> Span? { indices.contains(index) ? self[index] : nil }
}

/// What the command line says about a run.
package struct RunOptions: Sendable {
  package var isDebugging = false
  package var resumeFrom: String?
  package var skip: [String] = []
  /// Names of steps that are left out, since they are done.
  package var skipSteps: [String] = []
  package var include: [String] = []
  /// Whether to take a waiting cluster of the pipeline's name, or create one that outlives the run.
  package var isPersistent = false
  /// The run's name; nil: made from `runTime`.
  package var runID: String?
  package var runTime: Value.Timestamp
  /// The local time zone's offset from UTC at `runTime`: run ids are local times.
  package var utcOffsetSeconds = 0
  package var places = OptionPlaces()

  package init(runTime: Value.Timestamp) { self.runTime = runTime }

  /// `YYYY-MM-DD-HH-MM-SS` in local time, unless the run was named.
  package var effectiveRunID: String {
    if let runID { return runID }
    let local = Value.Timestamp(
      seconds: runTime.seconds &+ Int64(utcOffsetSeconds), nanoseconds: 0
    ).civil
    let pad = Value.Timestamp.padded
    let date = "\(pad(Int(clamping: local.year), 4))-\(pad(local.month, 2))-\(pad(local.day, 2))"
    return "\(date)-\(pad(local.hour, 2))-\(pad(local.minute, 2))-\(pad(local.second, 2))"
  }
}

extension RunOptions {
  /// `run`, as expressions see it.
  package var value: Value {
    .map(
      ValueMap([
        "id": .string(effectiveRunID), "time": .timestamp(runTime),
        "isResumed": .bool(resumeFrom != nil), "isIDGiven": .bool(runID != nil),
        "debug": .bool(isDebugging), "include": .list(include.map { .string($0) }),
        "skip": .list(skip.map { .string($0) }), "isPersistent": .bool(isPersistent),
      ]))
  }

  /// Those of a run that leaves nothing out, and is the same otherwise.
  var leavingNothingOut: RunOptions {
    var options = self
    options.resumeFrom = nil
    options.skip = []
    options.skipSteps = []
    return options
  }
}
