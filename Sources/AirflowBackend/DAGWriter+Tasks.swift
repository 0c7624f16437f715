import Diagnostics
import PlanFormat
import Targets
import Values

extension DAGWriter {
  mutating func writeDAG() {
    body.assign(nil, dag)
    // `with DAG(…):`
    let opening = body.text
    body = PythonSource()
    body.add("with " + opening.dropLast() + ":")
    body.indent = 4
    let lookUps = writeChecks()
    let cluster = writeCluster(hasChecks: lookUps != nil)
    let leaves = writeSteps(after: cluster, lookUps: lookUps ?? [:])
    guard helpers.createsCluster else { return }
    body.blank()
    body.assign(
      "terminate_cluster",
      .call(
        "EmrTerminateJobFlowOperator",
        [
          PythonArgument("task_id", .text("terminate_cluster")),
          PythonArgument("job_flow_id", .plain("CLUSTER_ID")),
          PythonArgument("retries", .plain("3")),
        ]))
    body.add("terminate_cluster.as_teardown(setups=create_cluster)")
    let ends: PythonExpression =
      leaves.count == 1 ? .plain(leaves[0]) : .list(leaves.map { .plain($0) })
    body.add(ends.laidOut(indent: 0, column: body.indent, tail: 21) + " >> terminate_cluster")
    writeWatcher(over: leaves + ["terminate_cluster"])
  }

  /// Airflow takes a run's result from its last tasks, and the last one is the teardown, which succeeds
  /// after failed steps, too. So one more task follows, and fails if a step or the teardown did.
  private mutating func writeWatcher(over tasks: [String]) {
    body.assign(
      "run_failed",
      .call(
        "PythonOperator",
        [
          PythonArgument("task_id", .text("run_failed")),
          PythonArgument("python_callable", .plain("fail_run")),
          PythonArgument("trigger_rule", .text("one_failed")),
        ]))
    let watched = PythonExpression.list(tasks.map { .plain($0) })
    body.add(watched.laidOut(indent: 0, column: body.indent, tail: 14) + " >> run_failed")
  }

  private var dag: PythonExpression {
    var arguments = [
      PythonArgument("dag_id", .text(dagID)),
      PythonArgument("schedule", .plain("SCHEDULE")),
      PythonArgument("start_date", .plain("pendulum.datetime(2026, 1, 1, tz=\"UTC\")")),
      PythonArgument("catchup", .plain("False")),
      PythonArgument("max_active_runs", .plain("1")),
      PythonArgument(
        "default_args",
        .dict([
          (.text("aws_conn_id"), .plain("AWS_CONN_ID")), (.text("region_name"), .plain("REGION")),
        ])),
      PythonArgument("user_defined_macros", .dict([(.text("run_time"), .plain("run_time"))])),
    ]
    let parameters = deployment.parameters.filter { $0.fixed == nil }
    if !parameters.isEmpty {
      arguments.append(
        PythonArgument(
          "params",
          .dict(
            parameters.map { parameter in
              let value = parameter.value.map { [PythonArgument(nil, .text($0))] } ?? []
              let type = PythonArgument("type", .text("string"))
              return (.text(parameter.name), .call("Param", value + [type]))
            })))
    }
    arguments += [
      PythonArgument("tags", .strings(["emr", "penstock"])),
      PythonArgument("doc_md", .plain("__doc__")),
    ]
    return .call("DAG", arguments)
  }

  // MARK: The cluster

  /// Writes the cluster's creation, and returns the variable of the task that the steps follow.
  private mutating func writeCluster(hasChecks: Bool) -> String {
    let name: String
    if helpers.createsCluster {
      name = "create_cluster"
      var arguments = [
        PythonArgument("task_id", .text(name)),
        PythonArgument("job_flow_overrides", .plain("CLUSTER")),
        PythonArgument("emr_conn_id", .plain("None")),
      ]
      if plan.cluster.bootstrapTries > 1 {
        arguments += [
          PythonArgument("wait_for_completion", .plain("True")),
          PythonArgument("deferrable", .plain("DEFERRABLE")),
          PythonArgument("waiter_delay", .plain("POLL_INTERVAL")),
          PythonArgument("waiter_max_attempts", .plain("7200 // POLL_INTERVAL")),
          PythonArgument("retries", .plain("\(plan.cluster.bootstrapTries - 1)")),
        ]
      }
      body.assign(name, .call("EmrCreateJobFlowOperator", arguments))
      body.add("create_cluster.template_ext = ()  # texts may end with .json")
    } else {
      name = "use_cluster"
      body.assign(
        name,
        .call(
          "PythonOperator",
          [
            PythonArgument("task_id", .text(name)),
            PythonArgument("python_callable", .plain("check_cluster")),
            PythonArgument("retries", .plain("2")),
          ]))
    }
    if hasChecks { body.add("checks >> \(name)") }
    guard helpers.createsCluster, helpers.decides else { return name }
    // Airflow requires that the tasks right after a setup depend on its success.
    body.assign(
      "cluster_ready",
      .call(
        "EmrJobFlowSensor",
        [
          PythonArgument("task_id", .text("cluster_ready")),
          PythonArgument("job_flow_id", .plain("CLUSTER_ID")),
          PythonArgument("target_states", .strings(["WAITING", "RUNNING"])),
          PythonArgument(
            "failed_states",
            .strings(["TERMINATING", "TERMINATED", "TERMINATED_WITH_ERRORS"])),
          PythonArgument("mode", .text("reschedule")),
          PythonArgument("deferrable", .plain("DEFERRABLE")),
          PythonArgument("poke_interval", .plain("POLL_INTERVAL")),
          PythonArgument("retries", .plain("2")),
        ]))
    body.add("create_cluster >> cluster_ready")
    return "cluster_ready"
  }

  // MARK: Steps

  /// Writes the steps, and returns the variables of those that no other step follows.
  private mutating func writeSteps(after cluster: String, lookUps: [Int: String]) -> [String] {
    let predecessors = plan.predecessorIndices
    var isUsed = Set(predecessors.flatMap { $0 })
    let leaves = plan.steps.indices.filter { !isUsed.contains($0) }
    if helpers.createsCluster { isUsed.formUnion(leaves) }
    var groups = StageGroups(plan.steps.map(\.stage))
    var names: [Int: String] = [:]
    var current: String?
    for (index, step) in plan.steps.enumerated() where index < steps.count {
      if current != step.stage {
        body.indent = 4
        body.blank()
        if !step.stage.isEmpty {
          let group = groups.opening(step.stage, &taskIDs, &variables)
          for line in group { body.add(line) }
          body.indent = 8
        }
        current = step.stage
      }
      let title = texts.words(String(DAGNames.title(ofStep: step.name, stage: step.stage)))
      var id = DAGNames.slug(title, limit: 60)
      if id.isEmpty { id = "step" }
      let group = groups.id(of: step.stage)
      let prefix = group.isEmpty ? "" : "\(group)."
      id = taskIDs.uniqueWith(prefix + id, suffixes: ["_done", "_needed"]).dropping(prefix)
      let before = predecessors[index].compactMap { names[$0] }
      let call = call(
        index, id: id, after: before, cluster: cluster, lookUps: lookUps)
      guard isUsed.contains(index) else {
        body.assign(nil, call)
        continue
      }
      var name = DAGNames.slug(group.isEmpty ? id : "\(group)_\(id)", limit: 50)
      if name.utf8.first.map({ $0 < UInt8(ascii: "A") }) ?? true { name = "step_\(name)" }
      name = variables.unique(name)
      names[index] = name
      body.assign(name, call)
    }
    body.indent = 4
    return leaves.isEmpty ? [cluster] : leaves.compactMap { names[$0] }
  }

  private mutating func call(
    _ index: Int, id: String, after: [String], cluster: String, lookUps: [Int: String]
  ) -> PythonExpression {
    let step = plan.steps[index]
    let request = steps[index]
    var arguments = [
      PythonArgument(nil, .text(id)),
      PythonArgument(nil, text(request.text("Name") ?? step.name)),
      PythonArgument(nil, jarStep(request.map("HadoopJarStep") ?? ValueMap())),
      PythonArgument("source", .text(Self.source(step.origin))),
    ]
    // Steps before it may be skipped, so the cluster is named with them.
    let waits = after.isEmpty || helpers.decides ? [cluster] + after : after
    arguments.append(PythonArgument("after", .list(waits.map { .plain($0) })))
    let conditions =
      index < deployment.conditions.count
      ? deployment.conditions[index].compactMap { lookUps[$0] } : []
    if !conditions.isEmpty {
      arguments.append(PythonArgument("only_if", .list(conditions.map { .plain($0) })))
    }
    let action = Self.action(request) ?? step.actionOnFailure
    if action != usualAction { arguments.append(PythonArgument("on_failure", .text(action))) }
    if step.timeoutSeconds > 0 {
      arguments.append(PythonArgument("timeout", Self.span(step.timeoutSeconds)))
    }
    let isRepeated = step.maximumTries > 1
    if isRepeated {
      helpers.repeats = true
      arguments.append(PythonArgument("tries", .plain("\(step.maximumTries)")))
      if let wait = step.retryWaits.max(), wait > 0 {
        arguments.append(PythonArgument("retry_delay", Self.span(wait)))
      }
      if !step.emptiedBeforeRetry.isEmpty {
        helpers.empties = true
        var places: [PythonExpression] = []
        for place in step.emptiedBeforeRetry { places.append(text(place)) }
        arguments.append(PythonArgument("emptied", .list(places)))
      }
    }
    let known: Set<String> = ["Name", "ActionOnFailure", "HadoopJarStep"]
    for case (.string(let key), let value) in request.entries where !known.contains(key) {
      arguments.append(PythonArgument(key, expression(value)))
    }
    return .call(isRepeated ? "repeated_step" : "step", arguments)
  }

  /// What EMR does if a step fails. Steps are added once those before them are completed, so there is
  /// nothing to cancel for the sake of another try.
  static func action(_ request: ValueMap) -> String? {
    let action = request.text("ActionOnFailure")
    return action == "CANCEL_AND_WAIT" ? "CONTINUE" : action
  }

  private mutating func jarStep(_ jarStep: ValueMap) -> PythonExpression {
    var pairs: [(key: PythonExpression, value: PythonExpression)] = []
    for case (.string(let key), let value) in jarStep.entries {
      if key == "Jar", case .string(let path) = value,
        let jar = jars.first(where: { $0.path == path })
      {
        pairs.append((.text(key), .plain(jar.name)))
      } else {
        pairs.append((.text(key), expression(value)))
      }
    }
    return .dict(pairs)
  }
}

/// The groups of tasks, one for each stage; a group is opened again if its steps aren't all together.
private struct StageGroups {
  private struct Group {
    var stage: String
    var id = ""
    /// Set if the group is opened more than once.
    var variable: String?
    var isOpened = false
    let isSplit: Bool
  }

  private var groups: [Group] = []

  init(_ stages: [String]) {
    var runs: [String] = []
    for stage in stages where stage != runs.last { runs.append(stage) }
    for stage in runs where !groups.contains(where: { $0.stage == stage }) {
      groups.append(Group(stage: stage, isSplit: runs.count { $0 == stage } > 1))
    }
  }

  func id(of stage: String) -> String { groups.first { $0.stage == stage }?.id ?? "" }

  /// The lines that open a stage's group.
  mutating func opening(
    _ stage: String, _ taskIDs: inout DAGNames, _ variables: inout DAGNames
  ) -> [String] {
    guard let at = groups.firstIndex(where: { $0.stage == stage }) else { return [] }
    if let variable = groups[at].variable { return ["with \(variable):"] }
    let slug = DAGNames.slug(stage, limit: 60)
    let id = taskIDs.unique(slug.isEmpty ? "stage" : slug)
    groups[at].id = id
    guard groups[at].isSplit else { return ["with TaskGroup(\"\(id)\"):"] }
    let variable = variables.unique("\(id)_stage")
    groups[at].variable = variable
    return ["\(variable) = TaskGroup(\"\(id)\")", "with \(variable):"]
  }
}

extension String {
  /// Without these characters at its start.
  func dropping(_ prefix: String) -> String {
    hasPrefix(prefix) ? String(dropFirst(prefix.count)) : self
  }
}
