import Diagnostics
import PipelineIR
import SourceText

extension Pass {
  /// Decides what a failed step does to the cluster.
  ///
  ///     step … UNDECIDED    →    step … TERMINATE_JOB_FLOW
  static let harden = Pass(
    "harden", "decides what a failed step does to the cluster"
  ) { program, _, report in
    let action: Step.ActionOnFailure =
      program.cluster.isPersistent ? .cancelAndWait : .terminateJobFlow
    var changed = 0
    for index in program.steps.indices where program.steps[index].actionOnFailure == .undecided {
      program.steps[index].actionOnFailure = action
      changed += 1
    }
    guard changed > 0 else { return }
    report.explain(
      "\(changed) steps", .changed,
      program.cluster.isPersistent
        ? "a failure cancels the rest and keeps the cluster, since it outlives the run"
        : "a failure terminates the cluster, since it is for this run only", at: nil)
  }
}
