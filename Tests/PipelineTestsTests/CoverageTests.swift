import Diagnostics
import PipelineTests
import Testing

@Suite struct CoverageTests {
  private func coverage(
    _ tests: String, unreachable: String = ""
  ) async throws -> (text: String, mistakes: [Diagnostic], coverage: Coverage) {
    let (results, reading) = await Example.run(tests + unreachable)
    let suite = try #require(reading.suite, "\(reading.diagnostics.map(\.message))")
    var coverage = Coverage()
    coverage.add(suite, try #require(results))
    var mistakes: [Diagnostic] = []
    coverage.exempt(suite, into: &mistakes)
    return (coverage.text, mistakes, coverage)
  }

  private static func test(_ name: String, _ given: String) -> String {
    "  - test: \(name)\n    given: \(given)\n    expect: { exit-status: { } }\n"
      .replacing("{ exit-status: { } }", with: "{ warnings: { any-of: [[], {}] } }")
  }

  @Test func whatNoTestHasSeenIsNamed() async throws {
    let (text, _, coverage) = try await coverage(Example.tests(expect: "exit-status: 0"))
    #expect(
      text == """
        small.yml: 9 of 16 outcomes are covered (56 %)
          small.yml:9:12: stage `take` was never left out
          small.yml:11:9: `data: input` was never broken
          small.yml:16:12: stage `report` was never left out
          small.yml:17:11: `${config.size > 1 && !config.quiet}` was never false
          small.yml:17:13: `config.size > 1` was never false
          small.yml:17:32: `!config.quiet` was never false
          small.yml:20:23: `"${config.parts}"` was never empty

        """)
    #expect(coverage.isBelow(57))
    #expect(!coverage.isBelow(56))
  }

  @Test func allOfItIsCovered() async throws {
    let tests =
      Example.tests(expect: "exit-status: 0")
      + Self.test("Small", "{ set: { config.size: 1 } }")
      + Self.test("Quiet", "{ set: { config.quiet: true } }")
      + Self.test("No parts", "{ set: { config.parts: [] } }")
      + "  - test: Nothing\n    given: { facts: { s3: {} } }\n    expect: { exit-status: 3 }\n"
      + "  - test: Later\n    given: { resume-from: report }\n    expect: { stages: [report] }\n"
    let (text, mistakes, coverage) = try await coverage(tests)
    #expect(text == "small.yml: 16 of 16 outcomes are covered (100 %)\n")
    #expect(mistakes.isEmpty)
    #expect(!coverage.isBelow(100))
  }

  @Test func whatCantComeAboutIsntAskedFor() async throws {
    let (text, mistakes, _) = try await coverage(
      Example.tests(expect: "exit-status: 0"),
      unreachable: """
        unreachable:
          - { condition: config.size > 1, never: false, because: so }
          - { condition: "${config.parts}", never: false, because: so }

        """)
    #expect(mistakes.isEmpty)
    #expect(text.hasPrefix("small.yml: 9 of 14 outcomes"))
    #expect(!text.contains("config.parts"))
  }

  @Test func whatDidComeAboutWasReachable() async throws {
    let (_, mistakes, _) = try await coverage(
      Example.tests(expect: "exit-status: 0"),
      unreachable: """
        unreachable:
          - { condition: config.size > 1, never: true, because: so }
          - { condition: config.sise > 1, never: true, because: so }

        """)
    #expect(mistakes.map(\.code) == [.testFailed, .testInvalid])
    #expect(mistakes.last?.hint == "did you mean `config.size > 1`?")
  }
}
