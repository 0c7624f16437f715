import Documents
import Diagnostics
import Expressions
import Passes
import PipelineSyntax
import PlanFormat
import Schemas
import SourceText
import Values

/// A pipeline with checked names and types.
struct Checked: Sendable, CheckSubject {
  var work: Work
  let pipeline: PipelineDecl
  let kinds: [StepKind]
  /// The exit status set by the first failed rule.
  private(set) var requestedStatus: ExitStatus?

  /// Nil if the pipeline couldn't be parsed.
  init?(_ parsed: Parsed) {
    guard let content = parsed.content else { return nil }
    work = parsed.work
    pipeline = content.pipeline
    kinds = content.kinds
    guard !work.isVerified else { return }
    Check.run(on: &self) { if case .pipeline(let body) = $0 { body } else { nil } }
  }

  var diagnostics: [Diagnostic] { work.diagnostics }
  var canGoOn: Bool { work.canGoOn }

  /// Whether a run has a required input or parameter.
  var needsInputs: Bool { pipeline.needsInputs }

  /// Evaluates what has the same value in every run, if there are no inputs to evaluate the rest.
  mutating func checkConstants() {
    guard work.canGoOn else { return }
    Check.run(on: &self) { if case .constants(let body) = $0 { body } else { nil } }
  }

  mutating func evaluateConstants() {
    let facts = FactOracle(
      facts: Facts(), runID: work.input.options.ofRun.effectiveRunID,
      refusesOnAssumption: work.input.refusesOnAssumption, timeZones: work.input.timeZones)
    ConstantRules.check(
      pipeline, facts: facts, into: &work.diagnostics, exit: &requestedStatus)
  }

  /// Checks all expressions of the pipeline against the types from the schemas.

  mutating func checkNames() {
    NameResolution.check(
      pipeline, kinds: kinds.map(\.decl), knownKinds: StepKindLibrary.names(work.input),
      into: &work.diagnostics)
  }

  mutating func checkInputSchemas() {
    for path in pipeline.inputs.compactMap(\.schema) {
      if let schema = work.schema(path.value) {
        work.diagnostics += schema.defaultViolations()
      } else if !work.library.hasFile(path.value) {
        // Mistakes in a file that exists have been reported.
        work.diagnostics.append(
          .schemaUnknown(path.value, among: SchemaLibrary.builtinPaths, at: path.span))
      }
    }
  }

  mutating func checkLetOrder() { LetOrder(pipeline).check(into: &work.diagnostics) }

  mutating func checkOutputs() {
    var uses = OutputUses(pipeline, kinds: kinds.map(\.decl))
    uses.check(into: &work.diagnostics)
  }

  mutating func checkStageReach() {
    var reach = StageReach(pipeline)
    reach.check(into: &work.diagnostics)
  }

  /// Checks all expressions of the pipeline against the types that the schemas give.
  mutating func checkTypes() {
    let types = pipeline.inputs.map { input -> ValueType in
      guard let path = input.schema else { return .dyn }
      let schema = work.schema(path.value)
      return schema.map { work.type($0, path.value, named: input.name.value) } ?? .error
    }
    var ignored: [Diagnostic] = []
    let parameters = parameterSchema(into: &ignored).type
    let jobFlow =
      work.ourSchema(Self.jobFlowSchema).map {
        work.type($0, Self.jobFlowSchema, named: "job-flow")
      } ?? .dyn
    var checker = TypeChecker(
      pipeline: pipeline, kinds: kinds, inputs: types, parameters: parameters,
      base: TypeEnvironment().declaring(FactOracle(facts: Facts(), runID: "").functions))
    checker.check(jobFlow: jobFlow, into: &work.diagnostics)
    for argument in work.arguments {
      guard case .object(let holder)? = checker.type(of: argument.holder),
        let found = holder.field(argument.name)?.type,
        !TypeChecker.isAssignable(found, to: argument.type)
      else { continue }
      work.diagnostics.append(.useWrongType(argument, found: found))
    }
  }

  mutating func checkLiterals() {
    guard let schema = work.ourSchema(Self.jobFlowSchema), let body = pipeline.cluster?.jobFlow
    else { return }
    work.diagnostics += literalViolations(pipeline.tree, body, schema)
  }

  /// Checks the job flow as written; the values of its expressions are checked in a run.
  private func literalViolations(
    _ tree: Tree, _ body: NodeID, _ schema: Schema
  ) -> [Diagnostic] {
    var ours: [Span] = []
    var waiting = [body]
    while let node = waiting.popLast() {
      switch tree.kind(node) {
      case .null, .bool, .int, .float, .string: break
      case .list: waiting += tree.items(node)
      case .map:
        // Entries with a `$` are for the compiler, and their value replaces the whole map.
        for entry in tree.entries(node) {
          let key = tree.string(entry.key)
          if key == "$value" { ours.append(tree.span(node)) }
          if key.hasPrefix("$") { ours.append(tree.span(entry.key)) }
          waiting.append(entry.value)
        }
      }
    }
    return schema.diagnose(tree, body, deferringExpressions: true).filter { violation in
      guard let span = violation.span else { return true }
      return !ours.contains { $0.start <= span.start && span.end <= $0.end }
    }
  }

  static let stepsSchema = "emr/add-job-flow-steps.schema.json"
  static let jobFlowSchema = "emr/run-job-flow.schema.json"
}
