import AWSServices
import Foundation
import PlanFormat
import Sandbox
import TestSupport
import Testing
import Values

/// Steps of a simulated cluster: how many run at one time, and what their programs find.
@Suite struct SideBySideTests {
  private let temporary = TemporaryFolder()
  private var folder: String { temporary.path }
  private var store: FolderStore { FolderStore(folder) }

  private struct Job {
    var name: String
    var reads: [String] = []
    var writes: [String] = []
    var deletes: [String] = []
    var isFresh = false
    var depth: Int64?
    var after: [String] = []
    var action = "CONTINUE"
  }

  private func put(_ key: String) async throws {
    try await store.put(bucket: "b", key: key, bytes: Array("x\n".utf8), condition: .always)
  }

  private func keys(_ prefix: String) async throws -> [String] {
    try await store.list(bucket: "b", prefix: prefix, after: nil, limit: 1000).entries.map(\.key)
  }

  /// Runs steps on their own cluster until it has ended.
  private func run(
    _ jobs: [Job], atOnce: Int64, faults: [String] = [], isProtected: Bool = false
  ) async throws -> (steps: [StepDescription], cluster: ClusterDescription) {
    var plan = Plan(
      madeBy: "test", pipeline: "p", runID: "r",
      runTime: Value.Timestamp(seconds: 0, nanoseconds: 0))
    plan.steps = jobs.map { job in
      func accesses(_ places: [String], _ mode: Plan.Access.Mode) -> [Plan.Access] {
        places.map { Plan.Access(mode: mode, place: "s3://b/\($0)/", dataset: "") }
      }
      var step = Plan.Step(
        name: job.name, stage: "s", actionOnFailure: job.action, maximumTries: 1, timeoutSeconds: 0,
        accesses: accesses(job.reads, .read) + accesses(job.writes, .write)
          + accesses(job.deletes, .delete), origin: nil)
      step.needsFreshOutput = job.isFresh
      step.readDepth = job.depth
      step.after = job.after
      return step
    }
    let emr = SimulatedEMR(
      folder: folder, start: Value.Timestamp(seconds: 1_790_000_000, nanoseconds: 0),
      effects: StepEffects(plan), faults: Faults(faults.compactMap { Faults.parse($0) }))
    let id = try await emr.runJobFlow(
      .object([
        "Name": .string("c"), "StepConcurrencyLevel": .int(atOnce),
        "Instances": .object(["TerminationProtected": .bool(isProtected)]),
        "Steps": .list(
          jobs.map { job in
            .object([
              "Name": .string(job.name), "ActionOnFailure": .string(job.action),
              "HadoopJarStep": .object(["Jar": .string("s3://jars/job.jar")]),
            ])
          }),
      ]))
    try await emr.clock().sleep(seconds: 36_000)
    return (try await emr.listSteps(cluster: id), try await emr.describeCluster(id))
  }

  /// How many of the steps ran at the busiest moment.
  private func width(_ steps: [StepDescription]) -> Int {
    steps.compactMap(\.started?.seconds).map { moment in
      steps.count { ($0.started?.seconds ?? .max) <= moment && moment < ($0.ended?.seconds ?? 0) }
    }.max() ?? 0
  }

  @Test(arguments: [1, 3, 8]) func asManyRunAsThereIsRoomFor(atOnce: Int) async throws {
    try await put("in/1")
    let jobs = (0..<8).map { Job(name: "job \($0)", reads: ["in"], writes: ["out/\($0)"]) }
    let (steps, cluster) = try await run(jobs, atOnce: Int64(atOnce))
    #expect(steps.allSatisfy { $0.state == .completed })
    #expect(width(steps) == atOnce)
    let starts = steps.compactMap(\.started?.seconds)
    #expect(starts == starts.sorted(), "they start in their order")
    #expect(cluster.state == .terminated)
    #expect(try await keys("out/").filter { $0.hasSuffix("_SUCCESS") }.count == 8)
  }

  @Test func aReaderDoesNotSeeWhatIsWrittenBesideIt() async throws {
    try await put("in/1")
    let jobs = [
      Job(name: "writer", reads: ["in"], writes: ["x"]),
      Job(name: "reader", reads: ["x"], writes: ["y"]),
    ]
    let (steps, _) = try await run(jobs, atOnce: 2)
    #expect(steps.map(\.state) == [.completed, .failed])
    #expect(steps[1].failure?.message.hasPrefix("InvalidInputException") == true)
  }

  @Test func aStepWaitsForThoseBeforeIt() async throws {
    try await put("in/1")
    let jobs = [
      Job(name: "writer", reads: ["in"], writes: ["x"]),
      Job(name: "reader", reads: ["x"], writes: ["y"], after: ["writer", "elsewhere"]),
    ]
    let (steps, _) = try await run(jobs, atOnce: 2)
    #expect(steps.map(\.state) == [.completed, .completed])
    #expect(width(steps) == 2, "it takes a place while it waits")
  }

  @Test(arguments: [1, 3]) func aStepDoesNothingWithoutThoseBeforeIt(atOnce: Int64) async throws {
    try await put("in/1")
    let jobs = [
      Job(name: "writer", reads: ["in"], writes: ["x"]),
      Job(name: "reader", reads: ["in"], writes: ["y"], deletes: ["in"], after: ["writer"]),
      Job(name: "last", reads: ["in"], writes: ["z"], after: ["reader"]),
    ]
    let (steps, _) = try await run(jobs, atOnce: atOnce, faults: ["writer=fail"])
    #expect(steps.map(\.state) == [.failed, .failed, .failed])
    #expect(try await keys("").filter { !$0.hasPrefix("x/") } == ["in/1"])
  }

  @Test func whatIsThereStopsAFreshOutput() async throws {
    try await put("in/1")
    let job = Job(name: "job", reads: ["in"], writes: ["out"], isFresh: true)
    let failed = try await run([job], atOnce: 1, faults: ["job=fail"])
    #expect(failed.steps.map(\.state) == [.failed])
    #expect(try await keys("out/").allSatisfy { $0.hasPrefix("out/_temporary/") })
    let again = try await run([job], atOnce: 1)
    #expect(again.steps[0].failure?.message.hasPrefix("FileAlreadyExistsException") == true)
    for key in try await keys("out/") {
      try await store.delete(bucket: "b", key: key, ifMatch: nil)
    }
    #expect(try await run([job], atOnce: 1).steps.map(\.state) == [.completed])
    var merging = job
    merging.isFresh = false
    #expect(try await run([merging], atOnce: 1).steps.map(\.state) == [.completed])
  }

  /// Hadoop takes a folder below those that it lists for a file; it doesn't see hidden ones.
  @Test(arguments: [
    (["in/1", "in/a/2"], Int64(1), nil), (["in/a/1", "in/a/b/2"], 1, "s3://b/in/a/b"),
    (["in/a/1"], 0, "s3://b/in/a"), (["in/1", "in/a/b/c/2"], 1, "s3://b/in/a/b"),
    (["in/1", "in/a/b/_c"], 1, "s3://b/in/a/b"), (["in/1", "in/a/_b/c", "in/.a/b/c"], 1, nil),
    (["in/a/b/c/1"], nil, nil),
  ])
  func aProgramFailsOnFoldersThatItDoesNotRead(
    _ files: [String], depth: Int64?, folder: String?
  ) async throws {
    for key in files { try await put(key) }
    let (steps, _) = try await run(
      [Job(name: "job", reads: ["in"], writes: ["out"], depth: depth)], atOnce: 1)
    #expect(steps.map(\.state) == [folder == nil ? .completed : .failed])
    #expect(steps[0].failure?.message == folder.map { "IOException: Not a file: \($0)" })
  }

  @Test func onlyStepsThatContinueRunSideBySide() async throws {
    let job = Job(name: "job", action: "CANCEL_AND_WAIT")
    await #expect(throws: CloudError.self) { try await run([job], atOnce: 2) }
  }

  @Test func whatIsProtectedIsNotTerminated() async throws {
    let jobs = [Job(name: "one", action: "TERMINATE_CLUSTER"), Job(name: "two")]
    let failed = try await run(jobs, atOnce: 1, faults: ["one=fail"], isProtected: true)
    #expect(failed.steps.map(\.state) == [.failed, .cancelled])
    #expect(failed.cluster.state == .waiting)
    let emr = SimulatedEMR(
      folder: folder, start: Value.Timestamp(seconds: 0, nanoseconds: 0), effects: StepEffects())
    await #expect(throws: CloudError.self) {
      try await emr.terminateJobFlows([failed.cluster.id])
    }
    #expect(try await run(jobs, atOnce: 1, isProtected: true).cluster.state == .terminated)
  }
}
