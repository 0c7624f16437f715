import PlanFormat
import SourceText
import Targets
import Values

/// The steps, in their order.
extension MachineWriter {
  /// The states of a nest at the top of the machine.
  mutating func stepBlocks(_ nest: Nest, inBranch: Bool = false) -> [Block] {
    switch nest {
    case .step(let number): return stepBlock(number, inBranch).map { [$0] } ?? []
    case .series(let parts):
      var blocks: [Block] = []
      for part in parts { blocks += stepBlocks(part, inBranch: inBranch) }
      return blocks
    case .parallel(let parts): return [parallelBlock(parts, inBranch)]
    }
  }

  private mutating func parallelBlock(_ parts: [Nest], _ inBranch: Bool) -> Block {
    let name = names.name("Side by side: \(parts.map(title).joined(separator: " | "))")
    var branches: [[Block]] = []
    for part in parts { branches.append(stepBlocks(part, inBranch: true)) }
    return Block(start: name) { writer, next in
      var list: [Value] = []
      var events = Events.parallel
      for blocks in branches {
        let (start, states) = writer.chain(blocks, next: nil)
        guard let start else { continue }
        list.append(.map(states.branch(startingAt: start)))
        events += states.events
      }
      var states = MachineStates()
      var state = ValueMap(["Type": .string("Parallel"), "Branches": .list(list)])
      // A branch can't continue outside of itself, so an error in it fails the whole Parallel state.
      if !inBranch { state["Catch"] = writer.caught(name, then: writer.ending) }
      state["Output"] = .string(JSONata.braced("$merge($states.result)"))
      state.link(to: next)
      states.add(name, state, events: events)
      return states
    }
  }

  /// The first state of a part.
  private func title(_ nest: Nest) -> String {
    switch nest {
    case .step(let number): stepNames.indices.contains(number) ? stepNames[number] : ""
    case .series(let parts), .parallel(let parts): (parts.first.map(title) ?? "") + " …"
    }
  }

  /// The input of the next state after a failure.
  func failure(of name: String, error: String = "$states.errorOutput.Error") -> Value {
    .string(JSONata.braced("$merge([$states.input, {\(JSONata.quoted(name)): \(error)}])"))
  }

  /// A catcher of any error.
  func caught(_ name: String, then next: String) -> Value {
    .list([
      object([
        "ErrorEquals": .list([.string("States.ALL")]), "Output": failure(of: name),
        "Next": .string(next),
      ])
    ])
  }

  // MARK: One step

  private mutating func stepBlock(_ number: Int, _ inBranch: Bool) -> Block? {
    guard steps.indices.contains(number), stepNames.indices.contains(number) else { return nil }
    let name = stepNames[number]
    let gate = gate(number)
    let failed: OnFailure =
      !isStopping(number)
      ? .goOn(names.name("Without \(name)"))
      : inBranch ? .fail(names.name("Failed: \(name)")) : .end
    let block =
      settings.waiting == .sync
      ? syncStep(number, failed: failed) : pollingStep(number, failed: failed)
    guard let gate else { return block }
    return Block(start: gate.ask) { writer, next in
      var states = MachineStates()
      let work = block.make(&writer, next)
      var choices: [Value] = []
      if !gate.needed.isEmpty {
        let missing = gate.needed.map { "$exists($lookup($states.input, \(JSONata.quoted($0))))" }
        var choice = ValueMap([
          "Condition": .string(JSONata.braced(missing.joined(separator: " or "))),
          "Output": writer.failure(of: name, error: "'left out'"),
        ])
        choice["Next"] = .string(next ?? gate.leftOut)
        choices.append(.map(choice))
      }
      if !gate.facts.isEmpty {
        let holds = gate.facts.map { "$fact\($0)" }.joined(separator: " and ")
        choices.append(
          object([
            "Condition": .string(JSONata.braced("$not(\(holds))")),
            "Next": .string(next ?? gate.leftOut),
          ]))
      }
      states.add(
        gate.ask,
        ValueMap([
          "Type": .string("Choice"), "Choices": .list(choices), "Default": .string(block.start),
        ]), events: Events.plain)
      states.add(work)
      if next == nil {
        states.add(
          gate.leftOut, ValueMap(["Type": .string("Pass"), "End": .bool(true)]),
          events: Events.plain)
      }
      return states
    }
  }

  /// Whether a failure of the step ends the run.
  func isStopping(_ number: Int) -> Bool { plan.steps[number].actionOnFailure != "CONTINUE" }

  private struct Gate {
    var ask: String
    var leftOut: String
    /// The states of steps whose failure leaves it out.
    var needed: [String]
    var facts: [Int]
  }

  /// The conditions under which a step is left out; nil if it is always done.
  private mutating func gate(_ number: Int) -> Gate? {
    let facts = deployment.conditions.indices.contains(number) ? deployment.conditions[number] : []
    let needed = canBeMissing(number)
    guard !facts.isEmpty || !needed.isEmpty else { return nil }
    let name = stepNames[number]
    return Gate(
      ask: names.name("Do \(name)?"), leftOut: names.name("After \(name)"),
      needed: needed.map { stepNames[$0] }, facts: facts)
  }

  /// The direct predecessors whose failure doesn't end the run.
  private func canBeMissing(_ number: Int) -> [Int] {
    let predecessors = predecessors
    var canFail: [Bool] = []
    for step in 0...number {
      canFail.append(
        !isStopping(step) || predecessors[step].contains { $0 < canFail.count && canFail[$0] })
    }
    return predecessors[number].filter { $0 < number && canFail[$0] }
  }

  private enum OnFailure {
    /// The run ends.
    case end
    /// The next step is done; at the end of a branch, the state with this name follows.
    case goOn(String)
    /// All branches are stopped, by the state with this name.
    case fail(String)
  }

  /// The state after a failed step.
  private func link(
    _ failed: OnFailure, _ next: String?, _ states: inout MachineStates
  ) -> String {
    switch failed {
    case .end: return ending
    case .goOn(let name):
      guard let next else {
        states.add(
          name, ValueMap(["Type": .string("Pass"), "End": .bool(true)]), events: Events.plain)
        return name
      }
      return next
    case .fail(let name):
      states.add(
        name,
        ValueMap([
          "Type": .string("Fail"), "Error": .string("Penstock.StepFailed"),
          "Cause": .string(
            JSONata.braced(
              "$join($each($states.input, function($error, $step) { $step & ': ' & $error }), '; ')"
            )),
        ]), events: Events.plain)
      return name
    }
  }

  private func syncStep(_ number: Int, failed: OnFailure) -> Block {
    let name = stepNames[number]
    return Block(start: name) { writer, next in
      let step = writer.plan.steps[number]
      var states = MachineStates()
      var after = MachineStates()
      var arguments = ValueMap(["ClusterId": .string(JSONata.braced("$clusterId"))])
      if let role = writer.stepRoles[number] { arguments["ExecutionRoleArn"] = writer.value(role) }
      arguments["Step"] = writer.value(writer.steps[number])
      var state = ValueMap(["Type": .string("Task")])
      state["Comment"] = writer.comment(step.origin)
      state["Resource"] = writer.resource("elasticmapreduce:addStep.sync")
      state["Arguments"] = .map(arguments)
      state["TimeoutSeconds"] = writer.timeLimit(step.timeoutSeconds)
      if step.maximumTries > 1 {
        let (seconds, rate) = Self.waits(step.retryWaits, tries: step.maximumTries)
        state["Retry"] = writer.retry(
          of: "States.TaskFailed", tries: step.maximumTries, seconds: seconds, rate: rate)
      }
      state["Catch"] = writer.caught(name, then: writer.link(failed, next, &after))
      state["Output"] = .string(JSONata.braced("$states.input"))
      state.link(to: next)
      states.add(name, state, events: Events.task(tries: step.maximumTries))
      states.add(after)
      return states
    }
  }

  /// A task's time-out: its own limit or what is left of the run's, whichever is less.
  func timeLimit(_ seconds: Int64) -> Value? {
    let left = "$floor(($deadline - $millis()) / 1000)"
    switch (seconds > 0, plan.timeoutSeconds > 0) {
    case (false, false): return nil
    case (true, false): return .int(seconds)
    case (false, true): return .string(JSONata.braced("$max([1, \(left)])"))
    case (true, true):
      return .string(JSONata.braced("$max([1, $min([\(seconds), \(left)])])"))
    }
  }

  /// The first wait and its growth rate. Waits that don't grow at one rate become the longest of them
  /// before each try.
  static func waits(_ seconds: [Int64], tries: Int64) -> (seconds: Int64, rate: Double) {
    let count = Int(clamping: max(0, tries - 1))
    let needed = Array(seconds.prefix(count))
    guard let first = needed.first else { return (1, 1) }
    let longest = needed.max() ?? first
    guard first > 0, needed.count == count, count > 1 else { return (max(1, longest), 1) }
    let rate = Double(needed[1]) / Double(first)
    let isEven = zip(needed, needed.dropFirst()).allSatisfy {
      Double($0) * rate == Double($1)
    }
    return isEven && rate >= 1 ? (first, rate) : (max(1, longest), 1)
  }

  // MARK: One step, by asking

  private mutating func pollingStep(_ number: Int, failed: OnFailure) -> Block {
    let name = stepNames[number]
    let wait = names.name("Wait for \(name)")
    let look = names.name("Look at \(name)")
    let ended = names.name("Has it ended? \(name)")
    let cancel = names.name("Cancel \(name)")
    let done = names.name("Done: \(name)")
    let step = plan.steps[number]
    let begin = step.maximumTries > 1 ? names.name("Before \(name)") : nil
    let again = step.maximumTries > 1 ? names.name("Try again: \(name)") : nil
    let hasLimit = step.timeoutSeconds > 0 || plan.timeoutSeconds > 0
    return Block(start: begin ?? name) { writer, next in
      var states = MachineStates()
      var after = MachineStates()
      let onFailure = writer.link(failed, next, &after)
      let input = Value.string(JSONata.braced("$states.input"))
      let caught = writer.caught(name, then: onFailure)
      if let begin {
        var state = ValueMap([
          "Type": .string("Pass"), "Assign": object(["tries\(number)": .int(0)]),
        ])
        state.link(to: name)
        states.add(begin, state, events: Events.plain)
      }
      let tries = Int(clamping: step.maximumTries)
      var arguments = ValueMap(["JobFlowId": .string(JSONata.braced("$clusterId"))])
      if let role = writer.stepRoles[number] { arguments["ExecutionRoleArn"] = writer.value(role) }
      arguments["Steps"] = .list([writer.value(writer.steps[number])])
      var assigned = ValueMap([
        "step\(number)": .string(JSONata.braced("$states.result.StepIds[0]")),
        "since\(number)": .string(JSONata.braced("$millis()")),
      ])
      if begin != nil {
        assigned["tries\(number)"] = .string(JSONata.braced("$tries\(number) + 1"))
      }
      var state = ValueMap(["Type": .string("Task")])
      state["Comment"] = writer.comment(step.origin)
      state["Resource"] = writer.resource("aws-sdk:emr:addJobFlowSteps")
      state["Arguments"] = .map(arguments)
      state["Assign"] = .map(assigned)
      state["Catch"] = caught
      state["Output"] = input
      state.link(to: wait)
      states.add(name, state, events: Events.task * tries)
      states.add(wait, writer.pollWait(since: "$since\(number)", then: look), events: 0)
      states.add(
        look,
        ValueMap([
          "Type": .string("Task"), "Resource": writer.resource("aws-sdk:emr:describeStep"),
          "Arguments": object([
            "ClusterId": .string(JSONata.braced("$clusterId")),
            "StepId": .string(JSONata.braced("$step\(number)")),
          ]),
          "Retry": writer.readingRetry,
          "Assign": object([
            "state\(number)": .string(JSONata.braced("$states.result.Step.Status.State"))
          ]),
          "Catch": caught, "Output": input, "Next": .string(ended),
        ]), events: 0)
      var choices: [Value] = []
      choices.append(
        object([
          "Condition": .string(JSONata.braced("$state\(number) = 'COMPLETED'")),
          "Next": .string(next ?? done),
        ]))
      if next == nil {
        after.add(
          done, ValueMap(["Type": .string("Pass"), "End": .bool(true)]), events: Events.plain)
      }
      let bad = "$state\(number) in ['FAILED', 'CANCELLED', 'INTERRUPTED']"
      if let again {
        choices.append(
          object([
            "Condition": .string(JSONata.braced("\(bad) and $tries\(number) < \(tries)")),
            "Next": .string(again),
          ]))
        let waits = step.retryWaits.prefix(tries).map { String($0) }.joined(separator: ", ")
        var state = ValueMap([
          "Type": .string("Wait"),
          "Seconds": .string(
            JSONata.braced("$max([0, [\(waits)][$tries\(number) - 1]])")),
        ])
        state.link(to: name)
        after.add(again, state, events: Events.plain * tries)
      }
      choices.append(
        object([
          "Condition": .string(JSONata.braced(bad)),
          "Output": writer.failure(of: name, error: "$state\(number)"), "Next": .string(onFailure),
        ]))
      if hasLimit {
        choices.append(
          object([
            "Condition": .string(JSONata.braced(writer.isLate(number))),
            "Next": .string(cancel),
          ]))
        after.add(
          cancel,
          ValueMap([
            "Type": .string("Task"), "Resource": writer.resource("aws-sdk:emr:cancelSteps"),
            "Arguments": object([
              "ClusterId": .string(JSONata.braced("$clusterId")),
              "StepIds": .list([.string(JSONata.braced("$step\(number)"))]),
              "StepCancellationOption": .string("TERMINATE_PROCESS"),
            ]),
            "Retry": writer.readingRetry, "Catch": caught,
            "Output": writer.failure(of: name, error: "'States.Timeout'"),
            "Next": .string(onFailure),
          ]), events: Events.task(tries: 6))
      }
      states.add(
        ended,
        ValueMap([
          "Type": .string("Choice"), "Choices": .list(choices), "Default": .string(wait),
        ]), events: 0)
      states.add(after)
      return states
    }
  }

  /// Whether a step has taken longer than it may, or the run has.
  private func isLate(_ number: Int) -> String {
    var late: [String] = []
    let seconds = plan.steps[number].timeoutSeconds
    if seconds > 0 { late.append("$millis() - $since\(number) > \(seconds)000") }
    if plan.timeoutSeconds > 0 { late.append("$millis() > $deadline") }
    return late.joined(separator: " or ")
  }

  /// A wait before the next question: longer after ten minutes.
  func pollWait(since: String, then next: String) -> ValueMap {
    let (soon, late) = (settings.pollSeconds, max(300, settings.pollSeconds))
    return ValueMap([
      "Type": .string("Wait"),
      "Seconds": .string(
        JSONata.braced("$millis() - \(since) < 600000 ? \(soon) : \(late)")),
      "Next": .string(next),
    ])
  }
}
