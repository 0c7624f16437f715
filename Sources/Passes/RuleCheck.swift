package import Documents
package import Diagnostics
import PipelineIR
package import PipelineSyntax
package import SourceText
import Values

/// An evaluated check of a pipeline.
package struct RuleCheck {
  private let declaration: CheckDecl
  private let binder: Binder
  private let origins: InputOrigins
  /// The places that decided on a rule.
  private let deciding: (NodeID) -> [Span]

  package init(
    declaration: CheckDecl, binder: Binder, origins: InputOrigins,
    deciding: @escaping (NodeID) -> [Span] = { _ in [] }
  ) {
    self.declaration = declaration
    self.binder = binder
    self.origins = origins
    self.deciding = deciding
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
    let grounds = binder.grounds(of: declaration.when, require, since: mark)
    let places = places(require)
    let failure = binder.facts.refusal(
      .checkFailed(
        message, at: places, rule: binder.tree.span(require),
        hint: text(declaration.hint, &diagnostics), isWarning: consequence.isWarning),
      grounds)
    diagnostics.append(failure)
    if failure.severity == .error, exit == nil { exit = consequence.exitStatus }
  }

  /// The values to blame: where `at` says, or more exactly, the ones there that decided.
  private func places(_ require: NodeID) -> [Span] {
    let named = declaration.at.flatMap { origins.place($0) }
    let extent = declaration.at.flatMap { origins.extent($0) }
    if let named, extent == nil { return [named] }
    let decisive = deciding(require)
    if let named, let extent {
      let isThere = decisive.allSatisfy {
        $0.source == extent.source && extent.start <= $0.start && $0.end <= extent.end
      }
      return decisive.isEmpty || !isThere ? [named] : decisive
    }
    if !decisive.isEmpty { return decisive }
    return [binder.blame?.place(of: require)].compactMap(\.self)
  }

  private func text(_ node: NodeID?, _ diagnostics: inout [Diagnostic]) -> String? {
    node.flatMap { binder.text($0, into: &diagnostics) }
  }
}
