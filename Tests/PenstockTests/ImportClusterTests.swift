import Foundation
import TestSupport
import Testing

/// `import` of a cluster by its id, which a sandbox describes.
@Suite struct ImportClusterTests {
  private static let pipeline = """
    penstock: v1
    pipeline: beacon
    stages:
      - stage: light
        steps:
          - name: Light
            spark-submit:
              application: s3://beacon-code/light.py
              args: ["--day", "2026-03-01"]
            on-failure: CONTINUE
          - name: Copy
            hadoop-jar: { jar: "s3://beacon-code/copy.jar", class: beacon.Copy }
    cluster:
      region: eu-west-1
      job-flow:
        Name: beacon
        ReleaseLabel: emr-7.5.0
        ServiceRole: EMR_DefaultRole
        JobFlowRole: EMR_EC2_DefaultRole
        Applications: [{ Name: Spark }]
        LogUri: s3://beacon-logs/
        Instances:
          Ec2SubnetId: subnet-0a1b2c3d
          KeepJobFlowAliveWhenNoSteps: false
          InstanceGroups:
            - { InstanceRole: MASTER, InstanceType: m5.xlarge, InstanceCount: 1 }

    """

  @Test func aClusterOfASandboxIsImportedAndEqual() throws {
    let scratch = try Scratch()
    try Self.pipeline.write(
      to: scratch.folder.appending(path: "p.yml"), atomically: true, encoding: .utf8)
    let ran = try Run(["run", "p.yml", "--sandbox", "box"], folder: scratch.folder)
    #expect(ran.status == 0, "\(ran.errors)")
    let words = (ran.text + ran.errors).split { !$0.isLetter && !$0.isNumber && $0 != "-" }
    let cluster = try #require(words.first { $0.hasPrefix("j-SANDB") }.map(String.init))
    let imported = try Run(
      ["import", cluster, "--sandbox", "box", "--region", "eu-west-1", "-o", "out"],
      folder: scratch.folder)
    #expect(imported.status == 0, "\(imported.text)\(imported.errors)")
    let made = try String(
      contentsOf: scratch.folder.appending(path: "out/beacon.yml"), encoding: .utf8)
    #expect(made.contains("spark-submit:") && made.contains("class: beacon.Copy"))
    #expect(!made.contains("Tags"), "the run's own marks aren't the pipeline's")
    let unknown = try Run(
      ["import", "j-SANDBNOTTHERE", "--sandbox", "box"], folder: scratch.folder)
    #expect(unknown.status == 1 && unknown.errors.contains("aws-call-failed"))
  }
}
