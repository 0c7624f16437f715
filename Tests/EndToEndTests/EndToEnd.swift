import Documents
import AWSClient
import AWSServices
import Diagnostics
import Executor
import Foundation
import Journal
import PlanFormat
import SourceText
import Synchronization
import TestSupport
import Values
import HTTP

/// The tests' clock: waiting advances it at once, along with the server's clusters.
final class TickingClock: TimeSource {
  private let moment: Mutex<Int64>
  private let tick: @Sendable (_ count: Int) async -> Void

  init(_ tick: @escaping @Sendable (Int) async -> Void) {
    // Clusters use the machine's time, so this clock starts with it.
    moment = Mutex(Int64(Date().timeIntervalSince1970))
    self.tick = tick
  }

  var now: Value.Timestamp {
    Value.Timestamp(seconds: moment.withLock { $0 }, nanoseconds: 0)
  }

  func sleep(seconds: Double) async throws(CancellationError) {
    if Task.isCancelled { throw CancellationError() }
    moment.withLock { $0 += Int64(seconds.rounded(.up)) }
    await tick(max(1, Int(seconds / 30)))
  }
}

/// A run of a golden plan: our executor, our client, and moto instead of AWS.
struct EndToEnd {
  let server: PythonServer
  let folder: URL
  let transport = SocketTransport(settings: TransportSettings())
  private let told = Told()

  private final class Told: Sendable {
    let events = Mutex<[RunEvent]>([])
  }

  var events: [RunEvent] { told.events.withLock { $0 } }

  init() throws {
    server = try PythonServer("emr_server.py")
    folder = FileManager.default.temporaryDirectory.appending(path: "penstock-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  func clean() { try? FileManager.default.removeItem(at: folder) }

  static func plan(_ name: String) throws -> Plan {
    let file = Locations.repository.appending(path: "Tests/Goldens/plans/\(name).json")
    var diagnostics: [Diagnostic] = []
    let tree = JSONReader.read(
      try Locations.bytes(file), source: SourceID(index: 0), into: &diagnostics)
    guard let tree, let plan = PlanReader.read(tree, into: &diagnostics) else {
      throw CocoaError(.fileReadCorruptFile)
    }
    return plan
  }

  /// Branches of steps, each of which waits for the one before it.
  static func branches(_ count: Int, of length: Int, atOnce: Int64) -> Plan {
    var plan = Plan(
      madeBy: "test", pipeline: "branches", runID: "r",
      runTime: Value.Timestamp(seconds: Int64(Date().timeIntervalSince1970), nanoseconds: 0))
    plan.cluster = Plan.Cluster(
      name: "Branches", region: "eu-central-1", release: "6.15.0", isPersistent: false)
    plan.cluster.isFed = true
    for number in 0..<length {
      for branch in 0..<count {
        var step = Plan.Step(
          name: "\(branch).\(number)", stage: "s", actionOnFailure: "CONTINUE", maximumTries: 1,
          timeoutSeconds: 0, accesses: [], origin: nil)
        if number > 0 {
          step.predecessors = [Plan.Predecessor(step: "\(branch).\(number - 1)", reason: .after)]
        }
        plan.steps.append(step)
      }
    }
    let bodies = plan.steps.map { step in
      Value.object([
        "Name": .string(step.name), "ActionOnFailure": .string("CONTINUE"),
        "HadoopJarStep": .object(["Jar": .string("s3://jars/job.jar")]),
      ])
    }
    plan.requests = [
      Plan.Request(
        operation: "RunJobFlow",
        body: .object([
          "Name": .string("Branches"), "ReleaseLabel": .string("emr-6.15.0"),
          "StepConcurrencyLevel": .int(atOnce),
          "Instances": .object([
            "KeepJobFlowAliveWhenNoSteps": .bool(true), "InstanceCount": .int(1),
            "MasterInstanceType": .string("m5.xlarge"),
          ]),
          "JobFlowRole": .string("EMR_EC2_DefaultRole"), "ServiceRole": .string("EMR_DefaultRole"),
          "Steps": .list(Array(bodies.prefix(count))),
        ])),
      Plan.Request(
        operation: "AddJobFlowSteps",
        body: .object(["Steps": .list(Array(bodies.dropFirst(count)))])),
    ]
    return plan
  }

  // MARK: AWS

  func session(_ clock: any TimeSource) throws -> AWSSession {
    var options = AWSSession.Options()
    options.region = "eu-central-1"
    let variables = [
      "AWS_ENDPOINT_URL": "http://127.0.0.1:\(server.port)", "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
      "AWS_SECRET_ACCESS_KEY": "planted-secret-key",
    ]
    return try AWSSession(
      options, system: SystemAccess(variables: variables, readFile: { _ in nil }), time: clock,
      chance: { 0.5 }, transport: transport)
  }

  var clock: TickingClock {
    TickingClock { count in _ = try? await call("POST", "/clock/tick?n=\(count)") }
  }

  /// Asks the server itself.
  @discardableResult
  @inline(never)  // Swift 6.3.1's optimiser fails on loops that it is inlined in.
  func call(_ method: String, _ path: String, _ body: String = "") async throws -> [UInt8] {
    let url = "http://127.0.0.1:\(server.port)\(path)"
    guard let request = HTTPRequest(method: method, url: url, body: Array(body.utf8)) else {
      throw CocoaError(.coderInvalidValue)
    }
    return try await transport.send(request, limits: .standard).body
  }

  func clusters() async throws -> [ServedCluster] {
    try JSONDecoder().decode(
      [ServedCluster].self, from: Data(try await call("GET", "/clock/clusters")))
  }

  func complaints() async throws -> [String] {
    try JSONDecoder().decode([String].self, from: Data(try await call("GET", "/clock/complaints")))
  }

  /// Buckets, with what the first collector has written.
  func fill(_ keys: [String] = ["acme-collector-eu/logs/a.lzo"]) async throws {
    try await put(Self.buckets.map { ("/\($0)", "") } + keys.map { ("/\($0)", "x") })
  }

  private static let buckets = [
    "acme-collector-eu", "acme-collector-us", "acme-snowplow-etl", "acme-snowplow-archive",
    "acme-snowplow-out",
  ]

  private func put(_ all: [(path: String, text: String)]) async throws {
    for one in all { _ = try await call("PUT", one.path, one.text) }
  }

  // MARK: Applying

  static func emr(of plan: Plan, _ session: AWSSession) -> any EMRService {
    switch plan.cluster.jobs {
    case nil: session.emr
    case .serverless: session.serverless
    case .eks: session.containers
    }
  }

  func apply(
    _ plan: Plan, digest: String = "sha256:1", lock: String? = nil, process: Int64 = 1,
    checkpoint: @escaping @Sendable (Checkpoint) async -> Void = { _ in }
  ) async throws -> RunOutcome {
    let clock = clock
    let session = try session(clock)
    let services = Services(
      emr: Self.emr(of: plan, session), store: session.objects, time: clock, random: SystemChance(),
      journal: try Journal(path: folder.appending(path: "journal.db").path),
      owner: Owner(
        user: "tester", host: "here", process: process, processStart: "1", since: clock.now),
      isAlive: { $0.process == process },
      events: { event in told.events.withLock { $0.append(event) } }, checkpoint: checkpoint)
    var options = ApplyOptions(runKey: digest, applyCommand: "penstock apply plan.json")
    for reference in plan.secrets { options.secrets[reference] = "planted-\(reference.count)" }
    if let lock { options.lock = ObjectLockStore(location: lock, store: session.objects) }
    return await Executor.apply(plan, services: services, options: options)
  }

  private struct SystemChance: RandomSource {
    func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8.random(in: 0...255) } }
  }
}
