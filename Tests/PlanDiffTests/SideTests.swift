import Text
import Foundation
import PlanDiff
import TestSupport
import Testing
import Values

/// Sides that aren't plans: requests, and EMR's descriptions.
@Suite struct SideTests {
  /// The request of a plan, as a side and as JSON.
  private func request() throws -> Value {
    guard case .map(let plan) = try Documents.value(Documents.plan("snowplow.json")),
      case .list(let requests)? = plan["requests"], case .map(let request)? = requests.first
    else { throw MissingPart() }
    return try #require(request["body"])
  }

  private struct MissingPart: Error {}

  private func cluster(count: Int, more: String = "") -> String {
    """
    {"Cluster": {"Id": "j-1", "Name": "Snowplow ETL", "Status": {"State": "WAITING"},
      "Ec2InstanceAttributes": {"Ec2KeyName": "snowplow-etl", "Ec2SubnetId": "subnet-0f3a9c61",
        "Ec2AvailabilityZone": "eu-central-1a", "IamInstanceProfile": "EMR_EC2_DefaultRole",
        "EmrManagedMasterSecurityGroup": "sg-1", "EmrManagedSlaveSecurityGroup": "sg-2"},
      "InstanceGroups": [
        {"Id": "ig-1", "Name": "core", "InstanceGroupType": "CORE", "InstanceType": "r5.2xlarge",
          "RequestedInstanceCount": 3, "RunningInstanceCount": 3, "Market": "ON_DEMAND",
          "EbsBlockDevices": [{"VolumeSpecification": {"VolumeType": "gp2", "SizeInGB": 200},
            "Device": "/dev/sdb"}], "EbsOptimized": true, "Configurations": []},
        {"Id": "ig-2", "InstanceGroupType": "MASTER", "InstanceType": "m5.xlarge",
          "RequestedInstanceCount": 1, "Market": "ON_DEMAND"},
        {"Id": "ig-3", "InstanceGroupType": "TASK", "InstanceType": "r5.2xlarge",
          "RequestedInstanceCount": \(count), "Market": "SPOT", "BidPrice": "0.25"}],
      "LogUri": "s3n://acme-snowplow-etl/logs/", "ReleaseLabel": "emr-5.36.0",
      "AutoTerminate": true, "TerminationProtected": false, "VisibleToAllUsers": true,
      "Applications": [{"Name": "Hadoop", "Version": "2.10.1"}, {"Name": "Spark", "Version": "2.4.8"}],
      "Tags": [{"Key": "environment", "Value": "production"}, {"Key": "team", "Value": "data-platform"}],
      "ServiceRole": "EMR_DefaultRole", "NormalizedInstanceHours": 0,
      "Configurations": \(configurations), "SecurityConfiguration": "snowplow-at-rest",
      "StepConcurrencyLevel": 1\(more)}}
    """
  }

  private var configurations: String {
    guard let request = try? request(), case .map(let body) = request,
      let value = body["Configurations"]
    else { return "[]" }
    return String(decoding: Documents.bytes(value), as: UTF8.self)
  }

  /// The newest first, as EMR lists them; secrets in the clear.
  private func steps(leavingOut gone: Int? = nil, secret: String = "hunter22") throws -> String {
    guard case .map(let body) = try request(), case .list(let steps)? = body["Steps"] else {
      throw MissingPart()
    }
    let encoded = Base64.encode("{\"data\": {\"password\": \"\(secret)\", \"host\": \"h\"}}")
    let listed = steps.enumerated().filter { $0.offset != gone }.map { index, step -> Value in
      guard case .map(let map) = step, case .map(var jar)? = map["HadoopJarStep"] else {
        return step
      }
      if case .list(let arguments)? = jar["Args"] {
        jar["Args"] = .list(
          arguments.map { argument in
            argument.plainText?.hasPrefix("{{secret") == true ? .string(encoded) : argument
          })
      }
      jar["Properties"] = .map(ValueMap())
      return .map(
        ValueMap([
          "Id": .string("s-\(index)"), "Name": map["Name"] ?? .null, "Config": .map(jar),
          "ActionOnFailure": .string("TERMINATE_CLUSTER"),
          "Status": .map(ValueMap(["State": .string("COMPLETED")])),
        ]))
    }
    let list = Value.map(ValueMap(["Steps": .list(listed.reversed())]))
    return String(decoding: Documents.bytes(list), as: UTF8.self)
  }

  private func live(count: Int = 4, leavingOut gone: Int? = nil, more: String = "") throws -> Side {
    SideReader.joined(
      try Documents.side(cluster(count: count, more: more), name: "cluster"),
      try Documents.side(steps(leavingOut: gone), name: "steps"))
  }

  /// EMR's description of a cluster is the request in other words.
  @Test func aClusterIsItsRequest() throws {
    for other in [
      try Documents.side(request(), name: "request"),
      try Documents.side(Documents.plan("snowplow.json"), name: "plan"),
    ] {
      for comparison in [
        Documents.comparison(try live(), other), Documents.comparison(other, try live()),
      ] {
        let told = comparison.substantial.map { "\($0.kind) \($0.label)" }
        #expect(told.isEmpty, "\(told)")
        #expect(comparison.notes.contains { $0.contains("`BootstrapActions`") })
        #expect(comparison.notes.contains { $0.contains("known for one side only") })
      }
    }
  }

  @Test func whatDiffersFromAClusterIsTold() throws {
    let plan = try Documents.side(Documents.plan("snowplow.json"), name: "plan")
    var comparison = Documents.comparison(try live(count: 6, leavingOut: 4), plan)
    let told = comparison.substantial.map {
      "\($0.kind.rawValue) \($0.label.joined(separator: "/"))"
    }
    #expect(told == ["changed Instances/InstanceGroups/TASK/InstanceCount", "added "])
    #expect(comparison.flow.contains { $0.text.contains("is now written by") })
    let made = comparison.document(\.before).applying(comparison.edits)
    #expect(made.equals(comparison.document(\.after)))
  }

  @Test func stepsAloneAreCompared() throws {
    let list = try Documents.side(steps(), name: "steps")
    let plan = try Documents.side(Documents.plan("snowplow.json"), name: "plan")
    let comparison = Documents.comparison(list, plan)
    #expect(comparison.substantial.isEmpty)
    #expect(comparison.notes.contains { $0.contains("steps doesn't describe the cluster") })
    guard case .map(let body) = try request(), let steps = body["Steps"] else {
      throw MissingPart()
    }
    let added = Value.map(ValueMap(["JobFlowId": .string("j-1"), "Steps": steps]))
    let request = try Documents.side(added, name: "request")
    #expect(request.kind == .steps)
    #expect(Documents.comparison(request, plan).substantial.isEmpty)
  }

  /// If two job flows have a secret in plain text, it is reported as changed, and neither is shown.
  @Test func secretsInTheClearAreHidden() throws {
    let one = try Documents.side(steps(secret: "hunter22"), name: "one")
    let other = try Documents.side(steps(secret: "hunter23"), name: "other")
    let comparison = Documents.comparison(one, other)
    let changes = comparison.substantial
    #expect(!changes.isEmpty && changes.allSatisfy { $0.classes.contains(.security) })
    #expect(changes.allSatisfy { $0.label.last == "password" })
    let text = String(decoding: ComparisonWriter.bytes(comparison), as: UTF8.self)
    #expect(!text.contains("hunter") && text.contains("{{secret: password (2)}}"))
    let same = Documents.comparison(
      one, try Documents.side(steps(secret: "hunter22"), name: "same"))
    #expect(same.changes.isEmpty)
  }

  /// The older way to describe machines, and EMR's default values, aren't differences.
  @Test func defaultsAreNoDifference() throws {
    let short = """
      {"Name": "n", "Instances": {"MasterInstanceType": "m5.xlarge", "SlaveInstanceType": "r5.xlarge",
        "InstanceCount": 3}}
      """
    let long = """
      {"Name": "n", "VisibleToAllUsers": true, "Tags": [], "Instances": {
        "KeepJobFlowAliveWhenNoSteps": false, "TerminationProtected": null, "InstanceGroups": [
          {"InstanceRole": "CORE", "InstanceType": "r5.xlarge", "InstanceCount": 2,
            "Market": "ON_DEMAND", "Name": "workers"},
          {"InstanceRole": "MASTER", "InstanceType": "m5.xlarge", "InstanceCount": 1}]},
        "StepConcurrencyLevel": 1}
      """
    let comparison = Documents.comparison(try Documents.side(short), try Documents.side(long))
    #expect(comparison.substantial.isEmpty && !comparison.changes.isEmpty)
  }

  /// Plans of two runs differ only by their runs' ids.
  @Test func runsOfOnePlanAreTheSame() throws {
    let bytes = try Documents.plan("snowplow.json")
    let text = String(decoding: bytes, as: UTF8.self)
      .replacing("2026-03-01-05-06-07", with: "2026-03-02-05-06-07")
      .replacing("2026-03-01T05:06:07Z", with: "2026-03-02T05:06:07Z")
      .replacing("1772341567000", with: "1772427967000")
    let other = try Documents.side(text)
    let one = try Documents.side(bytes)
    #expect(Documents.comparison(one, other).changes.isEmpty)
    let old = try #require(one.run)
    let new = try #require(other.run)
    let aligned = try Documents.side(bytes.replacing(old, by: new))
    #expect(Documents.comparison(aligned, other).changes.isEmpty)
  }
}
