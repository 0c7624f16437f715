import Diagnostics
import Passes
import PipelineIR
import PipelineSyntax
import SourceText
import Values

/// A run with valid inputs, and the scope that its expressions see.
struct Bound: Sendable {
  var inputs: BoundInputs
  let context: Context

  /// Nil if there are errors so far.
  init?(_ inputs: BoundInputs) {
    guard inputs.work.canGoOn else { return nil }
    var base = BaseScope(inputs: inputs, scope: Self.scope(inputs))
    Check.run(on: &base) { if case .scope(let body) = $0 { body } else { nil } }
    context = Context(
      pipeline: inputs.pipeline, kinds: inputs.kinds, options: Self.options(inputs),
      facts: inputs.facts, base: base.scope, inputTrees: inputs.trees)
    self.inputs = base.inputs
  }

  /// Without stages, there is only a cluster, which outlives the run.
  private static func options(_ inputs: BoundInputs) -> RunOptions {
    var options = inputs.work.input.options.ofRun
    if inputs.pipeline.stages.isEmpty { options.isPersistent = true }
    return options
  }

  /// The inputs and the run.
  static func scope(_ inputs: BoundInputs) -> Scope {
    var variables: [String: Value] = [:]
    for declaration in inputs.pipeline.inputs {
      let values = inputs.bound[declaration.name.value]?.documents.map(\.value) ?? []
      variables[declaration.name.value] =
        declaration.isMany ? .list(values) : values.first ?? .null
    }
    variables["params"] = .map(inputs.parameters?.values ?? ValueMap())
    variables["run"] = options(inputs).value
    return Scope(variables: variables)
  }
}

/// What expressions see before the first pass, while it is made.
struct BaseScope: CheckSubject {
  var inputs: BoundInputs
  var scope: Scope

  var diagnostics: [Diagnostic] { inputs.diagnostics }
  var canGoOn: Bool { inputs.canGoOn }

  mutating func bindLets() {
    EarlyLets.bind(
      inputs.pipeline, scope: &scope, facts: inputs.facts, inputTrees: inputs.trees,
      into: &inputs.work.diagnostics)
  }
}
