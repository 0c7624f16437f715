import PlanFormat
import Targets
import Values

/// The IAM policy of the state machine's role: what the machine calls, and nothing else.
struct AccessPolicy {
  private let deployment: Deployment
  private let settings: MachineSettings
  private let usesPolling: Bool
  private let usesPollingForCluster: Bool
  private let writer: MachineWriter
  private let partition: String
  private let account: String

  init(_ deployment: Deployment, _ settings: MachineSettings, usesPollingForCluster: Bool) {
    self.deployment = deployment
    self.settings = settings
    self.usesPollingForCluster = usesPollingForCluster
    usesPolling = settings.waiting == .polling
    writer = MachineWriter(deployment, settings, madeBy: "")
    partition = writer.partition
    account = settings.account ?? "*"
  }

  var document: Value {
    object([
      "Version": .string("2012-10-17"),
      "Statement": .list(cluster + steps + roles + rules + listings + secrets),
    ])
  }

  private var region: String { deployment.plan.cluster.region }

  private var clusters: Value {
    .string("arn:\(partition):elasticmapreduce:\(region):\(account):cluster/*")
  }

  private func statement(
    _ sid: String, _ actions: [String], on resources: [Value], when condition: Value? = nil
  ) -> Value {
    var statement = ValueMap([
      "Sid": .string(sid), "Effect": .string("Allow"),
      "Action": .list(actions.sorted().map { .string($0) }), "Resource": .list(resources),
    ])
    statement["Condition"] = condition
    return .map(statement)
  }

  // MARK: EMR

  private var cluster: [Value] {
    guard writer.isOwn, let body = writer.jobFlow else { return [] }
    var actions = ["elasticmapreduce:DescribeCluster", "elasticmapreduce:TerminateJobFlows"]
    if body["Tags"] != nil { actions.append("elasticmapreduce:AddTags") }
    if case .map(let instances)? = body["Instances"], instances["TerminationProtected"] != nil {
      actions.append("elasticmapreduce:SetTerminationProtection")
    }
    let linked =
      "arn:\(partition):iam::\(account):role/aws-service-role/elasticmapreduce.amazonaws.com*"
      + "/AWSServiceRoleForEMRCleanup*"
    return [
      // RunJobFlow can't be restricted to resources.
      statement("StartClusters", ["elasticmapreduce:RunJobFlow"], on: [.string("*")]),
      statement("WatchAndTerminateClusters", actions, on: [clusters]),
      statement(
        "LetEMRCleanUp", ["iam:CreateServiceLinkedRole"], on: [.string(linked)],
        when: object([
          "StringLike": object([
            "iam:AWSServiceName": .list([
              .string("elasticmapreduce.amazonaws.com"),
              .string("elasticmapreduce.amazonaws.com.cn"),
            ])
          ])
        ])),
    ]
  }

  private var steps: [Value] {
    guard !writer.steps.isEmpty else { return [] }
    return [
      statement(
        "RunSteps",
        [
          "elasticmapreduce:AddJobFlowSteps", "elasticmapreduce:CancelSteps",
          "elasticmapreduce:DescribeStep",
        ], on: [clusters])
    ]
  }

  /// The cluster's roles, each passed only to the service that assumes it.
  private var roles: [Value] {
    guard writer.isOwn, let body = writer.jobFlow else { return [] }
    let passed: [(sid: String, member: String, service: String)] = [
      ("GiveClustersTheirServiceRole", "ServiceRole", "elasticmapreduce.amazonaws.com*"),
      ("GiveMachinesTheirRole", "JobFlowRole", "ec2.amazonaws.com*"),
      ("GiveScalingItsRole", "AutoScalingRole", "application-autoscaling.amazonaws.com*"),
    ]
    return passed.compactMap { sid, member, service in
      guard case .string(let role)? = body[member], !role.isEmpty else { return nil }
      return statement(
        sid, ["iam:PassRole"], on: [roleARN(role)],
        when: object(["StringLike": object(["iam:PassedToService": .string(service)])]))
    }
  }

  /// A role by its ARN or name; an instance profile's has the profile's name, as the console makes
  /// them.
  private func roleARN(_ role: String) -> Value {
    let shown = Self.pattern(deployment.template(role))
    guard shown.hasPrefix("arn:") else {
      return .string("arn:\(partition):iam::\(account):role/\(shown)")
    }
    return .string(
      shown.split(separator: ":", omittingEmptySubsequences: false).map { part in
        part.hasPrefix("instance-profile/") ? "role/" + part.dropFirst(17) : String(part)
      }.joined(separator: ":"))
  }

  /// The EventBridge rules with which Step Functions learns that clusters and steps have ended.
  private var rules: [Value] {
    guard !usesPolling else { return [] }
    var names: [String] = []
    if writer.isOwn, !usesPollingForCluster { names.append("RunJobFlow") }
    if !writer.steps.isEmpty { names.append("AddJobFlowSteps") }
    guard !names.isEmpty else { return [] }
    return [
      statement(
        "HearOfTheirEnd", ["events:DescribeRule", "events:PutRule", "events:PutTargets"],
        on: names.map {
          .string(
            "arn:\(partition):events:\(region):\(account):rule/StepFunctionsGetEventForEMR\($0)Rule"
          )
        })
    ]
  }

  // MARK: What is read

  /// A statement for each bucket, with the prefixes that are listed.
  private var listings: [Value] {
    var buckets: [(name: String, prefixes: [String])] = []
    let facts =
      deployment.endings.flatMap { $0.facts + $0.agreeing } + deployment.conditions.joined()
      + deployment.textAnswers
    for fact in facts where deployment.plan.facts.indices.contains(fact) {
      guard let question = ListingQuestion(deployment.plan.facts[fact]) else { continue }
      let bucket = Self.pattern(deployment.template(question.bucket))
      let prefix = Self.pattern(deployment.template(question.prefix))
      if let at = buckets.firstIndex(where: { $0.name == bucket }) {
        if !buckets[at].prefixes.contains(prefix) { buckets[at].prefixes.append(prefix) }
      } else {
        buckets.append((bucket, [prefix]))
      }
    }
    return buckets.enumerated().map { number, bucket in
      let isWhole = bucket.prefixes.contains("")
      return statement(
        "LookIntoBucket\(number + 1)", ["s3:ListBucket"],
        on: [.string("arn:\(partition):s3:::\(bucket.name)")],
        when: isWhole
          ? nil
          : object([
            "StringLike": object([
              "s3:prefix": .list(bucket.prefixes.sorted().map { .string($0) })
            ])
          ]))
    }
  }

  private var secrets: [Value] {
    let value = Value.list(writer.steps + [writer.jobFlow.map { .map($0) } ?? .null])
    let names = deployment.secretNames(in: value).map(\.name).sorted()
    guard !names.isEmpty else { return [] }
    switch settings.store(of: deployment.plan.pipeline) {
    case .secretsManager(let prefix):
      // Secrets Manager adds six characters to a secret's name.
      return [
        statement(
          "ReadSecrets", ["secretsmanager:GetSecretValue"],
          on: names.map {
            .string(
              "arn:\(partition):secretsmanager:\(region):\(account):secret:\(prefix)\($0)-??????")
          })
      ]
    case .parameterStore(let prefix):
      return [
        statement(
          "ReadSecrets", ["ssm:GetParameter"],
          on: names.map {
            .string("arn:\(partition):ssm:\(region):\(account):parameter\(prefix)\($0)")
          })
      ]
    }
  }

  /// A text with `*` for what differs from run to run.
  private static func pattern(_ parts: [TextPart]) -> String {
    parts.map { part in
      switch part {
      case .text(let text): text
      case .value: "*"
      }
    }.joined()
  }
}
