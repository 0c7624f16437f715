import Compiler
import Documents
import Diagnostics
import PlanFormat
import SourceText
import TestSupport
import Testing
import Values

/// Whom a pipeline tells how its run ended, and how its steps are tried again, in a plan.
@Suite struct NotifySettingsTests {
  private static func source(_ entry: String) -> MarkedSource {
    MarkedSource(
      """
      penstock: v1
      pipeline: t
      datasets: { own: { at: "s3://bucket/own/run=${run.id}/" } }
      stages:
        - stage: a
          steps:
            - name: A
              retries: { times: 2, wait: 90s }
              spark-submit: { application: s3://bucket/a.py }
              writes: [own]
      cluster:
        region: eu-west-1
        job-flow:
          Name: t
          ReleaseLabel: emr-6.15.0
          ServiceRole: EMR_DefaultRole
          JobFlowRole: EMR_EC2_DefaultRole
          Instances: { InstanceCount: 1, MasterInstanceType: m5.xlarge, SlaveInstanceType: m5.xlarge }
      run:
        notify:
          - \(entry)

      """, name: "p.yml")
  }

  private static func compile(_ source: MarkedSource) -> CompilerResult {
    Compiler.compile(
      CompilerInput(
        pipeline: source.file, files: [], environment: [:], facts: nil,
        options: CompilerOptions(
          runTime: Value.Timestamp(seconds: 0, nanoseconds: 0), utcOffsetSeconds: 0)))
  }

  private static func plan(_ entry: String) throws -> (plan: Plan, secrets: [String: String]) {
    let result = compile(source(entry))
    #expect(!result.diagnostics.hasErrors, "\(result.diagnostics)")
    var diagnostics: [Diagnostic] = []
    let plan = result.plan(PlanDetails(madeBy: "test", arguments: []), into: &diagnostics)
    return (try #require(plan), result.secretTexts())
  }

  /// Even one that is written in the pipeline itself is no part of a plan.
  @Test func aWebhooksAddressIsASecret() throws {
    let (plan, secrets) = try Self.plan("{ webhook: https://hooks.example/pLaNtEd, timeout: 2m }")
    let text = String(decoding: PlanWriter.bytes(plan), as: UTF8.self)
    #expect(!text.contains("pLaNtEd"))
    #expect(plan.secrets == ["pipeline#/run/notify/0/webhook"])
    #expect(secrets["pipeline#/run/notify/0/webhook"] == "https://hooks.example/pLaNtEd")
    #expect(text.contains(#""timeout": "120s""#))
  }

  @Test func othersAreAsTheyAreWritten() throws {
    let (plan, _) = try Self.plan("{ command: [page, \"${run.id}\"], on: [success, no-data] }")
    let text = String(decoding: PlanWriter.bytes(plan, pretty: false), as: UTF8.self)
    #expect(text.contains(#"{"command":["page","\#(plan.runID)"],"on":["success","no-data"]}"#))
  }

  /// A plan says which waits come before further tries, and what is emptied; its reader knows.
  @Test func retriesArePartOfAPlan() throws {
    let (plan, _) = try Self.plan("{ command: [page] }")
    let step = try #require(plan.steps.first)
    #expect(step.maximumTries == 3)
    #expect(step.retryWaits == [90, 180])
    #expect(step.emptiedBeforeRetry == ["s3://bucket/own/run=\(plan.runID)/"])
    #expect(plan.cluster.isKeptForRetries)
    var diagnostics: [Diagnostic] = []
    let tree = try #require(
      JSONReader.read(
        PlanWriter.bytes(plan), source: SourceID(index: 0), into: &diagnostics))
    #expect(PlanReader.read(tree, into: &diagnostics) == plan)
    #expect(diagnostics.isEmpty, "\(diagnostics)")
  }

  @Test(arguments: [
    "{ webhook: 1️⃣ftp://hooks.example/x }", "{ sns: 1️⃣alerts }",
    "{ sns: 1️⃣arn:aws:sqs:eu-west-1:123456789012:alerts }", "{ command: [page], timeout: 1️⃣1h }",
    "1️⃣{ command: \"${optional.none()}\", on: [failure] }",
  ])
  func whatCannotBeTold(_ entry: String) {
    let source = Self.source(entry)
    expectDiagnostics(
      Self.compile(source).diagnostics, in: source,
      [ExpectedDiagnostic(.notifyInvalid, from: 1)])
  }
}
