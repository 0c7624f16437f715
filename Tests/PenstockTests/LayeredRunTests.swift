import Foundation
import TestSupport
import Testing

/// Runs of pipelines with several files for an input, values on the command line, and modules: made,
/// carried out, refused when a file has changed, and recovered.
@Suite struct LayeredRunTests {
  static let pipeline = """
    penstock: v1
    pipeline: layered
    inputs:
      config: { schema: schema.json, format: ruby-yaml }
    params:
      day: { type: date, description: the day to load }
    use:
      - file: shared/load.yml
        as: main
        with: { bucket: "${config.bucket}", day: "${params.day}" }
      - file: shared/cluster.yml
        with: { count: "${config.emr.count}" }
    stages:
      - use: main
    """
  static let schema = """
    {
      "type": "object", "required": ["bucket", "emr"], "additionalProperties": false,
      "properties": {
        "bucket": { "type": "string" },
        "password": { "type": "string", "x-secret": true },
        "emr": {
          "type": "object", "required": ["count"],
          "properties": { "count": { "type": "integer", "minimum": 1 } }
        }
      }
    }
    """
  static let load = """
    penstock: v1
    module: load
    params:
      bucket: { type: string }
      day: { type: date }
    datasets:
      raw: { at: "s3://${params.bucket}/raw/" }
      out: { at: "s3://${params.bucket}/out/${formatTime(params.day, '%Y-%m-%d')}/" }
    stages:
      - stage: load
        steps:
          - name: Copy
            s3-dist-cp: { src: raw, dest: out }
          - name: Count
            spark-submit: { application: "s3://${params.bucket}/count.py" }
            reads: [out]
            writes: ["s3://${params.bucket}/counts/${run.id}/"]
    """
  static let cluster = """
    penstock: v1
    module: cluster
    params:
      count: { type: integer }
    cluster:
      region: eu-west-1
      job-flow:
        Name: layered
        ReleaseLabel: emr-7.5.0
        ServiceRole: EMR_DefaultRole
        JobFlowRole: EMR_EC2_DefaultRole
        Instances:
          InstanceGroups:
            - { InstanceRole: MASTER, InstanceType: m5.xlarge, InstanceCount: 1 }
            - { InstanceRole: CORE, InstanceType: m5.xlarge, InstanceCount: "${params.count}" }
    """
  static let inputs = [
    "-c", "base.yml", "-c", "prod.yml", "--set", "emr.count=7", "--param", "day=2026-03-01",
    "--run-time", "2026-03-02T00:00:00Z",
  ]

  private static func scratch() throws -> Scratch {
    let scratch = try Scratch()
    try scratch.file("pipeline.yml", pipeline)
    try scratch.file("schema.json", schema)
    try scratch.file("shared/load.yml", load)
    try scratch.file("shared/cluster.yml", cluster)
    try scratch.file("base.yml", "bucket: <%= ENV['BUCKET'] %>\nemr: { count: 2 }\n")
    try scratch.file("prod.yml", "password: correct-horse\nemr:\n  count: 5\n")
    try scratch.file("box/acme/raw/1", "line\n")
    return scratch
  }

  private func text(_ run: Run) -> String { String(decoding: run.output, as: UTF8.self) }

  private static func run(_ arguments: [String], _ scratch: Scratch) throws -> Run {
    try Run(arguments, environment: ["BUCKET": "acme"], folder: scratch.folder)
  }

  @Test func aPlanIsCarriedOutAndRecovered() throws {
    let scratch = try Self.scratch()
    let box = ["--sandbox", "box"]
    let planned = try Self.run(
      ["plan", "pipeline.yml", "-o", "plan.json"] + Self.inputs + box, scratch)
    #expect(planned.status == 0, "\(planned.errors)")
    #expect(text(planned).contains("day  2026-03-01"))
    #expect(text(planned).contains("7 × m5.xlarge core"))
    let plan = try String(
      contentsOf: scratch.folder.appending(path: "plan.json"), encoding: .utf8)
    for part in [
      "base.yml", "prod.yml", "shared/load.yml", "shared/cluster.yml", "emr.count=7",
      "day=2026-03-01",
    ] {
      #expect(plan.contains("\"\(part)\""), "\(part)")
    }
    let failed = try Self.run(["apply", "plan.json", "--fault", "Count=fail"] + box, scratch)
    #expect(failed.status == 1)
    let recovered = try Self.run(["run", "--recover", "2026-03-02-00-00-00"] + box, scratch)
    #expect(recovered.status == 0, "\(recovered.errors)")
    let world = scratch.folder.appending(path: "box/acme")
    #expect(FileManager.default.fileExists(atPath: world.appending(path: "out/2026-03-01/1").path))
    #expect(
      FileManager.default.fileExists(
        atPath: world.appending(path: "counts/2026-03-02-00-00-00").path)
    )
  }

  @Test(arguments: ["base.yml", "prod.yml", "shared/load.yml", "shared/cluster.yml"])
  func aChangedFileMakesAPlanStale(file: String) throws {
    let scratch = try Self.scratch()
    let box = ["--sandbox", "box"]
    let planned = try Self.run(
      ["plan", "pipeline.yml", "-o", "plan.json"] + Self.inputs + box, scratch)
    #expect(planned.status == 0, "\(planned.errors)")
    let url = scratch.folder.appending(path: file)
    let text = try String(contentsOf: url, encoding: .utf8)
    try scratch.file(file, text + "\n# changed\n")
    let applied = try Self.run(["apply", "plan.json"] + box, scratch)
    #expect(applied.status == 1)
    #expect(applied.errors.contains("error[plan-stale]") && applied.errors.contains(file))
  }

  /// A comparison names the line of the file that a value is in.
  @Test func aDifferenceIsInItsFile() throws {
    let scratch = try Self.scratch()
    func git(_ arguments: [String]) throws {
      let process = Process()
      process.executableURL = URL(filePath: "/usr/bin/env")
      process.arguments =
        ["git", "-c", "user.name=t", "-c", "user.email=t@example.com"] + arguments
      process.currentDirectoryURL = scratch.folder
      try process.run()
      process.waitUntilExit()
      try #require(process.terminationStatus == 0)
    }
    try git(["init", "-q"])
    try git(["add", "pipeline.yml", "schema.json", "shared", "base.yml", "prod.yml"])
    try git(["commit", "-q", "-m", "one"])
    try scratch.file("prod.yml", "password: correct-horse\nemr:\n  count: 6\n")
    let changed = Self.cluster.replacing("emr-7.5.0", with: "emr-7.6.0")
    try scratch.file("shared/cluster.yml", changed)
    let diff = try Self.run(
      [
        "diff", "--git", "HEAD", "--pipeline", "pipeline.yml", "-c", "base.yml", "-c", "prod.yml",
        "--param", "day=2026-03-01", "--run-time", "2026-03-02T00:00:00Z",
      ], scratch)
    #expect(diff.status == 0, "\(diff.errors)")
    #expect(text(diff).contains("prod.yml:3"), "\(text(diff))")
    #expect(text(diff).contains("shared/cluster.yml:9"), "\(text(diff))")
  }

  /// The module in docs/language.md makes a cluster.
  @Test func theModuleOfTheLanguagePageCompiles() throws {
    let blocks = try DocumentTests.blocks(of: "docs/language.md")
    let module = try #require(blocks.first { $0.lines.contains { $0.hasPrefix("module: ") } })
    let scratch = try Scratch()
    try scratch.file("shared/cluster.yml", module.text)
    try scratch.file(
      "pipeline.yml",
      """
      penstock: v1
      pipeline: small
      use:
        - file: shared/cluster.yml
          with: { size: large }
      stages:
        - stage: a
          steps: [{ name: A, command: { command: ["true"] } }]
      cluster:
        region: eu-west-1
        job-flow: { Name: small }
      """)
    let run = try Self.run(["compile", "pipeline.yml"], scratch)
    #expect(run.status == 0, "\(run.errors)")
    #expect(text(run).contains("\"InstanceType\": \"m5.4xlarge\""))
  }
}
