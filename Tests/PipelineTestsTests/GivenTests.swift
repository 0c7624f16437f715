import Diagnostics
import PipelineTests
import Testing

/// What tests are given, and mistakes in it.
@Suite struct GivenTests {
  @Test(arguments: [
    ("set: { config.size: 1 }", "stages: [take]"),
    ("set: { \"config.parts[1]\": c }", "steps: [Take, Report a, Report c]"),
    ("set: { \"config.parts[2]\": c }", "steps: [Take, Report a, Report b, Report c]"),
    ("unset: [\"config.parts[0]\"]", "steps: [Take, Report b]"),
    ("unset: [config.size]", "errors: [{ code: schema-missing-key, at: config }]"),
    ("set: { config.size: x }", "errors: [{ code: schema-wrong-type, at: config.size, line: 2 }]"),
    ("inputs: { config: [config.json, { quiet: true }] }", "skipped: [report]"),
    ("inputs: { config: config.json }", "steps: [Take, Report x]"),
    (
      "inputs: { config: { $text: \"{size: 3, quiet: false, parts: [y]}\" } }",
      "steps: [Take, { arguments: { contains: [--size=3] } }]"
    ),
    (
      "facts: { s3: { acme: [] } }",
      "exit-status: 3\nerrors: [{ code: no-data-to-process, message: there is nothing new, line: 11 }]"
    ),
    ("facts: facts.json", "exit-status: 3"),
    ("facts: { s3: { acme: { in/x: text } } }", "stages: [take, report]"),
    (
      "skip: [report]",
      "skipped: [{ stage: report, status: skipped, reason: { contains: names it } }]"
    ),
    ("resume-from: report", "stages: [report]"),
    (
      "skip: [reprt]",
      "errors: [{ code: skip-unknown-stage, file: small.test.yml, hint: { contains: report } }]"
    ),
    (
      "run-id: null\nrun-time: 2026-05-06T07:08:09+02:00",
      "plan: { run: { id: 2026-05-06-07-08-09 } }"
    ),
    ("run-id: null", "plan: { run: { id: 2026-03-01-02-00-00 } }"),
    ("run-id: 2026-01-02-03-04-05", "plan: { run: { time: \"2026-01-02T03:04:05Z\" } }"),
    ("persistent: true", "cluster: {}"),
  ])
  func aRunIsGivenWhatATestSays(given: String, expect: String) async throws {
    let files = [
      "config.json": "{\"size\": 5, \"quiet\": false, \"parts\": [\"x\"]}",
      "facts.json": "{\"s3\": {\"acme\": []}}",
    ]
    let (results, reading) = await Example.run(
      Example.tests(given: given, expect: expect), files)
    let result = try #require(results?.first, "\(reading.diagnostics.map(\.message))")
    #expect(
      result.hasPassed,
      "\(result.failures.map { ($0.diagnostic.message, $0.difference) })")
  }

  @Test(arguments: [
    ("", "stages: [tak, report]", "the pipeline has no stage `tak`", "did you mean `take`?"),
    (
      "", "skipped: { contains: [{ stage: reprot }] }", "the pipeline has no stage `reprot`",
      "did you mean `report`?"
    ),
    (
      "inputs: { confg: {} }", "exit-status: 0", "the pipeline takes no input `confg`",
      "did you mean `config`?"
    ),
    (
      "set: { confg.size: 1 }", "exit-status: 0", "the pipeline takes no input `confg`",
      "did you mean `config`?"
    ),
    (
      "unset: [config.sise]", "exit-status: 0",
      "`config.sise` can't be changed: there is no `sise`", "did you mean `size`?"
    ),
    (
      "set: { \"config.parts[9]\": x }", "exit-status: 0",
      "`config.parts[9]` can't be changed: the list has 2 items", ""
    ),
    (
      "set: { config.size.x: 1 }", "exit-status: 0",
      "`config.size.x` can't be changed: `x` would be in something that isn't a map", ""
    ),
    (
      "inputs: { config: none.yml }", "exit-status: 0",
      "`none.yml` can't be read: no such file", ""
    ),
    ("facts: none.json", "exit-status: 0", "`none.json` can't be read: no such file", ""),
    (
      "run-time: yesterday", "exit-status: 0",
      "`run-time` has to be a date and time such as `2026-03-01T02:00:00Z`", ""
    ),
    (
      "allow: [data-unraed]", "exit-status: 0", "there is no diagnostic `data-unraed`",
      "did you mean `data-unread`?"
    ),
    ("faults: [Take]", "run: { failed: [Take] }", "`Take` isn't a fault that can be simulated", ""),
    (
      "faults: [Take=fail]", "exit-status: 0",
      "faults happen in a sandbox run, which this test doesn't make",
      "say under `expect` what the `run` does"
    ),
    (
      "", "cluster: { Name: { matches: \"(\" } }",
      "`(` isn't a regular expression: ", ""
    ),
  ])
  func aMistakeIsToldWithItsPlace(
    given: String, expect: String, message: String, hint: String
  ) async throws {
    let (results, reading) = await Example.run(Example.tests(given: given, expect: expect))
    let result = try #require(results?.first, "\(reading.diagnostics.map(\.message))")
    let mistake = try #require(result.failures.first?.diagnostic)
    #expect(mistake.code == .testInvalid)
    #expect(mistake.message.hasPrefix(message), "\(mistake.message)")
    #expect((mistake.hint ?? "") == hint)
    #expect(mistake.span != nil)
  }

  @Test func aFileIsCheckedAgainstItsSchema() throws {
    let text = Example.tests(expect: "stage: [take]")
    let reading = Example.read(text)
    let mistake = try #require(reading.diagnostics.first)
    #expect(reading.suite == nil)
    #expect(mistake.code == .schemaUnknownKey)
    #expect(mistake.hint == "did you mean `stages`?")
  }

  @Test func twoTestsOfOneName() throws {
    let text = Example.tests(expect: "exit-status: 0")
    let both = text + "  - test: One\n    expect: { exit-status: 0 }\n"
    #expect(Example.read(both).diagnostics.map(\.code) == [.testNameTwice])
  }

  @Test func aPipelineThatIsntThere() throws {
    let text = Example.tests(expect: "exit-status: 0").replacing("small.yml", with: "smal.yml")
    let mistake = try #require(Example.read(text).diagnostics.first)
    #expect(mistake.code == .testInvalid)
    #expect(mistake.hint == "did you mean `small.yml`?")
  }

  /// One report instead of one for each test.
  @Test func aPipelineWithErrors() throws {
    let text = Example.tests(expect: "exit-status: 0")
    let broken = Example.pipeline.replacing("config.size > 1", with: "config.sise > 1")
    let reading = Example.read(text, ["small.yml": broken])
    #expect(reading.suite == nil)
    #expect(reading.diagnostics.map(\.code) == [.expressionUnknownField])
  }

  @Test func snapshotsAreComparedAndWritten() async throws {
    let text = Example.tests(expect: "snapshots: { plan: s/plan.txt, diagnostics: s/found.txt }")
    let (missing, _) = await Example.run(text)
    let messages = try #require(missing?.first?.failures.map(\.diagnostic.message))
    #expect(messages.allSatisfy { $0.contains("doesn't exist") } && messages.count == 2)
    let (updated, _) = await Example.run(text, updates: true)
    let written = try #require(updated?.first?.snapshots)
    #expect(written.map(\.path) == ["s/plan.txt", "s/found.txt"])
    let files = Dictionary(
      uniqueKeysWithValues: written.map { ($0.path, String(decoding: $0.text, as: UTF8.self)) })
    let (same, _) = await Example.run(text, files)
    #expect(same?.first?.hasPassed == true)
    let (other, _) = await Example.run(text, files.merging(["s/plan.txt": "old\n"]) { $1 })
    #expect(
      other?.first?.failures.first?.difference == ["- old", "+ plan of small", "  "])
  }
}
