import Diagnostics
import PipelineIR
import SourceText

extension Pass {
  /// Decides what a failed step does to the cluster.
  ///
  ///     step … UNDECIDED    →    step … TERMINATE_JOB_FLOW
  static let harden = Pass(
    "harden", "decides what a failed step does to the cluster", codes: [.clusterActions]
  ) { program, _, report in
    if program.cluster.isShared { return program.leaveOthersAlone(&report) }
    // Steps that run at once mustn't stop each other: EMR takes no others. Those that need a failed one
    // don't run, as Penstock adds them in order.
    let areAtOnce = program.cluster.stepConcurrency > 1
    let action: Step.ActionOnFailure =
      areAtOnce ? .proceed : program.cluster.isPersistent ? .cancelAndWait : .terminateJobFlow
    var changed = 0
    for index in program.steps.indices where program.steps[index].actionOnFailure == .undecided {
      program.steps[index].actionOnFailure = action
      changed += 1
    }
    guard changed > 0 else { return }
    report.explain(
      "\(changed) steps", .changed,
      areAtOnce
        ? "a failure stops only the steps that need the failed one, since others run at the same time"
        : program.cluster.isPersistent
          ? "a failure cancels the rest and keeps the cluster, since it outlives the run"
          : "a failure terminates the cluster, since it is for this run only", at: nil)
  }
}

extension Program {
  /// On a cluster that others use too, a failed step ends nothing: those that need it aren't added.
  fileprivate mutating func leaveOthersAlone(_ report: inout Report) {
    for index in steps.indices {
      let step = steps[index]
      if step.actionOnFailure == .undecided {
        steps[index].actionOnFailure = .proceed
      } else if step.actionOnFailure != .proceed {
        report.diagnostics.append(
          .clusterActions(
            step.actionOnFailure.rawValue, step: text(step.name), id: cluster.reusedID ?? "",
            at: step.origin.span))
      }
    }
    report.explain(
      "\(steps.count) steps", .changed,
      "a failure changes nothing for others on the cluster; steps that need the failed one aren't added",
      at: nil)
  }
}
