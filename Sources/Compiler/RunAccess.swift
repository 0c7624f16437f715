import Documents
import Diagnostics
import Passes
import PipelineIR
import PipelineSyntax
package import PlanFormat
import SourceText
package import Values

/// What is needed to access a run's AWS account. Known as soon as the inputs are bound, even if the
/// run has errors.
package struct RunAccess: Sendable {
  package var pipeline: String
  package var runID: String
  package var runTime: Value.Timestamp
  /// Nil: the region from the environment.
  package var region: String?
  /// The run's keys as the pipeline gives them, by the names of a plan's settings, in plain text;
  /// null: the standard credential chain.
  package var credentials: Value
  /// The service that runs the steps as jobs; nil if a cluster does them.
  package var jobs: JobService?
}

extension CompilerResult {
  /// Nil if the inputs couldn't be bound.
  package var access: RunAccess? {
    guard let bound = reached.bound else { return nil }
    let context = bound.context
    let program = reached.passed?.program ?? context.initialProgram()
    let binder = context.binder(context.scope(for: program))
    // Mistakes are reported when it is evaluated for the run.
    var ignored: [Diagnostic] = []
    for item in context.pipeline.lets where binder.scope.variables[item.name.value] == nil {
      binder.bind(item.name.value, binder.value(item.value, into: &ignored))
    }
    let region = context.pipeline.cluster?.region.flatMap { binder.string($0, into: &ignored) }
    let settings = context.pipeline.run?.settings ?? []
    let credentials = settings.first { context.pipeline.tree.string($0.key) == "credentials" }
      .flatMap { binder.value($0.value, into: &ignored) }
    let options = bound.inputs.work.input.options
    return RunAccess(
      pipeline: program.name, runID: options.effectiveRunID, runTime: options.runTime,
      region: region, credentials: credentials?.inPlainText ?? .null,
      jobs: options.jobs?.service)
  }
}

extension Value {
  /// The value without secret marks and absent entries.
  fileprivate var inPlainText: Value {
    switch self {
    case .secret(let secret): secret.value.inPlainText
    case .optional(let value): value?.inPlainText ?? .null
    case .list(let items): .list(items.map(\.inPlainText))
    case .map(let map):
      .map(ValueMap(map.entries.map { (key: $0.key, value: $0.value.inPlainText) }))
    case .null, .bool, .int, .uint, .double, .number, .string, .bytes, .timestamp, .duration, .type,
      .opaque:
      self
    }
  }
}
