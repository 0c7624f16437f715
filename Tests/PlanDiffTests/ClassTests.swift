import Foundation
import PlanDiff
import Testing
import Values

/// What a change means, and which steps are one.
@Suite struct ClassTests {
  private static let request = """
    {"Name": "n", "ReleaseLabel": "emr-6.15.0", "ServiceRole": "r", "LogUri": "s3://b/logs/",
      "StepConcurrencyLevel": 2, "Instances": {"Ec2SubnetId": "subnet-1", "InstanceGroups": [
        {"InstanceRole": "MASTER", "InstanceType": "m5.xlarge", "InstanceCount": 1},
        {"InstanceRole": "CORE", "InstanceType": "m5.xlarge", "InstanceCount": 2}]},
      "Steps": [
        {"Name": "One", "ActionOnFailure": "CONTINUE", "HadoopJarStep":
          {"Jar": "a.jar", "Args": ["--in", "s3://b/in/", "--out", "s3://b/out/", "--size", "3"]}},
        {"Name": "Two", "ActionOnFailure": "CONTINUE", "HadoopJarStep":
          {"Jar": "b.jar", "Args": ["run"]}}]}
    """

  private static func comparison(_ old: String, _ new: String) throws -> Comparison {
    let changed = request.replacing(old, with: new)
    try #require(changed != request)
    return Documents.comparison(try Documents.side(request), try Documents.side(changed))
  }

  @Test(arguments: [
    (#""InstanceCount": 2"#, #""InstanceCount": 3"#, [ChangeClass.cost]),
    (
      #""CORE", "InstanceType": "m5.xlarge""#, #""CORE", "InstanceType": "r5.xlarge""#,
      [.newCluster, .cost]
    ),
    ("emr-6.15.0", "emr-6.14.0", [.data, .newCluster]),
    (#""ServiceRole": "r""#, #""ServiceRole": "s""#, [.security, .newCluster]),
    ("subnet-1", "subnet-2", [.security, .newCluster]),
    (#""StepConcurrencyLevel": 2"#, #""StepConcurrencyLevel": 3"#, [.cost]),
    ("s3://b/logs/", "s3://b/others/", [.data, .newCluster]),
    (#""--size", "3""#, #""--size", "4""#, [.data, .unknown]), ("a.jar", "c.jar", [.data]),
  ]) func changesMean(_ old: String, _ new: String, _ classes: [ChangeClass]) throws {
    let changes = try Self.comparison(old, new).changes
    #expect(changes.map(\.classes) == [classes], "\(changes.map(\.label))")
  }

  /// A step is the same under another name where it does the same, or nearly.
  @Test(arguments: [
    (#""Name": "One""#, #""Name": "Other""#, true),
    (
      #""Name": "One", "ActionOnFailure": "CONTINUE", "HadoopJarStep":"#
        + "\n      "
        + #"{"Jar": "a.jar", "Args": ["--in", "s3://b/in/", "--out", "s3://b/out/", "--size", "3"]}"#,
      #""Name": "Other", "ActionOnFailure": "CONTINUE", "HadoopJarStep":"#
        + #"{"Jar": "a.jar", "Args": ["--in", "s3://b/in/", "--out", "s3://b/out/", "--size", "4"]}"#,
      true
    ),
    (
      #""Name": "Two", "ActionOnFailure": "CONTINUE", "HadoopJarStep":"#
        + "\n      " + #"{"Jar": "b.jar", "Args": ["run"]}"#,
      #""Name": "Three", "ActionOnFailure": "CONTINUE", "HadoopJarStep":"#
        + #"{"Jar": "c.jar", "Args": ["--go", "s3://b/else/", "--fast", "s3://b/where/"]}"#, false
    ),
  ]) func stepsAreOne(_ old: String, _ new: String, _ isOne: Bool) throws {
    let comparison = try Self.comparison(old, new)
    let kinds = Set(comparison.changes.map(\.kind))
    #expect(kinds.contains(.renamed) == isOne)
    #expect(kinds.isSuperset(of: [.added, .removed]) == !isOne)
    #expect(comparison.partners.contains { $0 == nil } == !isOne)
  }
}
