import Documents
import Diagnostics
import Foundation
import PlanFormat
import SourceText
import TestSupport
import Testing
import Values

@Suite struct PlanReaderTests {
  /// A plan with something in every part.
  static var sample: Plan {
    var plan = Plan(
      madeBy: "penstock 0.1.0", pipeline: "daily", runID: "2026-03-01-05-06-07",
      runTime: Value.Timestamp(seconds: 1_772_341_567, nanoseconds: 250_000_000))
    let origin = Plan.Origin(file: "p.yml", line: 3, column: 9, excerpt: "name: \"Copy\" # ü")
    plan.files = [Plan.File(role: "pipeline", path: "p.yml", digest: "sha256:00")]
    plan.arguments = ["p.yml", "--config", "c.yml"]
    plan.utcOffsetSeconds = -3600
    plan.timeoutSeconds = 7200
    plan.facts = questions.map { question, answer in
      Plan.Fact(
        question: question, answer: answer, isAssumed: false, exitStatus: .notEmpty, message: "no",
        origin: origin)
    }
    plan.cluster = Plan.Cluster(
      name: "Daily", region: "eu-west-1", release: "6.15.0", isPersistent: true)
    plan.cluster.reusedID = "j-1"
    plan.cluster.lifetimeMinutes = 90
    plan.cluster.bootstrapTries = 3
    plan.cluster.logURI = "s3://b/logs/"
    plan.stages = [Plan.Stage(name: "copy", status: "runs", reason: "why not", origin: nil)]
    plan.steps = [
      Plan.Step(
        name: "Copy", stage: "copy", actionOnFailure: "CANCEL_AND_WAIT", maximumTries: 3,
        timeoutSeconds: 60,
        accesses: [
          Plan.Access(mode: .delete, place: "s3://b/in/", dataset: "incoming"),
          Plan.Access(
            mode: .write, place: "s3://b/out/", dataset: "", isOwn: true,
            part: Plan.Access.Part(kind: "s3-dist-cp", name: "1f")),
        ], origin: origin)
    ]
    plan.steps[0].purpose = .restore
    plan.steps[0].needsFreshOutput = true
    plan.steps[0].readDepth = 0
    plan.steps[0].isOnce = true
    plan.steps[0].after = ["Ingest"]
    plan.steps[0].predecessors = [
      Plan.Predecessor(step: "Ingest", reason: .after),
      Plan.Predecessor(step: "Set up", reason: .cluster),
      Plan.Predecessor(
        step: "Copy", reason: .data(place: "s3://b/x/", earlier: .write, later: .read)),
    ]
    plan.cluster.isFed = true
    plan.done = [
      Plan.DoneStep(
        name: "Ingest", accesses: [Plan.Access(mode: .read, place: "s3://b/x/", dataset: "")])
    ]
    plan.restores = [
      Plan.Restore(dataset: "tmp", places: ["hdfs:///tmp/"], sources: ["s3://b/tmp/"])
    ]
    plan.recovered = "sha256:11"
    plan.facts[0].isInherited = true
    plan.requests = [
      Plan.Request(
        operation: "AddJobFlowSteps",
        body: .map([
          "JobFlowId": .string("j-1"),
          "Steps": .list([
            .map(["Name": .string("Copy"), "ActionOnFailure": .string("CANCEL_AND_WAIT")])
          ]),
        ]))
    ]
    plan.secrets = ["c.yml#/password"]
    plan.warnings = [Plan.Warning(code: "data-unread", message: "unread", origin: origin)]
    plan.settings = ValueMap(["events": .map(["port": .int(80), "ratio": .double(0.5)])])
    return plan
  }

  static let questions: [(FactQuestion, Value)] = [
    (.isEmpty(location: "s3://b/in/"), .bool(false)),
    (.hasMatch(location: "s3://b/in/", pattern: "\\.gz$"), .bool(true)),
    (.last(location: "s3://b/", pattern: "run=(.+)/"), .null),
    (.lastFolder(location: "s3://b/", pattern: "run=(.+)/"), .string("1")),
    (.tooDeep(location: "s3://b/in/", folders: 1, pattern: nil), .null),
    (.tooDeep(location: "s3://b/in/", folders: 0, pattern: "\\.gz$"), .string("a/b.gz")),
    (.count(location: "s3://b/", pattern: "run=(.+)/"), .int(2)),
    (.all(location: "s3://b/", pattern: "run=(.+)/"), .list([.string("1"), .string("2")])),
    (
      .cluster(name: "Daily", states: ["WAITING"]),
      .list([.map(["id": .string("j-1"), "state": .string("WAITING")])])
    ),
  ]

  private func read(_ bytes: [UInt8]) throws -> (plan: Plan?, diagnostics: [Diagnostic]) {
    var diagnostics: [Diagnostic] = []
    let tree = try #require(
      JSONReader.read(bytes, source: MarkedSource.source, into: &diagnostics))
    return (PlanReader.read(tree, into: &diagnostics), diagnostics)
  }

  @Test(arguments: [true, false])
  func readsWhatWasWritten(pretty: Bool) throws {
    let bytes = PlanWriter.bytes(Self.sample, pretty: pretty)
    let (plan, diagnostics) = try read(bytes)
    #expect(diagnostics.isEmpty)
    let again = try #require(plan)
    #expect(PlanWriter.bytes(again, pretty: pretty) == bytes)
    #expect(again.facts.map(\.question) == Self.questions.map(\.0))
    #expect(again.steps == Self.sample.steps)
    #expect(again.cluster == Self.sample.cluster)
    #expect(again.runTime == Self.sample.runTime)
  }

  /// Any single value that is replaced by one of another type, left out or doubled in name ends in
  /// diagnostics or in a plan, never in a trap; where it ends in diagnostics, they have places.
  @Test func neverTrapsOnAnyChange() throws {
    let text = String(decoding: PlanWriter.bytes(Self.sample), as: UTF8.self)
    let lines = text.split(separator: "\n").map(String.init)
    var refused = 0
    for index in lines.indices {
      for change in ["", "null", "[]", "{}", "-1", "1e400", "\"x\"", "9223372036854775808"] {
        var changed = lines
        if change.isEmpty {
          changed.remove(at: index)
        } else {
          guard let colon = lines[index].range(of: "\": ") else { continue }
          let comma = lines[index].hasSuffix(",") ? "," : ""
          changed[index] = lines[index][..<colon.upperBound] + change + comma
        }
        var diagnostics: [Diagnostic] = []
        let bytes = Array(changed.joined(separator: "\n").utf8)
        guard let tree = JSONReader.read(bytes, source: MarkedSource.source, into: &diagnostics)
        else { continue }
        let plan = PlanReader.read(tree, into: &diagnostics)
        #expect((plan == nil) == diagnostics.hasErrors)
        #expect(diagnostics.allSatisfy { $0.span != nil })
        if plan == nil { refused += 1 }
      }
    }
    #expect(refused > 200)
  }

  @Test func refusesOtherFormats() throws {
    let newer = MarkedSource("{\"formatVersion\": 1️⃣42️⃣, \"everything\": \"else\"}")
    let (plan, diagnostics) = try read(newer.text)
    #expect(plan == nil)
    expectDiagnostics(
      diagnostics, in: newer,
      [ExpectedDiagnostic(.planFormat, from: 1, to: 2, message: "version is 4")])
    let odd = MarkedSource("{\"formatVersion\": 1️⃣\"1\"2️⃣}")
    let older = MarkedSource("{\"formatVersion\": 1️⃣12️⃣, \"everything\": \"else\"}")
    expectDiagnostics(
      try read(older.text).diagnostics, in: older,
      [ExpectedDiagnostic(.planFormat, from: 1, to: 2, message: "version is 1")])
    expectDiagnostics(
      try read(odd.text).diagnostics, in: odd,
      [ExpectedDiagnostic(.planFormat, from: 1, to: 2)])
  }

  @Test func refusesStepsThatAreNotTheRequests() throws {
    let text = String(decoding: PlanWriter.bytes(Self.sample, pretty: false), as: UTF8.self)
    let renamed = text.replacing("\"Name\":\"Copy\"", with: "\"Name\":\"Kopy\"")
    #expect(
      try read(Array(renamed.utf8)).diagnostics.first?.message
        == "step 0 is named `Copy`, but its request has `Kopy`")
    let fewer = text.replacing(/"Steps":\[.*?\]/, with: "\"Steps\":[]")
    #expect(
      try read(Array(fewer.utf8)).diagnostics.first?.message
        == "`steps` has more steps than the requests")
  }

  @Test func suggestsKeys() throws {
    let text = String(decoding: PlanWriter.bytes(Self.sample, pretty: false), as: UTF8.self)
    let misspelt = text.replacing("\"secrets\"", with: "\"secret\"")
    let diagnostics = try read(Array(misspelt.utf8)).diagnostics
    #expect(
      diagnostics.map(\.message) == [
        "a plan is missing `secrets`", "unknown key `secret` in a plan",
      ]
        || diagnostics.map(\.message) == [
          "unknown key `secret` in a plan", "a plan is missing `secrets`",
        ])
    #expect(diagnostics.contains { $0.hint == "did you mean `secrets`?" })
  }
}

extension Value {
  fileprivate static func map(_ entries: KeyValuePairs<String, Value>) -> Value {
    .map(ValueMap(entries))
  }
}
