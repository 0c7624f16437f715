package import Diagnostics
package import PipelineIR
package import SourceText

/// A compilation step from one program to the next.
///
/// The context is read-only; a pass reports what it did and why.
package struct Pass: Sendable {
  package typealias Body =
    @Sendable (
      _ program: inout Program, _ context: Context, _ report: inout Report
    ) -> Void

  package let name: String
  package let summary: String
  /// What it may report, besides what readers do (see `Reader`).
  package let codes: [DiagnosticCode]
  package let body: Body

  package init(
    _ name: String, _ summary: String, codes: [DiagnosticCode] = [], _ body: @escaping Body
  ) {
    self.name = name
    self.summary = summary
    self.codes = codes
    self.body = body
  }

  /// Those of the given codes that neither it nor a reader may report.
  package func strays(_ diagnostics: some Sequence<Diagnostic>) -> [DiagnosticCode] {
    diagnostics.map(\.code).filter { !codes.contains($0) && !Reader.reports($0) }
  }

  /// The passes, in their order.
  package static let standard: [Pass] = [
    .selectStages,  // first: stages that don't run aren't evaluated
    .bindLets,  // `let`s may depend on which stages run
    .checkRules,  // before S3 and EMR are asked: no need to ask if an input is wrong
    .placeDatasets,  // datasets' places may depend on which stages run
    .bindCluster,  // before other questions: a busy cluster ends the run first
    .keepCluster,  // before what keeps a cluster of one run for a while
    .separateDatasets,  // before S3 and EMR are asked: their answers change nothing here
    .requireFacts,  // before any step: S3 and EMR decide whether there is a run at all
    .expandSteps,  // only for selected stages: others' expressions may have no value
    .rehearseAbsentStages,  // after all questions of the run: it asks none of its own
    .restoreData,  // needs to know which steps fill what
    .checkResumption,  // before missing data is reported as a mistake in the pipeline
    .releaseData,  // after restoring: restored data can be released too
    .planRetries,  // after everything that adds steps; before other failures are decided
    .harden,  // after everything that adds steps
    .verifyNames,  // after everything that adds steps
    .orderSteps,  // over the final steps, which have different names
    .verifyDataFlow,  // over the final steps
    .deriveResumePoints,  // over what was verified
  ]

  /// The passes over a run that only brings up a cluster: what concerns its data has no say.
  package static let ofClusters: [Pass] = [
    // `let`s may depend on which stages run, and the request may name the places of datasets.
    .selectStages, .bindLets, .checkRules, .placeDatasets, .bindCluster, .keepCluster,
  ]
}

/// What a pass did.
package struct Report: Sendable {
  package var diagnostics: [Diagnostic] = []
  package var explanations: [Explanation] = []
  /// The exit status set by the first failed requirement.
  package var exitStatus: ExitStatus?

  package init() {}

  package mutating func explain(
    _ subject: String, _ change: Explanation.Change, _ reason: String, at span: Span?
  ) {
    explanations.append(
      Explanation(pass: "", subject: subject, change: change, reason: reason, span: span))
  }
}

/// One thing that a pass added, dropped or changed, and why.
package struct Explanation: Hashable, Sendable {
  package enum Change: String, Sendable {
    case added, dropped, changed, kept
  }

  package var pass: String
  package var subject: String
  package var change: Change
  package var reason: String
  package var span: Span?
}

extension [Pass] {
  /// Runs the passes in order, and stops after the first that finds errors.
  ///
  /// In a debug build, each has to report what it says that it may report, and to leave the program's
  /// invariants whole.
  ///
  /// - Parameter observe: is shown the program after each pass, with the pass's report.
  package func run(
    on program: inout Program, _ context: Context, into diagnostics: inout [Diagnostic],
    explanations: inout [Explanation],
    observe: ((_ pass: Pass, _ program: Program, _ report: Report) -> Void)? = nil
  ) -> ExitStatus? {
    let rehearsed = context.with(context.options, facts: context.facts.fresh())
    context.facts.setFilled { rehearsed.filledLocations() }
    for pass in self {
      var report = Report()
      pass.body(&program, context, &report)
      diagnostics += report.diagnostics.map { context.explainingChoices($0) }
      explanations += report.explanations.map { explanation in
        var explanation = explanation
        explanation.pass = pass.name
        return explanation
      }
      observe?(pass, program, report)
      assert(pass.strays(report.diagnostics).isEmpty, "\(pass.name) reports what it does not list")
      if let status = report.exitStatus { return status }
      if report.diagnostics.hasErrors { return nil }
      assert(program.brokenInvariants.isEmpty, "\(pass.name): \(program.brokenInvariants)")
    }
    return nil
  }
}

extension Context {
  /// An error with notes on the stages and steps that are in the run, or not, because of
  /// assumptions.
  fileprivate func explainingChoices(_ diagnostic: Diagnostic) -> Diagnostic {
    guard diagnostic.severity == .error else { return diagnostic }
    return facts.explain(diagnostic, facts.groundsOfChoices)
  }
}
