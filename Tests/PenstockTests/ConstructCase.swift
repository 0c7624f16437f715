import Targets

/// A small pipeline that needs one thing of its engine.
///
/// Its parts take the places of the comments in `base`. The line that needs the thing ends with
/// `# here`.
struct ConstructCase {
  var construct: Construct
  var top = ""
  var stage = ""
  var steps = "- { name: work, shell: { run: work } }"
  var cluster = ""
  var jobFlow = ""
  var inInstances = ""
  var instances = """
    InstanceGroups:
      - { InstanceRole: MASTER, InstanceType: m5.xlarge, InstanceCount: 1 }
    """
  var arguments: [String] = []
  /// What the documents of an engine that supports it have to hold; nil: only Penstock uses it.
  var shows: String?
  /// The same where an engine writes it in another way.
  var showsInstead: [Target: String] = [:]

  private static let base = """
    penstock: v1
    pipeline: trial
    inputs:
      config: { schema: config.schema.json, format: yaml, secrets: [/password, /key] }
    # top
    stages:
      - stage: work
        # stage
        steps:
          # steps
    cluster:
      region: eu-west-1
      # cluster
      job-flow:
        Name: trial
        LogUri: s3://trial/logs/
        ReleaseLabel: emr-7.5.0
        ServiceRole: EMR_DefaultRole
        JobFlowRole: EMR_EC2_DefaultRole
        # job-flow
        Instances:
          Ec2SubnetId: subnet-0123abcd
          # in-instances
          # instances
    """

  var pipeline: String {
    let parts = [
      "top": top, "stage": stage, "steps": steps, "cluster": cluster, "job-flow": jobFlow,
      "in-instances": inInstances, "instances": instances,
    ]
    var lines: [String] = []
    for line in Self.base.split(separator: "\n") {
      let text = line.drop { $0 == " " }
      guard text.hasPrefix("# "), let part = parts[String(text.dropFirst(2))] else {
        lines.append(String(line))
        continue
      }
      let indent = line.prefix(line.count - text.count)
      for inserted in part.split(separator: "\n") { lines.append("\(indent)\(inserted)") }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The number of the line that needs it; nil if the command line does.
  var line: Int? {
    pipeline.split(separator: "\n").firstIndex { $0.hasSuffix("# here") }.map { $0 + 1 }
  }
}
