import Compiler
import Diagnostics
import PlanFormat
import TestSupport
import Testing
import Values

/// Where a pipeline sends its runs' lineage, in a plan.
@Suite struct LineageSettingsTests {
  private static func compile(_ lineage: String) -> CompilerResult {
    Compiler.compile(
      CompilerInput(
        pipeline: MarkedSource(
          """
          penstock: v1
          pipeline: t
          stages: [{ stage: a, steps: [{ name: A, command: { command: [echo] } }] }]
          cluster:
            region: eu-west-1
            job-flow:
              Name: t
              ReleaseLabel: emr-6.15.0
              ServiceRole: EMR_DefaultRole
              JobFlowRole: EMR_EC2_DefaultRole
              Instances: { InstanceCount: 1, MasterInstanceType: m5.xlarge }
          run:
            lineage: \(lineage)

          """, name: "p.yml"
        ).file, files: [], environment: [:], facts: nil,
        options: CompilerOptions(
          runTime: Value.Timestamp(seconds: 0, nanoseconds: 0), utcOffsetSeconds: 0)))
  }

  @Test(arguments: [
    ("{ url: marquez.example:5000 }", "the address of the lineage server doesn't start with"),
    ("{ url: ftp://marquez.example }", "the address of the lineage server doesn't start with"),
    (#"{ file: "" }"#, "the file of lineage events has no name"),
  ]) func whereNothingCanBeSentIsRefused(_ lineage: String, _ message: String) {
    let found = Self.compile(lineage).diagnostics.filter { $0.severity == .error }
    #expect(found.map(\.code) == [.lineageInvalid])
    #expect(found.allSatisfy { $0.message.hasPrefix(message) && $0.span != nil })
  }

  /// The key of a server is no part of a plan, also if it is written in the pipeline itself.
  @Test func theKeyOfAServerIsASecret() throws {
    let result = Self.compile("{ url: https://marquez.example, api-key: pLaNtEd, namespace: ours }")
    #expect(!result.diagnostics.hasErrors, "\(result.diagnostics)")
    var diagnostics: [Diagnostic] = []
    let plan = try #require(
      result.plan(PlanDetails(madeBy: "test", arguments: []), into: &diagnostics))
    let text = String(decoding: PlanWriter.bytes(plan), as: UTF8.self)
    #expect(!text.contains("pLaNtEd") && text.contains("https://marquez.example"))
    #expect(plan.secrets == ["pipeline#/run/lineage/api-key"])
  }
}
