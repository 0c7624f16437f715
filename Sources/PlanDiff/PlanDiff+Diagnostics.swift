import Diagnostics
import PlanFormat
import SourceText

extension Diagnostic {
  static func sidePlanVersion(at span: Span) -> Diagnostic {
    Diagnostic(
      .diffSide, "the plan is of a format that this program does not read", at: span,
      hint: "make it again, or compare it with the version of Penstock that made it")
  }

  static func sideStepsDiffer(at span: Span) -> Diagnostic {
    Diagnostic(
      .diffSide, "`steps` and the requests' `Steps` are not the same steps", at: span,
      hint: "plans are not edited by hand: make the plan again")
  }

  static func sideUnknown(_ name: String, at span: Span?) -> Diagnostic {
    Diagnostic(
      .diffSide, "`\(name)` is neither a plan nor a job flow", at: span,
      notes: [
        Note(
          "a plan, the body of RunJobFlow or AddJobFlowSteps, and the answers of `aws emr "
            + "describe-cluster` and `aws emr list-steps` can be compared")
      ])
  }
}
