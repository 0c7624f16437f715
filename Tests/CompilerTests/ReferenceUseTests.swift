import Compiler
import Diagnostics
import Passes
import PipelineIR
import SourceText
import TestSupport
import Testing
import Values

/// Results that depend on references don't depend on how these are written.
@Suite struct ReferenceUseTests {
  private static func compile(
    lets: String = "", when: String = "true", second: String = "true",
    name: String = "Two", command: String = "command: { command: [\"true\"] }",
    kinds: [SourceFile] = [], runID: String? = nil
  ) -> CompilerResult {
    let pipeline = """
      penstock: v1
      pipeline: references
      let: { \(lets) }
      stages:
        - stage: one
          when: \(when)
          steps: [ { name: One, command: { command: ["true"] } } ]
        - stage: two
          when: \(second)
          steps: [ { name: \(name), \(command) } ]
      cluster:
        region: eu-west-1
        job-flow:
          Name: references
          ReleaseLabel: emr-6.15.0
          Instances:
            InstanceGroups:
              - { InstanceRole: MASTER, InstanceType: m4.large, InstanceCount: 1 }

      """
    var input = CompilerInput(
      pipeline: SourceFile(name: "pipeline.yml", text: Array(pipeline.utf8)), files: [],
      environment: [:], facts: nil,
      options: CompilerOptions(
        runTime: Value.Timestamp(seconds: 1_772_323_200, nanoseconds: 0), utcOffsetSeconds: 0))
    input.stepKinds = kinds
    input.options.runID = runID
    return Compiler.compile(input)
  }

  private static func names(_ result: CompilerResult) -> [String]? {
    result.program.map { program in program.steps.map { program.text($0.name) } }
  }

  // MARK: When a `let` is bound

  @Test(arguments: [
    #"${"stages " + 's3.isEmpty("s3://b/")'}"#, #"${[1].map(stages, stages)}"#,
    #"${cel.bind(s3, "s3://b/", s3.startsWith("s3"))}"#, "stages are s3 too",
    #"${{"stages": 1}.stages}"#,
  ])
  func aLetThatOnlyLooksLikeAQuestionIsEarly(_ value: String) throws {
    let result = Self.compile(lets: "a: '\(value.replacing("'", with: "''"))'")
    let program = try #require(result.program, "\(result.diagnostics.map(\.message))")
    #expect(program.lets.isEmpty)
  }

  @Test(arguments: [
    "${stages.one}", "${stages[\"one\"]}", "${stages.?one.orValue(false)}",
    "${stages[?\"one\"].orValue(false)}", "${has(stages.one) && stages.one}",
    "${[stages].map(s, s.one)[0]}", "${cel.bind(s, stages, s.one)}", "${stages[\"o\" + \"ne\"]}",
    "${s3.isEmpty(\"s3://b/\") || true}", "${b}",
  ])
  func aLetThatAsksIsBoundOnceItCanBe(_ value: String) throws {
    let lets = "b: '${stages.one}', a: '\(value)'"
    let program = try #require(Self.compile(lets: lets).program)
    #expect(program.lets["a"].map { $0.equals(.bool(true)) } ?? false)
    // A condition may still use it.
    #expect(Self.names(Self.compile(lets: lets, second: "'${a}'")) == ["One", "Two"])
    #expect(Self.names(Self.compile(lets: lets, second: "'${!a}'")) == ["One"])
    #expect(
      Self.names(Self.compile(lets: "c: '${run.id}', \(lets)", second: "'${[a][0] && c != \"\"}'"))
        == ["One", "Two"])
  }

  // MARK: What a condition sees

  @Test(arguments: [
    "${stages.two}", "${stages[\"two\"]}", "${stages.?two.orValue(true)}",
    "${has(stages.two)}", "${stages.three}", "${a}", "${[a][0]}", "${b}",
  ])
  func aConditionMayNotAskForLaterStages(_ condition: String) {
    let result = Self.compile(
      lets: "a: '${stages[\"two\"]}', b: '${!a}'", when: "'${true}'", second: "'\(condition)'")
    #expect(result.diagnostics.map(\.code) == [.expressionUnknownField])
  }

  @Test func aConditionSeesOnlyTheStagesAboveIt() {
    #expect(Self.names(Self.compile(second: "'${size(stages) == 1}'")) == ["One", "Two"])
    let result = Self.compile(second: "'${stages[\"tw\" + \"o\"]}'")
    #expect(result.diagnostics.map(\.code) == [.expressionEvaluation])
  }

  @Test(arguments: [
    "${stages.one && !stages[\"one\"]}", "${stages[\"one\"] && !stages.one}",
    "${a && !stages[\"one\"]}", "${run[\"debug\"] && !run.debug}",
    "${run[\"id\"] == \"a\" && run.id == \"b\"}",
  ])
  func contradictionsAreFoundInEverySpelling(_ condition: String) {
    let result = Self.compile(lets: "a: '${stages[\"one\"]}'", second: "'\(condition)'")
    #expect(result.diagnostics.map(\.code) == [.stageUnreachable])
  }

  @Test func differentMembersAreNoContradiction() {
    let lets = "m: { a.b: true, a: { b: false } }"
    let result = Self.compile(lets: lets, second: "'${m[\"a.b\"] && !m.a.b}'")
    #expect(Self.names(result) == ["One", "Two"])
  }

  // MARK: How a condition is described

  @Test(arguments: [
    ("${run.debug}", "`run.debug` is false"),
    ("${run[\"debug\"]}", "`run.debug` is false"),
    ("${run.?debug.orValue(true)}", "`run.debug` is false"),
    ("${[run].exists(r, r.debug)}", ""),
    ("${run.id == \"run.debug\"}", "`run.id` is `x`"),
    ("${run.include.exists(run, run == \"debug\")}", "`run.include` has 0 items"),
    ("${a}", "`a` is false"),
    ("${m[\"b-c\"]}", "`m[\"b-c\"]` is false"),
    ("${!stages[\"one\"] // run.id\n}", "`stages.one` is true"),
  ])
  func aConditionsValuesAreShown(_ condition: String, _ words: String) throws {
    let result = Self.compile(
      lets: "a: '${!stages.one}', m: { b-c: false }",
      second: "\"\(condition.replacing("\"", with: "\\\"").replacing("\n", with: "\\n"))\"",
      runID: "x")
    let reason = try #require(
      result.explanations.first { $0.pass == "select-stages" && $0.subject == "stage `two`" }?
        .reason)
    #expect(reason == "its `when` is false" + (words.isEmpty ? "" : ": \(words)"))
  }

  // MARK: The cluster

  @Test func theClusterIsNotNamedBeforeItIsKnown() {
    for result in [
      Self.compile(lets: "a: '${cluster.region}'"),
      Self.compile(second: "'${cluster[\"region\"] != \"\"}'"),
    ] {
      #expect(result.diagnostics.map(\.code) == [.expressionUnknownName])
    }
  }

  @Test func stepsNameTheCluster() throws {
    let result = Self.compile(
      command: "command: { command: ['${cluster.region}', '${cluster[\"release\"]}'] }")
    let program = try #require(result.program)
    let step = try #require(program.steps.last)
    #expect(
      program.arguments(of: step).map { program.text($0.text) } == ["eu-west-1", "6.15.0"])
  }

  // MARK: Step kinds

  @Test(arguments: [
    "${parameters.jar}", "${parameters[\"jar\"]}", "${parameters.?jar.orValue(\"\")}",
    "${[parameters].map(p, p.jar)[0]}", "${parameters[\"j\" + \"ar\"]}",
  ])
  func aJarOfParametersIsEachStepsOwn(_ jar: String) throws {
    let kind = """
      penstock: v1
      step-kind: own
      summary: A kind.
      parameters: { type: object, properties: { jar: { type: string } } }
      jar: '\(jar)'

      """
    let result = Self.compile(
      name: "'Two ${name}'", command: "own: { jar: '${name}' }, each: { name: [a.jar, b.jar] }",
      kinds: [SourceFile(name: "step-kinds/own.yml", text: Array(kind.utf8))])
    let program = try #require(result.program, "\(result.diagnostics.map(\.message))")
    #expect(program.steps.dropFirst().map { program.text($0.jar) } == ["a.jar", "b.jar"])
  }
}
