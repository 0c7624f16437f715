import Compiler
import Diagnostics
import SourceText
import TestSupport
import Testing
import Values

/// A pipeline with a mistake at 1️⃣.
struct MistakeRow: Sendable, CustomTestStringConvertible {
  var testDescription: String
  var text: String
  var code: DiagnosticCode?

  init(_ title: String, _ code: DiagnosticCode?, _ text: String) {
    testDescription = title
    self.text = text
    self.code = code
  }

  /// Expects the one mistake of the phases before the passes, at its mark.
  func expect(sourceLocation: Testing.SourceLocation = #_sourceLocation) {
    let source = MarkedSource(
      "penstock: v1\npipeline: t\n" + text + "\n"
        + (text.contains("\ncluster:") ? "" : "cluster:\n  region: r\n")
        + (text.contains("job-flow:") ? "" : "  job-flow: { \(Self.body) }\n"), name: "p.yml")
    let input = CompilerInput(
      pipeline: source.file, files: [InputFile(role: "config", file: Self.config)],
      schemas: ["s.json": Self.schema], environment: [:], facts: nil,
      options: CompilerOptions(
        runTime: Value.Timestamp(seconds: 0, nanoseconds: 0), utcOffsetSeconds: 0))
    let found = Compiler.context(input)
    expectDiagnostics(
      found.diagnostics, in: source, code.map { [ExpectedDiagnostic($0, from: 1)] } ?? [],
      sourceLocation: sourceLocation)
    #expect((found.context != nil) == !found.diagnostics.hasErrors, sourceLocation: sourceLocation)
  }

  static let body = "Name: t, Instances: { InstanceCount: 1, MasterInstanceType: m5.xlarge }"
  private static let config = SourceFile(
    name: "config.yml", text: Array("{ n: 1, list: [a], text: t }".utf8))
  private static let schema = SourceFile(
    name: "s.json",
    text: Array(
      """
      {"type": "object", "required": ["n", "list", "text"], "additionalProperties": false,
      "properties": {"n": {"type": "integer"}, "list": {"type": "array", "items": {"type": "string"}},
      "text": {"type": "string"}, "maybe": {"type": "string"}}}
      """.utf8))
}

/// Names that nothing declares, or that several do.
@Suite struct ResolveNamesTests {
  private static let input = "inputs: { config: { schema: s.json } }\n"
  private static let data = input + "datasets: { x: { at: s3://b/x/ } }\n"

  private static func steps(_ step: String) -> String {
    data + "stages:\n  - stage: a\n    steps:\n      - \(step)"
  }

  private static let rows: [MistakeRow] = [
    MistakeRow("all is declared", nil, steps("{ name: S, command: { command: [a] }, reads: [x] }")),
    MistakeRow(
      "a `let` with an input's name", .pipelineDuplicateName,
      input + "let: { 1️⃣config: 1 }\nstages: [{ stage: a }]"),
    MistakeRow(
      "a `let` with a reserved name", .pipelineReservedName,
      input + "let: { 1️⃣stages: 1 }\nstages: [{ stage: a }]"),
    MistakeRow(
      "two stages of one name", .pipelineDuplicateName,
      input + "stages: [{ stage: a }, { stage: 1️⃣a }]"),
    MistakeRow(
      "a part of no stage", .pipelineUnknownStage,
      input + "stages: [{ stage: a }, { stage: b, part-of: 1️⃣c }]"),
    MistakeRow(
      "a part of a later stage", .pipelineUnknownStage,
      input + "stages: [{ stage: a, part-of: 1️⃣b }, { stage: b }]"),
    MistakeRow(
      "no dataset to be empty", .pipelineUnknownDataset,
      data + "stages: [{ stage: a, requires: [{ empty: 1️⃣y }] }]"),
    MistakeRow(
      "no dataset to hold data", .pipelineUnknownDataset,
      data + "stages: [{ stage: a, requires: [{ data: 1️⃣y }] }]"),
    MistakeRow(
      "within no dataset", .pipelineUnknownDataset,
      input + "datasets: { x: { at: s3://b/x/, within: 1️⃣y } }\nstages: [{ stage: a }]"),
    MistakeRow(
      "no dataset to read", .pipelineUnknownDataset,
      steps("{ name: S, command: { command: [a] }, reads: [1️⃣y] }")),
    MistakeRow(
      "no dataset to write, in a list", .pipelineUnknownDataset,
      steps("{ name: S, command: { command: [a] }, writes: [x, 1️⃣y] }")),
    MistakeRow(
      "no dataset to delete", .pipelineUnknownDataset,
      steps("{ name: S, command: { command: [a] }, deletes: [1️⃣y] }")),
    MistakeRow(
      "no dataset in a parameter", .pipelineUnknownDataset,
      steps("{ name: S, s3-dist-cp: { src: 1️⃣y, dest: x } }")),
    MistakeRow("no kind", .pipelineStepKindMissing, steps("1️⃣{ name: A }")),
    MistakeRow(
      "an unknown kind", .pipelineUnknownStepKind, steps("{ name: S, 1️⃣comand: { command: [a] } }")),
    MistakeRow(
      "two kinds", .pipelineSeveralStepKinds,
      steps("{ name: S, command: { command: [a] }, 1️⃣pig: { script: s } }")),
    MistakeRow(
      "a key that isn't a kind", .pipelineUnknownStepKind,
      steps("{ name: S, command: { command: [a] }, 1️⃣read: x }")),
    MistakeRow(
      "`before` in a stage", .pipelineUnknownParameter,
      steps("{ name: S, command: { command: [a] }, before: 1️⃣a }")),
    MistakeRow(
      "`before` no stage", .pipelineUnknownStage,
      input + "stages: [{ stage: a }]\ncluster:\n  region: r\n"
        + "  on-create: [{ name: C, before: 1️⃣b, command: { command: [c] } }]"),
    MistakeRow(
      "a release before no stage", .pipelineUnknownStage,
      input + "datasets:\n  x:\n    at: s3://b/x/\n"
        + "    release: { name: C, before: 1️⃣b, command: { command: [c] } }\nstages: [{ stage: a }]"),
    MistakeRow(
      "a restore of no kind", .pipelineUnknownStepKind,
      input
        + "datasets:\n  x:\n    at: hdfs:///x/\n    restore: { name: C, 1️⃣copy: {} }\nstages: [{ stage: a }]"
    ),
  ]

  @Test(arguments: rows) func reports(_ row: MistakeRow) { row.expect() }
}

/// Expressions against the types of inputs, and of what the language gives.
@Suite struct CheckTypesTests {
  private static let input = "inputs: { config: { schema: s.json } }\n"
  private static let stage = "stages: [{ stage: a }]"

  private static func steps(_ step: String) -> String {
    input + "datasets: { x: { at: s3://b/x/ } }\nstages:\n  - stage: a\n    steps:\n      - \(step)"
  }

  private static let rows: [MistakeRow] = [
    MistakeRow(
      "a sound one", nil,
      input + "let: { m: '${config.?maybe.orValue(config.text)}' }\n"
        + "checks: [{ require: '${config.n > 0}', message: m, at: config.n }]\n" + stage),
    MistakeRow(
      "an unknown name", .expressionUnknownName, input + "let: { m: '${1️⃣confg.n}' }\n" + stage),
    MistakeRow(
      "an unknown field", .expressionUnknownField, input + "let: { m: '${1️⃣config.m}' }\n" + stage),
    MistakeRow(
      "a key that may be absent", .expressionAbsentOptional,
      input + "let: { m: '${1️⃣config.maybe}' }\n" + stage),
    MistakeRow(
      "a guarded one", nil,
      input
        + "checks: [{ when: '${has(config.maybe)}', require: '${config.maybe != \"\"}', message: m }]\n"
        + stage),
    MistakeRow(
      "an unknown function", .expressionUnknownFunction,
      input + "let: { m: '${1️⃣sum(config.list)}' }\n" + stage),
    MistakeRow(
      "a text for a number", .expressionType, input + "let: { m: '${1️⃣config.n + \"a\"}' }\n" + stage
    ),
    MistakeRow(
      "a rule that isn't a condition", .expressionType,
      input + "checks: [{ require: 1️⃣'${config.n}', message: m }]\n" + stage),
    MistakeRow(
      "a rule blames something that isn't a place", .expressionUnknownField,
      input + "checks: [{ require: '${config.n > 0}', message: m, at: 1️⃣config.m }]\n" + stage),
    MistakeRow(
      "a severity that is a number", .schemaBadEnum,
      input + "checks: [{ require: '${config.n > 0}', message: m, severity: 1️⃣3 }]\n" + stage),
    MistakeRow(
      "`let`s that need each other", .pipelineCyclicLet,
      input + "let: { a: '${1️⃣b}', b: '${a}' }\n" + stage),
    MistakeRow(
      "a `when` that asks for a later stage", .expressionUnknownField,
      input + "stages: [{ stage: a, when: '${1️⃣stages.b}' }, { stage: b }]"),
    MistakeRow(
      "a `when` that asks for a later stage by a `let`", .expressionUnknownField,
      input + "let: { later: '${stages.b}' }\n"
        + "stages: [{ stage: a, when: '${1️⃣later}' }, { stage: b }]"),
    MistakeRow(
      "a `when` that isn't a condition", .expressionType,
      input + "stages: [{ stage: a, when: 1️⃣'${config.text}' }]"),
    MistakeRow(
      "a dataset that is a number", .expressionType,
      input + "datasets: { x: { at: 1️⃣'${config.n}' } }\n" + stage),
    MistakeRow(
      "data that nothing declares", .expressionUnknownField,
      steps("{ name: '${1️⃣data.y}', command: { command: [a] } }")),
    MistakeRow(
      "a pattern that is a list", .expressionType,
      input + "datasets: { x: { at: s3://b/x/ } }\n"
        + "stages: [{ stage: a, requires: [{ data: x, pattern: 1️⃣'${config.list}' }] }]"),
    MistakeRow(
      "a requirement that isn't a condition", .expressionType,
      input + "stages: [{ stage: a, requires: [{ require: 1️⃣'${config.n}', message: m }] }]"),
    MistakeRow(
      "a parameter of another type", .expressionType,
      steps("{ name: S, s3-dist-cp: { src: x, dest: s3://b/y/, targetSize: 1️⃣'${config.text}' } }")),
    MistakeRow(
      "a parameter that the kind hasn't", .schemaUnknownKey,
      steps("{ name: S, s3-dist-cp: { src: x, dest: s3://b/y/, 1️⃣target: 3 } }")),
    MistakeRow(
      "the cluster before there is one", .expressionUnknownName,
      input + "let: { m: '${1️⃣cluster.region}' }\n" + stage),
    MistakeRow(
      "a member of the job flow of another type", .expressionType,
      input + stage
        + "\ncluster:\n  region: r\n  job-flow: { Name: 1️⃣'${config.list}', Instances: { InstanceCount: 1, MasterInstanceType: m } }"
    ),
  ]

  @Test(arguments: rows) func reports(_ row: MistakeRow) { row.expect() }
}
