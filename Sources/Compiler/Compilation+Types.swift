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
      } else {
        // Of a file that is there its own mistakes are told.
        if !library.hasFile(path.value) {
          diagnostics.append(
            .schemaUnknown(path.value, among: SchemaLibrary.builtinPaths, at: path.span))
        }
        types.append(.error)
      }
    }
    let jobFlow =
      library.schema(Self.jobFlowSchema, sources: &sources, into: &diagnostics)?
      .type(named: "job-flow") ?? .dyn
    var checker = TypeChecker(
      pipeline: pipeline, kinds: kinds, inputs: types,
      base: TypeEnvironment().declaring(facts.functions))
    checker.check(jobFlow: jobFlow, into: &diagnostics)
  }

  static let jobFlowSchema = "emr/run-job-flow.schema.json"
}
