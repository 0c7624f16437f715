import Cloud
import Gzip
import Locations
import Values

/// Lets a simulated EMR's time pass.
struct Simulation {
  var world: SandboxWorld
  var faults: Faults
  /// Names of steps that ended and whose end is not to be heard of for a while.
  var silenced: [String] = []
  var silencedCalls = 0
  /// Whether anything came due.
  private(set) var hasTurned = false
  /// How many calls it takes until an end that was not heard of is.
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
  }

  /// A step's length: two to five minutes, always the same for the same step.
  private static func length(_ step: SandboxWorld.Step) -> Int64 {
    120 + Int64(Fingerprint.number(step.name.utf8) % 180)
  }

  /// Does all that is due by now, in the order in which it is due.
  mutating func advance() {
    while true {
      var next: Int?
      for (index, cluster) in world.clusters.enumerated() {
        guard let due = cluster.due, due <= world.now else { continue }
        if let best = next, let bestDue = world.clusters[best].due, bestDue <= due { continue }
        next = index
      }
      guard let next, let due = world.clusters[next].due else { return }
      world.clusters[next].due = nil
      hasTurned = true
      turn(next, at: due)
    }
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
    case .running: endStep(index, at: time)
    case .terminating:
      let isFailed = world.clusters[index].isFailed
      world.clusters[index].state = isFailed ? .terminatedWithErrors : .terminated
      world.clusters[index].ended = time
      Files.deleteTree(Places.hdfs(folder: folder, cluster: world.clusters[index].id))
    case .waiting, .terminated, .terminatedWithErrors: break
    }
  }

  /// Starts the next step, or waits, or ends.
  mutating func proceed(_ index: Int, at time: Int64) {
    let steps = world.clusters[index].steps
    if let next = steps.firstIndex(where: { $0.state == .pending }) {
      world.clusters[index].state = .running
      world.clusters[index].reason = StateChangeReason(message: "Running step")
      world.clusters[index].steps[next].state = .running
      world.clusters[index].steps[next].started = time
      world.clusters[index].due = time + Self.length(steps[next])
    } else if world.clusters[index].staysAlive {
      world.clusters[index].state = .waiting
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
      world.clusters[index].steps[step].state = .cancelled
      world.clusters[index].steps[step].ended = time
    }
  }

  private mutating func endStep(_ index: Int, at time: Int64) {
    let cluster = world.clusters[index]
    guard let at = cluster.steps.firstIndex(where: { $0.state == .running }) else {
      return proceed(index, at: time)
    }
    let step = cluster.steps[at]
    let job = SimulatedJob(
      step: step, others: cluster.steps, places: Places(folder: folder, cluster: cluster.id),
      loads: SandboxFolder.state(of: folder) + "/loads")
    let isFaulty = faults.strike {
      if case .stepFails(let text) = $0 { Faults.names(text, step.name) } else { false }
    }
    if faults.strike({
      if case .stepAnswerLost(let text) = $0 { Faults.names(text, step.name) } else { false }
    }) {
      silenced.append(step.name)
    }
    world.clusters[index].steps[at].ended = time
    do {
      try job.run(half: isFaulty)
      world.clusters[index].steps[at].state = .completed
      proceed(index, at: time)
    } catch {
      fail(index, at, Self.message(error), at: time)
    }
  }

  private static func message(_ error: any Error) -> String {
    if let failure = error as? DistCp.Failure { return failure.message }
    if let failure = error as? CloudError { return failure.message }
    if let failure = error as? Files.Failure { return failure.message }
    return "\(error)"
  }

  /// What EMR does when a step fails is for its ActionOnFailure to say.
  private mutating func fail(_ index: Int, _ step: Int, _ message: String, at time: Int64) {
    world.clusters[index].steps[step].state = .failed
    world.clusters[index].steps[step].failure = StepDescription.Failure(
      reason: "Unknown Error.", message: message,
      logFile: logFolder(index, step).map { $0.text + "stderr.gz" } ?? "")
    writeLogs(index, step, message)
    switch world.clusters[index].steps[step].actionOnFailure {
    case "TERMINATE_CLUSTER", "TERMINATE_JOB_FLOW":
      terminate(
        index,
        StateChangeReason(code: "STEP_FAILURE", message: "Shut down as step failed"),
        isFailed: true, at: time)
    case "CANCEL_AND_WAIT":
      cancelRest(index, at: time)
      proceed(index, at: time)
    default: proceed(index, at: time)
    }
  }

  /// Where EMR puts a step's logs; nil where the cluster keeps none.
  private func logFolder(_ index: Int, _ step: Int) -> Location? {
    let cluster = world.clusters[index]
    guard let top = cluster.logURI.flatMap({ try? Location($0).folder.text }) else { return nil }
    return try? Location("\(top)\(cluster.id)/steps/\(cluster.steps[step].id)/")
  }

  private func writeLogs(_ index: Int, _ step: Int, _ message: String) {
    guard let folder = logFolder(index, step) else { return }
    let places = Places(folder: self.folder, cluster: world.clusters[index].id)
    let logs = [
      "controller": "INFO startExec 'hadoop jar \(world.clusters[index].steps[step].jar)'\n"
        + "WARN Step failed with exitCode 1\n",
      "stderr": "Exception in thread \"main\" \(message)\n\tat sandbox.Job.main(Job.java:1)\n",
      "stdout": "", "syslog": "ERROR \(message)\n",
    ]
    for (name, text) in logs {
      // A log that cannot be written is a log that is not there.
      if let packed = GzipStream.compress(Array(text.utf8)) {
        try? places.write("\(name).gz", in: folder, packed)
      }
    }
  }
}
