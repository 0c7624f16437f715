import Compiler
import Diagnostics
import Testing

/// Which steps can be tried again, and what that makes of the cluster.
@Suite struct RetryRowTests {
  private static func steps(
    _ steps: String, of stage: String = "", release: String = "emr-6.15.0", more: String = ""
  ) -> String {
    """
    datasets:
      x: { at: s3://b/x/ }
      fixed: { at: s3://b/fixed/ }
      own: { at: "s3://b/own/run=${run.id}/" }
      disk: { at: hdfs:///d/ }
    stages:
      - stage: a
    \(stage)
        steps:
    \(steps.split(separator: "\n").map { "      - \($0)" }.joined(separator: "\n"))
    cluster:
      region: eu-west-1
      job-flow:
        Name: t
        ReleaseLabel: \(release)
        Instances: { InstanceCount: 1, MasterInstanceType: m5.xlarge }
    \(more)
    """
  }

  private static func row(
    _ title: String, _ text: String, persistent: Bool = false, removes: [String] = [],
    adds: [String] = [], _ codes: DiagnosticCode...
  ) -> PassRow {
    PassRow(
      title, text, options: { $0.persistent = persistent }, removes: removes, adds: adds,
      codes: codes)
  }

  private static let spark = "spark-submit: { application: s3://b/a.py }"
  private static let kept =
    #"job-flow {"Name":"t","ReleaseLabel":"emr-6.15.0","Instances":{"InstanceCount":1,"#
    + #""MasterInstanceType":"m5.xlarge","KeepJobFlowAliveWhenNoSteps":true},"#
    + #""AutoTerminationPolicy":{"IdleTimeout":3660}}"#
  private static let plain =
    #"job-flow {"Name":"t","ReleaseLabel":"emr-6.15.0","Instances":{"InstanceCount":1,"#
    + #""MasterInstanceType":"m5.xlarge"}}"#
  private static func step(_ action: String, _ kind: String = "spark-submit") -> String {
    "step [a] \(kind) \"A\" \(action) written"
  }

  private static let rows: [PassRow] = [
    row(
      "a place of the run's own is emptied before the next try",
      steps("{ name: A, \(spark), retries: 1, writes: [own] }"),
      removes: [plain, step("UNDECIDED"), "  retries after 60s"],
      adds: [kept, step("CANCEL_AND_WAIT"), "  retries after 60s empties s3://b/own/run=7/"]),
    row(
      "a cluster that outlives the run is kept as it is",
      steps("{ name: A, \(spark), retries: 1, writes: [own] }"), persistent: true,
      removes: [step("UNDECIDED"), "  retries after 60s"],
      adds: [step("CANCEL_AND_WAIT"), "  retries after 60s empties s3://b/own/run=7/"]),
    row(
      "no retries keep nothing",
      steps("{ name: A, \(spark), retries: 0, writes: [own] }")),
    row(
      "output that is in the way",
      steps("{ name: A, \(spark), retries: 1, writes: [fixed] }"), .retriesUnsafe),
    row(
      "output on the cluster's disks that is in the way",
      steps("{ name: A, \(spark), retries: 1, writes: [disk] }"), .retriesUnsafe),
    row(
      "output that may be added to",
      steps("{ name: A, \(spark), retries: 1, fresh-output: false, writes: [fixed] }"),
      .retriesUnsafe),
    row(
      "output that is overwritten",
      steps(
        "{ name: A, \(spark), retries: 1, fresh-output: false, retry: true, writes: [fixed] }"),
      removes: [plain, step("UNDECIDED retry")], adds: [kept, step("CANCEL_AND_WAIT retry")]),
    row(
      "nothing is known of its output",
      steps("{ name: A, \(spark), retries: 1, reads: [x] }"), .retriesUnsafe),
    row(
      "nothing is known of its output, but it may be repeated",
      steps("{ name: A, \(spark), retries: 1, retry: true, reads: [x] }"),
      removes: [plain, step("UNDECIDED retry")], adds: [kept, step("CANCEL_AND_WAIT retry")]),
    row(
      "what must not be done twice",
      steps("{ name: A, \(spark), retries: 1, retry: false, writes: [own] }"), .retriesUnsafe),
    row(
      "a step that reads where it writes",
      steps("{ name: A, \(spark), retries: 1, retry: true, reads: [own], writes: [own] }"),
      .retriesUnsafe),
    row(
      "a step whose failure ends the cluster",
      steps("{ name: A, \(spark), retries: 1, writes: [own], on-failure: TERMINATE_CLUSTER }"),
      .retriesImpossible),
    row(
      "a place where two steps write",
      steps(
        "{ name: A, \(spark), retries: 1, writes: [own] }\n"
          + "{ name: B, \(spark), writes: [own], on-failure: CONTINUE }"), .retriesUnsafe),
    row(
      "a later step that runs after the failure, and changes what it reads",
      steps(
        "{ name: A, \(spark), retries: 1, on-failure: CONTINUE, reads: [fixed], writes: [own] }\n"
          + "{ name: B, \(spark), writes: [fixed] }"), .retriesUnsafe),
    row(
      "a release without the means to end an idle cluster",
      steps("{ name: A, \(spark), retries: 1, writes: [own] }", release: "emr-5.29.0"),
      removes: [step("UNDECIDED"), "  retries after 60s"],
      adds: [step("CANCEL_AND_WAIT"), "  retries after 60s empties s3://b/own/run=7/"],
      .retriesImpossible),
    row(
      "a cluster that ends before the wait is over",
      steps(
        "{ name: A, \(spark), retries: { times: 1, wait: 10m }, writes: [own] }",
        more: "    AutoTerminationPolicy: { IdleTimeout: 600 }"),
      removes: [step("UNDECIDED"), "  retries after 600s"],
      adds: [step("CANCEL_AND_WAIT"), "  retries after 600s empties s3://b/own/run=7/"],
      .retriesImpossible),
    row(
      "a stage's retries are those of its steps, where that is safe",
      steps(
        "{ name: A, \(spark), writes: [own] }\n{ name: B, \(spark), writes: [fixed] }",
        of: "    retries: 1"),
      removes: [plain, step("UNDECIDED"), "  retries after 60s", "  retries after 60s"],
      adds: [kept, step("CANCEL_AND_WAIT"), "  retries after 60s empties s3://b/own/run=7/"]),
  ]

  @Test(arguments: rows) func planRetries(_ row: PassRow) throws {
    var row = row
    let options = row.options
    row.options = { given in
      options(&given)
      given.runID = "7"
    }
    try row.expect("plan-retries") { !$0.hasPrefix("  ") || $0.hasPrefix("  retries") }
  }

  /// The waits that a `retries` means, or that it is wrong.
  @Test(arguments: [
    ("3", "60s 120s 240s"), ("{ times: 2 }", "60s 120s"),
    ("{ times: 4, wait: 5m, factor: 3, max-wait: 20m }", "300s 900s 1200s 1200s"),
    ("{ times: 3, wait: 30m }", "1800s 1800s 1800s"), ("{ times: 2, factor: 1.5 }", "60s 90s"),
    ("\"${1 + 1}\"", "60s 120s"), ("{ times: \"${2}\", wait: \"${'2m'}\" }", "120s 240s"),
    ("\"${21}\"", nil), ("{ times: 2, wait: 2h, max-wait: 1h }", nil),
    ("{ times: 2, max-wait: 2d }", nil),
  ])
  func waits(_ retries: String, _ waits: String?) throws {
    let text = Self.steps("{ name: A, \(Self.spark), retries: \(retries), writes: [own] }")
    let lines =
      ["step [a] spark-submit \"A\" UNDECIDED written"]
      + (waits.map { ["  retries after " + $0] } ?? [])
    try PassRow(
      retries, text, adds: lines, codes: waits == nil ? [.expressionType] : []
    ).expect("expand-steps") { !$0.hasPrefix("  ") || $0.hasPrefix("  retries") }
  }
}
