import AWSServices
import Diagnostics
import Documents
import Foundation
import Import
import ImportSources
import PlanFormat
import Sandbox
import SourceText
import TestSupport
import Testing
import Values

/// Clusters that are asked for by their ids: what a request asked for comes back.
@Suite struct LiveClusterTests {
  private static func value(_ text: String) throws -> Value {
    let source = ImportSource([SourceFile(name: "request", text: Array(text.utf8))])
    let tree = try #require(source.given.first.flatMap { source.tree($0) })
    return SpannedValue(tree, try #require(tree.root)).value
  }

  private static let groups = """
    {
      "Name": "gull", "LogUri": "s3://gull-logs/", "ReleaseLabel": "emr-7.5.0",
      "ServiceRole": "EMR", "JobFlowRole": "Nodes", "AutoScalingRole": "Scaling",
      "Applications": [{"Name": "Spark"}], "Tags": [{"Key": "a", "Value": "b"}],
      "StepConcurrencyLevel": 3, "VisibleToAllUsers": true,
      "PlacementGroupConfigs": [{"InstanceRole": "MASTER"}],
      "BootstrapActions": [
        {"Name": "x", "ScriptBootstrapAction": {"Path": "s3://gull/x.sh", "Args": ["1"]}}
      ],
      "Configurations": [{"Classification": "spark", "Properties": {"a": "b"}}],
      "Instances": {
        "Ec2SubnetId": "subnet-00000001", "Ec2KeyName": "k", "TerminationProtected": false,
        "KeepJobFlowAliveWhenNoSteps": true, "UnhealthyNodeReplacement": false,
        "InstanceGroups": [
          {"InstanceRole": "MASTER", "InstanceType": "m5.xlarge", "InstanceCount": 1, "Market": "ON_DEMAND"},
          {
            "Name": "c", "InstanceRole": "CORE", "InstanceType": "m5.xlarge", "InstanceCount": 2,
            "EbsConfiguration": {
              "EbsOptimized": true,
              "EbsBlockDeviceConfigs": [
                {"VolumesPerInstance": 2, "VolumeSpecification": {"VolumeType": "gp3", "SizeInGB": 10}}
              ]
            }
          }
        ]
      },
      "ManagedScalingPolicy": {
        "ComputeLimits": {"UnitType": "Instances", "MinimumCapacityUnits": 1, "MaximumCapacityUnits": 4}
      },
      "AutoTerminationPolicy": {"IdleTimeout": 600},
      "Steps": [
        {
          "Name": "one", "ActionOnFailure": "CONTINUE",
          "HadoopJarStep": {
            "Jar": "s3://gull/a.jar", "MainClass": "M", "Args": ["x", "y"],
            "Properties": [{"Key": "k", "Value": "v"}]
          }
        },
        {
          "Name": "two", "ActionOnFailure": "CONTINUE",
          "HadoopJarStep": {"Jar": "command-runner.jar", "Args": ["true"]}
        }
      ]
    }
    """

  private static let fleets = """
    {
      "Name": "tern", "ReleaseLabel": "emr-7.5.0", "Instances": {
        "Ec2SubnetIds": ["subnet-00000001", "subnet-00000002"], "TerminationProtected": false,
        "KeepJobFlowAliveWhenNoSteps": false,
        "InstanceFleets": [
          {
            "InstanceFleetType": "MASTER", "TargetOnDemandCapacity": 1,
            "InstanceTypeConfigs": [{"InstanceType": "m5.xlarge", "WeightedCapacity": 1}]
          }
        ]
      },
      "Steps": [
        {"Name": "s", "ActionOnFailure": "CONTINUE", "HadoopJarStep": {"Jar": "a.jar"}}
      ]
    }
    """

  @Test(arguments: [Self.groups, Self.fleets])
  func aSandboxsClusterIsTheRequestThatMadeIt(_ request: String) async throws {
    let folder = TemporaryFolder()
    let emr = SimulatedEMR(
      folder: folder.path, start: Value.Timestamp(seconds: 1_770_000_000, nanoseconds: 0),
      effects: StepEffects())
    let body = try Self.value(request)
    let id = try await emr.runJobFlow(body)
    #expect(LiveCluster.isID(id))
    let source = ImportSource([try await LiveCluster.file(id, emr)])
    let yield = Yield(source)
    #expect(yield.kind == "aws-output")
    let flow = try #require(yield.flows.first)
    #expect(flow.body.value == body, "\(yield.text)")
    #expect(!flow.notes.contains { $0.effect == .lost })
  }

  /// Moto's answers, which are boto3's; it has no policies, no Java properties of fleets, and says no
  /// `EbsOptimized`.
  @Test(.enabled(if: Python.hasModules, "the tests' Python modules are not installed"))
  func answersOfAnotherEMRAreRead() throws {
    let script = """
      import boto3, json, sys
      from moto import mock_aws

      body = json.load(sys.stdin)
      for policy in ("ManagedScalingPolicy", "AutoTerminationPolicy"):
          body.pop(policy)
      with mock_aws():
          emr = boto3.client(
              "emr", region_name="eu-west-1", aws_access_key_id="a", aws_secret_access_key="b")
          cluster = emr.run_job_flow(**body)["JobFlowId"]
          answers = {}
          for operation, member in (
              ("describe_cluster", "Cluster"), ("list_steps", "Steps"),
              ("list_instance_groups", "InstanceGroups"),
              ("list_bootstrap_actions", "BootstrapActions"),
          ):
              answers[member] = getattr(emr, operation)(ClusterId=cluster)[member]
      json.dump(answers, sys.stdout, default=str)
      """
    let result = try Python.run(script: script, [], input: Self.groups)
    #expect(result.status == 0, "\(result.output)")
    let source = ImportSource([SourceFile(name: "answers.json", text: Array(result.output.utf8))])
    let flow = try #require(Yield(source).flows.first)
    #expect(flow.region?.value == "eu-west-1")
    let asked = SpannedValue(value: try Self.value(Self.groups))
    for member in [
      "Name", "LogUri", "ReleaseLabel", "ServiceRole", "JobFlowRole", "AutoScalingRole",
      "Applications", "Tags", "StepConcurrencyLevel", "VisibleToAllUsers", "BootstrapActions",
      "Configurations",
    ] {
      let found = flow.body[member]?.value
      #expect(
        asked[member].map { found == $0.value } == true, "\(member): \(String(describing: found))")
    }
    #expect(flow.body["Steps"]?.items.map { $0["Name"]?.text } == ["one", "two"])
    let first = flow.body["Steps"]?.items.first?["HadoopJarStep"]
    #expect(first?["Properties"]?.items.first?["Value"]?.text == "v")
    let groups = flow.body["Instances"]?["InstanceGroups"]?.items
    #expect(groups?.count == 2)
    let core = groups?.first { $0["InstanceRole"]?.text == "CORE" }
    let disks = core?["EbsConfiguration"]?["EbsBlockDeviceConfigs"]?.items
    #expect(disks?.first?["VolumesPerInstance"]?.value == .int(2))
  }

  @Test func whatEMRDoesNotSayIsNamed() async throws {
    struct Silent: ClusterSource {
      func answer(_ question: ClusterQuestion, about cluster: String) async throws(CloudError)
        -> Value
      {
        switch question {
        case .cluster: .map(ValueMap(["Name": .string("a"), "Tags": .list([])]))
        case .managedScaling:
          throw CloudError(.forbidden, operation: question.rawValue, message: "no")
        case .autoTermination: .null
        case .steps, .instanceGroups, .instanceFleets, .bootstrapActions: .list([])
        }
      }
    }
    let yield = Yield(ImportSource([try await LiveCluster.file("j-1", Silent())]))
    let lost = yield.flows.first?.notes.filter { $0.effect == .lost }.map(\.what)
    #expect(lost?.contains("GetManagedScalingPolicy") == true)
  }

  @Test func aClusterThatIsNotThereIsAnError() async throws {
    struct Gone: ClusterSource {
      func answer(_ question: ClusterQuestion, about cluster: String) async throws(CloudError)
        -> Value
      { throw CloudError(.refused, operation: question.rawValue, message: "not valid") }
    }
    await #expect(throws: CloudError.self) { try await LiveCluster.file("j-1", Gone()) }
  }

  @Test func idsAreTold() {
    #expect(LiveCluster.isID("j-2AXXXXXXGAPLF"))
    for word in ["j-", "j-1", "job-flow.json", "j-abc", "J-2AXXXXXXGAPLF", "j-2AX.json"] {
      #expect(!LiveCluster.isID(word))
    }
  }
}
