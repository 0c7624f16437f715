import Compiler
import Diagnostics
import Passes
import SourceText
import Testing

/// Outputs of steps, and what depends on them: tables of small pipelines.
@Suite struct OutputRowTests {
  private static let look = """
    stages:
      - stage: look
        steps:
          - name: Look
            command: { command: [look] }
            outputs:
              rows: { at: s3://b/control/rows, type: int }
              mode: { at: s3://b/control/mode, type: string, enum: [full, part] }
              late: { at: s3://b/control/LATE, type: marker }

    """

  /// A pipeline whose first stage leaves outputs.
  private static func after(_ rest: String) -> String { look + rest }

  /// The same with one more step in a later stage.
  private static func step(_ step: String) -> String {
    after("  - stage: use\n    steps:\n      - \(step)")
  }

  private static let mistakes: [MistakeRow] = [
    MistakeRow(
      "all is sound", nil,
      after(
        """
          - stage: use
            when: ${outputs.mode == "full" && (outputs.rows > 5 || !outputs.late)}
            steps:
              - name: Use
                command: { command: [use, "${outputs.rows}", "--note=${outputs.mode}", "${outputs.late}"] }
        """)),
    MistakeRow(
      "an output in a `let`", .outputMisplaced, "let: { early: '${1️⃣outputs.rows}' }\n" + look),
    MistakeRow(
      "an output in a dataset", .outputMisplaced,
      "datasets: { x: { at: 's3://b/${1️⃣outputs.mode}/' } }\n" + look),
    MistakeRow(
      "an output in a step's name", .outputMisplaced,
      step("{ name: 'Use ${1️⃣outputs.mode}', command: { command: [use] } }")),
    MistakeRow(
      "an output where data is", .outputMisplaced,
      step("{ name: Use, s3-dist-cp: { src: 1️⃣'s3://b/${outputs.mode}/', dest: s3://b/y/ } }")),
    MistakeRow(
      "outputs of a step that is repeated", .outputMisplaced,
      step(
        "{ name: 'Use ${i}', each: { i: '${[1, 2]}' }, command: { command: [use] }, "
          + "outputs: { 1️⃣many: { at: s3://b/control/many, type: int } } }")),
    MistakeRow(
      "outputs of the cluster's own step", .outputMisplaced,
      look
        + "cluster:\n  region: r\n  on-create:\n    - name: C\n      command: { command: [c] }\n"
        + "      outputs: 1️⃣{ more: { at: s3://b/control/more, type: int } }"),
    MistakeRow(
      "an output that is computed with", .outputComputed,
      step("{ name: Use, command: { command: [use, '${1️⃣outputs.rows + 1}'] } }")),
    MistakeRow(
      "a bool that decides whether an option is there", .outputComputed,
      step(
        "{ name: Use, spark-submit: { application: s3://b/x.py, args: { late: '${1️⃣outputs.late}' } } }"
      )),
    MistakeRow(
      "a condition that can't wait for the run", .outputComputed,
      after(
        "  - stage: use\n    when: ${1️⃣outputs.rows + 1 > 5}\n    steps:\n"
          + "      - { name: Use, command: { command: [use] } }")),
    MistakeRow(
      "`no-data-if` without an output", .outputInvalid,
      step("{ name: Use, command: { command: [use] }, no-data-if: 1️⃣'${1 > 2}' }")),
    MistakeRow(
      "texts for an output that is a number", .outputInvalid,
      step(
        "{ name: Use, command: { command: [use] }, "
          + "outputs: { n: { at: s3://b/control/n, type: int, enum: [1️⃣one] } } }")),
    MistakeRow(
      "a use in an earlier step", .outputTooEarly,
      "stages:\n  - stage: use\n    steps:\n"
        + "      - { name: Use, command: { command: [use, '${1️⃣outputs.rows}'] } }\n"
        + String(look.dropFirst("stages:\n".count))),
    MistakeRow(
      "a use in the step that writes it", .outputTooEarly,
      look.replacing("[look]", with: "[look, '${1️⃣outputs.rows}']")),
    MistakeRow(
      "a use in the stage that writes it", .outputTooEarly,
      look.replacing(
        "- stage: look\n", with: "- stage: look\n    when: ${1️⃣outputs.rows > 0}\n")),
    MistakeRow(
      "one name twice", .pipelineDuplicateName,
      step(
        "{ name: Use, command: { command: [use] }, "
          + "outputs: { 1️⃣rows: { at: s3://b/control/others, type: int } } }")),
    MistakeRow(
      "whether a stage runs that is decided", .stageUndecided,
      after(
        """
          - stage: use
            when: ${outputs.late}
            steps: [{ name: Use, command: { command: [use] } }]
          - stage: last
            when: ${1️⃣stages.use}
            steps: [{ name: Last, command: { command: [last] } }]
        """)),
  ]

  @Test(arguments: mistakes) func reports(_ row: MistakeRow) {
    var row = row
    row.text = "inputs: { config: { schema: s.json } }\n" + row.text
    row.expect()
  }

  /// The errors that a pass reports, and where.
  private static func said(
    _ pass: String, of pipeline: String,
    options: @escaping @Sendable (inout CompilerOptions) -> Void = { _ in }
  ) throws -> [String] {
    let row = PassRow("", pipeline, options: options)
    let text = Array(row.input.pipeline.text)
    return try PassRun(row, pass).diagnostics.filter { $0.severity == .error }.map { found in
      let range = found.span.map { Int($0.start)..<Int($0.end) } ?? 0..<0
      return "\(found.code.rawValue): \(String(decoding: text[range], as: UTF8.self))"
    }
  }

  @Test func anOutputOfAStepThatIsLeftOutIsAbsent() throws {
    let absent = "\(DiagnosticCode.outputAbsent.rawValue): outputs.rows"
    let use =
      "\n" + "  - stage: use\n    steps:\n"
      + "      - { name: Use, command: { command: [use, '${outputs.rows}'] } }"
    let ofStage = Self.look.replacing(
      "- stage: look\n", with: "- stage: look\n    when: ${1 > 2}\n")
    #expect(
      try Self.said("expand-steps", of: ofStage + use) == [absent])
    let ofStep = Self.look.replacing(
      "- name: Look\n", with: "- name: Look\n        when: ${1 > 2}\n")
    #expect(
      try Self.said("expand-steps", of: ofStep + use) == [absent])
    // What was done before has left it.
    #expect(
      try Self.said("expand-steps", of: Self.look + use, options: { $0.skip = ["look"] }) == [])
  }

  @Test func anOutputOfAStageThatMayBeLeftOutIsAbsentElsewhere() throws {
    let decided = """
        - stage: count
          when: ${outputs.late}
          steps:
            - name: Count
              command: { command: [count] }
              outputs: { counted: { at: s3://b/control/counted, type: int } }
            - { name: Same, command: { command: [use, '${outputs.counted}'] } }

      """
    #expect(try Self.said("expand-steps", of: Self.look + decided) == [])
    let other =
      "  - stage: use\n    steps:\n"
      + "      - { name: Use, command: { command: [use, '${outputs.counted}'] } }"
    #expect(
      try Self.said("expand-steps", of: Self.look + decided + other)
        == ["output-absent: outputs.counted"])
  }

  @Test func comparisonsFitTheOutput() throws {
    func said(_ condition: String) throws -> [String] {
      try Self.said(
        "select-stages",
        of: Self.look + "  - stage: use\n    when: '${\(condition)}'\n"
          + "    steps: [{ name: Use, command: { command: [use] } }]")
    }
    #expect(try said(#"outputs.mode == "full""#) == [])
    #expect(
      try said(#"outputs.mode == "ful""#) == [#"output-invalid: '${outputs.mode == "ful"}'"#])
    #expect(try said("outputs.rows == 2.5") == ["output-invalid: '${outputs.rows == 2.5}'"])
  }

  @Test func anOutputIsOneObject() throws {
    for place in ["s3://b/control/", "s3://b", "hdfs:///control/rows"] {
      let pipeline = Self.look.replacing("at: s3://b/control/rows", with: "at: '\(place)'")
      #expect(try Self.said("expand-steps", of: pipeline) == ["output-invalid: '\(place)'"])
    }
  }

  @Test func noJobFlowWaitsForADecision() throws {
    let arguments = Self.step("{ name: Use, command: { command: [use, '${outputs.rows}'] } }")
    let stage = Self.after(
      "  - stage: use\n    when: ${outputs.late}\n"
        + "    steps: [{ name: Use, command: { command: [use] } }]")
    for pipeline in [arguments, stage] {
      let atOnce = try Self.said(
        "order-steps", of: pipeline, options: { $0.isSubmittedAtOnce = true })
      #expect(atOnce.map { $0.prefix { $0 != ":" } } == ["decided-in-run"])
      #expect(try Self.said("order-steps", of: pipeline) == [])
    }
    // Outputs that nothing uses decide nothing.
    #expect(
      try Self.said("order-steps", of: Self.look, options: { $0.isSubmittedAtOnce = true }) == [])
  }
}
