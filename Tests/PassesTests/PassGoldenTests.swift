import Compiler
import Diagnostics
import Foundation
import Passes
import PipelineIR
import SourceText
import TestSupport
import Testing
import Values

/// The program before and after each pass, through the real phases: for each pipeline of
/// Tests/Goldens/passes the program that it starts as, and a file for each pass.
@Suite struct PassGoldenTests {
  struct Flow: Sendable, CustomTestStringConvertible {
    var name: String
    /// Where it shares the pipeline of another.
    var of: String?
    var options: @Sendable (inout CompilerOptions) -> Void = { _ in }

    var testDescription: String { name }
  }

  static let flows = [
    Flow(name: "daily"),
    Flow(name: "skipped", of: "daily", options: { $0.skip = ["stage_in", "clean", "archive"] }),
    Flow(
      name: "resumed", of: "daily",
      options: {
        $0.resumeFrom = "aggregate"
        $0.skipSteps = ["Aggregate eu"]
        $0.runID = "R"
      }),
    Flow(name: "persistent", of: "daily", options: { $0.persistent = true }),
    Flow(name: "warned"),
    Flow(name: "overlapping"),
    Flow(name: "unresumable", options: { $0.resumeFrom = "use" }),
    Flow(name: "named-twice"),
    Flow(name: "deciding", options: { $0.runID = "R" }),
  ]

  private static let folder = Locations.repository.appending(path: "Tests/Goldens/passes")

  @Test(arguments: flows) func programsAreAsRecorded(_ flow: Flow) throws {
    let context = try context(flow)
    var program = context.initialProgram()
    var names: Set<String> = ["00-program.ir"]
    expectGolden(program.dump(), "passes/\(flow.name)/00-program.ir")
    for (index, pass) in Pass.standard.enumerated() {
      let before = program.lines
      var diagnostics: [Diagnostic] = []
      var explanations: [Explanation] = []
      _ = [pass].run(
        on: &program, context, into: &diagnostics, explanations: &explanations)
      let number = String(format: "%02d", index + 1)
      let name = "\(number)-\(pass.name).ir"
      names.insert(name)
      expectGolden(
        Self.text(pass, before, program.lines, explanations, diagnostics),
        "passes/\(flow.name)/\(name)")
      if diagnostics.hasErrors { break }
    }
    let files = Locations.files(in: Self.folder.appending(path: flow.name), withEnding: ".ir")
    #expect(Set(files.map(\.lastPathComponent)) == names)
  }

  /// What a pass says, and the whole program with `-` and `+` in front of what changed.
  private static func text(
    _ pass: Pass, _ before: [String], _ after: [String], _ explanations: [Explanation],
    _ diagnostics: [Diagnostic]
  ) -> String {
    var lines = ["# \(pass.name): \(pass.summary)"]
    lines += explanations.map { "# \($0.change.rawValue) \($0.subject): \($0.reason)" }
    lines += diagnostics.map {
      "# \($0.severity)[\($0.code.rawValue)]: \($0.message)"
    }
    lines += before == after ? ["unchanged"] : LineChange(from: before, to: after).merged
    return lines.joined(separator: "\n") + "\n"
  }

  private func context(_ flow: Flow) throws -> Context {
    func file(_ name: String) -> SourceFile? {
      let path = Self.folder.appending(path: "\(flow.of ?? flow.name)/\(name)")
      return (try? Locations.bytes(path)).map { SourceFile(name: name, text: $0) }
    }
    var options = CompilerOptions(
      runTime: Value.Timestamp(seconds: 1_772_341_567, nanoseconds: 0), utcOffsetSeconds: 0)
    flow.options(&options)
    let pipeline = try #require(file("pipeline.yml"))
    let found = Compiler.context(
      CompilerInput(
        pipeline: pipeline,
        files: file("config.yml").map { [InputFile(role: "config", file: $0)] } ?? [],
        schemas: file("config.schema.json").map { ["config.schema.json": $0] } ?? [:],
        environment: [:], facts: file("facts.json"), options: options))
    return try #require(found.context, "\(found.diagnostics.map(\.message))")
  }
}
