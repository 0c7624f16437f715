import Diagnostics
import PlanFormat
import SourceText

extension Diagnostic {
  static func sideUnknown(_ name: String, at span: Span?) -> Diagnostic {
    Diagnostic(
      .diffSide, "`\(name)` is neither a plan nor a job flow", at: span,
      notes: [
        Note(
          "`diff` compares plans, bodies of RunJobFlow or AddJobFlowSteps, and the output of `aws "
            + "emr describe-cluster` and `aws emr list-steps`")
      ])
  }
}
