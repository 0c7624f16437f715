import Diagnostics
import PipelineTests
import SourceText
import Testing

/// The language in which tests say what they expect: docs/testing.md.
@Suite struct MatchingTests {
  struct Row: Sendable, CustomTestStringConvertible {
    var expect: String
    var isMet: Bool
    var testDescription: String { expect }
  }

  static let rows: [Row] = [
    // Values.
    Row(expect: "cluster: { Name: Small }", isMet: true),
    Row(expect: "cluster: { Name: small }", isMet: false),
    Row(expect: "cluster: {}", isMet: true),
    Row(expect: "cluster: { Instances: { InstanceGroups: [{ InstanceCount: 1 }] } }", isMet: true),
    Row(expect: "cluster: { Instances: { InstanceGroups: [{ InstanceCount: 2 }] } }", isMet: false),
    Row(expect: "cluster: { Instances: { InstanceGroups: [] } }", isMet: false),
    Row(expect: "cluster: { Steps: [] }", isMet: false),
    // Lists.
    Row(expect: "stages: [take, report]", isMet: true),
    Row(expect: "stages: [report, take]", isMet: false),
    Row(expect: "stages: [take]", isMet: false),
    Row(expect: "stages: { contains: [report] }", isMet: true),
    Row(expect: "stages: { contains: [report, take] }", isMet: false),
    Row(expect: "stages: { unordered: [report, take] }", isMet: true),
    Row(expect: "stages: { unordered: [report] }", isMet: false),
    Row(expect: "stages: { unordered: [report, report] }", isMet: false),
    Row(expect: "stages: { count: 2 }", isMet: true),
    Row(expect: "stages: { count: 1 }", isMet: false),
    Row(expect: "stages: { excludes: take }", isMet: false),
    Row(expect: "skipped: { excludes: take }", isMet: true),
    Row(expect: "skipped: []", isMet: true),
    // Items by name, in part, and by pattern.
    Row(expect: "steps: [Take, Report a, Report b]", isMet: true),
    Row(expect: "steps: [Take, { name: Report a }, { matches: ^Report }]", isMet: true),
    Row(expect: "steps: [Take, { matches: ^a }, {}]", isMet: false),
    Row(expect: "steps: [{ kind: s3-dist-cp, stage: take, purpose: work }, {}, {}]", isMet: true),
    Row(expect: "steps: [{ kind: command }, {}, {}]", isMet: false),
    Row(
      expect: "steps: [{ reads: [input], writes: [output], deletes: [input] }, {}, {}]", isMet: true
    ),
    Row(expect: "steps: [{ reads: [s3://acme/in/] }, {}, {}]", isMet: true),
    Row(expect: "steps: [{ reads: [output] }, {}, {}]", isMet: false),
    Row(
      expect: "steps: { contains: [{ arguments: [report, --part, b, --size=2] }] }", isMet: true),
    Row(
      expect: "steps: { contains: [{ arguments: { adjacent: [--part, b] } }] }", isMet: true),
    Row(
      expect: "steps: { contains: [{ arguments: { adjacent: [report, b] } }] }", isMet: false),
    Row(
      expect: "steps: { contains: [{ arguments: { contains: [report, b] } }] }", isMet: true),
    Row(
      expect: "steps: { contains: [{ arguments: { contains: [{ contains: size }] } }] }",
      isMet: true),
    // Patterns together, alternatives, the opposite, the whole.
    Row(expect: "cluster: { Name: { contains: ma, excludes: x, matches: '^S.*l$' } }", isMet: true),
    Row(expect: "cluster: { Name: { contains: ma, excludes: a } }", isMet: false),
    Row(expect: "cluster: { Name: { any-of: [Large, Small] } }", isMet: true),
    Row(expect: "cluster: { Name: { any-of: [Large] } }", isMet: false),
    Row(expect: "cluster: { Name: { not: Large } }", isMet: true),
    Row(expect: "cluster: { Name: { not: { contains: all } } }", isMet: false),
    Row(expect: "cluster: { Tags: { absent: true } }", isMet: true),
    Row(expect: "cluster: { Name: { absent: true } }", isMet: false),
    Row(expect: "cluster: { Name: { absent: false } }", isMet: true),
    Row(expect: "cluster: { Applications: { exactly: [{ Name: Hadoop }] } }", isMet: false),
    Row(expect: "calls: [RunJobFlow]", isMet: true),
    Row(expect: "calls: [AddJobFlowSteps]", isMet: false),
    Row(expect: "resume-from: [report]", isMet: true),
    Row(expect: "resume-from: []", isMet: false),
    Row(expect: "recoveries: { Report b: { left-out: [Take, Report a], steps: 1 } }", isMet: true),
    Row(expect: "recoveries: { Report b: { left-out: [] } }", isMet: false),
    Row(expect: "recoveries: { Report c: {} }", isMet: false),
    Row(expect: "plan: { pipeline: small, run: { id: r1 } }", isMet: true),
    Row(expect: "plan: { pipeline: large }", isMet: false),
    Row(expect: "exit-status: 0", isMet: true),
    Row(expect: "exit-status: 3", isMet: false),
    Row(expect: "errors: []", isMet: true),
    Row(expect: "errors: [data-unread]", isMet: false),
  ]

  @Test(arguments: rows) func aRowIsMetOrNot(row: Row) async throws {
    let (results, reading) = await Example.run(Example.tests(expect: row.expect))
    let result = try #require(results?.first, "\(reading.diagnostics.map(\.message))")
    #expect(
      result.hasPassed == row.isMet,
      "\(result.failures.map { ($0.diagnostic.message, $0.difference) })")
    // A failure has a place in the file.
    for failure in result.failures { #expect(failure.diagnostic.span?.source.index == 0) }
  }

  @Test func aDifferenceShowsBothSides() async throws {
    let (results, _) = await Example.run(
      Example.tests(expect: "steps: [Take, Report c, Report b]"))
    let failure = try #require(results?.first?.failures.first)
    #expect(failure.diagnostic.code == .testFailed)
    #expect(failure.difference == ["  Take", "- Report c", "+ Report a", "  Report b"])
  }

  @Test func anItemOfTheSameNameIsComparedInFull() async throws {
    let (results, _) = await Example.run(
      Example.tests(
        expect: "steps: [Take, { name: Report a, on-failure: CONTINUE }, Report b]"))
    let failure = try #require(results?.first?.failures.first)
    #expect(failure.difference == ["- CONTINUE", "+ TERMINATE_JOB_FLOW"])
    #expect(failure.diagnostic.message.contains("steps[1].on-failure"))
  }
}
