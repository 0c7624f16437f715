import Compiler
import Foundation
import Targets
import TestSupport
import Testing

/// `--target emr-serverless` and `emr-on-eks`: plans of jobs.
@Suite struct JobTargetTests {
  private static let options: [Target: [String]] = [
    .emrServerless: ["application=00f1", "role=arn:aws:iam::123456789012:role/jobs"],
    .emrOnEKS: [
      "virtual-cluster=vc1", "role=arn:aws:iam::123456789012:role/jobs",
      "release=emr-6.15.0-latest",
    ],
  ]

  private static func arguments(_ target: Target) -> [String] {
    ["--target", target.rawValue]
      + (options[target] ?? []).flatMap { ["--target-option", $0] }
  }

  private static let time = ["--run-time", "2026-03-01T05:06:07Z"]

  private static let sales = """
    penstock: v1
    pipeline: sales
    cluster:
      region: eu-central-1
      job-flow:
        Name: Sales
        ReleaseLabel: emr-6.15.0
        LogUri: s3n://acme-logs/emr/
        Applications: [{ Name: Spark }, { Name: Hive }]
        Configurations:
          - { Classification: spark-defaults, Properties: { spark.sql.shuffle.partitions: "64" } }
          - { Classification: hive-site, Properties: { hive.exec.parallel: "true" } }
          - { Classification: spark-hive-site, Properties: { hive.exec.dynamic.partition: "true" } }
        Instances:
          InstanceGroups:
            - { InstanceRole: MASTER, InstanceType: m5.xlarge, InstanceCount: 1 }
        JobFlowRole: EMR_EC2_DefaultRole
        ServiceRole: EMR_DefaultRole
    datasets:
      raw: { at: s3://acme/raw/ }
      orders: { at: s3://acme/orders/ }
      visits: { at: s3://acme/visits/ }
      report: { at: s3://acme/report/ }
    stages:
      - stage: prepare
        steps:
          - name: "Orders: clean"
            timeout: 90m
            retry: true
            spark-submit:
              class: acme.Orders
              master: yarn
              deploy-mode: cluster
              executor-memory: 4g
              jars: s3://acme-code/a.jar,s3://acme-code/b.jar
              conf: { spark.sql.adaptive.enabled: true }
              application: s3://acme-code/job.jar
              args: { in: "${data.raw}", out: "${data.orders}" }
            reads: ["${data.raw}"]
            writes: ["${data.orders}"]
          - name: "Visits: clean"
            spark-submit:
              application: s3://acme-code/visits.py
              args: [a b, "it's"]
            reads: ["${data.raw}"]
            writes: ["${data.visits}"]
      - stage: report
        steps:
          - name: Report
            # report
            reads: ["${data.orders}", "${data.visits}"]
            writes: ["${data.report}"]

    """

  private static func pipeline(_ target: Target) -> String {
    let report =
      target == .emrServerless
      ? "hive: { script: s3://acme-code/report.q, variables: { OUT: '${data.report}' }, "
        + "hiveconf: { hive.exec.parallel: true } }"
      : "spark-submit: { application: s3://acme-code/report.py }"
    return sales.replacing("# report", with: report)
  }

  // MARK: Plans

  @Test(arguments: [Target.emrServerless, .emrOnEKS]) func plans(target: Target) throws {
    let scratch = try Scratch()
    try scratch.file("sales.yml", Self.pipeline(target))
    let arguments = ["sales.yml"] + Self.arguments(target) + Self.time
    let compiled = try Run(["compile"] + arguments, folder: scratch.folder)
    #expect(compiled.status == 0, "\(compiled.errors)")
    let digest = /sha256:[0-9a-f]{64}/
    let zeros = "sha256:" + String(repeating: "0", count: 64)
    expectGolden(
      compiled.text.replacing(digest, with: zeros), "plans/sales-\(target.rawValue).json")
    let planned = try Run(["plan", "--offline", "-v"] + arguments, folder: scratch.folder)
    expectGolden(planned.output, "plans/sales-\(target.rawValue).long.txt")
    let json = try Run(
      ["plan", "--offline", "--format", "json"] + arguments, folder: scratch.folder)
    #expect(json.output == compiled.output)
    // botocore's models know each member of the requests.
    let check = try Python.run("job_requests.py", [target.rawValue], input: compiled.text)
    #expect(check.output == "3 requests\n", "\(check.output)")
  }

  // MARK: What can't be a job

  /// Each construct is refused if, and only if, the matrix says so.
  @Test(arguments: Construct.allCases, [Target.emrServerless, .emrOnEKS])
  func isAsTheMatrixSays(construct: Construct, target: Target) throws {
    let capabilities = Capabilities(Builtins.file(Capabilities.path) ?? [])
    let test = try #require(ConstructCase.all.first { $0.construct == construct })
    let row = try #require(capabilities.rows.first { $0.name == construct.rawValue })
    let cell = try #require(row.cells[target])
    let scratch = try Scratch()
    try scratch.file("trial.yml", test.pipeline)
    try scratch.file("config.yml", "password: hunter2\nkey: AKIAEXAMPLE\n")
    try scratch.file("config.schema.json", #"{ "type": "object" }"#)
    let run = try Run(
      ["compile", "trial.yml", "-c", "config.yml"] + Self.arguments(target) + test.arguments,
      folder: scratch.folder)
    let told = "\(target.title) doesn't support \(row.title): \(cell.reason)"
    let found = run.errors.split(separator: "\n").first { $0.hasSuffix(told) }
    guard cell.extent == .none else {
      return #expect(found == nil, "\(run.errors)")
    }
    #expect(run.status == 1)
    let line = try #require(found, "\(run.errors)")
    #expect(run.errors.contains("hint: \(cell.instead)"), "\(run.errors)")
    if let number = test.line { #expect(line.hasPrefix("trial.yml:\(number):"), "\(line)") }
  }

  private static func refused(_ step: String, _ target: Target) throws -> String {
    let scratch = try Scratch()
    let lines = """
      penstock: v1
      pipeline: trial
      inputs:
        config: { schema: config.schema.json, format: yaml, secrets: [/password] }
      stages:
        - stage: s
          steps:
            - name: work
              \(step)
      cluster:
        region: eu-west-1
        job-flow:
          Name: trial
          ReleaseLabel: emr-6.15.0
          Applications: [{ Name: Spark }, { Name: Hive }]
          Configurations: [{ Classification: core-site, Properties: { a: "${config.password}" } }]
          Instances:
            InstanceGroups:
              - { InstanceRole: MASTER, InstanceType: m5.xlarge, InstanceCount: 1 }
          JobFlowRole: EMR_EC2_DefaultRole
          ServiceRole: EMR_DefaultRole

      """
    try scratch.file("trial.yml", lines)
    try scratch.file("config.yml", "password: hunter2\n")
    try scratch.file("config.schema.json", #"{ "type": "object" }"#)
    let run = try Run(
      ["compile", "trial.yml", "-c", "config.yml", "-o", "plan.json"] + arguments(target),
      folder: scratch.folder)
    return run.errors
  }

  @Test func refusals() throws {
    let spark = [
      "application: work.py", "application: hdfs:///work.py",
      "application: s3://b/w.py, jars: 's3://b/a.jar,/usr/lib/b.jar'",
      "application: s3://b/w.py, queue: fast", "application: s3://b/w.py, keytab: k",
      "application: s3://b/w.py, properties-file: s3://b/p",
      "application: s3://b/w.py, master: local",
      "application: s3://b/w.py, driver-java-options: '-Da=b -Dc=d'",
      "application: s3://b/w.py, conf: { a: \"it's\" }",
      "application: s3://b/w.py, conf: { a: '${config.password}' }",
      "application: s3://b/w.py, args: ['']", "application: s3://b/w.py, args: ['hdfs:///x/']",
    ].map { "spark-submit: { \($0) }" }
    let hive = [
      "hive: { script: /home/q.q }", "hive: { script: s3://b/q.q, args: [-S] }",
      "hive: { script: s3://b/q.q, variables: { a: 'b c' } }",
    ]
    var text = ""
    for target in [Target.emrServerless, .emrOnEKS] {
      for step in spark + (target == .emrServerless ? hive : []) {
        text += "# \(target.rawValue)  \(step)\n\(try Self.refused(step, target))\n"
      }
    }
    expectGolden(Array(text.utf8), "jobs/refusals.txt")
  }

  // MARK: The command line

  @Test func mistakes() throws {
    let role = "role=arn:aws:iam::123456789012:role/jobs"
    let lines: [[String]] = [
      ["compile", "--target", "emr-serverless"],
      ["compile", "--target", "emr-on-eks", "--target-option", "virtual-cluster=vc1"],
      ["plan", "--offline", "--target", "airflow"],
      ["run", "--target-option", role],
      ["compile", "--target", "emr-serverless", "--target-option", "release=emr-7.1.0-latest"],
      ["compile"] + Self.arguments(.emrServerless) + ["--target-option", "application=Sales App"],
      ["compile"] + Self.arguments(.emrServerless) + ["--target-option", "role=jobs"],
      ["compile"] + Self.arguments(.emrOnEKS) + ["--target-option", "release=7.1.0"],
      ["compile"] + Self.arguments(.emrServerless) + ["--cluster", "j-2AXXXXXXGAPLF"],
      ["compile"] + Self.arguments(.emrServerless) + ["--emit", "job-flow"],
      ["run"] + Self.arguments(.emrServerless) + ["--sandbox", "box", "--journal", "j.db"],
    ]
    var text = ""
    for line in lines {
      let scratch = try Scratch()
      try scratch.file("sales.yml", Self.pipeline(.emrServerless))
      let run = try Run(
        [line[0], "sales.yml"] + line.dropFirst() + Self.time, folder: scratch.folder)
      #expect(run.status != 0, "\(line)")
      text += "# \(line.joined(separator: " ")): \(run.status)\n\(run.errors)\n"
    }
    expectGolden(Array(text.utf8), "jobs/mistakes.txt")
  }
}
