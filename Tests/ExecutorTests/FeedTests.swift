import AWSServices
import Diagnostics
import Executor
import Foundation
import PlanFormat
import Reports
import Sandbox
import TestSupport
import Testing
import Values

/// Runs whose steps are added when those before them are completed.
@Suite struct FeedTests {
  /// Branches of steps, each of which reads what the one before it writes.
  struct Branches {
    var count = 3
    var length = 5
    var atOnce: Int64 = 3
    var reusedID: String?
    /// Whether others use that cluster, too.
    var isShared = false
    var tries: Int64 = 1
    var timeouts: [String: Int64] = [:]
    /// A step that reads the ends of all branches.
    var hasJoin = false
    var isFed = true
    var action = "CONTINUE"

    static func name(_ branch: Int, _ number: Int) -> String { "\(branch).\(number)" }

    private var names: [String] {
      // Side by side in the plan too.
      (0..<length).flatMap { number in (0..<count).map { Self.name($0, number) } }
        + (hasJoin ? ["join"] : [])
    }

    private func accesses(_ name: String) -> [Plan.Access] {
      let place = { (name: String) in "s3://work/\(name)/" }
      let parts = name.split(separator: ".").compactMap { Int($0) }
      let sources =
        parts.count < 2
        ? (0..<count).map { place(Self.name($0, length - 1)) }
        : [parts[1] == 0 ? "s3://in/logs/" : place(Self.name(parts[0], parts[1] - 1))]
      return sources.map { Plan.Access(mode: .read, place: $0, dataset: "") }
        + [Plan.Access(mode: .write, place: place(name), dataset: "", isOwn: true)]
    }

    var plan: Plan {
      var plan = Plan(madeBy: "test", pipeline: "branches", runID: "r", runTime: World.start)
      plan.cluster = Plan.Cluster(
        name: "Small", region: "eu-west-1", release: "6.15.0", isPersistent: reusedID != nil)
      plan.cluster.isFed = isFed
      plan.cluster.isKeptForMore = !isFed
      plan.cluster.reusedID = reusedID
      plan.cluster.isShared = isShared
      plan.steps = names.map { name in
        Plan.Step(
          name: name, stage: "s", actionOnFailure: action, maximumTries: tries,
          timeoutSeconds: timeouts[name] ?? 0, accesses: accesses(name), origin: nil)
      }
      let steps = Value.list(
        names.map { name in
          .object([
            "Name": .string(name), "ActionOnFailure": .string(action),
            "HadoopJarStep": .object(["Jar": .string("s3://jars/job.jar")]),
          ])
        })
      let body: Value =
        if let reusedID {
          .object(["JobFlowId": .string(reusedID), "Steps": steps])
        } else {
          .object([
            "Name": .string("Small"), "Steps": steps, "StepConcurrencyLevel": .int(atOnce),
            "Instances": .object(["KeepJobFlowAliveWhenNoSteps": .bool(true)]),
          ])
        }
      plan.requests = [
        Plan.Request(
          operation: reusedID == nil ? "RunJobFlow" : "AddJobFlowSteps", body: body)
      ]
      plan.addInOrder()
      if !isFed { for index in plan.steps.indices { plan.steps[index].predecessors = [] } }
      return plan
    }
  }

  /// The pairs of steps of which the later one started before the earlier one was completed.
  static func disorder(_ steps: [StepDescription], _ plan: Plan) -> [String] {
    var ends: [String: Int64] = [:]
    for step in steps where step.state == .completed { ends[step.name] = step.ended?.seconds }
    return steps.flatMap { step in
      let planned = plan.steps.first { $0.name == step.name }
      return (planned?.predecessors ?? []).map(\.step).filter { earlier in
        step.started.map { $0.seconds < ends[earlier] ?? .max } ?? false
      }.map { "\(step.name) before \($0)" }
    }
  }

  private static func world(_ faults: String...) async throws -> World {
    let world = World(faults: Faults(faults.compactMap { Faults.parse($0) }))
    try await world.fill()
    return world
  }

  private static func steps(_ world: World, _ plan: Plan) async throws -> [StepDescription] {
    let emr = world.calm.emr(plan)
    var all: [StepDescription] = []
    for cluster in try await world.calm.clusters(plan) {
      all += try await emr.listSteps(cluster: cluster.id)
    }
    return all
  }

  private static func span(_ steps: [StepDescription]) -> Int64 {
    (steps.compactMap(\.ended?.seconds).max() ?? 0)
      - (steps.compactMap(\.started?.seconds).min() ?? 0)
  }

  /// The longest of the branches, each step with the time until the next look at the cluster.
  private static func bound(_ steps: [StepDescription], _ branches: Int) -> Int64 {
    (0..<branches).map { branch in
      steps.filter { $0.name.hasPrefix("\(branch).") }.map { step in
        (step.ended?.seconds ?? 0) - (step.started?.seconds ?? 0) + 16
      }.reduce(0, +)
    }.max() ?? 0
  }

  @Test func branchesRunSideBySide() async throws {
    var contents: [[String: String]] = []
    for atOnce in [1, 3] as [Int64] {
      let world = try await Self.world()
      var branches = Branches()
      branches.atOnce = atOnce
      branches.hasJoin = true
      let plan = branches.plan
      let outcome = try await RunTests.apply(plan, in: world)
      #expect(outcome.status == .success, "\(outcome.summary)")
      let steps = try await Self.steps(world, plan)
      #expect(steps.count == 16 && steps.allSatisfy { $0.state == .completed })
      #expect(Self.disorder(steps, plan) == [])
      let work = steps.filter { $0.name != "join" }
      if atOnce == 3 {
        #expect(Self.span(work) <= Self.bound(work, 3), "they take the time of the longest branch")
      } else {
        #expect(Self.span(work) > Self.bound(work, 3) * 2)
      }
      #expect(try await world.clusters(plan).allSatisfy { !$0.state.isLive })
      contents.append(world.objects())
    }
    #expect(contents[0] == contents[1])
  }

  /// Steps that can be added at one time are added by one request.
  @Test func stepsOfOneTimeShareARequest() async throws {
    let world = try await Self.world()
    var plan = Branches(count: 8, length: 1, atOnce: 8, hasJoin: true).plan
    // All but the first wait for it.
    for index in plan.steps.indices.dropFirst().dropLast() {
      plan.steps[index].predecessors = [Plan.Predecessor(step: "0.0", reason: .after)]
    }
    let all = plan.requests.flatMap { $0.body["Steps"].items }
    if case .map(var body) = plan.requests[0].body {
      body["Steps"] = .list([all[0]])
      plan.requests[0].body = .map(body)
    }
    plan.requests = [
      plan.requests[0],
      Plan.Request(
        operation: "AddJobFlowSteps", body: .object(["Steps": .list(Array(all.dropFirst()))])),
    ]
    let counting = CountingEMR(world.emr(plan))
    let outcome = await Executor.apply(
      plan, services: try world.services(plan, emr: counting), options: World.options(plan))
    #expect(outcome.status == .success, "\(outcome.summary)")
    #expect(counting.bodies.count == 3)
  }

  @Test func aFailureStopsOnlyWhatDependsOnIt() async throws {
    let world = try await Self.world("1.1=fail")
    var branches = Branches()
    branches.hasJoin = true
    let plan = branches.plan
    let outcome = try await RunTests.apply(plan, in: world)
    #expect(outcome.failure?.code == .stepFailed)
    #expect(outcome.summary == "the step `1.1` failed")
    let steps = try await Self.steps(world, plan)
    #expect(steps.count { $0.state == .completed } == 11)
    #expect(Set(steps.map(\.name)).isDisjoint(with: ["1.2", "1.3", "1.4", "join"]))
    #expect(try await world.clusters(plan).allSatisfy { !$0.state.isLive })
    let report = try #require(outcome.report)
    #expect(report.heldBack.map(\.step) == ["1.2", "1.3", "1.4", "join"])
    #expect(report.heldBack.allSatisfy { $0.causes == ["1.1"] })
    #expect(ReportText.lines(report).contains("    - `join`, as `1.1` did not complete"))
    let told = world.recorder.events.compactMap { event -> [String]? in
      if case .heldBack(let steps, ["1.1"]) = event.kind { steps } else { nil }
    }
    #expect(told == [["1.2", "1.3", "1.4", "join"]])
    // Only what is missing runs again.
    #expect(report.recovery?.leftOut.count == 11)
    #expect(report.recovery?.stepCount == 5)
    #expect(report.recovery?.again == [])
  }

  @Test func onlyTheFailedStepIsTriedAgain() async throws {
    let world = try await Self.world("1.1=fail:2")
    var branches = Branches()
    branches.tries = 3
    let plan = branches.plan
    let outcome = try await RunTests.apply(plan, in: world)
    #expect(outcome.status == .success, "\(outcome.summary)")
    let steps = try await Self.steps(world, plan)
    #expect(steps.count == 17 && steps.count { $0.name == "1.1" } == 3)
    #expect(Self.disorder(steps, plan) == [])
  }

  @Test func aStepThatTakesTooLongIsCancelledAlone() async throws {
    let world = try await Self.world()
    var branches = Branches()
    branches.timeouts = ["1.1": 60]
    let plan = branches.plan
    let outcome = try await RunTests.apply(plan, in: world)
    #expect(outcome.failure?.code == .timeLimitPassed)
    #expect(outcome.summary == "cancelled, as the step `1.1` took longer than 60 s")
    let steps = try await Self.steps(world, plan)
    #expect(steps.count { $0.state == .completed } == 11)
    #expect(steps.filter { $0.state == .cancelled }.map(\.name) == ["1.1"])
    #expect(!steps.contains { $0.name == "1.2" })
  }

  @Test(arguments: [
    "AddJobFlowSteps=lost-answer", "AddJobFlowSteps=throttled-but-done:2",
    "AddJobFlowSteps=throttled", "ListSteps=throttled:5", "RunJobFlow=lost-answer",
    "0.1=lost-answer",
  ]) func lostAnswersAddNothingTwice(_ fault: String) async throws {
    let world = try await Self.world(fault)
    let plan = Branches().plan
    let outcome = try await RunTests.apply(plan, in: world)
    #expect(outcome.status == .success, "\(outcome.summary)")
    let steps = try await Self.steps(world, plan)
    #expect(steps.map(\.name).sorted() == plan.steps.map(\.name).sorted())
    #expect(Self.disorder(steps, plan) == [])
  }

  /// The process dies at any point, and the journal is lost, or replaced by an older copy.
  @Test(arguments: ["other.db", "copy.db"]) func aLostJournalAddsNothingTwice(
    _ journal: String
  ) async throws {
    for point in stride(from: 4, through: 40, by: 4) {
      let world = try await Self.world()
      let plan = Branches().plan
      let file = world.folder.path + "/copy.db"
      let counter = Counter()
      let services = try world.services(plan) { checkpoint in
        let count = counter.next()
        if case .afterEntry("added") = checkpoint, counter.isFirstAddition {
          try? FileManager.default.copyItem(atPath: world.folder.path + "/journal.db", toPath: file)
        }
        if count == point { withUnsafeCurrentTask { $0?.cancel() } }
      }
      let options = World.options(plan)
      _ = await Task {
        await Executor.apply(plan, services: services, options: options)
      }.value
      let outcome = await Executor.apply(
        plan, services: try world.services(plan, process: 2, journal: journal),
        options: World.options(plan))
      #expect(outcome.status == .success, "at \(point): \(outcome.summary)")
      let steps = try await Self.steps(world, plan)
      #expect(
        steps.map(\.name).sorted() == plan.steps.map(\.name).sorted(), "at \(point)")
      #expect(Self.disorder(steps, plan) == [], "at \(point)")
    }
  }

  private final class Counter: @unchecked Sendable {
    private let lock = NSLock()
    private var count = 0
    private var additions = 0

    func next() -> Int {
      lock.withLock {
        count += 1
        return count
      }
    }

    var isFirstAddition: Bool {
      lock.withLock {
        additions += 1
        return additions == 1
      }
    }
  }

  // MARK: A cluster that others use, too

  /// What others run on the cluster counts.
  @Test func stepsAreAddedAsThereIsRoom() async throws {
    for isFed in [true, false] {
      let world = try await Self.world()
      let plan = Branches(count: 300, length: 1, atOnce: 100, isFed: isFed).plan
      let outcome = try await RunTests.apply(plan, in: world)
      #expect(outcome.status == .success, "\(outcome.summary)")
      let steps = try await Self.steps(world, plan)
      #expect(steps.count == 300 && Set(steps.map(\.name)).count == 300)
    }
  }

  /// What EMR cancels after a failure has no successors.
  @Test func nothingIsAddedAfterAFailureThatEndsTheRun() async throws {
    let world = try await Self.world("1.0=fail")
    let plan = Branches(
      count: 260, length: 1, atOnce: 1, isFed: false, action: "CANCEL_AND_WAIT"
    ).plan
    let outcome = try await RunTests.apply(plan, in: world)
    #expect(outcome.failure?.code == .stepFailed)
    let steps = try await Self.steps(world, plan)
    #expect(steps.count == 256)
    #expect(steps.count { $0.state == .completed } == 1)
    #expect(try await world.clusters(plan).allSatisfy { !$0.state.isLive })
  }

  @Test func theStepsOfOthersTakeRoom() async throws {
    let world = try await Self.world()
    var branches = Branches()
    branches.reusedID = try await world.waitingCluster(atOnce: 50)
    branches.count = 20
    branches.length = 2
    let plan = branches.plan
    let taken = branches.reusedID ?? ""
    let emr = world.emr(plan)
    let services = try world.services(plan) { checkpoint in
      guard case .afterEntry("claimed") = checkpoint else { return }
      _ = try? await emr.addJobFlowSteps(
        .object([
          "JobFlowId": .string(taken),
          "Steps": .list(
            (0..<250).map { number in
              .object([
                "Name": .string("other \(number)"), "ActionOnFailure": .string("CONTINUE"),
              ])
            }),
        ]))
    }
    let outcome = await Executor.apply(plan, services: services, options: World.options(plan))
    #expect(outcome.status == .success, "\(outcome.summary)")
    let steps = try await emr.listSteps(cluster: branches.reusedID ?? "")
    #expect(steps.count == 290)
    let first = steps.dropFirst(250).first?.created
    #expect(steps.count { $0.created == first && !$0.name.hasPrefix("other") } == 6)
  }

  /// `cancel` marks the cluster, since the process that watches would go on adding steps.
  @Test(arguments: [false, true])
  func nothingIsAddedAfterACancellation(isShared: Bool) async throws {
    let world = try await Self.world()
    var branches = Branches()
    branches.isShared = isShared
    branches.reusedID = try await world.waitingCluster(atOnce: 3)
    let plan = branches.plan
    let emr = world.emr(plan)
    let journal = try world.services(plan).journal
    let key = World.options(plan).runKey
    let services = try world.services(plan) { checkpoint in
      guard case .afterRequest("AddJobFlowSteps") = checkpoint,
        let overview = try? Executor.status(of: key, in: journal, isAlive: { _ in true }),
        overview.steps.contains(where: { $0.state == .completed })
      else { return }
      _ = try? await Executor.cancel(overview, of: plan, isFed: true, emr: emr)
    }
    let outcome = await Executor.apply(plan, services: services, options: World.options(plan))
    #expect(outcome.status == .failure)
    #expect(outcome.failure?.code == .stepFailed, "\(outcome.summary)")
    let steps = try await emr.listSteps(cluster: branches.reusedID ?? "")
    #expect(steps.allSatisfy { $0.state.isFinal })
    #expect(steps.count <= 9, "\(steps.count)")
  }

  // MARK: What people see

  @Test func statusSaysWhatAStepWaitsFor() {
    let plan = Branches(count: 2, length: 2, hasJoin: true).plan
    var done = StepDescription(id: "s-1", name: "0.0", state: .completed)
    done.started = World.start
    let failed = StepDescription(id: "s-2", name: "1.0", state: .failed)
    #expect(
      StepOutlook.of(plan, steps: [done], isOver: false) == [
        "0.1": .ready, "1.0": .ready, "1.1": .waiting(for: ["1.0"]),
        "join": .waiting(for: ["0.1", "1.1"]),
      ])
    #expect(
      StepOutlook.of(plan, steps: [done, failed], isOver: true) == [
        "0.1": .heldBack(by: []), "1.1": .heldBack(by: ["1.0"]), "join": .heldBack(by: ["1.0"]),
      ])
  }
}
