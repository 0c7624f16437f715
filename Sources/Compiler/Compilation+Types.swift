import Diagnostics
import Expressions
import Passes
import PipelineSyntax
import Schemas
import SourceText
import Values

extension Compilation {
  /// Checks all expressions of the pipeline against the types that the schemas give.
  mutating func checkTypes() {
    guard canGoOn, !isVerified, let pipeline else { return }
    var types: [ValueType] = []
    for input in pipeline.inputs {
      guard let path = input.schema else {
        types.append(.dyn)
        continue
      }
      if let schema = library.schema(path.value, sources: &sources, into: &diagnostics) {
        types.append(schema.type(named: input.name.value))
        diagnostics += schema.defaultViolations()
      } else {
        // Of a file that is there its own mistakes are told.
        if !library.hasFile(path.value) {
          diagnostics.append(
            .schemaUnknown(path.value, among: SchemaLibrary.builtinPaths, at: path.span))
        }
        types.append(.error)
      }
    }
    let schema = library.schema(Self.jobFlowSchema, sources: &sources, into: &diagnostics)
    let jobFlow = schema?.type(named: "job-flow") ?? .dyn
    var checker = TypeChecker(
      pipeline: pipeline, kinds: kinds, inputs: types,
      base: TypeEnvironment().declaring(facts.functions))
    checker.check(jobFlow: jobFlow, into: &diagnostics)
    if canGoOn, let schema, let body = pipeline.cluster?.jobFlow {
      diagnostics += literalViolations(pipeline.tree, body, schema)
    }
  }

  /// What is wrong with the job flow as it is written; what its expressions yield is seen in a run.
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
        // Entries with a `$` are the compiler's, and a value of theirs stands for the whole map.
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
