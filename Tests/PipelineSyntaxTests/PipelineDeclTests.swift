import Documents
import Diagnostics
import PipelineSyntax
import SourceText
import TestSupport
import Testing
import Values

/// Declarations out of a pipeline's tree.
@Suite struct PipelineDeclTests {
  @Test func takesEveryKey() throws {
    var reading = try Reading(
      """
      penstock: v1
      pipeline: p
      inputs:
        config: { schema: s.json, format: ruby-yaml, many: true, optional: true, secrets: [/a, /b/*] }
        plain: {}
      options: { include: [x, y] }
      let: { a: 1, b: "${a}" }
      checks:
        - { require: r, when: w, message: m, at: config.a, hint: h, severity: warning, exit: 3 }
      datasets:
        short: s3://b/short/
        long:
          when: w
          at: [s3://b/1/, s3://b/2/]
          within: short
          must-be-read: true
          restore: { command: {} }
          release: { before: two, command: {} }
      stages:
        - stage: one
          when: w
          requires:
            - { empty: short, when: w, message: m, hint: h, severity: warning, exit: 5 }
            - { data: long, pattern: .+ }
            - { depth: long, folders: 2, pattern: .+ }
            - { require: r }
            - { message: m }
          steps: [{ command: {} }]
        - { stage: two, part-of: one }
      cluster:
        region: r
        encrypted: true
        reuse: { name: n }
        bootstrap-tries: 3
        on-create: []
        on-reuse: []
        job-flow: {}
      run: { timeout: 1h, events: {}, credentials: {} }
      """)
    let pipeline = reading.pipeline()
    #expect(reading.diagnostics.isEmpty)
    #expect(pipeline.name?.value == "p")
    expectInputs(pipeline)
    #expect(pipeline.includes.map(\.value) == ["x", "y"])
    #expect(pipeline.lets.map(\.name.value) == ["a", "b"])
    #expect(pipeline.lets.map { reading.text($0.value) } == ["1", "${a}"])
    let check = try #require(pipeline.checks.first)
    #expect(
      [check.require, check.when, check.message, check.hint, check.severity, check.exit]
        .map(reading.text) == ["r", "w", "m", "h", "warning", "3"])
    #expect(check.at?.value == "config.a")
    try expectDatasets(pipeline, reading)
    try expectStages(pipeline, reading)
    let cluster = try #require(pipeline.cluster)
    #expect(
      [cluster.region, cluster.encrypted, cluster.reuseName, cluster.bootstrapTries]
        .map(reading.text) == ["r", "true", "n", "3"])
    #expect(cluster.onCreate != nil && cluster.onReuse != nil && cluster.jobFlow != nil)
    #expect(reading.text(pipeline.run?.timeout) == "1h")
    #expect(pipeline.run?.settings.map { reading.text($0.key) } == ["events", "credentials"])
  }

  private func expectInputs(_ pipeline: PipelineDecl) {
    let (config, plain) = (pipeline.inputs.first, pipeline.inputs.last)
    #expect(config?.name.value == "config" && config?.schema?.value == "s.json")
    #expect(config?.format == .rubyYAML && config?.isMany == true && config?.isOptional == true)
    #expect(config?.secrets == ["/a", "/b/*"])
    #expect(plain?.schema == nil && plain?.format == .yaml && plain?.secrets == [])
    #expect(plain?.isMany == false && plain?.isOptional == false)
  }

  private func expectDatasets(_ pipeline: PipelineDecl, _ reading: Reading) throws {
    let short = try #require(pipeline.datasets.first)
    let long = try #require(pipeline.datasets.last)
    #expect(reading.text(short.at) == "s3://b/short/" && short.when == nil && short.release == nil)
    #expect(reading.text(long.when) == "w" && reading.text(long.mustBeRead) == "true")
    #expect(long.at.map { reading.tree.count($0) } == 2)
    #expect(long.within?.value == "short" && long.restore != nil)
    #expect(long.release?.before?.value == "two")
    #expect(pipeline.dataset(named: "long") == 1 && pipeline.dataset(named: "x") == nil)
  }

  private func expectStages(_ pipeline: PipelineDecl, _ reading: Reading) throws {
    let one = try #require(pipeline.stages.first)
    #expect(reading.text(one.when) == "w" && one.steps.map { reading.tree.count($0) } == 1)
    #expect(one.requires.map(\.emptyDataset?.value) == ["short", nil, nil, nil, nil])
    let rules = one.requires.map { requirement in
      switch requirement.rule {
      case .empty(let dataset): "empty \(dataset.value)"
      case .data(let dataset, let pattern): "data \(dataset.value) \(reading.text(pattern) ?? "-")"
      case .depth(let dataset, let folders, let pattern):
        "depth \(dataset.value) \(reading.text(folders) ?? "-") \(reading.text(pattern) ?? "-")"
      case .require(let node): "require \(reading.text(node) ?? "")"
      case .none: "none"
      }
    }
    #expect(rules == ["empty short", "data long .+", "depth long 2 .+", "require r", "none"])
    let first = one.requires.first
    #expect(
      [first?.when, first?.message, first?.hint, first?.severity, first?.exit].map(reading.text)
        == ["w", "m", "h", "warning", "5"])
    #expect(pipeline.stages.last?.partOf?.value == "one")
  }

  /// What is needed before anything is evaluated can't be an expression, wherever it is.
  @Test(arguments: [
    "penstock: 1️⃣${'v1'}", "pipeline: 1️⃣p ${x}",
    "inputs: { c: { schema: 1️⃣\"${x}\" } }", "inputs: { c: { format: 1️⃣\"${x}\" } }",
    "inputs: { c: { many: 1️⃣\"${x}\" } }", "inputs: { c: { optional: 1️⃣\"${x}\" } }",
    "inputs: { c: { secrets: 1️⃣\"${x}\" } }", "inputs: { c: { secrets: [/a, 1️⃣\"${x}\"] } }",
    "options: { include: 1️⃣\"${x}\" }", "options: { include: [a, 1️⃣\"${x}\"] }",
    "checks: [{ at: 1️⃣\"${x}\" }]", "datasets: { d: { within: 1️⃣\"${x}\" } }",
    "datasets: { d: { release: { before: 1️⃣\"${x}\" } } }", "stages: [{ stage: 1️⃣\"${x}\" }]",
    "stages: [{ stage: a, part-of: 1️⃣\"${x}\" }]",
    "stages: [{ stage: a, requires: [{ empty: 1️⃣\"${x}\" }] }]",
    "stages: [{ stage: a, requires: [{ data: 1️⃣\"${x}\" }] }]",
    "stages: [{ stage: a, requires: [{ depth: 1️⃣\"${x}\" }] }]",
  ]) func wantsLiterals(_ text: String) throws {
    var reading = try Reading(text)
    _ = reading.pipeline()
    expectDiagnostics(
      reading.diagnostics, in: reading.source, [ExpectedDiagnostic(.pipelineLiteralWanted, from: 1)]
    )
  }

  @Test func aDollarIsNoExpression() throws {
    var reading = try Reading("pipeline: a $b {c} $")
    let pipeline = reading.pipeline()
    #expect(pipeline.name?.value == "a $b {c} $")
    #expect(reading.diagnostics.isEmpty)
  }

  /// What has another shape was reported by the schema: what fits is taken, and nothing traps.
  @Test(arguments: [
    "x", "[]", "{}", "pipeline: [a]", "pipeline: {a: b}", "inputs: x", "inputs: [a]",
    "inputs: { c: 3 }", "inputs: { c: { schema: [a], many: text, format: other, secrets: x } }",
    "options: 3", "let: [a]", "checks: 3", "checks: [3, null]", "datasets: [a]",
    "datasets: { d: 3, e: [x] }", "datasets: { d: { release: 3, restore: null } }", "stages: x",
    "stages: [3, {}, { stage: [a] }]", "stages: [{ stage: a, requires: 3, steps: 3 }]",
    "stages: [{ stage: a, requires: [3, { empty: [x] }] }]", "cluster: 3",
    "cluster: { reuse: 3, on-create: 4 }", "run: x",
  ]) func takesWhatFits(_ text: String) throws {
    var reading = try Reading(text)
    let pipeline = reading.pipeline()
    #expect(reading.diagnostics.isEmpty)
    #expect(pipeline.stages.allSatisfy { $0.name.value == "a" })
    #expect(pipeline.inputs.allSatisfy { $0.format == .yaml && !$0.isMany && $0.schema == nil })
    #expect(pipeline.datasets.allSatisfy { $0.at == nil })
  }

  @Test func everyMemberOfAStepIsTaken() throws {
    let text = StepDecl.Member.allCases.map { "\($0.rawValue): \($0.rawValue)-value" }
    let reading = try Reading(
      (text + ["echo: { a: 1 }", "other: 1", "more: 2"]).joined(separator: "\n"))
    let step = StepDecl(reading.tree, try #require(reading.tree.root))
    let found: [(StepDecl.Member, NodeID?)] = [
      (.name, step.name), (.when, step.when), (.each, step.each), (.reads, step.reads),
      (.writes, step.writes), (.deletes, step.deletes), (.retry, step.retry),
      (.retries, step.retries),
      (.onFailure, step.onFailure), (.after, step.after), (.before, step.before),
      (.timeout, step.timeout), (.log, step.log), (.properties, step.properties),
      (.monitoring, step.monitoring), (.freshOutput, step.freshOutput),
      (.readDepth, step.readDepth), (.outputs, step.outputs), (.noDataIf, step.noDataIf),
    ]
    for (member, node) in found { #expect(reading.text(node) == "\(member.rawValue)-value") }
    #expect(found.count == StepDecl.Member.allCases.count - 1, "all but the summary")
    #expect(reading.text(step.kind) == "echo")
    #expect(step.parameters.map { reading.tree.count($0) } == 1)
    #expect(step.others.map { reading.tree.string($0) } == ["other", "more"])
  }

  @Test(arguments: ["3", "[a]", "null", "{}"]) func aStepOfAnotherShapeHasNothing(_ text: String)
    throws
  {
    let reading = try Reading(text)
    let step = StepDecl(reading.tree, try #require(reading.tree.root))
    #expect(step.kind == nil && step.name == nil && step.others.isEmpty)
  }
}
