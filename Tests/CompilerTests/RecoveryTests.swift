import Compiler
import Diagnostics
import Foundation
import PlanFormat
import SourceText
import TestSupport
import Testing
import Values

/// Following a plan's recovery after a failure ends like a run without one: no object is lost or
/// duplicated, and nothing outside is done twice.
@Suite struct RecoveryTests {
  enum Mode: String, CaseIterable { case batch, stream }

  private static let example = Locations.repository.appending(path: "examples/snowplow")
  private static let runID = "2026-03-01-05-06-07"

  private static func file(_ name: String) throws -> SourceFile {
    SourceFile(name: name, text: try Locations.bytes(example.appending(path: name)))
  }

  private static func input(_ mode: Mode) throws -> CompilerInput {
    var config = String(decoding: try file("config.yml").text, as: UTF8.self)
    if mode == .stream {
      config = config.replacing(
        "        good: s3://acme-snowplow-out/enriched/good",
        with:
          "        stream: s3://acme-stream/\n        good: s3://acme-snowplow-out/enriched/good")
    }
    var files = [
      InputFile(role: "config", file: SourceFile(name: "config.yml", text: Array(config.utf8))),
      InputFile(role: "resolver", file: try file("resolver.json")),
    ]
    for (role, folder) in [("targets", "targets"), ("enrichments", "enrichments")] {
      for url in Locations.files(in: example.appending(path: folder), withEnding: ".json") {
        files.append(InputFile(role: role, file: try file("\(folder)/\(url.lastPathComponent)")))
      }
    }
    var options = CompilerOptions(
      runTime: Value.Timestamp(seconds: 1_772_341_567, nanoseconds: 0), utcOffsetSeconds: 0)
    options.allowed = [.secretInArguments]
    let path = "pipelines/snowplow.yml"
    return CompilerInput(
      pipeline: SourceFile(
        name: "<builtin>/\(path)",
        text: try Locations.bytes(Locations.repository.appending(path: path))),
      files: files,
      environment: ["AWS_SNOWPLOW_ACCESS_KEY": "iam", "AWS_SNOWPLOW_SECRET_KEY": "iam"],
      facts: nil, options: options)
  }

  private static let world = Simulation(objects: [
    "s3://acme-collector-eu/logs/1.lzo": "one", "s3://acme-collector-eu/logs/2.lzo": "two",
    "s3://acme-collector-us/logs/3.lzo": "three", "s3://acme-collector-us/logs/4.lzo": "four",
    "s3://acme-stream/5.gz": "five", "s3://acme-stream/6.gz": "six",
    "s3://acme-stream/7.gz": "seven", "s3://acme-snowplow-archive/raw/run=1/0.lzo": "zero",
  ])

  private static func plan(_ input: CompilerInput, _ world: Simulation) throws -> Plan {
    var input = input
    input.facts = SourceFile(name: "facts.json", text: Array(world.facts.utf8))
    let result = Compiler.compile(input)
    var diagnostics = result.diagnostics.filter { $0.severity == .error }
    let plan = result.plan(
      PlanDetails(madeBy: "test", arguments: []), into: &diagnostics)
    #expect(diagnostics.isEmpty, "\(diagnostics.map(\.message))")
    return try #require(plan)
  }

  @Test(arguments: Mode.allCases) func everyFailureIsRecovered(mode: Mode) throws {
    let input = try Self.input(mode)
    let plan = try Self.plan(input, Self.world)
    #expect(plan.runID == Self.runID)
    var expected = Self.world
    expected.run(plan)
    #expect(expected.complaints.isEmpty, "\(expected.complaints)")
    #expect(expected.effects.count == (mode == .batch ? 3 : 2))
    for index in plan.steps.indices {
      for fault in Simulation.Fault.allCases {
        let step = plan.steps[index]
        let isMove =
          step.accesses.contains { $0.mode == .delete && $0.place.hasPrefix("s3:") }
        guard isMove || fault == .before || fault == .after else { continue }
        try recover(index, fault, plan, input, expected)
      }
    }
  }

  private func recover(
    _ index: Int, _ fault: Simulation.Fault, _ plan: Plan, _ input: CompilerInput,
    _ expected: Simulation
  ) throws {
    var world = Self.world
    world.run(plan, failing: (index, fault))
    let rules = RecoveryRules(plan)
    var progress = plan.steps.indices.map { step -> Recovery.Progress in
      step < index ? .completed : step == index ? .started : .notStarted
    }
    // For a step that must not be done twice, the log says whether it was done.
    if world.effects.last == plan.steps[index].name { progress[index] = .completed }
    for move in rules.sourcesOfMoves(after: progress)
    where move.places.allSatisfy({ world.isEmpty($0) }) {
      progress[move.step] = .completed
    }
    let recovery = rules.recovery(after: progress)
    let place = "\(fault) in `\(plan.steps[index].name)`"
    if recovery.stepCount > 0 {
      #expect(recovery.isPossible, "\(place): \(recovery.explanation)")
      world.empty(recovery.toEmpty)
      var again = input
      again.options.skipSteps = recovery.leftOut
      again.options.emptiedFirst = recovery.toEmpty
      for fact in plan.facts { again.answers[fact.question] = fact.answer }
      again.options.recovered = RecoveredRun(
        name: plan.runID, digest: "sha256:1", questions: Set(plan.facts.map(\.question)))
      world.run(try Self.plan(again, world))
    }
    #expect(world.complaints.isEmpty, "\(place): \(world.complaints)")
    let different = Set(world.objects.keys).union(expected.objects.keys)
      .filter { world.objects[$0] != expected.objects[$0] }.sorted()
    #expect(different.isEmpty, "\(place)")
    #expect(world.effects == expected.effects, "\(place)")
  }
}
