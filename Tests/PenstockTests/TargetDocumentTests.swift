import Foundation
import Targets
import TestSupport
import Testing

/// The documents of the examples for each engine, and why pipelines can't be compiled for one.
@Suite struct TargetDocumentTests {
  private static let keys = ["AWS_SNOWPLOW_ACCESS_KEY": "AKIA0", "AWS_SNOWPLOW_SECRET_KEY": "x"]
  private static let engines: [Target] = [.airflow, .stepFunctions, .dataflowRunner]
  private static let examples: [(folder: String, arguments: [String])] = [
    ("clickstream", ["clickstream-hive", "-c", "config.yml"]),
    ("lakehouse", ["lakehouse", "-c", "config.yml"]),
    (
      "snowplow",
      ["snowplow", "-c", "config.yml", "-r", "resolver.json", "-t", "targets", "-n", "enrichments"]
    ),
  ]

  private static func compile(
    _ folder: String, _ arguments: [String], _ target: Target, _ out: URL
  ) throws -> Run {
    let more = target == .dataflowRunner ? ["--target-option", "facts=assumed"] : []
    return try Run(
      ["compile"] + arguments + ["--target", target.rawValue, "-o", out.path + "/", "-q"] + more,
      environment: keys, folder: Locations.repository.appending(path: "examples/\(folder)"))
  }

  @Test(arguments: examples.map(\.folder), engines)
  func examplesAreWritten(folder: String, target: Target) throws {
    let example = try #require(Self.examples.first { $0.folder == folder })
    let scratch = try Scratch()
    let run = try Self.compile(folder, example.arguments, target, scratch.folder)
    let names = try FileManager.default.contentsOfDirectory(atPath: scratch.folder.path).sorted()
    if folder == "lakehouse", target == .dataflowRunner {
      #expect(run.status == 1 && names.isEmpty)
      #expect(run.errors.contains("doesn't support steps side by side"), "\(run.errors)")
      return
    }
    #expect(run.status == 0, "\(run.errors)")
    #expect(names.count == target.documents.count)
    for name in names {
      expectGolden(
        try Locations.bytes(scratch.folder.appending(path: name)),
        "targets/\(folder)/\(target.rawValue)/\(name)")
    }
  }

  /// It goes on with the run that it finds in S3.
  @Test(arguments: engines) func aPipelineThatFollowsAnEarlierRunIsRefused(target: Target) throws {
    let scratch = try Scratch()
    let run = try Self.compile(
      "snowplow-rdb",
      [
        "snowplow-rdb", "-c", "config.yml", "-r", "resolver.json", "--input",
        "transformer=transformer.hocon",
      ], target, scratch.folder)
    #expect(run.status == 1)
    #expect(run.errors.contains("error[target-varies]"), "\(run.errors)")
  }

  // MARK: What can't be compiled

  private static func pipeline(_ top: String, _ step: String) -> String {
    """
    penstock: v1
    pipeline: trial
    \(top)
    stages:
      - stage: work
        steps:
          - { name: work, \(step) }
    cluster:
      region: eu-west-1
      job-flow:
        Name: trial
        LogUri: s3://trial/logs/
        ReleaseLabel: emr-7.5.0
        ServiceRole: EMR_DefaultRole
        JobFlowRole: EMR_EC2_DefaultRole
        Instances:
          Ec2SubnetId: subnet-0123abcd
          InstanceGroups:
            - { InstanceRole: MASTER, InstanceType: m5.xlarge, InstanceCount: 1 }

    """
  }

  private static func trial(
    _ top: String, _ step: String, _ more: [String] = []
  ) throws -> Run {
    let scratch = try Scratch()
    try scratch.file("trial.yml", pipeline(top, step))
    return try Run(
      ["compile", "trial.yml", "--target", "airflow"] + more, folder: scratch.folder)
  }

  @Test func whatAnAnswerSaysCannotBeUsed() throws {
    let run = try Self.trial(
      #"let: { last: '${s3.last("s3://trial/in/", "^day=([^/]+)/").orValue("none")}' }"#,
      #"shell: { run: "work ${last}" }"#)
    #expect(run.status == 1 && run.output.isEmpty)
    #expect(run.errors.hasPrefix("trial.yml:3:"), "\(run.errors)")
    #expect(run.errors.contains("error[\("target-answer")]: what the steps do depends on this: "))
  }

  @Test(arguments: [
    (#"${run.id.startsWith("a") ? "a" : "b"}"#, "`run.id`"),
    (#"${run.time > timestamp("2026-01-01T00:00:00Z") ? "a" : "b"}"#, "`run.time`"),
  ]) func whatDiffersFromRunToRunCannotDecide(argument: String, value: String) throws {
    let run = try Self.trial("summary: A trial.", "shell: { run: 'work \(argument)' }")
    #expect(run.status == 1 && run.output.isEmpty)
    #expect(run.errors.hasPrefix("trial.yml:7:"), "\(run.errors)")
    #expect(
      run.errors.contains(
        "error[\("target-varies")]: what the pipeline does depends on \(value) here"))
  }

  @Test func runsHaveTheirOwnIDs() throws {
    let run = try Self.trial("summary: A trial.", "shell: { run: work }", ["--run-id", "one"])
    #expect(run.status == 1 && run.output.isEmpty)
    #expect(run.errors.contains("error[target-varies]: each run of Airflow has its own id"))
  }

  @Test func parametersThatDecideAreFixed() throws {
    let run = try Self.trial(
      "params:\n  mode: { type: string, default: full }",
      #"shell: { run: "work ${params.mode == \"full\" ? \"--all\" : \"--new\"}" }"#)
    #expect(run.status == 0 && run.text.contains("work --all"), "\(run.errors)")
    #expect(
      run.errors.hasPrefix("trial.yml:4:3: warning[\("target-fixed")]: `mode` keeps its value"))
    #expect(run.errors.contains("trial.yml:8:"), "where it is used")
  }

  @Test(arguments: [
    ("airflow", "poll=60", "nothing for Airflow"),
    ("step-functions", "pol=60", "`poll=SECONDS`"),
    ("step-functions", "poll=often", "`poll` takes SECONDS"),
    ("dataflow-runner", "facts", "`facts=assumed`"),
  ]) func unknownOptionsAreRefused(target: String, option: String, expected: String) throws {
    let scratch = try Scratch()
    try scratch.file("trial.yml", Self.pipeline("summary: A trial.", "shell: { run: work }"))
    let run = try Run(
      ["compile", "trial.yml", "--target", target, "-o", "out/", "--target-option", option],
      folder: scratch.folder)
    #expect(run.status == 1 && run.output.isEmpty)
    #expect(run.errors.contains("[invalid-option-value]"), "\(run.errors)")
    #expect(run.errors.contains(expected), "\(run.errors)")
  }
}
