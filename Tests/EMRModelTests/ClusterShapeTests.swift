import EMRModel
import Testing
import Values

/// What is compared of a cluster that a run takes.
struct ClusterShapeTests {
  private static func value(_ entries: KeyValuePairs<String, Value>) -> Value {
    .map(ValueMap(entries.map { (key: .string($0.key), value: $0.value) }))
  }

  private static func group(_ role: String, _ type: String, _ count: Int64) -> Value {
    value([
      "InstanceRole": .string(role), "InstanceType": .string(type), "InstanceCount": .int(count),
    ])
  }

  private static func application(_ name: String) -> Value { value(["Name": .string(name)]) }

  private static func setting(_ key: String, _ text: Value) -> Value {
    value([
      "Classification": .string("spark-defaults"), "Properties": value([key: text]),
    ])
  }

  private static func action(_ path: String, _ arguments: [String]) -> Value {
    value([
      "Name": .string("a"),
      "ScriptBootstrapAction": value([
        "Path": .string(path), "Args": .list(arguments.map { .string($0) }),
      ]),
    ])
  }

  /// A request, with some members changed.
  private static func request(_ changes: KeyValuePairs<String, Value> = [:]) -> Value {
    var body = ValueMap([
      "Name": .string("c"), "ReleaseLabel": .string("emr-6.15.0"),
      "Applications": .list([application("Hive"), application("Spark")]),
      "Configurations": .list([setting("spark.executor.memory", .string("4g"))]),
      "BootstrapActions": .list([action("s3://b/a.sh", ["x"])]),
      "ServiceRole": .string("EMR_DefaultRole"), "JobFlowRole": .string("EMR_EC2_DefaultRole"),
      "Instances": value([
        "Ec2SubnetId": .string("subnet-1"),
        "InstanceGroups": .list([group("MASTER", "m5.xlarge", 1), group("CORE", "r5.xlarge", 3)]),
      ]),
    ])
    for (key, change) in changes { body[key] = change }
    return .map(body)
  }

  /// EMR's description of the cluster that a request made.
  private static func description(of request: Value, state: String = "WAITING") -> Value {
    guard case .map(var cluster) = request, case .map(let instances)? = cluster["Instances"] else {
      return .null
    }
    cluster["Status"] = value(["State": .string(state)])
    cluster["Ec2InstanceAttributes"] = value([
      "Ec2SubnetId": instances["Ec2SubnetId"] ?? .null,
      "IamInstanceProfile": cluster["JobFlowRole"] ?? .null,
    ])
    cluster["ServiceRole"] = .string("arn:aws:iam::1:role/EMR_DefaultRole")
    for key in ["InstanceGroups", "InstanceFleets"] {
      if let machines = instances[key] { cluster[key] = machines }
    }
    cluster["Instances"] = nil
    return .map(cluster)
  }

  private static func words(wanted: Value, of request: Value) throws -> [String] {
    let shape = ClusterShape.shape(ofDescription: description(of: request))
    guard case .map(let found) = shape else { return ["no shape"] }
    return ClusterDifference.between(wanted: ClusterShape.shape(ofRequest: wanted), found: found)
      .map { "\($0.member.rawValue): it \($0.words)" }
  }

  @Test func whatARequestMadeIsWhatItWants() throws {
    #expect(try Self.words(wanted: Self.request(), of: Self.request()).isEmpty)
  }

  @Test(arguments: [
    (
      "ReleaseLabel", Value.string("emr-5.28.0"),
      "ReleaseLabel: it has the ReleaseLabel emr-5.28.0, not emr-6.15.0"
    ),
    ("Applications", .list([application("spark")]), "Applications: it has no hive"),
    (
      "Configurations", .list([]),
      "Configurations: it doesn't set `spark-defaults spark.executor.memory`"
    ),
    (
      "Configurations", .list([setting("spark.executor.memory", .string("8g"))]),
      "Configurations: it has another value of `spark-defaults spark.executor.memory`"
    ),
    (
      "BootstrapActions", .list([]),
      "BootstrapActions: it was not bootstrapped by `s3://b/a.sh`"
    ),
    (
      "BootstrapActions", .list([action("s3://b/a.sh", ["y"])]),
      "BootstrapActions: it was bootstrapped by the same scripts in another order or with other arguments"
    ),
    (
      "SecurityConfiguration", .string("kms"),
      "SecurityConfiguration: it has the SecurityConfiguration kms"
    ),
    (
      "JobFlowRole", .string("other"),
      "JobFlowRole: it has the JobFlowRole other, not EMR_EC2_DefaultRole"
    ),
    (
      "StepConcurrencyLevel", .int(4),
      "StepConcurrencyLevel: it has the StepConcurrencyLevel 4, not 1"
    ),
    (
      "Instances",
      value([
        "Ec2SubnetId": .string("subnet-1"),
        "InstanceGroups": .list([group("MASTER", "m5.xlarge", 1), group("CORE", "r5.xlarge", 2)]),
      ]), "Instances: it has 2 core machines, not 3"
    ),
    (
      "Instances",
      value([
        "Ec2SubnetId": .string("subnet-2"),
        "InstanceGroups": .list([group("MASTER", "m4.large", 1), group("CORE", "r5.xlarge", 3)]),
      ]),
      "Ec2SubnetId: it is in subnet-2, not subnet-1; Instances: it has master machines of m4.large, not m5.xlarge"
    ),
  ])
  func whatDiffersIsSaid(member: String, value: Value, words: String) throws {
    let found = try Self.words(wanted: Self.request(), of: Self.request([member: value]))
    #expect(found.joined(separator: "; ") == words)
  }

  @Test func aClusterMayHaveMore() throws {
    let more = Self.request([
      "Applications": .list(["Hive", "Presto", "Spark"].map(Self.application)),
      "Instances": Self.value([
        "Ec2SubnetId": .string("subnet-1"),
        "InstanceGroups": .list([
          Self.group("MASTER", "m5.xlarge", 1), Self.group("CORE", "r5.xlarge", 9),
          Self.group("TASK", "c5.xlarge", 2),
        ]),
      ]),
    ])
    #expect(try Self.words(wanted: Self.request(), of: more).isEmpty)
    #expect(try !Self.words(wanted: more, of: Self.request()).isEmpty)
  }

  @Test func howManyMachinesAScaledClusterHasIsNotCompared() throws {
    let policy = Self.value(["ComputeLimits": Self.value(["UnitType": .string("Instances")])])
    let scaled = Self.request([
      "ManagedScalingPolicy": policy,
      "Instances": Self.value([
        "Ec2SubnetId": .string("subnet-1"),
        "InstanceGroups": .list([
          Self.group("MASTER", "m5.xlarge", 1), Self.group("CORE", "r5.xlarge", 1),
        ]),
      ]),
    ])
    #expect(try Self.words(wanted: Self.request(), of: scaled).isEmpty)
  }

  /// What can't be seen isn't compared, and no setting or argument can be read off a shape.
  @Test func aShapeTellsNoSettings() throws {
    let shape = ClusterShape.shape(
      ofDescription: Self.value([
        "Id": .string("j-1"), "Name": .string("c"),
        "Configurations": .list([Self.setting("password", .string("PLANTED"))]),
        "BootstrapActions": .list([Self.action("s3://b/a.sh", ["--token", "PLANTED"])]),
      ]))
    #expect(!"\(shape)".contains("PLANTED"))
    guard case .map(let found) = shape else {
      Issue.record("no shape")
      return
    }
    let differences = ClusterDifference.between(
      wanted: ClusterShape.shape(ofRequest: Self.request()), found: found)
    #expect(!differences.contains { $0.member == .machines || $0.member == .subnet })
  }

  @Test(arguments: ["TERMINATING", "TERMINATED", "TERMINATED_WITH_ERRORS"])
  func aClusterThatEndsHasNone(state: String) {
    let shape = ClusterShape.shape(
      ofDescription: Self.description(of: Self.request(), state: state))
    guard case .null = shape else {
      Issue.record("\(shape)")
      return
    }
  }

  /// A sandbox keeps no secrets, so what is made of one counts as the same.
  @Test func placeholdersAreLikeAnything() throws {
    let kept = Self.request([
      "Configurations": .list([
        Self.setting("spark.executor.memory", .string("{{secret: config.yml#/m}}"))
      ])
    ])
    #expect(try Self.words(wanted: Self.request(), of: kept).isEmpty)
  }
}
