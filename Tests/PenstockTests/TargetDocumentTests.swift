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
    (
      "snowplow-rdb",
      [
        "snowplow-rdb", "-c", "config.yml", "-r", "resolver.json", "--input",
        "transformer=transformer.hocon",
      ]
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

  private static func last(_ pattern: String = "^day=([^/]+)/") -> String {
    #"let: { last: '${s3.last("s3://trial/in/", "\#(pattern)").orValue("none")}' }"#
  }

  private static func trial(
    target: String, _ top: String, _ step: String
  ) throws -> Run {
    let scratch = try Scratch()
    try scratch.file("trial.yml", pipeline(top, step))
    return try Run(
      ["compile", "trial.yml", "--target", target]
        + (target == "airflow" ? [] : ["--emit", "state-machine"]), folder: scratch.folder)
  }

  @Test func namesThatAreFoundArePassedOn() throws {
    let step = #"shell: { run: "work ${last} ${run.id}" }"#
    let dag = try Self.trial(target: "airflow", Self.last(), step)
    #expect(dag.status == 0, "\(dag.errors)")
    #expect(
      dag.text.contains(#"{{ ti.xcom_pull(task_ids='checks.find_last_trial_in') or 'none' }}"#))
    #expect(dag.text.contains("f\"work {LAST_TRIAL_IN_OR_OTHER} {RUN_ID}\""))
    let machine = try Self.trial(target: "step-functions", Self.last(), step)
    #expect(machine.status == 0, "\(machine.errors)")
    #expect(machine.text.contains("'work ' & ($answer0 = '' ? ('none') : $answer0) & ' ' & $runId"))
    let playbook = try Self.trial(target: "dataflow-runner", Self.last(), step)
    #expect(playbook.status == 1)
  }

  /// A run may be one only if two names are the same, which stand-ins for them aren't.
  @Test func namesMayHaveToBeTheSame() throws {
    let other = #"s3.last("s3://trial/out/", "^day=([^/]+)/").orValue("none")"#
    let run = try Self.trial(
      Self.last() + "\nchecks: [{ require: '${last == \(other)}', message: not yet, exit: 3 }]",
      "shell: { run: work }")
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.text.contains("\"same_last_last\",") && run.text.contains("is_same,"))
    #expect(run.text.contains("message=\"not yet\""))
  }

  /// Without its only step a run ends.
  @Test func namesAreCompared() throws {
    let run = try Self.trial(
      Self.last(), #"when: '${last != run.id}', shell: { run: work }"#)
    #expect(run.status == 0, "\(run.errors)")
    let task = """
          "same_last_run_id",
          is_same,
          LAST_TRIAL_IN_OR_OTHER,
          RUN_ID,
          answer=False,
      """
    let lines = { (text: Substring) in
      text.split(separator: "\n").map { $0.drop { $0 == " " } }.joined(separator: "\n")
    }
    #expect(lines(run.text[...]).contains(lines(task[...])), "\(run.text)")
  }

  @Test(arguments: [
    ("^day=([^/]*)/", "work ${last}", "3:14: error[\("target-answer")]: what the steps do"),
    ("^day=(.+)/", "work ${last}", "3:14: error[\("target-answer")]: what the steps do"),
    (
      "^day=([^/]+)/", "work ${last.size()}",
      "7:45: error[\("target-answer")]: what the pipeline does depends here on what is the last"
    ),
    (
      "^day=([^/]+)/", #"work ${last > run.id ? 1 : 2}"#,
      "7:45: error[\("target-answer")]: what the pipeline does depends here on what is the last"
    ),
    (
      "^day=([^/]+)/", #"work ${last == run.id ? 1 : 2}"#,
      "7:45: error[\("target-answer")]: what the pipeline does depends here on what is the last"
    ),
  ]) func whatAnAnswerSaysCannotBeUsed(pattern: String, work: String, expected: String) throws {
    let run = try Self.trial(Self.last(pattern), "shell: { run: '\(work)' }")
    #expect(run.status == 1 && run.output.isEmpty)
    #expect(run.errors.hasPrefix("trial.yml:" + expected), "\(run.errors)")
  }

  /// JSONata reads some patterns otherwise, and doesn't tell an empty group from none.
  @Test(arguments: ["^day=([0-9]{8})/", "^(?:day=([a-z]+)|x)/", #"^day=([\\pL]+)/"#])
  func patternsOfNamesAreRefused(pattern: String) throws {
    let run = try Self.trial(
      target: "step-functions", Self.last(pattern), #"shell: { run: "work ${last}" }"#)
    #expect(run.status == 1 && run.output.isEmpty)
    #expect(
      run.errors.hasPrefix(
        "trial.yml:3:14: error[\("step-functions-refused")]: a state machine can't find out what the "
          + "last match of"), "\(run.errors)")
  }

  @Test func whatDecidesNothingMayDiffer() throws {
    let run = try Self.trial(
      "summary: A trial.",
      #"shell: { run: "work ${run.id.startsWith(\"a\") || true} ${run.id == \"b\" ? 1 : 1}" }"#)
    #expect(run.status == 0 && run.text.contains("work true 1"), "\(run.errors)")
  }

  /// What is asked only if another answer is another one is asked in any run.
  @Test func alternativesEndARunTogether() throws {
    let either = try Self.trial(
      "checks: [{ require: '${!s3.isEmpty(\"s3://trial/a/\") || !s3.isEmpty(\"s3://trial/b/\")}', "
        + "message: nothing, exit: 3 }]", "shell: { run: work }")
    #expect(either.status == 0, "\(either.errors)")
    #expect(either.text.contains("[data_trial_a, data_trial_b],\n                otherwise="))
    let unless = try Self.trial(
      "checks: [{ require: '${s3.isEmpty(\"s3://trial/a/\") || !s3.isEmpty(\"s3://trial/b/\")}', "
        + "message: nothing, exit: 3 }]", "shell: { run: work }")
    #expect(unless.status == 0, "\(unless.errors)")
    #expect(
      unless.text.contains("[data_trial_b],\n                or_unless=[data_trial_a],"))
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
