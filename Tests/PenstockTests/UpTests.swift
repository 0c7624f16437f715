import Foundation
import TestSupport
import Testing

/// `penstock up`, with the binary: a pipeline's cluster without its steps.
@Suite struct UpTests {
  private static let cluster = """
    cluster:
      region: eu-west-1
      reuse: { name: Night }
      job-flow:
        Name: Night
        LogUri: s3://acme-logs/
        ReleaseLabel: emr-7.5.0
        ServiceRole: EMR_DefaultRole
        JobFlowRole: EMR_EC2_DefaultRole
        Instances:
          Ec2SubnetId: subnet-0123abcd
          InstanceGroups:
            - { InstanceRole: MASTER, InstanceCount: 1, InstanceType: m5.xlarge }
    """

  /// A pipeline without stages, and one that uses its cluster.
  private static func scratch() throws -> Scratch {
    let scratch = try Scratch()
    try scratch.file("night.yml", "penstock: v1\npipeline: night\n\(cluster)")
    try scratch.file(
      "words.yml",
      """
      penstock: v1
      pipeline: words
      datasets:
        in: { at: "s3://acme-in/words/" }
        out: { at: "s3://acme-out/run=${run.id}/" }
      stages:
        - stage: count
          requires: [{ data: in }]
          steps: [{ name: "[count] words", s3-dist-cp: { src: in, dest: out } }]
      \(cluster)
      """)
    for bucket in ["acme-in", "acme-out", "acme-logs"] {
      try scratch.file("box/\(bucket)/.keep", "")
    }
    return scratch
  }

  private static func penstock(_ scratch: Scratch, _ arguments: String...) throws -> Run {
    try Run(arguments + ["--sandbox", "box"], folder: scratch.folder)
  }

  @Test func aClusterIsUpUntilDown() throws {
    let scratch = try Self.scratch()
    let up = try Self.penstock(scratch, "up", "night.yml", "--lease", "2h")
    #expect(up.status == 0, "\(up.errors)")
    #expect(up.errors.hasSuffix("  the cluster j-SANDB00000001 waits for steps\n"), "\(up.errors)")
    // Again, and by the pipeline that uses it.
    for pipeline in ["night.yml", "words.yml"] {
      let again = try Self.penstock(scratch, "up", pipeline, "--lease", "2h")
      #expect(again.text == "the cluster j-SANDB00000001 is up already\n", "\(again.errors)")
    }
    let json = try Self.penstock(scratch, "up", "night.yml", "--lease", "2h", "--format", "json")
    #expect(json.text == "{\"event\":\"up-already\",\"cluster\":\"j-SANDB00000001\"}\n")
    try scratch.file("box/acme-in/words/a", "a\n")
    let run = try Self.penstock(scratch, "run", "words.yml", "--use-persistent-jobflow")
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.errors.contains("reusing the waiting cluster j-SANDB00000001"), "\(run.errors)")
    let down = try Self.penstock(scratch, "down")
    #expect(down.text.hasSuffix(": the cluster j-SANDB00000001 is being terminated\n"))
    let other = try Self.penstock(scratch, "up", "night.yml", "--lease", "2h")
    #expect(other.errors.hasSuffix(" waits for steps\n"), "\(other.errors)")
    #expect(!other.errors.contains("j-SANDB00000001"), "\(other.errors)")
  }

  /// By its pipeline, whoever started it and whatever the journal knows.
  @Test func thePipelineSaysWhichClusterIsEnded() throws {
    let scratch = try Self.scratch()
    let none = try Self.penstock(scratch, "down", "words.yml")
    #expect(none.text == "words: no cluster named `Night` is up\n", "\(none.errors)")
    #expect(try Self.penstock(scratch, "up", "night.yml", "--lease", "2h").status == 0)
    let dry = try Self.penstock(
      scratch, "down", "words.yml", "--dry-run", "--journal", "other.db")
    #expect(
      dry.text == "words: the cluster j-SANDB00000001 would be terminated\n", "\(dry.errors)")
    let down = try Self.penstock(scratch, "down", "words.yml", "--journal", "other.db")
    #expect(
      down.text == "words: the cluster j-SANDB00000001 is being terminated\n", "\(down.errors)")
    try scratch.file("broken.yml", "penstock: v1\npipeline: x\n")
    let broken = try Self.penstock(scratch, "down", "broken.yml")
    #expect(broken.status == 1 && broken.errors.contains("`cluster`"), "\(broken.errors)")
  }

  @Test func aKilledUpIsContinued() throws {
    for count in [1, 4, 6, 8] {
      let scratch = try Self.scratch()
      let killed = try Self.penstock(
        scratch, "up", "words.yml", "--lease", "1h", "--run-id", "r1", "--fault",
        "crash-after=\(count)")
      #expect(killed.status == -1)
      let apply = try Self.penstock(scratch, "apply", "r1")
      #expect(apply.status == 0, "\(apply.errors)")
      #expect(apply.errors.hasSuffix("  the cluster j-SANDB00000001 waits for steps\n"))
    }
  }

  @Test func plansOfClusters() throws {
    let scratch = try Self.scratch()
    let plan = try Self.penstock(scratch, "plan", "night.yml", "-o", "plan.json")
    #expect(plan.status == 0, "\(plan.errors)")
    #expect(
      plan.text.contains("  ends      by `down`\n")
        && plan.text.contains("warnings  1: cluster-no-lease (see -v)\n"), "\(plan.text)")
    #expect(plan.text.hasSuffix("A cluster without steps, 1 warning. The plan is in plan.json.\n"))
    #expect(try Self.penstock(scratch, "apply", "plan.json").status == 0)
    let again = try Self.penstock(scratch, "plan", "night.yml", "-o", "again.json")
    #expect(
      again.text.contains("  is up  j-SANDB00000001, as `Night` in eu-west-1\n"), "\(again.text)")
    #expect(again.text.hasSuffix("Nothing to do. The plan is in again.json.\n"))
    let apply = try Self.penstock(scratch, "apply", "again.json")
    #expect(apply.text == "the cluster j-SANDB00000001 is up already\n", "\(apply.errors)")
  }

  @Test func whatCannotBe() throws {
    let scratch = try Self.scratch()
    let lease = try Self.penstock(scratch, "up", "night.yml", "--lease", "8d")
    #expect(lease.errors.contains("`8d` isn't a value of `--lease`"), "\(lease.errors)")
    let run = try Self.penstock(scratch, "run", "words.yml", "--lease", "1h")
    #expect(run.status == 1 && run.errors.contains("error[cluster-lease]"), "\(run.errors)")
    let engine = try Run(
      ["compile", "night.yml", "--target", "airflow"], folder: scratch.folder)
    #expect(engine.status == 1)
    #expect(
      engine.errors.contains(
        "error[emr-no-steps]: the pipeline has no stages, so there is nothing to do for Airflow"),
      "\(engine.errors)")
    let failing = try Self.penstock(
      scratch, "up", "night.yml", "--lease", "1h", "--run-id", "r1", "--fault", "bootstrap=fail")
    #expect(failing.status == 1 && !failing.text.contains("--recover"), "\(failing.text)")
    let recover = try Self.penstock(scratch, "run", "--recover", "r1")
    #expect(recover.errors.contains("`penstock up` starts another one"), "\(recover.errors)")
  }
}
