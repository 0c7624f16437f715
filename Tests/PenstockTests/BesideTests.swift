import Foundation
import TestSupport
import Testing

/// Every command finds the files beside a pipeline by its meaning, not by its text.
@Suite struct BesideTests {
  private static let pipeline = """
    penstock: v1
    pipeline: t
    inputs: { config: { "schema" : &x schemas/s.json } }
    stages:
      - stage: a
        steps:
          - { name: "${config.name}", greet: { whom: world } }
    cluster:
      region: eu-west-1
      job-flow:
        Name: t
        ReleaseLabel: emr-6.15.0
        ServiceRole: EMR_DefaultRole
        JobFlowRole: EMR_EC2_DefaultRole
        Instances:
          InstanceGroups: [{ InstanceRole: MASTER, InstanceType: m5.xlarge, InstanceCount: 1 }]

    """

  /// A pipeline in a folder of its own, with a step kind and two schemas.
  private func write(to scratch: Scratch, _ folder: String, name: String = "step") throws {
    try scratch.file("\(folder)/pipeline.yml", Self.pipeline)
    try scratch.file(
      "\(folder)/schemas/s.json",
      #"{"type": "object", "required": ["name"], "properties": {"name": {"$ref" : "t.json"}}}"#)
    try scratch.file("\(folder)/schemas/t.json", #"{"type": "string"}"#)
    try scratch.file(
      "\(folder)/step-kinds/greet.yml",
      """
      penstock: v1
      step-kind: greet
      parameters: { type: object, properties: { whom: { type: string } } }
      jar: command-runner.jar
      arguments:
        - { value: whom }

      """)
    try scratch.file("\(folder)/config.yml", "name: \(name)\n")
  }

  @Test func everyCommandFindsThem() throws {
    let scratch = try Scratch()
    try write(to: scratch, "p")
    let inputs = ["p/pipeline.yml", "-c", "p/config.yml"]
    for command in ["check", "compile", "graph"] {
      let run = try Run([command] + inputs, folder: scratch.folder)
      #expect(run.status == 0, "\(command): \(run.errors)")
    }
    for command in ["plan", "run"] {
      let run = try Run([command] + inputs + ["--sandbox", "box"], folder: scratch.folder)
      #expect(run.status == 0, "\(command): \(run.errors)")
    }
    let plan = try Run(["compile", "--emit", "plan"] + inputs, folder: scratch.folder)
    for path in ["p/schemas/s.json", "p/schemas/t.json", "p/step-kinds/greet.yml"] {
      #expect(plan.text.contains("\"path\": \"\(path)\""), "\(path)")
    }
  }

  @Test func diffFindsThem() throws {
    let scratch = try Scratch()
    try write(to: scratch, "a")
    try write(to: scratch, "b", name: "renamed")
    let run = try Run(["diff", "a", "b"], folder: scratch.folder)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.text.contains("renamed"))
    let named = try Run(
      ["diff", "a/config.yml", "b/config.yml", "--pipeline", "a/pipeline.yml"],
      folder: scratch.folder)
    #expect(named.status == 0, "\(named.errors)")
  }

  /// What is wrong with the command line is shown there.
  @Test(arguments: [["--skip", "shredd"], ["--input", "x"], ["--resume-from", "shredd"]])
  func diffShowsMistakesOnTheCommandLine(_ options: [String]) throws {
    let folder = Locations.repository.appending(path: "examples")
    let run = try Run(
      ["diff", "snowplow", "snowplow"] + options,
      environment: DiffCommandTests.environment, folder: folder)
    #expect(run.status != 0)
    #expect(run.errors.contains("<command line>:1:"), "\(run.errors)")
    #expect(run.errors.contains("diff snowplow snowplow \(options.joined(separator: " "))"))
    #expect(!run.errors.contains("yaml-language-server"))
  }
}
