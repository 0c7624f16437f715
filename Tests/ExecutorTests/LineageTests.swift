import AWSServices
import Diagnostics
import Documents
import Executor
import Foundation
import PlanFormat
import Sandbox
import SourceText
import Synchronization
import TestSupport
import Testing
import Values

/// What a run tells OpenLineage.
@Suite struct LineageTests {
  /// Takes events, or fails in one way so many times.
  private final class Server: Sendable {
    enum Way: Sendable { case answers, fails(CloudError.Kind, Int), hangs }

    private let state: Mutex<(kept: [Value], failures: Int)> = Mutex(([], 0))
    private let way: Way

    init(_ way: Way = .answers) { self.way = way }

    var events: [Value] { state.withLock { $0.kept } }
    /// `START small`, in order.
    var names: [String] {
      events.map { "\($0["eventType"].text ?? "") \($0["job"]["name"].text ?? "")" }
    }

    func reporter() -> LineageReporter? {
      LineageSettings(
        .object(["url": .string("http://x"), "namespace": .string("acme")]), variables: [:],
        version: "9.9"
      ).map { LineageReporter($0) { event, _ throws(CloudError) in try await self.take(event) } }
    }

    private func take(_ event: [UInt8]) async throws(CloudError) {
      if case .fails(let kind, let times) = way,
        state.withLock({
          $0.failures += 1
          return $0.failures <= times
        })
      {
        throw CloudError(kind, operation: "Lineage", message: "not today, PLANTED-SECRET")
      }
      if case .hangs = way {
        await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in }
      }
      var diagnostics: [Diagnostic] = []
      let tree = JSONReader.read(event, source: SourceID(index: 0), into: &diagnostics)
      let value = tree.flatMap { tree in tree.root.map { Value(tree, $0) } } ?? .null
      state.withLock { $0.kept.append(value) }
    }
  }

  private static func apply(
    _ plan: Plan = PlanBuilder().plan, in world: World, process: Int64 = 1, by server: Server
  ) async throws -> RunOutcome {
    try await RunTests.apply(plan, in: world, process: process) { services, _ in
      services.lineage = server.reporter()
    }
  }

  private static func world(_ faults: String...) async throws -> World {
    let world = World(faults: Faults(faults.compactMap { Faults.parse($0) }))
    try await world.fill()
    return world
  }

  private static func warnings(_ world: World) -> [String] {
    world.recorder.events.compactMap { event in
      if case .warning(let text) = event.kind { text } else { nil }
    }
  }

  @Test func aRunTellsWhatEachStepReadsAndWrites() async throws {
    let server = Server()
    let outcome = try await Self.apply(in: try await Self.world(), by: server)
    #expect(outcome.status == .success)
    let steps = PlanBuilder().plan.steps.map(\.name)
    #expect(
      server.names
        == ["START small"]
        + steps.flatMap { ["START small.\($0)", "COMPLETE small.\($0)"] } + ["COMPLETE small"])
    let copy = try #require(server.events.dropFirst(2).first)
    func datasets(_ of: Value) -> [String] {
      of.items.map { one in
        let change = one["facets"]["lifecycleStateChange"]["lifecycleStateChange"].text
        return "\(one["namespace"].text ?? "") \(one["name"].text ?? "") \(change ?? "")"
      }
    }
    #expect(datasets(copy["inputs"]) == ["s3://in logs "])
    #expect(datasets(copy["outputs"]) == ["s3://work raw ", "s3://in logs DROP"])
    #expect(copy["job"]["namespace"].text == "acme")
    #expect(copy["job"]["facets"]["documentation"]["description"].text == "small.yml:12")
    #expect(copy["job"]["facets"]["sourceCodeLocation"]["url"].text == "file:small.yml#L12")
    let run = try #require(server.events.first)
    #expect(
      copy["run"]["facets"]["parent"]["run"]["runId"].text == run["run"]["runId"].text)
    #expect(run["run"]["facets"]["nominalTime"]["nominalStartTime"].text?.hasSuffix("Z") == true)
    // Data on the cluster's disks, and what the run itself makes, is no input of the run.
    #expect(datasets(run["inputs"]) == ["s3://in logs "])
    #expect(datasets(run["outputs"]).allSatisfy { !$0.hasPrefix("hdfs") })
    let fetch = try #require(server.events.dropFirst(3).first)
    #expect(datasets(fetch["outputs"]) == ["hdfs://small /raw "])
  }

  @Test func aFailureIsToldWithItsReason() async throws {
    let server = Server()
    let outcome = try await Self.apply(
      in: try await Self.world("[enrich] Enrich=fail"), by: server)
    #expect(outcome.status == .failure)
    #expect(
      server.names.suffix(3) == [
        "START small.[enrich] Enrich", "FAIL small.[enrich] Enrich", "FAIL small",
      ])
    let message = server.events.last?["run"]["facets"]["errorMessage"]["message"].text
    #expect(message == outcome.summary)
    let ofStep = server.events.dropLast().last?["run"]["facets"]["errorMessage"]["message"].text
    #expect(ofStep?.isEmpty == false)
  }

  /// A run that takes too long is cancelled: that is no failure of its program.
  @Test func aCancelledRunIsAborted() async throws {
    let server = Server()
    var builder = PlanBuilder()
    builder.stepTimeout = 1
    let outcome = try await Self.apply(builder.plan, in: try await Self.world(), by: server)
    #expect(outcome.status == .failure)
    #expect(server.names.last == "ABORT small")
    #expect(server.names.contains { $0.hasPrefix("ABORT small.") })
  }

  /// What is refused before anything was begun is no run.
  @Test func whatNeverBeganIsNotTold() async throws {
    let server = Server()
    let outcome = try await Self.apply(
      in: try await Self.world("RunJobFlow=throttled:99"), by: server)
    #expect(outcome.status == .failure)
    #expect(server.names == [])
  }

  /// A server that is away for a moment gets all events, in order.
  @Test func aServerThatComesBackGetsEverything() async throws {
    let server = Server(.fails(.unavailable, 1))
    let world = try await Self.world()
    #expect(try await Self.apply(in: world, by: server).status == .success)
    #expect(server.names.count == 16)
    #expect(server.names.first == "START small")
    #expect(Self.warnings(world) == [])
  }

  /// Whatever the server does, the run ends as it does, soon, and with one warning.
  @Test(arguments: [0, 1, 2]) func aServerNeverFailsOrDelaysARun(_ way: Int) async throws {
    let ways: [Server.Way] = [.fails(.refused, 999), .fails(.unreachable, 999), .hangs]
    let clock = ContinuousClock()
    var began = clock.now
    #expect(try await Self.apply(in: try await Self.world(), by: Server()).status == .success)
    let usual = clock.now - began
    let world = try await Self.world()
    began = clock.now
    let outcome = try await Self.apply(in: world, by: Server(ways[way]))
    #expect(outcome.status == .success)
    // On a machine that is busy with other tests, all of it takes longer.
    #expect(clock.now - began < .seconds(20) + usual * 10)
    let warnings = Self.warnings(world)
    #expect(warnings.count == 1)
    #expect(warnings.allSatisfy { $0.hasPrefix("16 lineage events were not delivered: ") })
    #expect(!warnings.joined().contains("PLANTED-SECRET"))
  }

  /// What one process couldn't deliver, the next one does; what is delivered isn't sent again.
  @Test func theNextProcessSendsWhatIsMissing() async throws {
    let world = try await Self.world()
    #expect(
      try await Self.apply(in: world, by: Server(.fails(.unreachable, 999))).status == .success)
    let server = Server()
    #expect(try await Self.apply(in: world, process: 2, by: server).status == .success)
    #expect(server.names.count == 16)
    let last = Server()
    #expect(try await Self.apply(in: world, process: 3, by: last).status == .success)
    #expect(last.names == [])
  }

  @Test func settingsComeFromThePipelineThenTheEnvironment() throws {
    func settings(_ value: Value, _ variables: [String: String]) -> LineageSettings? {
      LineageSettings(value, variables: variables, version: "9.9")
    }
    let variables = [
      "OPENLINEAGE_URL": "https://env/", "OPENLINEAGE_API_KEY": "k",
      "OPENLINEAGE_NAMESPACE": "n",
    ]
    #expect(settings(.null, [:]) == nil)
    #expect(settings(.object(["namespace": .string("x")]), [:]) == nil)
    let fromEnvironment = try #require(settings(.null, variables))
    #expect(
      fromEnvironment.target == .server(url: "https://env/api/v1/lineage", key: "k"))
    #expect(fromEnvironment.namespace == "n")
    let own = Value.object([
      "url": .string("http://own"), "endpoint": .string("v2"), "api-key": .string("mine"),
      "namespace": .string("x"),
    ])
    let both = try #require(settings(own, variables))
    #expect(both.target == .server(url: "http://own/v2", key: "mine"))
    #expect(both.namespace == "x")
    let file = settings(.object(["file": .string("f")]), variables)
    #expect(file?.target == .file(path: "f"))
    for word in ["true", "True", "TRUE"] {
      let off = variables.merging(["OPENLINEAGE_DISABLED": word]) { $1 }
      #expect(settings(own, off) == nil)
    }
    #expect(settings(own, ["OPENLINEAGE_DISABLED": "false"]) != nil)
  }
}
