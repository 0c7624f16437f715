import Text
import EMRModel
package import AWSServices
import PlanFormat
package import Values

/// EMR, simulated in a folder.
///
/// Clusters and steps go through EMR's states as virtual time passes, and steps do what is known
/// about them (see `SimulatedJob`). All state is in the folder: nothing is lost if a process dies.
package struct SimulatedEMR: EMRService, NotificationSender {
  private let file: WorldFile
  private let effects: StepEffects

  /// - Parameters:
  ///   - start: when time begins in a new folder.
  ///   - effects: what the steps submitted by this process do.
  package init(
    folder: String, start: Value.Timestamp, effects: StepEffects, faults: Faults = Faults()
  ) {
    file = WorldFile(folder: folder, start: start, faults: faults)
    self.effects = effects
  }

  /// The clusters' clock.
  /// - Parameter pace: virtual seconds per real one; 0: waiting ends at once.
  package func clock(pace: Double = 0) -> VirtualClock { VirtualClock(file: file, pace: pace) }

  // MARK: EMRService

  package func runJobFlow(_ body: Value) async throws(CloudError) -> String {
    let effects = effects
    try Self.checkSecrets(of: body, "RunJobFlow")
    let body = effects.shown(body)
    return try call("RunJobFlow") { simulation throws(CloudError) in
      guard let name = body["Name"].text else {
        throw Self.refused("RunJobFlow", "Name is required")
      }
      let time = simulation.world.now
      var cluster = SandboxWorld.Cluster(
        id: simulation.world.id("j-"), name: name, created: time,
        staysAlive: body["Instances"]["KeepJobFlowAliveWhenNoSteps"].isTrue,
        bootstrapActions: body["BootstrapActions"].items.count)
      cluster.isProtected = body["Instances"]["TerminationProtected"].isTrue
      cluster.idleTimeout = body["AutoTerminationPolicy"]["IdleTimeout"].integer
      cluster.stepConcurrency = Int(
        clamping: body["StepConcurrencyLevel"].integer ?? Int64(EMRDefaults.stepConcurrencyLevel))
      try Self.checkActions(of: body["Steps"].items, on: cluster, "RunJobFlow")
      try Self.checkCount(of: body["Steps"].items, on: cluster, "RunJobFlow")
      cluster.due = time + 180
      cluster.logURI = body["LogUri"].text
      cluster.request = Self.withoutSteps(body)
      cluster.tags = body["Tags"].items.map {
        Tag(key: $0["Key"].text ?? "", value: $0["Value"].text ?? "")
      }
      cluster.steps = body["Steps"].items.map {
        Self.step($0, &simulation.world, effects)
      }
      simulation.world.clusters.append(cluster)
      return cluster.id
    }
  }

  package func addJobFlowSteps(_ body: Value) async throws(CloudError) -> [String] {
    let effects = effects
    try Self.checkSecrets(of: body, "AddJobFlowSteps")
    return try call("AddJobFlowSteps") { simulation throws(CloudError) in
      let index = try Self.find(body["JobFlowId"].text ?? "", simulation, "AddJobFlowSteps")
      guard simulation.world.clusters[index].state.isLive else {
        throw Self.refused(
          "AddJobFlowSteps",
          "A job flow that is shutting down, terminated, or finished may not "
            + "be modified.")
      }
      try Self.checkActions(
        of: body["Steps"].items, on: simulation.world.clusters[index], "AddJobFlowSteps")
      try Self.checkCount(
        of: body["Steps"].items, on: simulation.world.clusters[index], "AddJobFlowSteps")
      let steps = body["Steps"].items.map { Self.step($0, &simulation.world, effects) }
      simulation.world.clusters[index].steps += steps
      if [.waiting, .running].contains(simulation.world.clusters[index].state) {
        simulation.proceed(index, at: simulation.world.now)
      }
      return steps.map(\.id)
    }
  }

  /// If several steps run at once, EMR refuses any that would end or cancel others.
  private static func checkActions(
    of steps: [Value], on cluster: SandboxWorld.Cluster, _ operation: String
  ) throws(CloudError) {
    guard cluster.stepConcurrency > 1,
      let action = steps.map({ $0["ActionOnFailure"].text ?? ActionOnFailure.whereUnsaid.rawValue })
        .first(where: { $0 != ActionOnFailure.proceed.rawValue })
    else { return }
    throw refused(
      operation,
      "The ActionOnFailure setting \(action) is not valid for a cluster whose "
        + "StepConcurrencyLevel is greater than 1")
  }

  /// EMR allows so many pending and running steps on a cluster.
  private static func checkCount(
    of steps: [Value], on cluster: SandboxWorld.Cluster, _ operation: String
  ) throws(CloudError) {
    guard steps.count + cluster.activeSteps > 256 else { return }
    throw refused(
      operation,
      "Maximum number of active steps(State = 'Running', 'Pending' or 'Cancel Pending') for "
        + "cluster exceeded.")
  }

  /// Refuses a placeholder: EMR would start the program with it.
  private static func checkSecrets(
    of body: Value, _ operation: String
  ) throws(CloudError) {
    guard let text = firstPlaceholder(in: body) else { return }
    throw refused(operation, "\(text) is in the request, not the secret itself")
  }

  private static func firstPlaceholder(in value: Value) -> String? {
    switch value {
    case .string(let text): StepEffects.holdsSecret(text) ? text : nil
    case .list(let items): items.lazy.compactMap(firstPlaceholder).first
    case .map(let map): map.entries.lazy.compactMap { firstPlaceholder(in: $0.value) }.first
    default: nil
    }
  }

  private static func step(
    _ body: Value, _ world: inout SandboxWorld, _ effects: StepEffects
  ) -> SandboxWorld.Step {
    let name = body["Name"].text ?? ""
    var step = SandboxWorld.Step(
      id: world.id("s-"), name: name,
      actionOnFailure: body["ActionOnFailure"].text ?? ActionOnFailure.whereUnsaid.rawValue,
      jar: body["HadoopJarStep"]["Jar"].text ?? "",
      arguments: effects.shown(body["HadoopJarStep"]["Args"].texts, ofStep: name),
      effect: effects[name],
      created: world.now)
    step.mainClass = body["HadoopJarStep"]["MainClass"].text
    step.properties = body["HadoopJarStep"]["Properties"]
    return step
  }

  private static func withoutSteps(_ body: Value) -> Value {
    guard case .map(var map) = body else { return .null }
    map["Steps"] = nil
    return .map(map)
  }

  package func describeCluster(_ id: String) async throws(CloudError) -> ClusterDescription {
    try call("DescribeCluster") { simulation throws(CloudError) in
      simulation.world.clusters[try Self.find(id, simulation, "DescribeCluster")].description
    }
  }

  package func listClusters(
    states: Set<ClusterState>, createdAfter: Value.Timestamp?
  ) async throws(CloudError) -> [ClusterSummary] {
    try call("ListClusters") { simulation throws(CloudError) in
      simulation.world.clusters.reversed().filter { cluster in
        // EMR's own lists lag behind. These don't, so a run need not wait before it starts a cluster.
        states.contains(cluster.state) && cluster.created >= createdAfter?.seconds ?? .min
      }.map { cluster in
        ClusterSummary(
          id: cluster.id, name: cluster.name, state: cluster.state,
          created: Value.Timestamp(seconds: cluster.created, nanoseconds: 0))
      }
    }
  }

  package func listSteps(cluster: String) async throws(CloudError) -> [StepDescription] {
    try call("ListSteps") { simulation throws(CloudError) in
      if !simulation.silenced.isEmpty {
        simulation.silencedCalls += 1
        if simulation.silencedCalls >= Simulation.silence {
          simulation.silenced = []
          simulation.silencedCalls = 0
        }
        throw CloudError(.lost, operation: "ListSteps", message: "connection reset by peer")
      }
      return simulation.world.clusters[try Self.find(cluster, simulation, "ListSteps")].steps
        .map(\.description)
    }
  }

  package func cancelSteps(cluster: String, steps: [String]) async throws(CloudError) {
    try call("CancelSteps") { simulation throws(CloudError) in
      let index = try Self.find(cluster, simulation, "CancelSteps")
      let time = simulation.world.now
      for at in simulation.world.clusters[index].steps.indices {
        let step = simulation.world.clusters[index].steps[at]
        guard steps.contains(step.id), !step.state.isFinal else { continue }
        simulation.cancel(index, at, at: time)
      }
      if simulation.world.clusters[index].state == .running { simulation.proceed(index, at: time) }
    }
  }

  package func terminateJobFlows(_ ids: [String]) async throws(CloudError) {
    try call("TerminateJobFlows") { simulation throws(CloudError) in
      for id in ids {
        let index = try Self.find(id, simulation, "TerminateJobFlows")
        let cluster = simulation.world.clusters[index]
        guard cluster.isProtected, cluster.state.isLive else { continue }
        throw CloudError(
          .refused, operation: "TerminateJobFlows", code: "ValidationException",
          message: "Could not shut down one or more job flows since they are termination protected."
        )
      }
      for id in ids {
        let index = try Self.find(id, simulation, "TerminateJobFlows")
        guard simulation.world.clusters[index].state.isLive else { continue }
        simulation.terminate(
          index, StateChangeReason(code: "USER_REQUEST", message: "Terminated by user request"),
          isFailed: false, at: simulation.world.now)
      }
    }
  }

  package func setTerminationProtection(
    _ isProtected: Bool, ofCluster id: String
  ) async throws(CloudError) {
    try call("SetTerminationProtection") { simulation throws(CloudError) in
      let index = try Self.find(id, simulation, "SetTerminationProtection")
      guard simulation.world.clusters[index].state.isLive else {
        throw Self.refused(
          "SetTerminationProtection",
          "A job flow that is shutting down, terminated, or finished may not be modified.")
      }
      simulation.protect(index, isProtected)
    }
  }

  package func addTags(cluster: String, _ tags: [Tag]) async throws(CloudError) {
    try call("AddTags") { simulation throws(CloudError) in
      let index = try Self.find(cluster, simulation, "AddTags")
      for tag in tags {
        simulation.world.clusters[index].tags.removeAll { $0.key == tag.key }
        simulation.world.clusters[index].tags.append(tag)
      }
    }
  }

  // MARK: Messages

  /// Sends nothing: what would be sent is kept in the sandbox, without addresses of webhooks.
  package func send(
    _ message: NotificationMessage, to target: NotificationTarget, seconds: Double
  ) async throws(CloudError) {
    let name: String =
      switch target {
      case .webhook: "webhook"
      case .topic(let arn): arn
      case .command(let words): words.first ?? ""
      }
    try call("Notify") { simulation throws(CloudError) in
      simulation.world.notices.append(SandboxWorld.Notice(target: name, body: message.body))
    }
  }

  // MARK: Calls and their faults

  /// Does a call, or simulates its fault.
  func call<Result: Sendable>(
    _ operation: String, _ body: (inout Simulation) throws(CloudError) -> Result
  ) throws(CloudError) -> Result {
    let isQuestion = operation == "ListClusters" || ClusterQuestion(rawValue: operation) != nil
    return try file.update(operation, changes: !isQuestion) { simulation throws(CloudError) in
      let throttled = CloudError(
        .throttled, operation: operation, code: "ThrottlingException", message: "Rate exceeded")
      if simulation.faults.strike({ $0 == .throttled(operation: operation) }) { throw throttled }
      let result = try body(&simulation)
      if simulation.faults.strike({ $0 == .throttledButDone(operation: operation) }) {
        throw throttled
      }
      if simulation.faults.strike({ $0 == .answerLost(operation: operation) }) {
        throw CloudError(.lost, operation: operation, message: "connection reset by peer")
      }
      return result
    }
  }

  static func find(
    _ id: String, _ simulation: Simulation, _ operation: String
  ) throws(CloudError) -> Int {
    guard let index = simulation.world.clusters.firstIndex(where: { $0.id == id }) else {
      throw refused(operation, "Cluster id '\(id)' is not valid.")
    }
    return index
  }

  private static func refused(_ operation: String, _ message: String) -> CloudError {
    CloudError(
      .refused, operation: operation, code: "InvalidRequestException", message: message)
  }
}

extension SandboxWorld.Cluster {
  var description: ClusterDescription {
    var description = ClusterDescription(id: id, name: name, state: state)
    description.reason = reason
    description.tags = tags
    description.created = Value.Timestamp(seconds: created, nanoseconds: 0)
    description.ready = ready.map { Value.Timestamp(seconds: $0, nanoseconds: 0) }
    description.ended = ended.map { Value.Timestamp(seconds: $0, nanoseconds: 0) }
    description.logURI = logURI
    description.isProtected = isProtected
    return description
  }
}

extension SandboxWorld.Step {
  var description: StepDescription {
    var description = StepDescription(id: id, name: name, state: state)
    description.reason = reason
    description.failure = failure
    description.created = Value.Timestamp(seconds: created, nanoseconds: 0)
    description.started = started.map { Value.Timestamp(seconds: $0, nanoseconds: 0) }
    description.ended = ended.map { Value.Timestamp(seconds: $0, nanoseconds: 0) }
    return description
  }
}
