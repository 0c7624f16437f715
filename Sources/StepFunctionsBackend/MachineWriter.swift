import Diagnostics
import PlanFormat
import SourceText
import Targets
import Values

/// Writes a deployment as a state machine in the Amazon States Language, with JSONata.
///
/// States pass on a map from the names of steps that have failed, or were left out because of that, to
/// the errors. Variables hold the rest: `runId`, `runTime` (milliseconds), `deadline`, `params`,
/// `secrets`, `clusterId`, `fact0`, `fact1`, …, each true if the fact agrees with the plan, and
/// `answer0`, `answer1`, …, the names that are found; empty if there is none.
struct MachineWriter {
  let deployment: Deployment
  let settings: MachineSettings
  let madeBy: String
  let partition: String
  var diagnostics: [Diagnostic] = []
  private(set) var events = 0
  private(set) var usesPollingForCluster = false
  var names = StateNames()
  /// The name of each step's state, in the plan's order.
  var stepNames: [String] = []
  var steps: [Value] = []
  /// The role that each step runs with; nil: the cluster's.
  var stepRoles: [Value?] = []
  let jobFlow: ValueMap?
  /// The state that follows the last step, and any step whose failure ends the run.
  var ending = ""

  var plan: Plan { deployment.plan }
  /// Whether the run has its own cluster.
  var isOwn: Bool { jobFlow != nil && !plan.cluster.isPersistent }

  init(_ deployment: Deployment, _ settings: MachineSettings, madeBy: String) {
    self.deployment = deployment
    self.settings = settings
    self.madeBy = madeBy
    partition = Self.partition(of: deployment.plan.cluster.region)
    var jobFlow: ValueMap?
    for request in deployment.plan.requests {
      guard case .map(var body) = request.body, case .list(let added)? = body["Steps"] else {
        continue
      }
      let role = body["ExecutionRoleArn"] ?? body["StepExecutionRoleArn"]
      steps += added
      stepRoles += added.map { _ in role }
      if request.operation == "RunJobFlow" {
        body["Steps"] = nil
        body["StepExecutionRoleArn"] = nil
        jobFlow = body
      }
    }
    self.jobFlow = jobFlow
  }

  static func partition(of region: String) -> String {
    region.hasPrefix("cn-") ? "aws-cn" : region.hasPrefix("us-gov-") ? "aws-us-gov" : "aws"
  }

  func resource(_ action: String) -> Value { .string("arn:\(partition):states:::\(action)") }

  func text(_ text: String) -> Value { .string(JSONata.field(deployment.template(text))) }

  func value(_ value: Value) -> Value { JSONata.value(value, deployment.template) }

  mutating func count(_ more: Int) {
    let (sum, overflow) = events.addingReportingOverflow(more)
    events = overflow ? Int.max : sum
  }

  // MARK: The machine

  mutating func machine() -> Value {
    let isSideBySide = plan.cluster.isFed || concurrency > 1
    let begin = names.name("Begin")
    let nameTheRun = names.name("Name the run")
    let checked = names.name("Is the input right?")
    let look = lookUps()
    let secrets = secretTasks()
    let create = clusterBlocks()
    stepNames = plan.steps.map { step in names.name(shown(step.name)) }
    ending = names.name(isOwn ? "Terminate the cluster" : "The steps have ended")
    let works =
      isSideBySide ? StepOrder(predecessors).nest : .series(plan.steps.indices.map { .step($0) })
    if works.width > StepFunctionsFiles.maximumActiveSteps {
      diagnostics.append(.tooManyActiveSteps(works.width, at: deployment.jobFlow?.span))
    }
    var machine = MachineStates()
    var blocks: [Block] = []
    blocks.append(beginning(begin, nameTheRun, checked))
    blocks += look + secrets
    if let anything = anythingToDo() { blocks.append(anything) }
    blocks += create
    blocks += stepBlocks(works)
    blocks.append(theEnd())
    machine.add(chain(blocks, next: nil).states)
    count(machine.events + Events.plain)
    if settings.waiting == .polling || usesPollingForCluster {
      count(pollEvents(width: works.width))
    }
    var map = ValueMap([
      "Comment": .string("\(plan.pipeline), compiled by \(madeBy)"),
      "QueryLanguage": .string("JSONata"),
      "StartAt": .string(begin),
    ])
    map["States"] = .map(machine.states)
    return .map(map)
  }

  var concurrency: Int64 {
    if case .int(let level)? = jobFlow?["StepConcurrencyLevel"] { level } else { 1 }
  }

  /// For each step of the plan, the steps that it follows.
  var predecessors: [[Int]] {
    var numbers: [String: Int] = [:]
    for (number, step) in plan.steps.enumerated() where numbers[step.name] == nil {
      numbers[step.name] = number
    }
    return plan.steps.map { step in step.predecessors.compactMap { numbers[$0.step] } }
  }

  /// The events of polling for as long as the run may take; a day if it has no limit.
  private func pollEvents(width: Int) -> Int {
    let longest = plan.timeoutSeconds > 0 ? plan.timeoutSeconds : 86_400
    let eager = 600 / settings.pollSeconds + 1
    let polls = Int(clamping: longest / max(300, settings.pollSeconds))
    let each = Events.task + 2 * Events.plain
    return (polls * max(1, width) + Int(clamping: eager) * (plan.steps.count + 1)) * each
  }

  mutating func usesPolling() { usesPollingForCluster = true }

  // MARK: The beginning

  private mutating func beginning(_ begin: String, _ name: String, _ check: String) -> Block {
    let bad = names.name("The input is wrong")
    return Block(start: begin) { writer, next in
      var states = MachineStates()
      var defaults = ValueMap()
      for parameter in writer.deployment.parameters where parameter.fixed == nil {
        if let value = parameter.value { defaults[parameter.name] = .string(value) }
      }
      let started =
        "$exists($states.input.runTime) ? $states.input.runTime : $states.context.Execution.StartTime"
      var assigned = ValueMap([
        "runTime": .string(JSONata.braced("$toMillis(\(started))")),
        "defaults": .map(defaults), "secrets": object([:]), "failed": object([:]),
      ])
      if writer.plan.timeoutSeconds > 0 {
        assigned["deadline"] = .string(
          JSONata.braced("$millis() + \(writer.plan.timeoutSeconds)000"))
      }
      var state = ValueMap(["Type": .string("Pass"), "Assign": .map(assigned)])
      state.link(to: name)
      states.add(begin, state, events: Events.plain)
      let usual = JSONata.time(0, "%Y-%m-%d-%H-%M-%S")
      var named = ValueMap([
        "runId": .string(
          JSONata.braced("$exists($states.input.runId) ? $states.input.runId : \(usual)")),
        "params": .string(JSONata.braced("$merge([$defaults, $states.input.params])")),
      ])
      if !writer.isOwn {
        named["clusterId"] = .string(
          JSONata.braced("$exists($states.input.clusterId) ? $states.input.clusterId : ''"))
      }
      state = ValueMap(["Type": .string("Pass"), "Assign": .map(named)])
      let problems = writer.inputProblems
      if !problems.isEmpty { state["Output"] = .string(JSONata.braced("$states.input")) }
      state["Output"] = problems.isEmpty ? .map(ValueMap()) : state["Output"]
      state.link(to: problems.isEmpty ? next : check)
      states.add(name, state, events: Events.plain)
      guard !problems.isEmpty else { return states }
      let choices = problems.map { problem in
        object([
          "Condition": .string(JSONata.braced(problem.condition)),
          "Output": .string(problem.message), "Next": .string(bad),
        ])
      }
      state = ValueMap(["Type": .string("Choice"), "Choices": .list(choices)])
      state["Output"] = .map(ValueMap())
      state["Default"] = .string(next ?? bad)
      states.add(check, state, events: Events.plain)
      states.add(
        bad,
        ValueMap([
          "Type": .string("Fail"), "Error": .string("Penstock.Input"),
          "Cause": .string(JSONata.braced("$states.input")),
        ]), events: Events.plain)
      return states
    }
  }

  /// Conditions under which the execution's input is wrong, each with what to say.
  private var inputProblems: [(condition: String, message: String)] {
    var problems: [(condition: String, message: String)] = []
    if !isOwn {
      problems.append(("$clusterId = ''", "the input has no clusterId: the cluster to work on"))
    }
    for parameter in deployment.parameters {
      let name = JSONata.quoted(parameter.name)
      if let reason = parameter.fixed {
        problems.append(
          (
            "$exists($lookup($params, \(name)))",
            "the parameter \(parameter.name) can't be set: \(reason)"
          ))
      } else if parameter.value == nil {
        problems.append(
          ("$not($exists($lookup($params, \(name))))", "the parameter \(parameter.name) is missing")
        )
      }
    }
    return problems
  }

  // MARK: The end

  /// Terminates the cluster, and fails if a step has failed.
  private mutating func theEnd() -> Block {
    let unprotect = isProtected ? names.name("Lift the cluster's protection") : nil
    let ended = names.name("Have all steps ended well?")
    let succeeded = names.name("Done")
    let failed = names.name("A step has failed")
    let ending = ending
    // Every way to the end leads through the state that lifts the protection.
    if let unprotect { self.ending = unprotect }
    return Block(start: unprotect ?? ending) { writer, _ in
      var states = MachineStates()
      let input = Value.string(JSONata.braced("$states.input"))
      let retry = writer.retry(of: "States.ALL", tries: 9, seconds: 5, rate: 2, limit: 300)
      if let unprotect {
        var state = ValueMap([
          "Type": .string("Task"),
          "Resource": writer.resource("elasticmapreduce:setClusterTerminationProtection"),
          "Arguments": object([
            "ClusterId": .string(JSONata.braced("$clusterId")),
            "TerminationProtected": .bool(false),
          ]),
          "Retry": retry, "Output": input,
        ])
        if writer.settings.waiting == .polling {
          state["Resource"] = writer.resource("aws-sdk:emr:setTerminationProtection")
          state["Arguments"] = object([
            "JobFlowIds": .list([.string(JSONata.braced("$clusterId"))]),
            "TerminationProtected": .bool(false),
          ])
        }
        state.link(to: ending)
        states.add(unprotect, state, events: Events.task(tries: 9))
      }
      if writer.isOwn {
        var state = ValueMap([
          "Type": .string("Task"),
          "Comment": .string("Always reached once there is a cluster."),
          "Resource": writer.resource("elasticmapreduce:terminateCluster"),
          "Arguments": object(["ClusterId": .string(JSONata.braced("$clusterId"))]),
          "Retry": retry, "Output": input,
        ])
        if writer.settings.waiting == .polling {
          state["Resource"] = writer.resource("aws-sdk:emr:terminateJobFlows")
          state["Arguments"] = object([
            "JobFlowIds": .list([.string(JSONata.braced("$clusterId"))])
          ])
        }
        state.link(to: ended)
        states.add(ending, state, events: Events.task(tries: 9))
      } else {
        var state = ValueMap(["Type": .string("Pass")])
        state.link(to: ended)
        states.add(ending, state, events: Events.plain)
      }
      states.add(
        ended,
        .choice(if: "$count($keys($states.input)) > 0", then: failed, otherwise: succeeded),
        events: Events.plain)
      states.add(
        succeeded,
        ValueMap([
          "Type": .string("Succeed"),
          "Output": object([
            "outcome": .string("done"), "runId": .string(JSONata.braced("$runId")),
          ]),
        ]), events: Events.plain)
      states.add(
        failed,
        ValueMap([
          "Type": .string("Fail"), "Error": .string("Penstock.StepFailed"),
          "Cause": .string(
            JSONata.braced(
              "$join($each($states.input, function($error, $step) { $step & ': ' & $error }), '; ')"
            )),
        ]), events: Events.plain)
      return states
    }
  }

  private var isProtected: Bool {
    guard isOwn, case .map(let instances)? = jobFlow?["Instances"],
      case .bool(true)? = instances["TerminationProtected"]
    else { return false }
    return true
  }

  /// Ends the run before it makes a cluster if no step is to be done; nil if some step always is.
  private mutating func anythingToDo() -> Block? {
    guard !plan.steps.isEmpty, deployment.conditions.count == plan.steps.count,
      deployment.conditions.allSatisfy({ !$0.isEmpty })
    else { return nil }
    let ask = names.name("Is there anything to do?")
    let nothing = names.name("Nothing to do")
    var conditions: [String] = []
    for facts in deployment.conditions {
      let condition = "(\(facts.map { "$fact\($0)" }.joined(separator: " and ")))"
      if !conditions.contains(condition) { conditions.append(condition) }
    }
    return Block(start: ask) { _, next in
      var states = MachineStates()
      states.add(
        ask,
        .choice(
          if: conditions.joined(separator: " or "), then: next ?? nothing, otherwise: nothing),
        events: Events.plain)
      states.add(
        nothing,
        ValueMap([
          "Type": .string("Succeed"), "Output": object(["outcome": .string("nothing to do")]),
        ]), events: Events.plain)
      return states
    }
  }

  // MARK: What states have in common

  /// A list with one retrier, whose waits grow up to a limit.
  func retry(
    of error: String, tries: Int64, seconds: Int64, rate: Double, limit: Int64? = nil
  ) -> Value {
    var entry = ValueMap([
      "ErrorEquals": .list([.string(error)]), "IntervalSeconds": .int(max(1, seconds)),
      "MaxAttempts": .int(tries - 1), "BackoffRate": .number(Self.decimal(rate)),
    ])
    if let limit { entry["MaxDelaySeconds"] = .int(limit) }
    return .list([.map(entry)])
  }

  /// `BackoffRate` is a number with a fraction.
  private static func decimal(_ rate: Double) -> String {
    let text = Value.text(of: rate)
    return text.utf8.contains(UInt8(ascii: ".")) ? text : text + ".0"
  }

  /// For calls that change nothing.
  var readingRetry: Value { retry(of: "States.TaskFailed", tries: 6, seconds: 2, rate: 2) }
}

/// States with one entry, made once the state after them is known.
struct Block {
  var start: String
  var make: (inout MachineWriter, String?) -> MachineStates
}

extension MachineWriter {
  /// Links blocks one after another; returns the first state and all states in order.
  mutating func chain(_ blocks: [Block], next: String?) -> (start: String?, states: MachineStates) {
    var made: [MachineStates] = []
    var following = next
    for block in blocks.reversed() {
      made.append(block.make(&self, following))
      following = block.start
    }
    var states = MachineStates()
    for part in made.reversed() { states.add(part) }
    return (following, states)
  }
}
