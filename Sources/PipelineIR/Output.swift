package import PlanFormat
package import SourceText

/// A small value that a step leaves in an object in S3, for what comes after it.
package struct Output: Sendable {
  /// As in plans, without its origin. The step is given by name, since indices change when steps are
  /// inserted.
  package var planned: Plan.Output
  package var place: PlaceID
  package var span: Span

  package init(_ planned: Plan.Output, place: PlaceID, span: Span) {
    self.planned = planned
    self.place = place
    self.span = span
  }
}

/// The part that outputs have in a step: what its arguments take, and whether the run ends after it.
package struct OutputUse: Hashable, Sendable {
  /// The step's name.
  package var step: TextID
  /// The outputs whose placeholders its arguments have.
  package var takes: [String]
  package var noData: Plan.Condition?

  package init(step: TextID, takes: [String], noData: Plan.Condition?) {
    self.step = step
    self.takes = takes
    self.noData = noData
  }
}

extension Program {
  /// What is known only during the run, and where it is used; nil if all is known before.
  package var decision: (what: String, span: Span)? {
    if let stage = stages.first(where: { $0.condition != nil && $0.status == .selected }) {
      return ("whether the stage `\(stage.name)` runs", stage.span)
    }
    guard let use = outputUses.first, let step = steps.first(where: { $0.name == use.step }) else {
      return nil
    }
    let span = step.origin.span
    if use.noData != nil { return ("whether there is data after `\(text(use.step))`", span) }
    return ("what the arguments of `\(text(use.step))` are", span)
  }
}
