import Foundation
import TestSupport
import Testing

/// What the built-in pipelines report for the examples.
@Suite struct ExampleTests {
  private static let folder = Locations.repository.appending(path: "examples/clickstream")
  private static let arguments = ["compile", "clickstream-hive", "-c", "config.yml"]

  @Test func saysWhatItAssumedWhereItIsAsked() throws {
    let run = try Run(Self.arguments + ["-v"], folder: Self.folder)
    #expect(run.status == 0)
    #expect(
      run.errors.contains("assumed that `s3://acme-web-logs/www/` holds data"))
    #expect(try Run(Self.arguments, folder: Self.folder).errors.isEmpty)
    let quiet = try Run(Self.arguments + ["-v", "-q"], folder: Self.folder)
    #expect(quiet.status == 0 && quiet.errors.isEmpty)
    #expect(try Run(Self.arguments + ["--strict"], folder: Self.folder).status == 0)
  }

  /// A cluster isn't started only for its own steps, such as that for debugging.
  @Test(arguments: [[], ["--debug"]])
  func refusesARunInWhichNoStageDoesAnything(more: [String]) throws {
    let scratch = try Scratch()
    let pipeline = try scratch.file(
      "own.yml",
      """
      penstock: v1
      pipeline: own
      stages:
        - stage: only
          steps:
            - { name: work, shell: { run: work } }
      cluster:
        region: eu-west-1
        on-create:
          - { name: set up, when: "${run.debug}", shell: { run: set-up } }
        job-flow:
          Name: own
          ReleaseLabel: emr-7.5.0
          ServiceRole: EMR_DefaultRole
          JobFlowRole: EMR_EC2_DefaultRole
          Instances:
            InstanceGroups:
              - { InstanceRole: MASTER, InstanceType: m5.xlarge, InstanceCount: 1 }
      """)
    let all = try Run(["compile", pipeline.path] + more)
    #expect(all.status == 0, "\(all.errors)")
    let none = try Run(["compile", pipeline.path, "--skip", "only"] + more)
    #expect(none.status == 1 && none.output.isEmpty)
    #expect(none.errors.contains("error[emr-no-steps]: no stage of this run has any steps"))
  }
}
