import Compiler
import Diagnostics
import Testing

/// For how long a cluster that outlives the run is kept.
@Suite struct KeepClusterRowTests {
  private static func pipeline(
    stages: String = "stages: [{ stage: a }]", release: String = "emr-6.15.0", more: String = ""
  ) -> String {
    """
    \(stages)
    cluster:
      region: eu-west-1
      job-flow:
        Name: t
        ReleaseLabel: \(release)
        Instances: { InstanceCount: 1, MasterInstanceType: m5.xlarge\(more) }
    """
  }

  private static func body(_ members: String = "", release: String = "emr-6.15.0") -> String {
    #"job-flow {"Name":"t","ReleaseLabel":"\#(release)","Instances":{"InstanceCount":1,"#
      + #""MasterInstanceType":"m5.xlarge"\#(members)}"#
  }
  private static let kept = body(#","KeepJobFlowAliveWhenNoSteps":true}"#)
  private static let leased = body(
    #","KeepJobFlowAliveWhenNoSteps":true},"AutoTerminationPolicy":{"IdleTimeout":7200}"#)

  private static let rows: [PassRow] = [
    PassRow("a cluster of this run only", pipeline()),
    PassRow(
      "a lease of a cluster of this run only", pipeline(), options: { $0.leaseSeconds = 7200 },
      codes: [.clusterLease]),
    PassRow(
      "one that outlives the run", pipeline(), options: { $0.persistent = true },
      removes: [body("}")], adds: [kept]),
    PassRow(
      "one that its request keeps alive", pipeline(more: ", KeepJobFlowAliveWhenNoSteps: true"),
      options: { $0.persistent = true }),
    PassRow(
      "one whose request ends it", pipeline(more: ", KeepJobFlowAliveWhenNoSteps: false"),
      options: { $0.persistent = true },
      removes: [body(#","KeepJobFlowAliveWhenNoSteps":false}"#)], adds: [kept]),
    PassRow(
      "a lease", pipeline(),
      options: {
        $0.persistent = true
        $0.leaseSeconds = 7200
      }, removes: [body("}")], adds: [leased]),
    PassRow(
      "a lease of a cluster that was chosen by its id", pipeline(),
      facts: #"{"clusters": [{"id": "j-1", "name": "x", "state": "WAITING"}]}"#,
      options: {
        $0.persistent = true
        $0.cluster = "j-1"
        $0.leaseSeconds = 7200
      }, codes: [.clusterLease]),
    PassRow(
      "a lease in place of the pipeline's own",
      pipeline() + "\n    AutoTerminationPolicy: { IdleTimeout: 60 }",
      options: {
        $0.persistent = true
        $0.leaseSeconds = 7200
      }, removes: [body(#"},"AutoTerminationPolicy":{"IdleTimeout":60}"#)], adds: [leased]),
    PassRow(
      "a lease that EMR can't keep", pipeline(release: "emr-5.29.0"),
      options: {
        $0.persistent = true
        $0.leaseSeconds = 7200
      }, removes: [body("}", release: "emr-5.29.0")],
      adds: [body(#","KeepJobFlowAliveWhenNoSteps":true}"#, release: "emr-5.29.0")],
      codes: [.clusterLease]),
    PassRow(
      "no stages", pipeline(stages: ""),
      removes: ["cluster eu-west-1 persistent release 6.15.0", body("}")],
      adds: ["cluster eu-west-1 persistent alone release 6.15.0", kept], codes: [.clusterNoLease],
      severity: .warning),
    PassRow(
      "no stages, and a lease", pipeline(stages: ""), options: { $0.leaseSeconds = 7200 },
      removes: ["cluster eu-west-1 persistent release 6.15.0", body("}")],
      adds: ["cluster eu-west-1 persistent alone release 6.15.0", leased]),
    PassRow(
      "stages that aren't wanted", pipeline(),
      options: {
        $0.isClusterOnly = true
        $0.leaseSeconds = 7200
      },
      removes: [
        "cluster eu-west-1 persistent release 6.15.0", body("}"), "stage a selected",
      ],
      adds: ["cluster eu-west-1 persistent alone release 6.15.0", leased]),
  ]

  @Test(arguments: rows) func keepCluster(_ row: PassRow) throws {
    try row.expect("keep-cluster")
  }
}
