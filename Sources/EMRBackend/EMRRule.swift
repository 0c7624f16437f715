package import Diagnostics
import PipelineIR

/// A rule of EMR that its service model states in prose only.
///
/// To add one, write an entry into the list of its area, in `JobFlowCheck+<Area>.swift`;
/// docs/emr-rules.md has a row for each.
package struct EMRRule: Sendable {
  /// What a rule is about, and how often it is checked.
  enum Body: Sendable {
    /// The run, also where it takes a cluster that is there.
    case run(@Sendable (inout JobFlowCheck) -> Void)
    /// RunJobFlow's body: only where the run creates a cluster.
    case cluster(@Sendable (inout JobFlowCheck) -> Void)
    /// Each step: all rules of steps are checked in one walk.
    case step(@Sendable (inout JobFlowCheck, Step) -> Void)
  }

  package let name: String
  /// What it reports, and whose page says what it means.
  package let code: DiagnosticCode
  private let others: [DiagnosticCode]
  /// What EMR wants, as in the table of docs/emr-rules.md.
  package let summary: String
  let body: Body

  private init(
    _ name: String?, _ code: DiagnosticCode, _ others: [DiagnosticCode], _ summary: String,
    _ body: Body
  ) {
    self.name = name ?? code.rawValue
    self.code = code
    self.others = others
    self.summary = summary
    self.body = body
  }

  /// All that it may report.
  package var codes: [DiagnosticCode] { [code] + others }

  /// - Parameters:
  ///   - others: what it reports besides.
  ///   - name: where it isn't the code.
  static func run(
    _ code: DiagnosticCode, _ summary: String, others: [DiagnosticCode] = [], name: String? = nil,
    _ body: @escaping @Sendable (inout JobFlowCheck) -> Void
  ) -> EMRRule {
    EMRRule(name, code, others, summary, .run(body))
  }

  static func cluster(
    _ code: DiagnosticCode, _ summary: String, others: [DiagnosticCode] = [], name: String? = nil,
    _ body: @escaping @Sendable (inout JobFlowCheck) -> Void
  ) -> EMRRule {
    EMRRule(name, code, others, summary, .cluster(body))
  }

  static func step(
    _ code: DiagnosticCode, _ summary: String, others: [DiagnosticCode] = [], name: String? = nil,
    _ body: @escaping @Sendable (inout JobFlowCheck, Step) -> Void
  ) -> EMRRule {
    EMRRule(name, code, others, summary, .step(body))
  }

  /// All rules, by area.
  package static let standard: [EMRRule] =
    ofSteps + ofReleases + ofSoftware + ofProperties + ofClusters + ofMachines + ofFleets
    + ofScaling + ofNetworks
    + ofVolumes
}
