import Compiler
import Diagnostics
import SourceText
import TestSupport
import Testing
import Values

/// An EMR rule: a job flow that breaks it, and a similar one that EMR accepts.
///
/// Both are members of `job-flow`; those that are not given are there by default. `1️⃣` in the
/// mistake is where the diagnostic must be.
struct RuleCase: Sendable, CustomTestStringConvertible {
  var code: DiagnosticCode
  var mistake: String
  var fine: String
  /// The steps of both; one by default.
  var steps: String
  var region: String

  init(
    _ code: DiagnosticCode, _ mistake: String, fine: String, steps: String = RuleCase.step,
    region: String = "eu-west-1"
  ) {
    self.code = code
    self.mistake = mistake
    self.fine = fine
    self.steps = steps
    self.region = region
  }

  var testDescription: String { "\(code.rawValue): \(mistake.prefix(60))" }

  static let step = "- { name: One, command: { command: [echo, one] } }"

  /// A pipeline with some members of `job-flow`.
  static func pipeline(
    _ members: String, steps: String = step, region: String = "eu-west-1"
  ) -> MarkedSource {
    let defaults = [
      ("Name:", "Name: rules"), ("ReleaseLabel:", "ReleaseLabel: emr-6.15.0"),
      (
        "Instances:",
        """
        Instances:
          InstanceGroups:
            - { InstanceRole: MASTER, InstanceType: m4.large, InstanceCount: 1 }
        """
      ),
    ]
    let plain = members.split(separator: "\n").map { $0.drop { $0.isNumber || !$0.isASCII } }
    var text = members
    for (key, value) in defaults
    where !plain.contains(where: { $0.hasPrefix(key) || $0 == "# no \(key)" }) {
      if key == "ReleaseLabel:", plain.contains(where: { $0.hasPrefix("AmiVersion:") }) { continue }
      text += "\n" + value
    }
    return MarkedSource(
      """
      penstock: v1
      pipeline: rules
      summary: A pipeline of one rule.
      stages:
        - stage: work
          steps:
      \(indented(steps, by: 6))
      cluster:
        region: \(region)
        job-flow:
      \(indented(text, by: 4))
      """)
  }

  private static func indented(_ text: String, by count: Int) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { String(repeating: " ", count: count) + $0 }.joined(separator: "\n")
  }

  static func compile(_ source: MarkedSource, warned: [DiagnosticCode] = []) -> CompilerResult {
    var options = CompilerOptions(
      runTime: Value.Timestamp(seconds: 1_772_323_200, nanoseconds: 0), utcOffsetSeconds: 0)
    options.warned = warned
    return Compiler.compile(
      CompilerInput(
        pipeline: source.file, files: [], environment: [:], facts: nil, options: options))
  }

  /// All cases of all rules.
  static let all =
    EMRReleaseRuleTests.cases + EMRSoftwareRuleTests.cases + EMRClusterRuleTests.cases
    + EMRStepRuleTests.cases + EMRLocationRuleTests.cases
    + EMRInstanceRuleTests.cases + EMRFleetRuleTests.cases + EMRNetworkRuleTests.cases
    + EMRScalingRuleTests.cases + EMRVolumeRuleTests.cases

  /// - Parameter sayingSource: whether the diagnostic has a hint, and says where the rule comes from.
  func check(sayingSource: Bool = true) {
    let wrong = Self.pipeline(mistake, steps: steps, region: region)
    let diagnostics = Self.compile(wrong).diagnostics
    expectDiagnostics(
      diagnostics, in: wrong,
      [ExpectedDiagnostic(code, from: mistake.contains("1️⃣") ? 1 : nil)])
    for diagnostic in diagnostics where sayingSource {
      #expect(diagnostic.hint != nil, "\(code.rawValue) has no hint")
      #expect(!diagnostic.notes.isEmpty, "\(code.rawValue) does not say where the rule comes from")
    }
    let right = Self.pipeline(fine, steps: Self.step)
    expectDiagnostics(Self.compile(right).diagnostics, in: right, [])
  }
}
