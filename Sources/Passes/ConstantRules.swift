import Documents
package import Diagnostics
import Expressions
package import PipelineSyntax
import SourceText
import Values

/// The parts of a pipeline with the same value in every run: `let`s and rules that don't refer to
/// an input, the run, S3 or EMR.
package enum ConstantRules {
  /// Evaluates them, if there are no inputs to evaluate the rest.
  package static func check(
    _ pipeline: PipelineDecl, facts: FactOracle, into diagnostics: inout [Diagnostic],
    exit: inout ExitStatus?
  ) {
    let tree = pipeline.tree
    let binder = Binder(tree: tree, scope: Scope(), facts: facts)
    var varying = Set(NameResolution.reserved + pipeline.inputs.map(\.name.value))
    func isConstant(_ nodes: [NodeID?]) -> Bool {
      nodes.allSatisfy { node in
        node.map { tree.references(in: $0).allSatisfy { !varying.contains($0.name) } } ?? true
      }
    }
    for item in pipeline.lets {
      guard isConstant([item.value]), let value = binder.value(item.value, into: &diagnostics)
      else {
        varying.insert(item.name.value)
        continue
      }
      binder.bind(item.name.value, value)
    }
    for rule in pipeline.checks {
      let parts = [rule.when, rule.require, rule.message, rule.hint, rule.severity, rule.exit]
      guard isConstant(parts) else { continue }
      RuleCheck(declaration: rule, binder: binder, origins: InputOrigins([:]))
        .run(&diagnostics, exit: &exit)
    }
  }
}
