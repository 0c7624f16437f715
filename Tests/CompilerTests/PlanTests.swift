import Documents
import Compiler
import Diagnostics
import Foundation
import PlanFormat
import Schemas
import SourceText
import TestSupport
import Testing
import Values

@Suite struct PlanTests {
  static let pipeline = """
    penstock: v1
    pipeline: nightly
    inputs:
      config: { schema: config.schema.json }
    datasets:
      incoming: { at: "s3://b/in/" }
      work: { at: "s3://b/work/run=${run.id}/" }
      out: { at: "s3://b/out/" }
    stages:
      - stage: stage_in
        requires:
          - { empty: work, message: "a run is under way" }
          - { data: incoming, pattern: \\.gz$, message: nothing came }
        steps:
          - name: Take
            s3-dist-cp: { src: incoming, dest: work, deleteOnSuccess: true }
      - stage: crunch
        when: ${config.crunches}
        steps:
          - name: Crunch
            hadoop-jar: { jar: "s3://b/j.jar", args: { password: "${config.password}", pair: "k=${config.password}" } }
            reads: [work]
            writes: [out]
            timeout: 90m
            log: s3://b/logs/own/${run.id}
    cluster:
      region: eu-west-1
      bootstrap-tries: ${1 + 2}
      job-flow:
        Name: ${config.name}
        LogUri: s3://b/logs/
        ReleaseLabel: emr-6.15.0
        Instances: { InstanceCount: 1, MasterInstanceType: m5.xlarge }
    run:
      timeout: 1d12h
      credentials:
        $when: ${config.name != "standard"}
        access-key-id: AKIA
        secret-access-key: ${config.password}
    """
  static let schema = """
    {"type": "object", "required": ["crunches", "name", "password"], "properties": {
      "name": {"type": "string"}, "crunches": {"type": "boolean"},
      "password": {"type": "string", "x-secret": true}}}
    """

  static func input(
    _ config: String = "{name: N, crunches: true, password: hunter22hunter22}",
    facts: String? = nil
  ) -> CompilerInput {
    let file = { (name: String, text: String) in SourceFile(name: name, text: Array(text.utf8)) }
    var options = CompilerOptions(
      runTime: Value.Timestamp(seconds: 1_772_341_567, nanoseconds: 0), utcOffsetSeconds: 3600)
    options.allowed = [.secretInArguments]
    return CompilerInput(
      pipeline: file("p.yml", pipeline),
      files: [InputFile(role: "config", file: file("c.yml", config))],
      schemas: ["config.schema.json": file("config.schema.json", schema)], environment: [:],
      facts: facts.map { file("facts.json", $0) }, options: options)
  }

  static let details = PlanDetails(madeBy: "penstock test", arguments: ["p.yml", "-c", "c.yml"])

  private func plan(_ input: CompilerInput = PlanTests.input()) throws -> Plan {
    let result = Compiler.compile(input)
    #expect(!result.diagnostics.hasErrors, "\(result.diagnostics)")
    var diagnostics: [Diagnostic] = []
    let plan = result.plan(Self.details, into: &diagnostics)
    #expect(diagnostics.isEmpty)
    return try #require(plan)
  }

  @Test func requestsAreWhatIsCompiled() throws {
    let result = Compiler.compile(Self.input())
    let plan = try plan()
    var writer = CanonicalJSONWriter(pretty: true)
    writer.value(try #require(plan.requests.first).body, revealingSecrets: true)
    writer.newline()
    let compiled = Collected()
    result.write(.jobFlow, pretty: true) { compiled.bytes += $0 }
    #expect(writer.bytes == compiled.bytes)
    #expect(plan.secrets == ["c.yml#/password", "c.yml#/password (2)"])
  }

  /// Written plans match the schema in schemas/, and can be read back.
  @Test func plansAreOfTheirSchema() throws {
    let bytes = PlanWriter.bytes(try plan())
    var diagnostics: [Diagnostic] = []
    let file = Locations.repository.appending(path: "schemas/plan.schema.json")
    let description = try #require(
      JSONReader.read(
        Locations.bytes(file), source: SourceID(index: 0), into: &diagnostics))
    let tree = try #require(
      JSONReader.read(bytes, source: SourceID(index: 1), into: &diagnostics))
    var set = SchemaSet()
    set.add(description, uri: "penstock:///plan")
    let schema = try #require(
      set.compile("penstock:///plan", load: { _ in nil }, into: &diagnostics))
    diagnostics += schema.diagnose(tree, assertingFormats: true)
    let again = try #require(PlanReader.read(tree, into: &diagnostics))
    #expect(diagnostics.isEmpty, "\(diagnostics.map(\.message))")
    #expect(PlanWriter.bytes(again) == bytes)
  }

  @Test func noPlanHoldsASecret() throws {
    let text = String(decoding: PlanWriter.bytes(try plan()), as: UTF8.self)
    #expect(!text.contains("hunter22"))
    #expect(text.contains("{{secret: c.yml#/password}}"))
  }

  @Test func holdsWhatIsDoneAroundTheRun() throws {
    let plan = try plan()
    #expect(plan.timeoutSeconds == 129_600)
    #expect(plan.steps.map(\.timeoutSeconds) == [0, 5400])
    #expect(plan.cluster.bootstrapTries == 3)
    #expect(plan.cluster.logURI == "s3://b/logs/")
    let expected = Value.map(
      ValueMap([
        "credentials": .map(
          ValueMap([
            "access-key-id": .string("AKIA"),
            "secret-access-key": .string("{{secret: c.yml#/password}}"),
          ])),
        "logs": .list([
          .map(
            ValueMap([
              "step": .string("Crunch"), "at": .string("s3://b/logs/own/2026-03-01-06-06-07"),
            ]))
        ]),
      ]))
    #expect(Value.map(plan.settings).equals(expected))
    let standard = try self.plan(Self.input("{name: standard, crunches: true, password: x}"))
    #expect(standard.settings["credentials"] == nil)
    #expect(
      Compiler.compile(Self.input()).secretTexts() == [
        "c.yml#/password": "hunter22hunter22", "c.yml#/password (2)": "k=hunter22hunter22",
      ])
  }

  @Test func saysWhyStagesRun() throws {
    let skipping = try plan(Self.input("{name: N, crunches: false, password: x}"))
    #expect(skipping.stages.map(\.status) == ["runs", "not-applicable"])
    #expect(
      skipping.stages.map(\.reason) == [
        "it has no `when`", "its `when` is false: `config.crunches` is false",
      ])
  }

  @Test func factsSayWhatAnotherAnswerMeans() throws {
    let plan = try plan()
    #expect(
      plan.facts.map(\.question) == [
        .isEmpty(location: "s3://b/work/run=2026-03-01-06-06-07/"),
        .hasMatch(location: "s3://b/in/", pattern: "\\.gz$"),
      ])
    #expect(plan.facts.map(\.exitStatus) == [.notEmpty, .noData])
    #expect(plan.facts.map(\.message) == ["a run is under way", "nothing came"])
    #expect(plan.facts.map(\.isAssumed) == [true, true])
    #expect(plan.facts.map { $0.origin?.line } == [12, 13])
  }
}

/// What a sink received.
final class Collected {
  var bytes: [UInt8] = []
}
