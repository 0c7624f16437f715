import Compiler
import Diagnostics
import PipelineIR
import SourceText
import TestSupport
import Testing
import Values

/// What the world, or the options of a run, may refuse.
@Suite struct RefusalTests {
  private static func compile(
    clusters: [(id: String, state: String)] = [], _ change: (inout CompilerInput) -> Void
  ) -> CompilerResult {
    let pipeline = """
      penstock: v1
      pipeline: refused
      stages:
        - stage: work
          requires:
            - { require: "${run.debug}", message: nothing is debugged, exit: 5 }
          steps: [{ name: One, command: { command: [echo, one] } }]
      cluster:
        region: eu-west-1
        reuse: { name: waiting }
        job-flow:
          Name: refused
          ReleaseLabel: emr-6.15.0
          Instances: { InstanceCount: 1, MasterInstanceType: m5.xlarge }
      """
    let list = clusters.map {
      "{\"id\": \"\($0.id)\", \"name\": \"waiting\", \"state\": \"\($0.state)\"}"
    }
    let facts = "{\"s3\": {}, \"clusters\": [\(list.joined(separator: ","))]}"
    var options = CompilerOptions(
      runTime: Value.Timestamp(seconds: 1_772_341_567, nanoseconds: 0), utcOffsetSeconds: 0)
    options.debug = true
    var input = CompilerInput(
      pipeline: SourceFile(name: "p.yml", text: Array(pipeline.utf8)), files: [],
      environment: [:], facts: SourceFile(name: "facts.json", text: Array(facts.utf8)),
      options: options)
    change(&input)
    return Compiler.compile(input)
  }

  @Test func aWaitingClusterIsTaken() {
    let result = Self.compile(clusters: [("j-1", "WAITING")]) { $0.options.persistent = true }
    #expect(result.diagnostics.map(\.code) == [.factAssumed])
    #expect(result.program?.cluster.reusedID == "j-1")
  }

  /// A cluster is taken only if it is what the pipeline describes.
  @Test func aClusterThatDiffersIsNotTaken() throws {
    let described = """
      {"Id": "j-1", "ReleaseLabel": "emr-5.28.0", "Status": {"State": "WAITING"},
       "Applications": [], "Configurations": [], "BootstrapActions": []}
      """
    let result = Self.compile {
      $0.options.cluster = "j-1"
      $0.facts = SourceFile(
        name: "facts.json",
        text: Array(
          #"{"s3": {}, "clusters": [{"id": "j-1", "name": "other", "state": "RUNNING", "#.utf8)
          + Array("\"description\": \(described)}]}".utf8))
    }
    #expect(result.diagnostics.map(\.code) == [.clusterDiffers])
    let message = try #require(result.diagnostics.first?.message)
    #expect(
      message.hasPrefix(
        "the cluster `j-1` isn't what the pipeline describes: it has the ReleaseLabel emr-5.28.0, "
          + "not emr-6.15.0"), "\(message)")
  }

  @Test func aBusyClusterEndsTheRun() {
    let result = Self.compile(clusters: [("j-1", "RUNNING")]) { $0.options.persistent = true }
    #expect(result.diagnostics.map(\.code) == [.clusterBusy])
    #expect(result.exitStatus.code == 18)
  }

  @Test func twoClustersAreOneTooMany() {
    let result = Self.compile(clusters: [("j-1", "WAITING"), ("j-2", "WAITING")]) {
      $0.options.persistent = true
    }
    #expect(result.diagnostics.map(\.code) == [.clusterAmbiguous])
  }

  @Test func aRequirementEndsTheRun() {
    let result = Self.compile { $0.options.debug = false }
    #expect(result.diagnostics.map(\.code) == [.requirementFailed])
    #expect(result.exitStatus.code == 5)
  }

  @Test func onlyStepsOfTheRunAreSkipped() {
    let result = Self.compile { $0.options.skipSteps = ["Two"] }
    #expect(result.diagnostics.map(\.code) == [.skipUnknownStep])
  }
}
