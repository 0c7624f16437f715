import Diagnostics
import SourceText

extension Diagnostic {
  static func leaseOfOneRun(at span: Span?) -> Diagnostic {
    Diagnostic(
      .clusterLease, "`--lease` is for a cluster that outlives the run, but this one ends with it",
      at: span, hint: "add `--use-persistent-jobflow`, or leave out `--lease`")
  }

  /// - Parameter id: of a cluster, or of what runs jobs.
  static func leaseOfOthers(_ id: String, at span: Span?) -> Diagnostic {
    Diagnostic(
      .clusterLease, "`--lease` is for a cluster that the run starts, not for `\(id)`", at: span,
      hint: "leave out `--lease`")
  }

  static func leaseRelease(_ release: String, at span: Span?) -> Diagnostic {
    Diagnostic(
      .clusterLease, "clusters with EMR \(release) don't end by themselves when idle",
      at: span,
      hint:
        "use EMR 5.30.0 or later, but not 6.0.0; or leave out `--lease`, and end the cluster with "
        + "`penstock down`")
  }

  /// - Parameter canHaveOne: whether EMR could end it.
  static func noLease(canHaveOne: Bool, at span: Span?) -> Diagnostic {
    Diagnostic(
      .clusterNoLease,
      "nothing ends this cluster when it is idle: you pay for it until you run `penstock down`",
      at: span,
      hint: canHaveOne
        ? "set `AutoTerminationPolicy: { IdleTimeout: 3600 }` in `job-flow`, or give `--lease 1h`"
        : nil)
  }
}
