package import Documents
package import Diagnostics
import Expressions
import PipelineIR
package import PipelineSyntax
import SourceText
import Values

extension Pass {
  /// Evaluates the `let`s that depend on the selection of stages.
  static let bindLets = Pass(
    "bind-lets", "evaluates the `let`s that depend on which stages run, or on S3 and EMR"
  ) { program, context, report in
    let binder = context.binder(context.scope(for: program))
    for item in context.pipeline.lets where context.base.variables[item.name.value] == nil {
      let mark = context.facts.askedCount
      guard let value = binder.value(item.value, into: &report.diagnostics) else {
        binder.fail(item.name.value)
        continue
      }
      context.facts.note(
        item.name.value, restsOn: binder.grounds(of: item.value, since: mark))
      binder.bind(item.name.value, value)
      program.lets[item.name.value] = value
    }
  }

  /// Evaluates the pipeline's rules across its inputs.
  static let checkRules = Pass(
    "check-rules", "evaluates the pipeline's rules across its inputs",
    codes: [.checkFailed, .versionMismatch]
  ) {
    program, context, report in
    let binder = context.binder(context.scope(for: program))
    let origins = InputOrigins(context.inputTrees)
    let bound = program
    var provenance: Provenance?
    for check in context.pipeline.checks {
      RuleCheck(declaration: check, binder: binder, origins: origins) { node in
        let traced = provenance ?? Provenance(bound, context)
        provenance = traced
        return traced.places(decidingOn: node)
      }
      .run(&report.diagnostics, exit: &report.exitStatus)
    }
    if let versions = context.pipeline.versions {
      VersionCheck(declaration: versions, binder: binder, origins: origins)
        .run(&report.diagnostics)
    }
  }
}

extension Binder {
  /// Adds the `let`s that a node refers to and that aren't evaluated yet.
  func bindLets(
    neededBy node: NodeID, of pipeline: PipelineDecl, into diagnostics: inout [Diagnostic]
  ) {
    for item in pipeline.lets(neededBy: node) where scope.variables[item.name.value] == nil {
      let mark = facts.askedCount
      if let value = value(item.value, into: &diagnostics) {
        facts.note(item.name.value, restsOn: grounds(of: item.value, since: mark))
        bind(item.name.value, value)
      } else {
        fail(item.name.value)
      }
    }
  }
}

/// Which `let`s can be evaluated from the inputs alone.
package enum EarlyLets {
  /// Adds their values to a scope. The others depend on stages or facts, directly or through a
  /// `let`.
  package static func bind(
    _ pipeline: PipelineDecl, scope: inout Scope, facts: FactOracle, inputTrees: [String: [Tree]],
    into diagnostics: inout [Diagnostic]
  ) {
    let binder = Binder(
      tree: pipeline.tree, scope: scope, facts: facts, blame: InputBlame(pipeline, inputTrees))
    var late: Set<String> = ["stages", "s3"]
    for item in pipeline.lets {
      if pipeline.tree.references(in: item.value).contains(where: { late.contains($0.name) }) {
        late.insert(item.name.value)
      } else if let value = binder.value(item.value, into: &diagnostics) {
        binder.bind(item.name.value, value)
      } else {
        binder.fail(item.name.value)
      }
    }
    scope = binder.scope
  }
}
