import Compiler
import Diagnostics
import Documents
import PlanFormat
import SourceText
import TestSupport
import Testing
import Values

/// Runs that only bring up a cluster.
@Suite struct ClusterOnlyTests {
  private static let stages = """
    datasets: { in: { at: s3://acme/in/ }, out: { at: "s3://acme/out/${run.id}/" } }
    stages:
      - stage: work
        requires: [{ data: in }]
        steps:
          - { name: Query, hive: { script: s3://acme/q.hql } }
          - { name: Copy, s3-dist-cp: { src: in, dest: out } }
      - stage: extra
        when: ${run.debug}
        steps: [{ name: Count, spark-submit: { application: s3://acme/a.py } }]
    """

  private static func compile(
    _ stages: String = "", reuse: String = "", clusters: String = "[]",
    _ change: (inout CompilerInput) -> Void = { _ in }
  ) -> CompilerResult {
    let pipeline = """
      penstock: v1
      pipeline: alone
      \(stages)
      cluster:
        region: eu-west-1
      \(reuse)
        job-flow:
          Name: "Night ${run.isPersistent}"
          ReleaseLabel: emr-6.15.0
          AutoTerminationPolicy: { IdleTimeout: 3600 }
          Instances: { InstanceCount: 1, MasterInstanceType: m5.xlarge }
      """
    let facts = #"{"s3": {}, "clusters": \#(clusters)}"#
    var input = CompilerInput(
      pipeline: SourceFile(name: "p.yml", text: Array(pipeline.utf8)), files: [],
      environment: [:], facts: SourceFile(name: "facts.json", text: Array(facts.utf8)),
      options: CompilerOptions(
        runTime: Value.Timestamp(seconds: 1_772_341_567, nanoseconds: 0), utcOffsetSeconds: 0))
    change(&input)
    return Compiler.compile(input)
  }

  private static func plan(_ result: CompilerResult) throws -> Plan {
    var diagnostics: [Diagnostic] = []
    let plan = result.plan(PlanDetails(madeBy: "test", arguments: []), into: &diagnostics)
    return try #require(plan, "\((result.diagnostics + diagnostics).map(\.message))")
  }

  /// The request has no steps, and the cluster stays.
  @Test func withoutStages() throws {
    let result = Self.compile()
    #expect(result.diagnostics.map(\.code) == [])
    let plan = try Self.plan(result)
    #expect(plan.isClusterOnly && plan.stages.isEmpty && plan.cluster.isPersistent)
    #expect(plan.clusterAlreadyUp == nil)
    #expect(plan.requests.map(\.operation) == ["RunJobFlow"])
    guard case .map(let body) = plan.requests[0].body, case .map(let instances)? = body["Instances"]
    else { return #expect(Bool(false), "no body") }
    #expect(body["Steps"] == nil)
    #expect(body["Name"] == .string("Night true"))
    #expect(instances["KeepJobFlowAliveWhenNoSteps"] == .bool(true))
    #expect(
      plan.facts.map(\.question.kind) == [.cluster], "it has to know whether the cluster is up")
  }

  /// The stages' data isn't asked for, but their applications are there; not those of stages that
  /// would not run.
  @Test func stagesThatAreNotWanted() throws {
    let plan = try Self.plan(
      Self.compile(Self.stages) { $0.options.isClusterOnly = true })
    #expect(plan.isClusterOnly && plan.stages.isEmpty)
    #expect(plan.facts.map(\.question.kind) == [.cluster])
    guard case .map(let body) = plan.requests[0].body else { return #expect(Bool(false)) }
    #expect(body["Applications"] == .list([.map(ValueMap(["Name": .string("Hive")]))]))
  }

  /// By the name that runs reuse it by, or else its own; whatever it does.
  @Test(arguments: [("", "Night true"), ("  reuse: { name: Owls }", "Owls")])
  func aClusterThatIsUp(_ reuse: String, _ name: String) throws {
    for state in ["WAITING", "RUNNING", "STARTING"] {
      let plan = try Self.plan(
        Self.compile(
          reuse: reuse, clusters: #"[{"id": "j-1", "name": "\#(name)", "state": "\#(state)"}]"#))
      #expect(plan.clusterAlreadyUp == "j-1")
      #expect(plan.requests.isEmpty)
      var diagnostics: [Diagnostic] = []
      let tree = JSONReader.read(
        PlanWriter.bytes(plan), source: SourceID(index: 0), into: &diagnostics)
      let read = tree.flatMap { PlanReader.read($0, into: &diagnostics) }
      #expect(read?.clusterAlreadyUp == "j-1", "\(diagnostics.map(\.message))")
    }
    let ended = try Self.plan(
      Self.compile(
        reuse: reuse, clusters: #"[{"id": "j-1", "name": "\#(name)", "state": "TERMINATED"}]"#))
    #expect(ended.clusterAlreadyUp == nil)
  }

  @Test func whatIsUpHasToBeWhatIsDescribed() {
    let described =
      #"{"Id": "j-1", "ReleaseLabel": "emr-5.28.0", "Status": {"State": "WAITING"}, "#
      + #""Applications": [], "Configurations": [], "BootstrapActions": []}"#
    let result = Self.compile(
      clusters:
        #"[{"id": "j-1", "name": "Night true", "state": "WAITING", "description": \#(described)}]"#
    )
    #expect(result.diagnostics.map(\.code) == [.clusterDiffers])
  }

  /// There is nothing to do on a cluster that is given.
  @Test func aGivenClusterHasNothingToDo() {
    let clusters = #"[{"id": "j-1", "name": "x", "state": "WAITING"}]"#
    let result = Self.compile(clusters: clusters) { $0.options.cluster = "j-1" }
    #expect(result.diagnostics.filter { $0.severity == .error }.map(\.code) == [.emrNoSteps])
  }
}
