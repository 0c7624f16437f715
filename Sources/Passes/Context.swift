package import Documents
import Diagnostics
import Expressions
package import PipelineIR
package import PipelineSyntax
import PlanFormat
import SourceText
import Values

/// What passes may read: the checked pipeline, its step kinds, the bound inputs, the run's options,
/// and what is known about S3 and EMR.
package struct Context: Sendable {
  package let pipeline: PipelineDecl
  /// In the order of `Program.kinds`.
  package let kinds: [StepKind]
  package private(set) var options: RunOptions
  package private(set) var facts: FactOracle
  /// The inputs, `run`, and the `let`s that depend only on these.
  package private(set) var base: Scope
  /// The trees of the inputs, for the places that checks blame.
  package let inputTrees: [String: [Tree]]

  package init(
    pipeline: PipelineDecl, kinds: [StepKind], options: RunOptions,
    facts: FactOracle, base: Scope, inputTrees: [String: [Tree]]
  ) {
    self.pipeline = pipeline
    self.kinds = kinds
    self.options = options
    self.facts = facts
    self.base = base
    self.inputTrees = inputTrees
  }

  package func binder(_ scope: Scope) -> Binder {
    Binder(tree: pipeline.tree, scope: scope, facts: facts, blame: blame)
  }

  var blame: InputBlame { InputBlame(pipeline, inputTrees) }

  /// Whether an expression in a node of the pipeline uses outputs.
  func usesOutputs(_ node: NodeID) -> Bool {
    !pipeline.outputs.isEmpty
      && pipeline.tree.references(in: node).contains { $0.name == OutputUses.variable }
  }

  package func kindID(named name: String) -> KindID? {
    kinds.firstIndex { $0.decl.name.value == name }.map(KindID.init)
  }

  /// The same pipeline and inputs with other options or facts.
  func with(_ options: RunOptions, facts: FactOracle) -> Context {
    var other = self
    other.options = options
    other.facts = facts
    guard !options.value.equals(self.options.value) else { return other }
    other.base.variables["run"] = options.value
    let binder = other.binder(other.base)
    var ignored: [Diagnostic] = []
    for item in pipeline.lets where base.variables[item.name.value] != nil {
      binder.bind(item.name.value, binder.value(item.value, into: &ignored))
    }
    other.base = binder.scope
    return other
  }

  /// The program before the passes: names, but nothing that depends on the run.
  package func initialProgram() -> Program {
    var program = Program(name: pipeline.name?.value ?? "")
    for stage in pipeline.stages {
      program.stages.append(
        Stage(
          name: stage.name.value,
          partOf: stage.partOf.flatMap { whole in
            program.stages.firstIndex { $0.name == whole.value }.map(StageID.init)
          }, span: stage.name.span))
      program.selection[stage.name.value] = .bool(false)
    }
    program.datasets = pipeline.datasets.map { dataset in
      Dataset(name: dataset.name.value, span: dataset.name.span)
    }
    for kind in kinds {
      program.kinds.append(
        Kind(name: kind.decl.name.value, applications: kind.decl.applications))
    }
    return program
  }
}
