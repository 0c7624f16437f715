import Foundation
import TestSupport
import Testing

/// Runs that ask for no facts before they start, repeated: each succeeds.
///
/// Once, an optimised build read what a group of no tasks gives as something else, and died in most
/// of such runs, but not in all. So one run proves little, and a debug build nothing.
@Suite struct RepeatedRunTests {
  private static let rounds = 20

  /// Pipelines by the number of their steps, none of which needs anything to be there.
  private static func pipeline(steps: Int) -> String {
    var text = """
      penstock: v1
      pipeline: nothing-asked
      cluster:
        region: eu-west-1
        job-flow:
          Name: Nothing asked
          ReleaseLabel: emr-7.5.0
          Instances:
            InstanceGroups:
              - { InstanceRole: MASTER, InstanceType: m5.xlarge, InstanceCount: 1 }
      stages:
        - stage: only
          steps:

      """
    for step in 1...steps {
      text += "      - { name: Step \(step), command: { command: [echo, hello] } }\n"
    }
    return text
  }

  @Test(arguments: [1, 3, 8]) func aRunWithoutFactsEndsWell(steps: Int) throws {
    try repeatedly(Self.pipeline(steps: steps))
  }

  @Test func theFirstPipelineOfThePageEndsWell() throws {
    let page = try DocumentTests.blocks(of: "docs/writing-a-pipeline.md")
    try repeatedly(try #require(page.first { $0.file == "sessions.yml" }).text)
  }

  /// A run that was carried out isn't carried out again, which is said.
  @Test func theSameRunTwiceIsTold() throws {
    let scratch = try Scratch()
    try scratch.file("pipeline.yml", Self.pipeline(steps: 1))
    let line = [
      "run", "pipeline.yml", "--sandbox", "box", "--run-time", "2026-03-01T02:00:00Z",
    ]
    let first = try Run(line, folder: scratch.folder)
    #expect(first.status == 0 && !first.errors.contains("run-done"), "\(first.errors)")
    let again = try Run(line, folder: scratch.folder)
    #expect(again.status == 0)
    #expect(
      again.errors.contains(
        "warning[run-done]: the run `2026-03-01-02-00-00` was carried out before"),
      "\(again.errors)")
  }

  /// Commands name runs by their ids.
  @Test(arguments: ["-x", "--help", ".", "a/b"]) func anIDThatIsNoWordIsRefused(
    _ id: String
  ) throws {
    let scratch = try Scratch()
    try scratch.file("pipeline.yml", Self.pipeline(steps: 1))
    let run = try Run(
      ["run", "pipeline.yml", "--sandbox", "box", "--run-id=\(id)"], folder: scratch.folder)
    #expect(run.status == 1 && run.errors.contains("letters, digits"), "\(run.errors)")
  }

  /// `run`, and `plan` with `apply`, each in a sandbox of its own.
  private func repeatedly(_ pipeline: String) throws {
    let scratch = try Scratch()
    try scratch.file("pipeline.yml", pipeline)
    for round in 1...Self.rounds {
      let run = try Run(
        ["run", "pipeline.yml", "--sandbox", "box-\(round)"], folder: scratch.folder)
      #expect(run.status == 0, "run \(round): \(run.errors)")
    }
    for round in 1...Self.rounds {
      let box = ["--sandbox", "planned-\(round)"]
      let plan = try Run(
        ["plan", "pipeline.yml", "-o", "plan-\(round).json"] + box, folder: scratch.folder)
      #expect(plan.status == 0, "plan \(round): \(plan.errors)")
      let apply = try Run(["apply", "plan-\(round).json"] + box, folder: scratch.folder)
      #expect(apply.status == 0, "apply \(round): \(apply.errors)")
    }
  }
}
