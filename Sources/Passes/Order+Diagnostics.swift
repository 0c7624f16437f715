import Diagnostics
import SourceText

extension Diagnostic {
  static func orderIdle(_ idle: Int64, at span: Span, concurrency: Span) -> Diagnostic {
    Diagnostic(
      .orderImpossible,
      "the cluster ends after \(idle) s without work, which may be before the next step is added",
      at: span,
      notes: [
        Note(
          "with several steps at a time, each is added when those before it are completed",
          at: concurrency)
      ], hint: "make `IdleTimeout` longer than 300 s, or leave the policy out")
  }

  static func orderRelease(_ release: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .orderImpossible,
      "steps can't be added in order on EMR \(release), whose clusters don't end by themselves when idle",
      at: span,
      notes: [
        Note(
          "the cluster waits for the next step: if no process added it or ended the cluster, it would "
            + "be paid for without end")
      ],
      hint: "use EMR 5.30.0 or later, but not 6.0.0; or set StepConcurrencyLevel to 1")
  }
}
