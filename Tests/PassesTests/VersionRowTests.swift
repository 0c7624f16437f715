import Compiler
import Diagnostics
import TestSupport
import Testing

/// The table of versions that go together.
@Suite struct VersionRowTests {
  private static let inputs = """
    inputs:
      config: { schema: any.json }
      jobs: { schema: any.json, many: true, optional: true, format: json }
    stages: [{ stage: work }]
    versions:
      of:
        runtime: { version: "${config.runtime}", at: config.runtime }
        tool: { version: "${config.?tool.orValue(\\"\\")}", when: "${config.uses_tool}", at: config.tool }
        job: { each: { job: "${jobs}" }, version: "${job.version}", at: job.version }
      rules:
    """

  private static func row(
    _ title: String, _ rule: String, config: String, jobs: [String] = [], warns: Int
  ) -> PassRow {
    PassRow(
      title, inputs + "\n    - { \(rule), source: \"https://acme.example\" }",
      inputs: [("config", config)] + jobs.map { ("jobs", $0) },
      codes: Array(repeating: .versionMismatch, count: warns),
      severity: warns == 1 ? .warning : nil)
  }

  private static let needs = #"if: { tool: ">=2.0.0" }, needs: { runtime: ">=5.0.0 <6.0.0" }"#

  private static let rows: [PassRow] = [
    row(
      "what is needed is there", needs, config: "{ runtime: 5.1.0, tool: 2.0.0, uses_tool: true }",
      warns: 0),
    row(
      "what is needed is older", needs, config: "{ runtime: 4.9.0, tool: 2.0.0, uses_tool: true }",
      warns: 1),
    row(
      "what is needed is newer", needs, config: "{ runtime: 6.0.0, tool: 2.0.0, uses_tool: true }",
      warns: 1),
    row(
      "the rule isn't about this version", needs,
      config: "{ runtime: 4.9.0, tool: 1.9.0, uses_tool: true }", warns: 0),
    row(
      "the tool isn't part of the run", needs,
      config: "{ runtime: 4.9.0, tool: 2.0.0, uses_tool: false }", warns: 0),
    row(
      "a text that isn't a version is not compared", needs,
      config: "{ runtime: latest, tool: 2.0.0, uses_tool: true }", warns: 0),
    row(
      "any version is needed, and there is none",
      #"if: { runtime: "*" }, needs: { tool: "*" }"#,
      config: "{ runtime: 5.0.0, uses_tool: true }", warns: 1),
    row(
      "a range is needed, and there is none",
      #"if: { runtime: "*" }, needs: { tool: ">=1.0.0" }"#,
      config: "{ runtime: 5.0.0, uses_tool: true }", warns: 0),
    row(
      "nothing helps", #"if: { tool: ">=3.0.0" }, message: "${config.tool} is too new""#,
      config: "{ runtime: 5.0.0, tool: 3.1.0, uses_tool: true }", warns: 1),
    row(
      "a rule has a condition",
      #"if: { tool: ">=3.0.0" }, when: "${config.runtime != \"5.0.0\"}""#,
      config: "{ runtime: 5.0.0, tool: 3.1.0, uses_tool: true }", warns: 0),
    row(
      "two conditions",
      #"if: { tool: ">=3.0.0", runtime: "<5.0.0" }, message: m"#,
      config: "{ runtime: 5.0.0, tool: 3.1.0, uses_tool: true }", warns: 0),
    row(
      "items of a folder", #"if: { job: "*" }, needs: { runtime: ">=7.0.0" }"#,
      config: "{ runtime: 5.0.0, uses_tool: false }",
      jobs: [#"{"version": "1.0"}"#, #"{"version": "2.0"}"#], warns: 2),
    row(
      "one item of a folder", #"if: { runtime: "*" }, needs: { job: ">=2.0" }"#,
      config: "{ runtime: 5.0.0, uses_tool: false }",
      jobs: [#"{"version": "1.0"}"#, #"{"version": "2.0"}"#], warns: 1),
    row(
      "an item in a rule's condition",
      #"if: { runtime: "*" }, needs: { job: ">=3.0" }, when: "${job.version == \"2.0\"}""#,
      config: "{ runtime: 5.0.0, uses_tool: false }",
      jobs: [#"{"version": "1.0"}"#, #"{"version": "2.0"}"#], warns: 1),
  ]

  @Test(arguments: rows) func versions(_ row: PassRow) throws { try row.expect("check-rules") }

  private static let mistakes: [MistakeRow] = [
    mistake("all is well", nil, #"t: { version: "${config.text}" }"#, #"if: { t: "*" }"#),
    mistake(
      "a version that is a number", .expressionType, #"t: { version: 1️⃣"${config.n}" }"#,
      #"if: { t: "*" }"#),
    mistake(
      "a place that isn't one", .expressionUnknownField,
      #"t: { version: "${config.text}", at: 1️⃣config.txt }"#, #"if: { t: "*" }"#),
    mistake(
      "items of what isn't a folder", .expressionType,
      #"t: { each: { item: 1️⃣"${config.list}" }, version: "${item}" }"#, #"if: { t: "*" }"#),
    mistake(
      "a rule about something else", .pipelineUnknownParameter,
      #"t: { version: "${config.text}" }"#, #"if: { 1️⃣u: "*" }"#),
    mistake(
      "a rule that needs something else", .pipelineUnknownParameter,
      #"t: { version: "${config.text}" }"#, #"if: { t: "*" }, needs: { 1️⃣u: "*" }"#),
    mistake(
      "a range that isn't one", .schemaBadPattern, #"t: { version: "${config.text}" }"#,
      #"if: { t: 1️⃣"1.0" }"#),
    mistake(
      "a hint with a name that isn't there", .expressionUnknownName,
      #"t: { version: "${config.text}" }"#, #"if: { t: "*" }, hint: "${1️⃣item}""#),
  ]

  private static func mistake(
    _ title: String, _ code: DiagnosticCode?, _ subject: String, _ rule: String
  ) -> MistakeRow {
    MistakeRow(
      title, code,
      "inputs: { config: { schema: s.json } }\nversions:\n  of:\n    \(subject)\n  rules:\n"
        + "    - { \(rule), source: \"https://acme.example\" }\nstages: [{ stage: a }]")
  }

  @Test(arguments: mistakes) func reports(_ row: MistakeRow) { row.expect() }
}
