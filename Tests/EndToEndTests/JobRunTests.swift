import AWSServices
import Diagnostics
import Executor
import Foundation
import Journal
import PlanFormat
import Synchronization
import TestSupport
import Testing
import Values

/// Steps as jobs of EMR Serverless and EMR on EKS, on the mock of AWS.
@Suite(.enabled(if: Python.hasModules, "the tests' Python modules are not installed"))
struct JobRunTests {
  /// What the mock knows of the services.
  private struct Served: Decodable {
    /// The names of the jobs that were asked for, repetitions too, without the tokens after them.
    var asked: [String]
    var complaints: [String]
    /// By name: states, in the order in which they were started.
    var states: [String: [String]]
    var tags: [String: [String: String]]
    var count: Int

    private enum Key: CodingKey { case asked, complaints, jobs, tags }

    private struct Job: Decodable {
      var name: String
      var state: String

      init(from decoder: any Decoder) throws {
        var list = try decoder.unkeyedContainer()
        name = try list.decode(String.self)
        state = try list.decode(String.self)
      }
    }

    private static func bare(_ name: String) -> String {
      name.split(separator: "-").dropLast().joined(separator: "-")
    }

    init(from decoder: any Decoder) throws {
      let map = try decoder.container(keyedBy: Key.self)
      asked = try map.decode([String].self, forKey: .asked).map(Self.bare)
      complaints = try map.decode([String].self, forKey: .complaints)
      tags = try map.decode([String: [String: String]].self, forKey: .tags)
      let jobs = try map.decode([Job].self, forKey: .jobs)
      states = Dictionary(grouping: jobs, by: { Self.bare($0.name) }).mapValues { $0.map(\.state) }
      count = jobs.count
    }
  }

  private func served(_ test: EndToEnd) async throws -> Served {
    try JSONDecoder().decode(Served.self, from: Data(try await test.call("GET", "/jobs/state")))
  }

  /// Two steps, and one that waits for both.
  private static func plan(_ service: JobService, tries: Int64 = 1) -> Plan {
    let host = service == .serverless ? "00app" : "vc1"
    var plan = Plan(
      madeBy: "test", pipeline: "sales", runID: "r",
      runTime: Value.Timestamp(seconds: Int64(Date().timeIntervalSince1970), nanoseconds: 0))
    plan.cluster = Plan.Cluster(
      name: "Sales", region: "eu-central-1", release: "", isPersistent: true)
    plan.cluster.isFed = true
    plan.cluster.isShared = true
    plan.cluster.reusedID = host
    plan.cluster.jobs = service
    for name in ["orders", "visits", "report"] {
      plan.steps.append(
        Plan.Step(
          name: name, stage: "s", actionOnFailure: "CONTINUE", maximumTries: tries,
          timeoutSeconds: 0, accesses: [], origin: nil))
    }
    plan.steps[2].predecessors = ["orders", "visits"].map {
      Plan.Predecessor(step: $0, reason: .after)
    }
    let bodies = plan.steps.map { step in
      Value.object([
        "Name": .string(step.name), "ActionOnFailure": .string("CONTINUE"),
        "StartJobRun": .object([
          service == .serverless ? "applicationId" : "virtualClusterId": .string(host),
          "executionRoleArn": .string("arn:aws:iam::123456789012:role/jobs"),
          "name": .string(step.name),
          "jobDriver": .object([
            service == .serverless ? "sparkSubmit" : "sparkSubmitJobDriver": .object([
              "entryPoint": .string("s3://code/job.py")
            ])
          ]),
        ]),
      ])
    }
    plan.requests = [
      Plan.Request(operation: "StartJobRun", body: .object(["Steps": .list(bodies)]))
    ]
    return plan
  }

  @Test(arguments: JobService.allCases) func toCompletion(service: JobService) async throws {
    let test = try EndToEnd()
    defer { test.clean() }
    let plan = Self.plan(service)
    let outcome = try await test.apply(plan)
    #expect(outcome.status == .success, "\(outcome.summary)")
    let served = try await served(test)
    #expect(served.asked == ["orders", "visits", "report"])
    #expect(served.states.values.allSatisfy { $0.count == 1 })
    #expect(served.complaints == [])
    // It is done: applying it again asks for nothing.
    #expect(try await test.apply(plan).status == .success)
    #expect(try await self.served(test).asked.count == 3)
  }

  @Test(arguments: JobService.allCases)
  func aFailureStopsOnlyWhatDependsOnIt(service: JobService) async throws {
    let test = try EndToEnd()
    defer { test.clean() }
    try await test.call("POST", "/jobs/script", #"{"fail": {"orders": 1}}"#)
    let outcome = try await test.apply(Self.plan(service))
    #expect(outcome.status == .failure)
    #expect(outcome.report?.step?.name == "orders")
    #expect(outcome.report?.step?.failure?.message == "The program ended with 1")
    var served = try await served(test)
    #expect(served.states["orders"] == ["FAILED"] && served.states["report"] == nil)
    #expect(served.states["visits"]?.count == 1)
    // The recovery does what is missing.
    var rest = Self.plan(service)
    rest.steps.remove(at: 1)
    rest.steps[1].predecessors.removeLast()
    rest.requests[0].body = .object([
      "Steps": .list(
        rest.requests[0].body["Steps"].items.enumerated().compactMap {
          $0.offset == 1 ? nil : $0.element
        })
    ])
    #expect(try await test.apply(rest, digest: "sha256:2").status == .success)
    served = try await self.served(test)
    #expect(served.asked == ["orders", "visits", "orders", "report"])
    #expect(served.states["orders"]?.count == 2)
    #expect(served.complaints == [])
  }

  @Test func aFurtherTryIsAnotherJob() async throws {
    let test = try EndToEnd()
    defer { test.clean() }
    try await test.call("POST", "/jobs/script", #"{"fail": {"orders": 1}}"#)
    let outcome = try await test.apply(Self.plan(.serverless, tries: 2))
    #expect(outcome.status == .success, "\(outcome.summary)")
    #expect(try await served(test).states["orders"] == ["FAILED", "SUCCESS"])
  }

  /// The answer is lost as often as the client asks by itself. What the lists show is taken, and what
  /// they don't is asked for again, with the same token.
  @Test(arguments: JobService.allCases, [[], ["orders"]])
  func lostAnswersStartNothingTwice(service: JobService, forgotten: [String]) async throws {
    let test = try EndToEnd()
    defer { test.clean() }
    let names = forgotten.map { "\"\($0)\"" }.joined(separator: ",")
    try await test.call(
      "POST", "/jobs/script", #"{"lose": {"orders": 3, "report": 3}, "forget": [\#(names)]}"#)
    let outcome = try await test.apply(Self.plan(service))
    #expect(outcome.status == .success, "\(outcome.summary)")
    let served = try await served(test)
    #expect(served.count == 3)
    #expect(served.asked.count { $0 == "orders" } == (forgotten.isEmpty ? 3 : 4))
    #expect(served.asked.count { $0 == "report" } == 3)
    #expect(served.complaints == [])
  }

  /// A process that is gone after a request and before its entry leaves a job that the next one finds.
  @Test(arguments: JobService.allCases, [true, false])
  func aProcessThatIsGone(service: JobService, isAfter: Bool) async throws {
    let test = try EndToEnd()
    defer { test.clean() }
    let plan = Self.plan(service)
    let (reached, signal) = AsyncStream<Void>.makeStream()
    let gone = Task.detached {
      try await test.apply(plan, process: 1) { checkpoint in
        let isHere =
          switch checkpoint {
          case .afterRequest("StartJobRun"): isAfter
          case .beforeRequest("StartJobRun"): !isAfter
          default: false
          }
        guard isHere else { return }
        signal.yield()
        // It never goes on.
        try? await Task.sleep(for: .seconds(3600))
      }
    }
    for await _ in reached { break }
    let outcome = try await test.apply(plan, process: 2)
    #expect(outcome.status == .success, "\(outcome.summary)")
    let served = try await served(test)
    #expect(served.count == 3 && served.states.values.allSatisfy { $0.count == 1 })
    gone.cancel()
  }

  /// `cancel` marks the application, so that the process that watches the run starts no further job.
  @Test(arguments: JobService.allCases) func cancelling(service: JobService) async throws {
    let test = try EndToEnd()
    defer { test.clean() }
    let plan = Self.plan(service)
    let isDone = Mutex(false)
    let outcome = try await test.apply(plan) { checkpoint in
      // Between two jobs, so that only the mark can stop the next one.
      guard case .afterEntry("step") = checkpoint, !isDone.withLock({ $0 }) else { return }
      do {
        let journal = try Journal(path: test.folder.appending(path: "journal.db").path)
        let overview = try #require(
          try Executor.status(of: "sha256:1", in: journal, isAlive: { _ in true }))
        guard overview.steps.count(where: { $0.state == .completed }) == 2 else { return }
        isDone.withLock { $0 = true }
        let emr = EndToEnd.emr(of: plan, try test.session(test.clock))
        _ = try await Executor.cancel(overview, of: plan, isFed: true, emr: emr)
      } catch {
        Issue.record("\(error)")
      }
    }
    #expect(outcome.status == .failure && isDone.withLock { $0 })
    let served = try await served(test)
    #expect(served.states["orders"] == [service == .serverless ? "SUCCESS" : "COMPLETED"])
    #expect(served.states["report"] == nil)
    let mark = served.tags[service == .serverless ? "00app" : "vc1"]
    #expect(mark == ["penstock:cancelled/sales": "sha256:1"])
    #expect(served.complaints == [])
  }

  @Test func anApplicationThatIsNotThere() async throws {
    let test = try EndToEnd()
    defer { test.clean() }
    var plan = Self.plan(.serverless)
    plan.cluster.reusedID = "00other"
    let outcome = try await test.apply(plan)
    #expect(outcome.failure?.code == .clusterGone, "\(outcome.summary)")
    #expect(try await served(test).asked == [])
  }
}
