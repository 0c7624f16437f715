import PlanFormat
import Targets
import Text
import Values

/// The cluster: created before the steps.
extension MachineWriter {
  /// The members of RunJobFlow that Step Functions' own `createCluster` is known to take.
  static let createClusterMembers: Set<String> = [
    "AdditionalInfo", "Applications", "AutoScalingRole", "AutoTerminationPolicy",
    "BootstrapActions",
    "Configurations", "CustomAmiId", "EbsRootVolumeIops", "EbsRootVolumeSize",
    "EbsRootVolumeThroughput", "Instances", "JobFlowRole", "KerberosAttributes", "LogUri",
    "ManagedScalingPolicy", "Name", "ReleaseLabel", "ScaleDownBehavior", "SecurityConfiguration",
    "ServiceRole", "StepConcurrencyLevel", "Tags", "VisibleToAllUsers",
  ]

  mutating func clusterBlocks() -> [Block] {
    guard isOwn, let body = clusterRequest else { return [] }
    let isKnown = body.entries.allSatisfy { entry in
      if case .string(let name) = entry.key {
        Self.createClusterMembers.contains(name)
      } else {
        false
      }
    }
    if settings.waiting == .polling || !isKnown {
      usesPolling()
      return [pollingCluster(body)]
    }
    return [syncCluster(body)]
  }

  /// RunJobFlow's request, for a cluster that waits for its steps.
  private var clusterRequest: ValueMap? {
    guard var body = jobFlow else { return nil }
    var instances = ValueMap()
    if case .map(let given)? = body["Instances"] { instances = given }
    instances["KeepJobFlowAliveWhenNoSteps"] = .bool(true)
    body["Instances"] = .map(instances)
    if body["AutoTerminationPolicy"] == nil, hasAutoTermination {
      // Stopping an execution doesn't terminate its cluster.
      let longest = plan.steps.flatMap(\.retryWaits).max() ?? 0
      let idle = min(604_800, max(3600, longest.multipliedReportingOverflow(by: 2).partialValue))
      body["AutoTerminationPolicy"] = object(["IdleTimeout": .int(idle)])
    }
    return body
  }

  /// Whether the release ends idle clusters: 5.30 and 6.1 or later.
  private var hasAutoTermination: Bool {
    let numbers = plan.cluster.release.split(separator: ".").map { Int($0) ?? 0 }
    guard let major = numbers.first, let minor = numbers.dropFirst().first else { return false }
    return major > 6 || major == 6 && minor >= 1 || major == 5 && minor >= 30
  }

  private var createRetry: Value? {
    plan.cluster.bootstrapTries > 1
      ? retry(of: "States.TaskFailed", tries: plan.cluster.bootstrapTries, seconds: 60, rate: 1)
      : nil
  }

  private mutating func syncCluster(_ body: ValueMap) -> Block {
    let name = names.name("Create the cluster")
    return Block(start: name) { writer, next in
      var states = MachineStates()
      var state = ValueMap(["Type": .string("Task")])
      state["Resource"] = writer.resource("elasticmapreduce:createCluster.sync")
      state["Arguments"] = writer.value(.map(body))
      state["TimeoutSeconds"] = writer.timeLimit(0)
      state["Retry"] = writer.createRetry
      state["Assign"] = object(["clusterId": .string(JSONata.braced("$states.result.ClusterId"))])
      state["Output"] = object([:])
      state.link(to: next)
      states.add(name, state, events: Events.task(tries: writer.plan.cluster.bootstrapTries))
      return states
    }
  }

  private mutating func pollingCluster(_ body: ValueMap) -> Block {
    let tries = plan.cluster.bootstrapTries
    let begin = names.name("Before the cluster")
    let name = names.name("Create the cluster")
    let wait = names.name("Wait for the cluster")
    let look = names.name("Look at the cluster")
    let ready = names.name("Is the cluster ready?")
    let failed = names.name("The cluster has failed")
    return Block(start: begin) { writer, next in
      var states = MachineStates()
      let cluster = Value.string(JSONata.braced("$clusterId"))
      let caught = writer.caught("the cluster", then: writer.ending)
      states.add(
        begin,
        ValueMap([
          "Type": .string("Pass"), "Assign": object(["clusters": .int(0)]), "Next": .string(name),
        ]), events: Events.plain)
      states.add(
        name,
        ValueMap([
          "Type": .string("Task"), "Resource": writer.resource("aws-sdk:emr:runJobFlow"),
          "Arguments": writer.value(.map(body)),
          "Assign": object([
            "clusterId": .string(JSONata.braced("$states.result.JobFlowId")),
            "clusterSince": .string(JSONata.braced("$millis()")),
            "clusters": .string(JSONata.braced("$clusters + 1")),
          ]),
          "Output": object([:]), "Next": .string(wait),
        ]), events: Events.task * Int(clamping: tries))
      states.add(wait, writer.pollWait(since: "$clusterSince", then: look), events: 0)
      states.add(
        look,
        ValueMap([
          "Type": .string("Task"), "Resource": writer.resource("aws-sdk:emr:describeCluster"),
          "Arguments": object(["ClusterId": cluster]), "Retry": writer.readingRetry,
          "Assign": object([
            "clusterState": .string(JSONata.braced("$states.result.Cluster.Status.State"))
          ]),
          "Catch": caught, "Output": .string(JSONata.braced("$states.input")),
          "Next": .string(ready),
        ]), events: 0)
      var choices = [
        object([
          "Condition": .string(JSONata.braced("$clusterState in ['WAITING', 'RUNNING']")),
          "Next": .string(next ?? failed),
        ])
      ]
      let ended = "$clusterState in ['TERMINATING', 'TERMINATED', 'TERMINATED_WITH_ERRORS']"
      if tries > 1 {
        choices.append(
          object([
            "Condition": .string(JSONata.braced("\(ended) and $clusters < \(tries)")),
            "Next": .string(name),
          ]))
      }
      choices.append(
        object(["Condition": .string(JSONata.braced(ended)), "Next": .string(failed)]))
      if writer.plan.timeoutSeconds > 0 {
        choices.append(
          object([
            "Condition": .string(JSONata.braced("$millis() > $deadline")),
            "Output": writer.failure(of: "the cluster", error: "'States.Timeout'"),
            "Next": .string(writer.ending),
          ]))
      }
      states.add(
        ready,
        ValueMap([
          "Type": .string("Choice"), "Choices": .list(choices), "Default": .string(wait),
        ]), events: 0)
      states.add(
        failed,
        ValueMap([
          "Type": .string("Fail"), "Error": .string("Penstock.ClusterFailed"),
          "Cause": .string(JSONata.braced("'the cluster ' & $clusterId & ' has ended'")),
        ]), events: Events.plain)
      return states
    }
  }
}
