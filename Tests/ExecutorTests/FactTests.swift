import AWSServices
import Diagnostics
import Executor
import PlanFormat
import Sandbox
import Testing
import Values

/// A plan isn't begun if the world has changed.
@Suite struct FactTests {
  private func fact(
    _ question: Plan.Fact.Question, _ answer: Value, _ status: ExitStatus, _ message: String
  ) -> Plan.Fact {
    Plan.Fact(
      question: question, answer: answer, isAssumed: false, exitStatus: status, message: message,
      origin: nil)
  }

  private var builder: PlanBuilder {
    var builder = PlanBuilder()
    builder.facts = [
      fact(
        .hasMatch(location: "s3://in/logs/", pattern: "\\.log$"), .bool(true), .noData, "no logs"),
      fact(.isEmpty(location: "s3://work/raw/"), .bool(true), .notEmpty, "raw is not empty"),
      fact(.last(location: "s3://in/", pattern: "(\\d)\\.log"), .string("3"), .failure, ""),
      fact(.count(location: "s3://in/", pattern: "(\\d)\\.log"), .int(4), .failure, ""),
      fact(
        .cluster(name: "Small", states: ["WAITING"]), .list([]), .clusterBusy, "a cluster waits"),
    ]
    return builder
  }

  private func world() async throws -> World {
    let world = World()
    try await world.fill()
    // The bucket exists, and has a folder marker.
    try await world.store.put(bucket: "work", key: "raw/", bytes: [], condition: .always)
    return world
  }

  @Test func anUnchangedWorldIsWorkedOn() async throws {
    let world = try await world()
    #expect(try await RunTests.apply(builder.plan, in: world).status == .success)
  }

  @Test func anEmptiedInputIsNoData() async throws {
    let world = try await world()
    try await world.empty("s3://in/logs/")
    let outcome = try await RunTests.apply(builder.plan, in: world)
    #expect(outcome.status == .noData)
    #expect(outcome.failure?.code == .factChanged)
    #expect(outcome.failure?.diagnostic.hint == nil)
    #expect(outcome.summary.contains("no logs"))
    #expect(try await world.clusters(builder.plan).isEmpty)
    // When there is data again, the same plan is valid again.
    try await world.fill()
    #expect(try await RunTests.apply(builder.plan, in: world).status == .success)
  }

  @Test func aFilledOutputIsRefused() async throws {
    let world = try await world()
    try await world.store.put(
      bucket: "work", key: "raw/old.log", bytes: [0x61], condition: .always)
    let outcome = try await RunTests.apply(builder.plan, in: world)
    #expect(outcome.status == .notEmpty)
    #expect(outcome.summary.contains("`s3://work/raw/` holds data"))
  }

  @Test func aClusterThatCameIsRefused() async throws {
    let world = try await world()
    let id = try await world.waitingCluster()
    let outcome = try await RunTests.apply(builder.plan, in: world)
    #expect(outcome.status == .clusterBusy)
    #expect(outcome.summary.contains(id))
  }

  @Test func moreDataIsAnotherPlan() async throws {
    let world = try await world()
    try await world.store.put(bucket: "in", key: "logs/4.log", bytes: [0x61], condition: .always)
    let outcome = try await RunTests.apply(builder.plan, in: world)
    #expect(outcome.status == .failure)
    #expect(outcome.failure?.code == .factChanged)
    #expect(outcome.failure?.diagnostic.notes.count == 2)
    #expect(outcome.failure?.diagnostic.hint == "make a new plan")
    #expect(outcome.summary.contains("is `4`"))
  }

  /// Nobody answers.
  private struct Silence: FactSource {
    func answers(to questions: [FactQuestion]) async -> [FactAnswer] {
      questions.map { _ in .failed("no bucket of this name", hint: "create the bucket") }
    }
  }

  @Test func whatCannotBeAskedIsSaid() async throws {
    let world = World()
    var services = try world.services(builder.plan)
    services.facts = Silence()
    let outcome = await Executor.apply(
      builder.plan, services: services, options: World.options(builder.plan))
    #expect(outcome.status == .failure)
    #expect(outcome.failure?.code == .factUnanswered)
    #expect(outcome.summary.contains("no bucket of this name (create the bucket)"))
  }
}
