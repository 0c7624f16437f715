import Diagnostics
import Expressions
package import PipelineIR
package import PipelineSyntax
import PlanFormat
import SourceText
package import Values

/// All that passes may read: the checked pipeline, its step kinds, the bound inputs, the options of
/// the run, and what is known of the world.
package struct Context: Sendable {
  package let pipeline: PipelineDecl
  /// In the order of `Program.kinds`.
  package let kinds: [StepKind]
  package let uses: DataUses
  package let options: RunOptions
  package let facts: FactOracle
  /// The inputs, `let`s, `run` and `cluster`.
  package let base: Scope
  /// The trees that inputs' values came from, by input, for the places that checks blame.
  package let inputTrees: [String: [Tree]]
  /// Whether all that is written in steps as it is meets the kinds' schemas.
  let literalsAreSound: Bool

  package init(
    pipeline: PipelineDecl, kinds: [StepKind], uses: DataUses, options: RunOptions,
    facts: FactOracle, base: Scope, inputTrees: [String: [Tree]], literalsAreSound: Bool = false
  ) {
    self.pipeline = pipeline
    self.kinds = kinds
    self.uses = uses
    self.options = options
    self.facts = facts
    self.base = base
    self.inputTrees = inputTrees
    self.literalsAreSound = literalsAreSound
  }

  package func binder(_ scope: Scope) -> Binder {
    Binder(tree: pipeline.tree, scope: scope, facts: facts, blame: blame)
  }

  var blame: InputBlame { InputBlame(pipeline, inputTrees) }

  package func kindID(named name: String) -> KindID? {
    kinds.firstIndex { $0.decl.name.value == name }.map(KindID.init)
  }
}
