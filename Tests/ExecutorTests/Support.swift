import AWSServices
import Diagnostics
import Executor
import Foundation
import Journal
import Locations
import PlanFormat
import Sandbox
import Synchronization
import TestSupport
import Values

/// The same numbers in each test.
final class FixedRandom: RandomSource {
  private let state: Mutex<UInt64>

  init(_ seed: UInt64 = 1) { state = Mutex(seed) }

  func bytes(_ count: Int) -> [UInt8] {
    state.withLock { state in
      (0..<count).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return UInt8(truncatingIfNeeded: state >> 33)
      }
    }
  }
}

/// What happened in a run, for tests to check.
final class Recorder: Sendable {
  private let kept = Mutex<[RunEvent]>([])

  var events: [RunEvent] { kept.withLock { $0 } }

  func add(_ event: RunEvent) { kept.withLock { $0.append(event) } }
}

/// A world in a folder, with the pipeline of `PlanBuilder` over it: raw files are staged, made into
/// events on HDFS, put back to S3, loaded and archived.
struct World {
  static let start = Value.Timestamp(seconds: 1_790_000_000, nanoseconds: 0)

  let folder = TemporaryFolder()
  var faults = Faults()
  let recorder = Recorder()

  /// The same world without faults.
  var calm: World {
    var calm = self
    calm.faults = Faults()
    return calm
  }

  var store: FolderStore { FolderStore(folder.path) }

  func fill() async throws {
    for number in 0..<4 {
      try await store.put(
        bucket: "in", key: "logs/\(number).log", bytes: Array("a\(number)\nb\(number)\n".utf8),
        condition: .always)
    }
  }

  func empty(_ place: String) async throws {
    let folder = try Location(place).folder
    let page = try await store.list(
      bucket: folder.bucket, prefix: folder.key, after: nil, limit: 1000)
    for entry in page.entries {
      try await store.delete(bucket: folder.bucket, key: entry.key, ifMatch: nil)
    }
  }

  func emr(_ plan: Plan) -> SimulatedEMR {
    SimulatedEMR(
      folder: folder.path, start: Self.start, effects: StepEffects(plan), faults: faults)
  }

  /// The services of a new process with this number.
  func services(
    _ plan: Plan, process: Int64 = 1, journal: String = "journal.db",
    emr: (any EMRService)? = nil, alive: Set<Int64>? = nil,
    checkpoint: @escaping @Sendable (Checkpoint) async -> Void = { _ in }
  ) throws -> Services {
    let simulated = self.emr(plan)
    let alive = alive ?? [process]
    return Services(
      emr: emr ?? simulated, store: store, time: simulated.clock(),
      random: FixedRandom(UInt64(process)),
      journal: try Journal(path: folder.path + "/" + journal),
      owner: Owner(
        user: "tester", host: "here", process: process, processStart: "1", since: Self.start),
      isAlive: { alive.contains($0.process) },
      events: { [recorder] in recorder.add($0) }, checkpoint: checkpoint)
  }

  static func options(_ plan: Plan) -> ApplyOptions {
    var options = ApplyOptions(
      runKey: "sha256:\(plan.runID)", applyCommand: "penstock apply plan.json",
      secrets: ["config.yml#/password": "PLANTED-SECRET"])
    options.recoverCommand = "penstock run --recover X"
    return options
  }

  /// Everything in S3 but EMR's logs, by its address.
  func objects() -> [String: String] {
    let top = folder.path
    var objects: [String: String] = [:]
    for case let path as String in FileManager.default.enumerator(atPath: top) ?? .init() {
      // Files directly in the folder are the tests', not buckets.
      guard !path.hasPrefix("log/"), !path.hasPrefix("."), path.contains("/"),
        let data = FileManager.default.contents(atPath: top + "/" + path),
        (try? FileManager.default.attributesOfItem(atPath: top + "/" + path)[.type])
          as? FileAttributeType == .typeRegular
      else { continue }
      objects[path] = String(decoding: data, as: UTF8.self)
    }
    return objects
  }

  /// What was loaded: a list of lines for each load, by loader.
  func loads() -> [String: [String]] {
    let top = SandboxFolder.state(of: folder.path) + "/loads"
    var loads: [String: [String]] = [:]
    for case let path as String in FileManager.default.enumerator(atPath: top) ?? .init() {
      guard let data = FileManager.default.contents(atPath: top + "/" + path), path.contains("/")
      else { continue }
      let loader = String(path.prefix { $0 != "/" })
      loads[loader, default: []].append(String(decoding: data, as: UTF8.self))
    }
    return loads
  }

  /// A cluster that an earlier run left waiting.
  func waitingCluster(atOnce: Int64 = 1) async throws -> String {
    let emr = SimulatedEMR(folder: folder.path, start: Self.start, effects: StepEffects())
    let id = try await emr.runJobFlow(
      .object([
        "Name": .string("Small"), "LogUri": .string("s3://log/emr/"),
        "StepConcurrencyLevel": .int(atOnce),
        "Instances": .object(["KeepJobFlowAliveWhenNoSteps": .bool(true)]),
      ]))
    try await emr.clock().sleep(seconds: 600)
    return id
  }

  func clusters(_ plan: Plan) async throws -> [ClusterSummary] {
    let emr = emr(plan)
    try await emr.clock().sleep(seconds: 60)
    return try await emr.listClusters(states: Set(ClusterState.allCases), createdAfter: nil)
  }
}

/// Swift Testing has a type of this name too.
typealias ExitStatus = Diagnostics.ExitStatus
