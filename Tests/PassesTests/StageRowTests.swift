import Compiler
import Diagnostics
import Testing

/// The passes that decide what is in a run: tables of small pipelines.
@Suite struct StageRowTests {
  private static let three = """
    let: { first: "${stages.a}" }
    options: { include: [extra] }
    stages:
      - { stage: a }
      - { stage: b, when: "${stages.a || run.debug}" }
      - { stage: c, part-of: b }
      - { stage: d }
    """
  private static let undecided: [String] = [
    "stage a undecided", "stage b undecided", "stage c undecided part-of b", "stage d undecided",
  ]

  private static let selected: [PassRow] = [
    PassRow(
      "nothing leaves a stage out", three, removes: undecided,
      adds: [
        "stage a selected", "stage b selected", "stage c selected part-of b", "stage d selected",
      ]
    ),
    PassRow(
      "--skip leaves a stage out, and `when` sees it", three, options: { $0.skip = ["a"] },
      removes: undecided,
      adds: [
        "stage a skipped", "stage b not-applicable", "stage c part-of-unselected part-of b",
        "stage d selected",
      ]),
    PassRow(
      "a `when` may hold for another reason", three,
      options: {
        $0.skip = ["a"]
        $0.debug = true
      }, removes: undecided,
      adds: [
        "stage a skipped", "stage b selected", "stage c selected part-of b", "stage d selected",
      ]),
    PassRow(
      "--resume-from leaves out what comes before", three,
      options: {
        $0.resumeFrom = "d"
        $0.debug = true
      }, removes: undecided,
      adds: [
        "stage a before-resumption", "stage b before-resumption",
        "stage c part-of-unselected part-of b", "stage d selected",
      ]),
    PassRow(
      "--skip names no stage", three, options: { $0.skip = ["a", "x", "y"] },
      codes: [.skipUnknownStage, .skipUnknownStage]),
    PassRow(
      "--include names no option", three, options: { $0.include = ["extra", "x"] },
      codes: [.includeUnknown]),
    PassRow(
      "--resume-from names no stage", three, options: { $0.resumeFrom = "x" },
      codes: [.resumeUnknownStage]),
    PassRow(
      "--resume-from names a part", three, options: { $0.resumeFrom = "c" }, codes: [.resumeUnsafe]),
    PassRow(
      "--resume-from and --skip", three,
      options: {
        $0.resumeFrom = "d"
        $0.skip = ["a"]
      }, codes: [.resumeWithSkip]),
    PassRow(
      "a named run resumes as it was chosen", three,
      options: {
        $0.resumeFrom = "d"
        $0.skip = ["b"]
        $0.runID = "R"
      }, removes: undecided,
      adds: [
        "stage a before-resumption", "stage b not-applicable",
        "stage c part-of-unselected part-of b", "stage d selected",
      ]),
    PassRow(
      "--resume-from names a stage whose `when` doesn't hold", three,
      options: { $0.resumeFrom = "b" }, removes: undecided,
      adds: [
        "stage a before-resumption", "stage b not-applicable",
        "stage c part-of-unselected part-of b", "stage d selected",
      ], codes: [.resumeUnsafe]),
    PassRow(
      "a `when` that has no value",
      "stages: [{ stage: a, when: \"${[true][run.skip.size() + 1]}\" }]",
      codes: [.expressionEvaluation]),
  ]

  @Test(arguments: selected) func selectStages(_ row: PassRow) throws {
    try row.expect("select-stages")
  }

  private static let lets: [PassRow] = [
    PassRow("a `let` that asks which stages run", three, adds: ["let first true"]),
    PassRow(
      "a `let` that asks for a stage that is skipped", three, options: { $0.skip = ["a"] },
      adds: ["let first false"]),
    PassRow(
      "a `let` that asks S3, and one that needs it",
      """
      let:
        last: ${s3.last("s3://b/in/", "run=([^/]*)").orValue("none")}
        folder: s3://b/in/run=${last}/
      stages: [{ stage: a }]
      """, facts: #"{"s3": {"b": ["in/run=1/x", "in/run=2/x"]}}"#,
      adds: ["let folder \"s3://b/in/run=2/\"", "let last \"2\""]),
    PassRow(
      "a `let` of the inputs alone has its value already",
      "let: { n: \"${1 + 1}\" }\nstages: [{ stage: a }]"),
    PassRow(
      "a `let` that has no value, and one that needs it",
      """
      let:
        bad: '${[1][stages.a ? 5 : 0]}'
        next: '${bad + 1}'
      stages: [{ stage: a }]
      """, codes: [.expressionEvaluation]),
  ]

  @Test(arguments: lets) func bindLets(_ row: PassRow) throws { try row.expect("bind-lets") }

  private static func rule(_ members: String) -> String {
    """
    inputs: { config: { schema: any.json } }
    checks: [{ require: "${config.n > 1}", message: m, \(members) }]
    stages: [{ stage: a }]
    """
  }

  private static let checks: [PassRow] = [
    PassRow("a rule that holds", rule("hint: h"), inputs: [("config", "n: 2")]),
    PassRow(
      "a rule that doesn't hold", rule("hint: h"), inputs: [("config", "n: 1")],
      codes: [.checkFailed], severity: .error),
    PassRow(
      "a rule with an exit status", rule("exit: 17"), inputs: [("config", "n: 1")],
      codes: [.checkFailed], exit: 17),
    PassRow(
      "a warning has no exit status", rule("severity: warning, exit: 17"),
      inputs: [("config", "n: 1")], codes: [.checkFailed], severity: .warning),
    PassRow(
      "a rule whose `when` doesn't hold", rule("when: \"${config.n > 5}\""),
      inputs: [("config", "n: 1")]),
    PassRow(
      "a severity that there isn't", rule("severity: \"${config.severity}\""),
      inputs: [("config", "{ n: 1, severity: bad }")], codes: [.expressionType]),
    PassRow(
      "an exit status that there isn't", rule("exit: \"${config.exit}\""),
      inputs: [("config", "{ n: 1, exit: 256 }")], codes: [.expressionType]),
    PassRow(
      "all rules are looked at, and the first exit status counts",
      """
      checks:
        - { require: "${run.debug}", message: m }
        - { require: "${run.debug}", message: m, exit: 7 }
        - { require: "${run.debug}", message: m, exit: 8 }
      stages: [{ stage: a }]
      """, codes: [.checkFailed, .checkFailed, .checkFailed], exit: 7),
  ]

  @Test(arguments: checks) func checkRules(_ row: PassRow) throws {
    try row.expect("check-rules")
  }
}
