import Diagnostics
import SourceText

extension Diagnostic {
  static func retriesIdle(_ idle: Int64, wait: Int64, at span: Span, policy: Span?) -> Diagnostic {
    Diagnostic(
      .retriesImpossible,
      "the cluster ends after \(idle) s without work, but the next try may have to wait \(wait) s",
      at: span,
      notes: policy.map { [Note("it ends because of this `AutoTerminationPolicy`", at: $0)] } ?? [],
      hint: "shorten `max-wait`, or make `IdleTimeout` longer than \(wait + 300) s")
  }

  static func retriesRelease(_ release: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .retriesImpossible,
      "steps can't be tried again on EMR \(release), whose clusters don't end by themselves when idle",
      at: span,
      notes: [
        Note(
          "the cluster waits for the next try: if nothing told it to end, it would be paid for "
            + "without end")
      ],
      hint: "use EMR 5.30.0 or later, but not 6.0.0; or remove `retries`")
  }
}
