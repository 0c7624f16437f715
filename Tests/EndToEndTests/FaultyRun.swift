import AWSClient
import AWSServices
import Diagnostics
import Executor
import Foundation
import HTTP
import Journal
import PlanFormat
import Synchronization
import TestSupport
import Values

/// A run's clock: waiting is over at once.
final class RunClock: TimeSource {
  static let start: Int64 = 1_790_000_000
  private let moment = Mutex(start)

  var now: Value.Timestamp {
    Value.Timestamp(seconds: moment.withLock { $0 }, nanoseconds: 0)
  }

  func sleep(seconds: Double) async throws(CancellationError) {
    if Task.isCancelled { throw CancellationError() }
    moment.withLock { $0 += Int64(seconds.rounded(.up)) }
  }
}

/// The runs that faults are tried on.
enum RunScenario: String, CaseIterable, Sendable {
  case whole = "a whole run"
  case resumed = "a run whose process was killed after the launch"
  case persistent = "a run on a waiting cluster"
  case recovery = "the recovery of a failed run"
  case fed = "a run whose steps are added in order"
}

/// One run whose requests fail, applied again once the faults have passed.
struct FaultyRun {
  struct Outcome: Sendable {
    /// How the process ended whose requests failed.
    var first: RunOutcome
    /// How the next one ended, whose requests did not fail; nil after a success.
    var again: RunOutcome?
    var traffic: FaultProxy.State
    /// What is wrong with the end.
    var complaints: [String] = []
  }

  static let transport = SocketTransport(settings: TransportSettings())

  let scenario: RunScenario
  /// Whether the plan is applied by the command that made it, which knows that nothing was begun.
  let isNew: Bool
  let clock = RunClock()
  let cloud: RunCloud
  let folder: URL
  private let keys: RunKeys
  private let warnings = Warnings()

  private final class Warnings: Sendable {
    let all = Mutex<[String]>([])
  }

  /// - Parameter areRenewable: whether an expired token can be replaced.
  init(
    _ scenario: RunScenario, isNew: Bool = true, lag: Int64 = 0, areRenewable: Bool = true
  ) throws {
    self.scenario = scenario
    self.isNew = isNew
    keys = RunKeys(areRenewable: areRenewable)
    cloud = RunCloud(clock)
    let temporary = FileManager.default.fileExists(atPath: "/dev/shm") ? "/dev/shm" : "/tmp"
    folder = URL(filePath: temporary).appending(path: "penstock-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    cloud.state.withLock { state in
      state.lag = lag
      state.objects["in/a"] = ([65], "")
      // Clusters of other runs of the pipeline.
      for _ in 0..<2 {
        let id = state.id("j")
        state.clusters.append(
          RunCloud.Cluster(
            id: id, name: "Small", created: RunClock.start - 5000, tags: ["owner": "us"],
            isPersistent: false, steps: []))
      }
    }
  }

  /// Carries it out with these faults.
  func run(_ strikes: [FaultProxy.Strike]) async throws -> Outcome {
    defer { try? FileManager.default.removeItem(at: folder) }
    let (plan, before) = try await prepare()
    let proxy = FaultProxy(strikes) { [clock] in clock.now }
    let first = try await apply(
      plan, process: 10, proxy, isNew: isNew && scenario != .resumed)
    var outcome = Outcome(first: first, traffic: proxy.snapshot)
    outcome.complaints = complaints(about: first, before)
    if first.status != .success {
      try await clock.sleep(seconds: 300)
      let again = try await apply(plan, process: 11, FaultProxy([]) { [clock] in clock.now })
      outcome.again = again
      if again.status != .success {
        outcome.complaints.append("applied again, it ends with: \(again.summary)")
      }
    }
    outcome.complaints += complaints(of: plan, before)
    return outcome
  }

  // MARK: Checks

  /// What is wrong with a run that has ended well.
  private func complaints(of plan: Plan, _ before: Int) -> [String] {
    var complaints: [String] = []
    let state = cloud.state.withLock { $0 }
    let started = state.clusters.count - before
    let wanted = plan.cluster.reusedID == nil ? 1 : 0
    if started != wanted { complaints.append("\(started) clusters were started") }
    let id = plan.cluster.reusedID
    let mine =
      id == nil ? state.clusters.dropFirst(before) : state.clusters.filter { $0.id == id }[...]
    let names = mine.flatMap { $0.steps.map(\.name) }.sorted()
    if names != plan.steps.map(\.name).sorted() {
      complaints.append("the steps are \(names.joined(separator: ", "))")
    }
    complaints += disorder(mine.flatMap(\.steps), plan)
    let isTold = warnings.all.withLock { $0.contains { $0.contains("could not be released") } }
    if state.objects["locks/etl"] != nil, !isTold { complaints.append("the lock is still there") }
    if state.objects["out/2/part"] != nil, !plan.emptiedFirst.isEmpty {
      complaints.append("the incomplete data is still there")
    }
    return complaints
  }

  /// Steps that were added before those that come before them can have ended.
  private func disorder(_ steps: [RunCloud.Step], _ plan: Plan) -> [String] {
    steps.flatMap { step in
      let planned = plan.steps.first { $0.name == step.name }
      return (planned?.predecessors ?? []).compactMap { predecessor in
        let earlier = steps.first { $0.name == predecessor.step }
        let isEarly = step.created < (earlier?.created ?? .max) + RunCloud.working
        return isEarly ? "`\(step.name)` was added before `\(predecessor.step)` ended" : nil
      }
    }
  }

  /// What is wrong with an error.
  private func complaints(about outcome: RunOutcome, _ before: Int) -> [String] {
    guard let failure = outcome.failure else { return [] }
    var complaints: [String] = []
    let text = ([failure.summary] + failure.diagnostic.notes.map(\.message)).joined(separator: "; ")
    let started = count - before
    if text.isEmpty || text.contains("planted") { complaints.append("it says: \(text)") }
    let deniesCluster = text.contains("nothing was started") || failure.code == .clusterNotStarted
    if deniesCluster, started > 0 {
      complaints.append("a cluster was started, but it says: \(text)")
    }
    return complaints
  }

  // MARK: Preparing

  private static let names = ["[a] One", "[b] Two"]

  private var count: Int { cloud.state.withLock { $0.clusters.count } }

  /// What came before, without faults; returns the plan to apply, and how many clusters there were
  /// before its run.
  private func prepare() async throws -> (plan: Plan, before: Int) {
    let calm = FaultProxy([]) { [clock] in clock.now }
    switch scenario {
    case .whole: return (self.plan(Self.names), count)
    case .fed:
      var plan = self.plan(["[a] One", "[b] Two", "[c] Three", "[d] Four"])
      plan.addInOrder()
      return (plan, count)
    case .resumed:
      let (plan, before) = (self.plan(Self.names), count)
      try await applyAndDie(plan, calm)
      try await clock.sleep(seconds: 5)
      return (plan, before)
    case .persistent:
      let id = cloud.state.withLock { state in
        let id = state.id("j")
        state.clusters.append(
          RunCloud.Cluster(
            id: id, name: "Small", created: RunClock.start - 900, tags: ["owner": "us"],
            isPersistent: true, steps: []))
        return id
      }
      return (self.plan(Self.names, on: id), count)
    case .recovery:
      cloud.state.withLock { $0.failing = Self.names[1] }
      let failed = self.plan(Self.names)
      _ = try await apply(failed, process: 1, calm)
      cloud.state.withLock { state in
        state.failing = ""
        state.objects["out/2/part"] = ([66], "")
      }
      try await clock.sleep(seconds: 600)
      var plan = self.plan(Array(Self.names.dropFirst()))
      plan.emptiedFirst = ["s3://data/out/2/"]
      plan.recovered = Self.key(failed)
      return (plan, count)
    }
  }

  private static func key(_ plan: Plan) -> String { "sha256:\(plan.steps.count)" }

  private func plan(_ names: [String], on cluster: String? = nil) -> Plan {
    var plan = Plan(
      madeBy: "test", pipeline: "small", runID: "2026-09-21-14-13-20", runTime: clock.now)
    plan.cluster = Plan.Cluster(
      name: "Small", region: "eu-west-1", release: "5.36.0", isPersistent: cluster != nil)
    plan.cluster.reusedID = cluster
    plan.account = "123456789012"
    plan.facts = [
      Plan.Fact(
        question: .isEmpty(location: "s3://data/in/"), answer: .bool(false), isAssumed: false,
        exitStatus: .noData, message: "there is no data", origin: nil)
    ]
    let action = cluster == nil ? "TERMINATE_JOB_FLOW" : "CANCEL_AND_WAIT"
    plan.steps = names.map { name in
      Plan.Step(
        name: name, stage: "a", actionOnFailure: action, maximumTries: 1, timeoutSeconds: 0,
        accesses: [], origin: nil)
    }
    let steps = Value.list(
      names.map { name in
        .object([
          "Name": .string(name), "ActionOnFailure": .string(action),
          "HadoopJarStep": .object(["Jar": .string("s3://jars/job.jar")]),
        ])
      })
    plan.requests = [
      cluster.map { cluster in
        Plan.Request(
          operation: "AddJobFlowSteps",
          body: .object(["JobFlowId": .string(cluster), "Steps": steps]))
      }
        ?? Plan.Request(
          operation: "RunJobFlow",
          body: .object([
            "Name": .string("Small"), "Steps": steps,
            "Tags": .list([.object(["Key": .string("owner"), "Value": .string("us")])]),
          ]))
    ]
    return plan
  }

  // MARK: Applying

  private func apply(
    _ plan: Plan, process: Int64, _ proxy: FaultProxy, isNew: Bool = false,
    checkpoint: @escaping @Sendable (Checkpoint) async -> Void = { _ in }
  ) async throws -> RunOutcome {
    let server = try SocketServer { [cloud] request in
      let reply = proxy.reply(to: request) { cloud.answer(request) }
      // Nobody waits for an answer that doesn't come: see `ImpatientTransport`.
      if case .silence = reply { return .reset }
      return reply
    }
    defer { server.stop() }
    let context = ClientContext(
      transport: ImpatientTransport(inner: Self.transport, proxy: proxy), time: clock,
      chance: { 0.5 })
    let endpoint = Endpoint(host: "127.0.0.1", isSecure: false, port: server.port)
    let store = S3Client(
      context: context, credentials: keys, region: "eu-west-1",
      endpoints: Endpoints(given: [.objectStore: endpoint]))
    var services = Services(
      emr: EMRClient(
        context: context, credentials: keys, region: "eu-west-1", endpoint: endpoint),
      store: store, time: clock, random: RunRandom(process),
      journal: try Journal(path: folder.appending(path: "journal.db").path),
      owner: Owner(
        user: "tester", host: "here", process: process, processStart: "1", since: clock.now),
      emptied: plan.emptiedFirst, isAlive: { $0.process == process })
    services.checkpoint = checkpoint
    services.events = { [warnings] event in
      if case .warning(let text) = event.kind { warnings.all.withLock { $0.append(text) } }
    }
    let identity = STSClient(context: context, region: "eu-west-1", endpoint: endpoint)
    services.account = { [keys] () async throws(CloudError) in
      try await identity.callerIdentity(keys).account
    }
    var options = ApplyOptions(
      runKey: Self.key(plan), applyCommand: "penstock apply plan.json")
    options.isNew = isNew
    options.lock = ObjectLockStore(location: "s3://data/locks/etl", store: store)
    return await Executor.apply(plan, services: services, options: options)
  }

  /// Applies the plan in a process that dies when EMR has started the cluster.
  private func applyAndDie(_ plan: Plan, _ proxy: FaultProxy) async throws {
    let (deaths, death) = AsyncStream<Bool>.makeStream()
    Task.detached {
      _ = try? await apply(plan, process: 1, proxy) { checkpoint in
        guard case .afterRequest("RunJobFlow") = checkpoint else { return }
        death.yield(true)
        await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in }
      }
      death.yield(false)
    }
    for await _ in deaths { return }
  }
}

/// Ends a request at once that the proxy leaves without an answer, as if its time were up.
private struct ImpatientTransport: HTTPTransport {
  let inner: SocketTransport
  let proxy: FaultProxy

  func send(
    _ request: HTTPRequest, limits: TransportLimits
  ) async throws(TransportError) -> HTTPResponse {
    do throws(TransportError) {
      return try await inner.send(request, limits: limits)
    } catch {
      guard error.kind == .broken, proxy.snapshot.isSilent else { throw error }
      throw TransportError(.timedOut, "no response in time")
    }
  }
}

/// Keys that are replaced when they are refused, or can't be.
private final class RunKeys: CredentialProvider {
  private let number = Mutex(1)
  private let areRenewable: Bool

  init(areRenewable: Bool) { self.areRenewable = areRenewable }

  func credentials() async throws(CredentialError) -> Credentials {
    Credentials(
      accessKeyID: "K\(number.withLock { $0 })", secretAccessKey: "planted-secret-key",
      sessionToken: "planted-token")
  }

  func renewed(after refused: Credentials) async throws(CredentialError) -> Credentials {
    if areRenewable { number.withLock { $0 += 1 } }
    return try await credentials()
  }
}

/// The same numbers in each run.
final class RunRandom: RandomSource {
  private let state: Mutex<UInt64>

  init(_ seed: Int64) { state = Mutex(UInt64(bitPattern: seed)) }

  func bytes(_ count: Int) -> [UInt8] {
    state.withLock { state in
      (0..<count).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return UInt8(truncatingIfNeeded: state >> 33)
      }
    }
  }

  /// At least 0 and less than the limit.
  func number(_ limit: Int) -> Int {
    Int(bytes(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }) % max(1, limit)
  }
}

extension Plan {
  /// Lets the third step wait for the first, and the fourth for all.
  fileprivate mutating func addInOrder() {
    cluster.isFed = true
    for index in steps.indices { steps[index].actionOnFailure = "CONTINUE" }
    for (later, earlier) in [(2, 0), (3, 1), (3, 2)] {
      steps[later].predecessors.append(Predecessor(step: steps[earlier].name, reason: .after))
    }
    guard case .map(var body) = requests[0].body else { return }
    let all = requests[0].body["Steps"].items
    body["Steps"] = .list(Array(all.prefix(2)))
    body["Instances"] = .object(["KeepJobFlowAliveWhenNoSteps": .bool(true)])
    requests = [
      Request(operation: "RunJobFlow", body: .map(body)),
      Request(
        operation: "AddJobFlowSteps", body: .object(["Steps": .list(Array(all.dropFirst(2)))])),
    ]
  }
}
