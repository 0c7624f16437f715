import Compiler
import Diagnostics
import Foundation
import Passes
import PipelineIR
import PipelineSyntax
import SourceText
import TestSupport
import Testing
import Values

/// Each pass leaves the invariants of each program whole, and reports what it lists and no more.
@Suite struct PassInvariantTests {
  private static let examples = [
    "snowplow": "snowplow", "clickstream": "clickstream-hive", "lakehouse": "lakehouse",
    "snowplow-rdb": "snowplow-rdb",
  ]

  private static func input(_ example: String) throws -> CompilerInput {
    let folder = Locations.repository.appending(path: "examples/\(example)")
    let name = try #require(examples[example])
    func read(_ url: URL) throws -> SourceFile {
      SourceFile(name: url.lastPathComponent, text: try Locations.bytes(url))
    }
    var files = [InputFile(role: "config", file: try read(folder.appending(path: "config.yml")))]
    if example.hasPrefix("snowplow") {
      let resolver = folder.appending(path: "resolver.json")
      files.append(InputFile(role: "resolver", file: try read(resolver)))
    }
    if example == "snowplow-rdb" {
      let transformer = folder.appending(path: "transformer.hocon")
      files.append(InputFile(role: "transformer", file: try read(transformer)))
    }
    if example == "snowplow" {
      for role in ["targets", "enrichments"] {
        for url in Locations.files(in: folder.appending(path: role), withEnding: ".json") {
          files.append(InputFile(role: role, file: try read(url)))
        }
      }
    }
    return CompilerInput(
      pipeline: SourceFile(
        name: "<builtin>/pipelines/\(name).yml",
        text: try Locations.bytes(
          Locations.repository.appending(path: "pipelines/\(name).yml"))),
      files: files,
      environment: ["AWS_SNOWPLOW_ACCESS_KEY": "iam", "AWS_SNOWPLOW_SECRET_KEY": "iam"],
      facts: nil,
      options: CompilerOptions(
        runTime: Value.Timestamp(seconds: 1_772_341_567, nanoseconds: 0), utcOffsetSeconds: 0))
  }

  /// Goes through the passes, and says how many there were.
  private static func check(_ input: CompilerInput, _ what: String) -> Int {
    var count = 0
    Compiler.observePasses(of: input) { pass, program, report in
      count += 1
      #expect(pass.strays(report.diagnostics).isEmpty, "\(what): \(pass.name)")
      guard !report.diagnostics.hasErrors else { return }
      #expect(program.brokenInvariants == [], "\(what): after \(pass.name)")
    }
    return count
  }

  @Test(arguments: ["snowplow", "clickstream", "lakehouse", "snowplow-rdb"])
  func builtInPipelinesStayWhole(_ example: String) throws {
    let input = try Self.input(example)
    #expect(Self.check(input, "plain") == Pass.standard.count)
    var persistent = input
    persistent.options.persistent = true
    _ = Self.check(persistent, "persistent")
    let pipeline = try #require(Compiler.compile(input).pipeline)
    for stage in pipeline.stages.map(\.name.value) {
      var skipping = input
      skipping.options.skip = [stage]
      _ = Self.check(skipping, "--skip \(stage)")
      var resuming = input
      resuming.options.resumeFrom = stage
      _ = Self.check(resuming, "--resume-from \(stage)")
      resuming.options.runID = "2026-03-01-05-06-07"
      _ = Self.check(resuming, "--resume-from \(stage) --run-id")
    }
    let program = try #require(Compiler.compile(input).program)
    #expect(program.brokenInvariants == [])
    #expect(!program.steps.contains { $0.actionOnFailure == .undecided })
    for step in program.steps.map({ program.text($0.name) }) {
      var skipping = input
      skipping.options.runID = "2026-03-01-05-06-07"
      skipping.options.skipSteps = [step]
      _ = Self.check(skipping, "--skip-step \(step)")
    }
  }

  /// Mistakes of all kinds: EMR's rules, broken.
  @Test func programsWithMistakesStayWhole() {
    for rule in RuleCase.all {
      let source = RuleCase.pipeline(rule.mistake, steps: rule.steps, region: rule.region)
      let options = CompilerOptions(
        runTime: Value.Timestamp(seconds: 1_772_323_200, nanoseconds: 0), utcOffsetSeconds: 0)
      let input = CompilerInput(
        pipeline: source.file, files: [], environment: [:], facts: nil, options: options)
      #expect(Self.check(input, rule.testDescription) == Pass.standard.count)
    }
  }
}
