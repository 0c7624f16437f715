import Text
import EMRModel
import AWSServices
import Gzip
import Locations
import Values

/// Advances a simulated EMR's time.
struct Simulation {
  var world: SandboxWorld
  var faults: Faults
  /// Names of ended steps about which calls fail for a while.
  var silenced: [String] = []
  var silencedCalls = 0
  /// How many calls fail before the end of such a step is reported.
  static var silence: Int { 5 }
  let folder: String

  init(
    world: SandboxWorld, faults: Faults, silenced: [String], silencedCalls: Int, folder: String
  ) {
    self.world = world
    self.faults = faults
    self.silenced = silenced
    self.silencedCalls = silencedCalls
    self.folder = folder
  }

  private enum Seconds {
    static let starting: Int64 = 180
    static let bootstrapping: Int64 = 120
    static let terminating: Int64 = 60
    /// How long a program takes to find that it can't start.
    static let failing: Int64 = 20
  }

  /// A step's duration: two to five minutes, always the same for the same step.
  private static func length(_ step: SandboxWorld.Step) -> Int64 {
    120 + Int64(Fingerprint.number(step.name.utf8) % 180)
  }

  /// Something that comes due: the end of a cluster's state, or of a step's program.
  private struct Event {
    var time: Int64
    var cluster: Int
    var step: Int?
  }

  /// Does the first thing that is due by now; false if there is nothing.
  ///
  /// What it does to data can be done again, as long as nothing else has been done since: that is
  /// the case if the process dies before the world is saved.
  mutating func advance() -> Bool {
    guard let event = nextEvent else { return false }
    if let step = event.step {
      world.clusters[event.cluster].steps[step].due = nil
      endStep(event.cluster, step, at: event.time)
    } else {
      world.clusters[event.cluster].due = nil
      turn(event.cluster, at: event.time)
    }
    return true
  }

  /// The earliest event; ties go to the first cluster and step.
  private var nextEvent: Event? {
    var next: Event?
    func consider(_ due: Int64?, _ cluster: Int, _ step: Int?) {
      guard let due, due <= world.now, due < next?.time ?? .max else { return }
      next = Event(time: due, cluster: cluster, step: step)
    }
    for (index, cluster) in world.clusters.enumerated() {
      consider(cluster.due, index, nil)
      guard cluster.state == .running else { continue }
      for (at, step) in cluster.steps.enumerated() { consider(step.due, index, at) }
    }
    return next
  }

  private mutating func turn(_ index: Int, at time: Int64) {
    switch world.clusters[index].state {
    case .starting:
      world.clusters[index].state = .bootstrapping
      let hasActions = world.clusters[index].bootstrapActions > 0
      world.clusters[index].due = time + (hasActions ? Seconds.bootstrapping : 10)
    case .bootstrapping:
      if faults.strike({ $0 == .bootstrapFails }) {
        let reason = StateChangeReason(
          code: "BOOTSTRAP_FAILURE",
          message: "On the master instance (i-sandbox), bootstrap action 1 returned a non-zero "
            + "return code")
        terminate(index, reason, isFailed: true, at: time)
      } else {
        world.clusters[index].ready = time
        proceed(index, at: time)
      }
    case .terminating:
      let isFailed = world.clusters[index].isFailed
      world.clusters[index].state = isFailed ? .terminatedWithErrors : .terminated
      world.clusters[index].ended = time
      // What can't be deleted stays; nobody reads it any more.
      if let hdfs = try? Places.hdfs(folder: folder, cluster: world.clusters[index].id) {
        try? Files.deleteTree(hdfs)
      }
    case .waiting:
      terminate(
        index,
        StateChangeReason(
          code: "USER_REQUEST", message: "Terminated after it was idle for its IdleTimeout"),
        isFailed: false, at: time)
    case .running, .terminated, .terminatedWithErrors: break
    }
  }

  /// Starts as many steps as possible, or waits, or ends.
  mutating func proceed(_ index: Int, at time: Int64) {
    let room = world.clusters[index].stepConcurrency
    for at in world.clusters[index].steps.indices
    where world.clusters[index].steps[at].state == .pending {
      guard world.clusters[index].running.count < room else { break }
      world.clusters[index].state = .running
      world.clusters[index].due = nil
      world.clusters[index].reason = StateChangeReason(message: "Running step")
      world.clusters[index].steps[at].state = .running
      world.clusters[index].steps[at].started = time
      startProgram(index, at, at: time)
    }
    guard world.clusters[index].running.isEmpty else { return }
    let steps = world.clusters[index].steps
    if world.clusters[index].staysAlive {
      world.clusters[index].state = .waiting
      // A protected cluster isn't ended by being idle.
      let idle = world.clusters[index].isProtected ? nil : world.clusters[index].idleTimeout
      world.clusters[index].due = idle.map { time + $0 }
      world.clusters[index].reason = StateChangeReason(
        message: "Cluster ready after last step completed.")
    } else {
      let isAnyFailed = steps.contains { $0.state == .failed }
      terminate(
        index,
        StateChangeReason(
          code: "ALL_STEPS_COMPLETED",
          message: isAnyFailed ? "Steps completed with errors" : "Steps completed"),
        isFailed: false, at: time)
    }
  }

  /// Sets or removes termination protection: without it, an idle cluster ends after its time-out.
  mutating func protect(_ index: Int, _ isProtected: Bool) {
    world.clusters[index].isProtected = isProtected
    guard world.clusters[index].state == .waiting else { return }
    let idle = isProtected ? nil : world.clusters[index].idleTimeout
    world.clusters[index].due = idle.map { world.now + $0 }
  }

  mutating func terminate(
    _ index: Int, _ reason: StateChangeReason, isFailed: Bool, at time: Int64
  ) {
    world.clusters[index].state = .terminating
    world.clusters[index].reason = reason
    world.clusters[index].isFailed = isFailed
    world.clusters[index].due = time + Seconds.terminating
    cancelRest(index, at: time)
  }

  private mutating func cancelRest(_ index: Int, at time: Int64) {
    for step in world.clusters[index].steps.indices
    where !world.clusters[index].steps[step].state.isFinal {
      cancel(index, step, at: time)
    }
  }

  mutating func cancel(_ index: Int, _ step: Int, at time: Int64) {
    world.clusters[index].steps[step].state = .cancelled
    world.clusters[index].steps[step].ended = time
    world.clusters[index].steps[step].due = nil
  }

  // MARK: Steps

  private func job(_ index: Int, _ step: Int) throws(Files.Failure) -> SimulatedJob {
    let cluster = world.clusters[index]
    return SimulatedJob(
      step: cluster.steps[step],
      places: try Places(folder: folder, cluster: cluster.id),
      loads: try SandboxFolder.statePath(of: folder).appending("loads"))
  }

  /// Starts a running step's program, unless it can't start.
  private mutating func startProgram(_ index: Int, _ step: Int, at time: Int64) {
    do {
      world.clusters[index].steps[step].inputs = try job(index, step).start()
    } catch {
      world.clusters[index].steps[step].problem = Self.message(error)
    }
    let started = world.clusters[index].steps[step]
    world.clusters[index].steps[step].due =
      time + (started.problem == nil ? Self.length(started) : Seconds.failing)
  }

  private mutating func endStep(_ index: Int, _ at: Int, at time: Int64) {
    let step = world.clusters[index].steps[at]
    world.clusters[index].steps[at].ended = time
    if faults.strike({
      if case .stepAnswerLost(let text) = $0 { Faults.names(text, step.name) } else { false }
    }) {
      silenced.append(step.name)
    }
    if let problem = step.problem {
      fail(index, at, problem, at: time)
    } else {
      let isFaulty = faults.strike {
        if case .stepFails(let text) = $0 { Faults.names(text, step.name) } else { false }
      }
      do {
        try job(index, at).finish(half: isFaulty)
        world.clusters[index].steps[at].state = .completed
      } catch {
        fail(index, at, Self.message(error), at: time)
      }
    }
    guard world.clusters[index].state == .running else { return }
    proceed(index, at: time)
  }

  private static func message(_ error: any Error) -> String {
    if let failure = error as? DistCp.Failure { return failure.message }
    if let failure = error as? CloudError { return failure.message }
    if let failure = error as? Files.Failure { return failure.message }
    return "\(error)"
  }

  /// Does what the step's ActionOnFailure says.
  private mutating func fail(_ index: Int, _ step: Int, _ message: String, at time: Int64) {
    world.clusters[index].steps[step].state = .failed
    world.clusters[index].steps[step].failure = StepDescription.Failure(
      reason: "Unknown Error.", message: message,
      logFile: logFolder(index, step).map { $0.text + "stderr.gz" } ?? "")
    writeLogs(index, step, message)
    // With concurrent steps, a step's failure doesn't affect the others.
    guard world.clusters[index].stepConcurrency == 1 else { return }
    switch ActionOnFailure(rawValue: world.clusters[index].steps[step].actionOnFailure) {
    case .terminateCluster, .terminateJobFlow:
      guard !world.clusters[index].isProtected else {
        cancelRest(index, at: time)
        world.clusters[index].state = .waiting
        world.clusters[index].reason = StateChangeReason(message: "Waiting after step failed")
        return
      }
      terminate(
        index,
        StateChangeReason(code: "STEP_FAILURE", message: "Shut down as step failed"),
        isFailed: true, at: time)
    case .cancelAndWait: cancelRest(index, at: time)
    case .proceed, nil: break
    }
  }

  /// Where EMR puts a step's logs; nil if the cluster keeps none.
  private func logFolder(_ index: Int, _ step: Int) -> Location? {
    let cluster = world.clusters[index]
    guard let top = cluster.logURI.flatMap({ try? Location($0).folder.text }) else { return nil }
    return try? Location("\(top)\(cluster.id)/steps/\(cluster.steps[step].id)/")
  }

  private func writeLogs(_ index: Int, _ step: Int, _ message: String) {
    guard let folder = logFolder(index, step) else { return }
    guard let places = try? Places(folder: self.folder, cluster: world.clusters[index].id) else {
      return
    }
    let logs = [
      "controller": "INFO startExec 'hadoop jar \(world.clusters[index].steps[step].jar)'\n"
        + "WARN Step failed with exitCode 1\n",
      "stderr": "Exception in thread \"main\" \(message)\n\tat sandbox.Job.main(Job.java:1)\n",
      "stdout": "", "syslog": "ERROR \(message)\n",
    ]
    for (name, text) in logs {
      // A log that can't be written is just missing.
      if let packed = GzipStream.compress(Array(text.utf8)) {
        try? places.write("\(name).gz", in: folder, packed)
      }
    }
  }
}
