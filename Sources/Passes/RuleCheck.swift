import Documents
package import Diagnostics
import PipelineIR
package import PipelineSyntax
import SourceText
import Values

/// An evaluated check of a pipeline.
package struct RuleCheck {
  private let declaration: CheckDecl
  private let binder: Binder
  private let origins: InputOrigins

  package init(declaration: CheckDecl, binder: Binder, origins: InputOrigins) {
    self.declaration = declaration
    self.binder = binder
    self.origins = origins
  }

  /// Adds a diagnostic and the rule's exit status if the rule isn't met.
  package func run(_ diagnostics: inout [Diagnostic], exit: inout ExitStatus?) {
    let mark = binder.facts.askedCount
    if let when = declaration.when {
      guard binder.bool(when, into: &diagnostics) == true else { return }
    }
    let consequence = binder.consequence(
      severity: declaration.severity, exit: declaration.exit, into: &diagnostics)
    guard let consequence, let require = declaration.require,
      binder.bool(require, into: &diagnostics) == false
    else { return }
    let message = text(declaration.message, &diagnostics) ?? "a rule of the pipeline isn't met"
    let failure = binder.facts.refusal(
      .checkFailed(
        message, at: declaration.at.flatMap { origins.place($0) },
        rule: binder.tree.span(require), hint: text(declaration.hint, &diagnostics),
        isWarning: consequence.isWarning),
      binder.grounds(of: declaration.when, require, since: mark))
    diagnostics.append(failure)
    if failure.severity == .error, exit == nil { exit = consequence.exitStatus }
  }

  private func text(_ node: NodeID?, _ diagnostics: inout [Diagnostic]) -> String? {
    node.flatMap { binder.text($0, into: &diagnostics) }
  }
}
