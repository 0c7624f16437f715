import AWSServices
import Locations
import PlanFormat
import Values

/// Makes the plan of a small pipeline by hand.
struct PlanBuilder {
  var runID = "2026-11-23-18-00-00"
  var isPersistent = false
  var reusedID: String?
  var bootstrapTries: Int64 = 1
  var lifetimeMinutes: Int64 = 0
  /// Names of steps that are done.
  var leftOut: [String] = []
  var emptiedFirst: [String] = []
  var isProtected = false
  var stepTimeout: Int64 = 0
  /// The waits before further tries of each step; a cluster of the run's own is kept for them.
  var retryWaits: [Int64] = []
  var timeout: Int64 = 0
  var idleTimeout: Int64 = 7200
  var facts: [Plan.Fact] = []
  /// How many steps run at once; if several do, each is added when those before it are completed.
  var atOnce: Int64 = 1

  private var isFed: Bool { atOnce > 1 }

  static let raw = "s3://work/raw/"
  static let good = "s3://work/good/"

  private struct Template {
    var name: String
    var stage: String
    var jar = "s3://jars/job.jar"
    var arguments: [String]
    var tries: Int64
    var accesses: [Plan.Access]
  }

  private static func copy(_ from: String, _ to: String, _ more: [String] = []) -> [String] {
    ["--src", from, "--dest", to] + more
  }

  private var templates: [Template] {
    let copier = "/usr/share/aws/emr/s3-dist-cp/lib/s3-dist-cp.jar"
    let run = "run=\(runID)/"
    func access(_ mode: Plan.Access.Mode, _ place: String, _ dataset: String) -> Plan.Access {
      Plan.Access(
        mode: mode, place: place, dataset: dataset,
        isOwn: mode == .write && place.hasSuffix(run))
    }
    return [
      Template(
        name: "[staging] Copy", stage: "staging", jar: copier,
        arguments: Self.copy("s3://in/logs/", Self.raw, ["--deleteOnSuccess"]), tries: 3,
        accesses: [
          access(.read, "s3://in/logs/", "raw_in"), access(.write, Self.raw, "raw"),
          access(.delete, "s3://in/logs/", "raw_in"),
        ]),
      Template(
        name: "[enrich] Fetch", stage: "enrich", jar: copier,
        arguments: Self.copy(Self.raw, "hdfs:///raw/"), tries: 3,
        accesses: [access(.read, Self.raw, "raw"), access(.write, "hdfs:///raw/", "raw_hdfs")]),
      Template(
        name: "[enrich] Enrich", stage: "enrich", arguments: ["{{secret: config.yml#/password}}"],
        tries: 3,
        accesses: [
          access(.read, "hdfs:///raw/", "raw_hdfs"),
          access(.write, "hdfs:///enriched/", "enriched"),
        ]),
      Template(
        name: "[enrich] Keep", stage: "enrich", jar: copier,
        arguments: Self.copy(
          "hdfs:///enriched/", Self.good + run,
          ["--groupBy", ".*(part-)\\d+-(.*)", "--targetSize", "24", "--outputCodec", "gz"]),
        tries: 3,
        accesses: [
          access(.read, "hdfs:///enriched/", "enriched"),
          access(.write, Self.good + run, "good"),
        ]),
      Template(
        name: "[load] Load", stage: "load", arguments: ["--folder", Self.good + run], tries: 1,
        accesses: [access(.read, Self.good + run, "good")]),
      Template(
        name: "[archive] Raw", stage: "archive", jar: copier,
        arguments: Self.copy(Self.raw, "s3://archive/raw/" + run, ["--deleteOnSuccess"]), tries: 3,
        accesses: [
          access(.read, Self.raw, "raw"), access(.write, "s3://archive/raw/" + run, "archive"),
          access(.delete, Self.raw, "raw"),
        ]),
      Template(
        name: "[archive] Good", stage: "archive", jar: copier,
        arguments: Self.copy(
          Self.good + run, "s3://archive/good/" + run, ["--deleteOnSuccess"]), tries: 3,
        accesses: [
          access(.read, Self.good + run, "good"),
          access(.write, "s3://archive/good/" + run, "good_archive"),
          access(.delete, Self.good + run, "good"),
        ]),
    ]
  }

  private var steps: [Template] { templates.filter { !leftOut.contains($0.name) } }

  var plan: Plan {
    var plan = Plan(madeBy: "test", pipeline: "small", runID: runID, runTime: World.start)
    plan.cluster = Plan.Cluster(
      name: "Small", region: "eu-west-1", release: "5.36.0", isPersistent: isPersistent)
    plan.cluster.reusedID = reusedID
    plan.cluster.isKeptForRetries = !isPersistent && !retryWaits.isEmpty
    plan.cluster.isFed = isFed
    plan.cluster.bootstrapTries = bootstrapTries
    plan.cluster.lifetimeMinutes = lifetimeMinutes
    plan.cluster.logURI = "s3://log/emr/"
    plan.facts = facts
    plan.timeoutSeconds = timeout
    plan.secrets = ["config.yml#/password"]
    plan.arguments = ["-c", "config.yml"]
    let action = action
    plan.steps = steps.map { template in
      var step = Plan.Step(
        name: template.name, stage: template.stage, actionOnFailure: action,
        maximumTries: template.tries, timeoutSeconds: stepTimeout, accesses: template.accesses,
        origin: Plan.Origin(file: "small.yml", line: 12, column: 7, excerpt: "    - name: x"))
      step.isOnce = template.stage == "load"
      if !retryWaits.isEmpty, template.tries > 1 {
        step.retryWaits = retryWaits
        step.maximumTries = Int64(retryWaits.count) + 1
        if template.name == "[enrich] Keep" {
          step.emptiedBeforeRetry = [Self.good + "run=\(runID)/"]
        }
      }
      return step
    }
    plan.done = templates.filter { leftOut.contains($0.name) }.map {
      Plan.DoneStep(name: $0.name, accesses: $0.accesses)
    }
    plan.emptiedFirst = emptiedFirst
    plan.requests = [request]
    if isFed { plan.addInOrder() }
    return plan
  }

  private var action: String {
    if isFed { return "CONTINUE" }
    return isPersistent || !retryWaits.isEmpty ? "CANCEL_AND_WAIT" : "TERMINATE_JOB_FLOW"
  }

  private var request: Plan.Request {
    let steps = Value.list(
      steps.map { template in
        .object([
          "Name": .string(template.name), "ActionOnFailure": .string(action),
          "HadoopJarStep": .object([
            "Jar": .string(template.jar), "Args": .strings(template.arguments),
          ]),
        ])
      })
    if let reusedID {
      return Plan.Request(
        operation: "AddJobFlowSteps",
        body: .object(["JobFlowId": .string(reusedID), "Steps": steps]))
    }
    return Plan.Request(
      operation: "RunJobFlow",
      body: .object([
        "Name": .string("Small"), "LogUri": .string("s3://log/emr/"), "Steps": steps,
        "Instances": .object([
          "KeepJobFlowAliveWhenNoSteps": .bool(isPersistent || isFed || !retryWaits.isEmpty),
          "TerminationProtected": .bool(isProtected),
        ]),
        "StepConcurrencyLevel": .int(atOnce),
        "AutoTerminationPolicy": retryWaits.isEmpty
          ? .null : .object(["IdleTimeout": .int(idleTimeout)]),
        "BootstrapActions": .list([.object(["Name": .string("setup")])]),
        "Tags": .list([.object(["Key": .string("owner"), "Value": .string("us")])]),
      ]))
  }
}

extension Plan {
  /// Orders the steps by the places that they use, and leaves to the first request only those that
  /// wait for none.
  mutating func addInOrder() {
    for later in steps.indices {
      steps[later].predecessors = steps[..<later].compactMap { earlier in
        for mine in steps[later].accesses {
          for theirs in earlier.accesses
          where (mine.mode != .read || theirs.mode != .read)
            && Location.overlap(mine.place, theirs.place)
          {
            return Predecessor(
              step: earlier.name,
              reason: .data(place: mine.place, earlier: theirs.mode, later: mine.mode))
          }
        }
        return nil
      }
    }
    guard requests[0].operation == "RunJobFlow", case .map(var body) = requests[0].body else {
      return
    }
    let all = requests[0].body["Steps"].items
    let first = steps.prefix { $0.predecessors.isEmpty }.prefix(256).count
    body["Steps"] = .list(Array(all.prefix(first)))
    requests[0].body = .map(body)
    let rest = Array(all.dropFirst(first))
    for start in stride(from: 0, to: rest.count, by: 256) {
      requests.append(
        Request(
          operation: "AddJobFlowSteps",
          body: .object(["Steps": .list(Array(rest[start...].prefix(256)))])))
    }
  }
}
