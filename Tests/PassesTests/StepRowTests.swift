import Compiler
import Diagnostics
import Testing

/// The passes that make steps: tables of small pipelines.
@Suite struct StepRowTests {
  private static func steps(_ steps: String, _ cluster: String = "") -> String {
    """
    datasets: { x: { at: s3://b/x/ }, y: { at: s3://b/y/ } }
    stages:
      - stage: a
        steps:
    \(steps.split(separator: "\n").map { "      - \($0)" }.joined(separator: "\n"))
      - stage: b
        steps: [{ name: Last, command: { command: [true] } }]
    cluster:
      region: eu-west-1
      job-flow:
        Name: t
        ReleaseLabel: emr-6.15.0
        Instances: { InstanceCount: 1, MasterInstanceType: m5.xlarge }
    \(cluster)
    """
  }
  private static let jar = "  jar /usr/share/aws/emr/s3-dist-cp/lib/s3-dist-cp.jar"
  private static let last: [String] = [
    #"step [b] command "Last" UNDECIDED written"#, "  jar command-runner.jar", "  arg true",
  ]

  private static let expansions: [PassRow] = [
    PassRow(
      "a step by its kind",
      steps("{ name: A, s3-dist-cp: { src: x, dest: y, targetSize: 10, deleteOnSuccess: true } }"),
      adds: [
        #"step [a] s3-dist-cp "A" UNDECIDED retry written"#, jar, "  arg --src",
        "  arg s3://b/x/", "  arg --dest", "  arg s3://b/y/", "  arg --targetSize", "  arg 10",
        "  arg --deleteOnSuccess", "  read s3://b/x/", "  write s3://b/y/", "  delete s3://b/x/",
      ] + last),
    PassRow(
      "what a step says of itself",
      steps(
        "{ name: A, command: { command: [echo] }, reads: [x], deletes: [y], retry: true, "
          + "on-failure: CONTINUE, timeout: 2m, properties: { k: v } }"),
      adds: [
        #"step [a] command "A" CONTINUE retry written"#, "  jar command-runner.jar", "  arg echo",
        "  timeout 120s", #"  properties [{"Key":"k","Value":"v"}]"#, "  read s3://b/x/",
        "  delete s3://b/y/",
      ] + last),
    PassRow(
      "one step for each",
      steps(
        "{ name: \"A ${n} ${index}\", each: { n: \"${[7, 8]}\" }, command: { command: [echo] } }"),
      adds: [
        #"step [a] command "A 7 0" UNDECIDED written"#, "  jar command-runner.jar", "  arg echo",
        #"step [a] command "A 8 1" UNDECIDED written"#, "  jar command-runner.jar", "  arg echo",
      ] + last),
    PassRow(
      "a `when` that doesn't hold",
      steps("{ name: A, when: \"${run.debug}\", command: { command: [echo] } }"), adds: last),
    PassRow(
      "a step without data, of a run that is resumed by its name",
      steps("{ name: A, when: \"${!s3.isEmpty('s3://b/')}\", command: { command: [echo] } }"),
      facts: #"{"s3": {}}"#,
      options: { options in
        options.resumeFrom = "a"
        options.runID = "7"
      }, adds: last, codes: [.stepLeftOut], severity: .warning),
    PassRow(
      "a step without data, of another run",
      steps("{ name: A, when: \"${!s3.isEmpty('s3://b/')}\", command: { command: [echo] } }"),
      facts: #"{"s3": {}}"#, adds: last),
    PassRow(
      "a stage that is skipped has no steps",
      steps("{ name: A, command: { command: [echo] } }"), options: { $0.skip = ["a"] }, adds: last),
    PassRow(
      "a step that is done",
      steps("{ name: A, s3-dist-cp: { src: x, dest: y } }"), options: { $0.skipSteps = ["A"] },
      adds: last + ["done \"A\" [a] before 0 read s3://b/x/ write s3://b/y/"]),
    PassRow(
      "a step to leave out that there isn't",
      steps("{ name: A, when: \"${run.debug}\", command: { command: [echo] } }"),
      options: { $0.skipSteps = ["A"] }, adds: last, codes: [.skipUnknownStep]),
    PassRow(
      "first steps of a new cluster",
      steps(
        "{ name: A, when: \"${run.debug}\", command: { command: [echo] } }",
        "  on-create: [{ name: C, command: { command: [c] } }]\n"
          + "  on-reuse: [{ name: R, command: { command: [r] } }]"),
      adds: [
        #"step [cluster] command "C" UNDECIDED written"#, "  jar command-runner.jar", "  arg c",
      ] + last),
    PassRow(
      "first steps before a stage",
      steps(
        "{ name: A, command: { command: [echo] } }",
        "  on-create: [{ name: C, before: b, command: { command: [c] } }]"),
      adds: [
        #"step [a] command "A" UNDECIDED written"#, "  jar command-runner.jar", "  arg echo",
        #"step [cluster] command "C" UNDECIDED written"#, "  jar command-runner.jar", "  arg c",
      ] + last),
    PassRow(
      "a parameter that the kind's schema refuses",
      steps("{ name: A, s3-dist-cp: { src: x, dest: y, targetSize: \"${1 - 1}\" } }"), adds: last,
      codes: [.schemaOutOfRange]),
    PassRow(
      "an action that there isn't",
      steps("{ name: A, on-failure: \"${'STOP'}\", command: { command: [echo] } }"),
      adds: [
        #"step [a] command "A" UNDECIDED written"#, "  jar command-runner.jar", "  arg echo",
      ] + last, codes: [.expressionType]),
    PassRow(
      "a step that reads where it writes isn't tried again",
      steps("{ name: A, s3-dist-cp: { src: x, dest: s3://b/x/y/ } }"),
      adds: [
        #"step [a] s3-dist-cp "A" UNDECIDED written"#, jar, "  arg --src", "  arg s3://b/x/",
        "  arg --dest", "  arg s3://b/x/y/", "  read s3://b/x/", "  write s3://b/x/y/",
      ] + last, codes: [.locationSuspicious]),
  ]

  @Test(arguments: expansions) func expandSteps(_ row: PassRow) throws {
    try row.expect("expand-steps", showing: { _ in true })
  }

  /// Three stages with data on the cluster between them.
  private static let chain = """
    datasets:
      in: { at: s3://b/in/ }
      mid:
        at: hdfs:///mid/
        restore: { name: Restore, s3-dist-cp: { src: kept, dest: mid } }
        release: { before: use, name: Free, command: { command: [rm] }, deletes: [mid] }
      kept: { at: s3://b/kept/ }
      out: { at: s3://b/out/ }
    stages:
      - stage: make
        steps: [{ name: Make, s3-dist-cp: { src: in, dest: mid } }]
      - stage: keep
        steps: [{ name: Keep, s3-dist-cp: { src: mid, dest: kept } }]
      - stage: use
        steps: [{ name: Use, s3-dist-cp: { src: "${stages.make ? 'kept' : 'mid'}", dest: out } }]
    """

  private static let rehearsals: [PassRow] = [
    PassRow("nothing is left out", chain),
    PassRow(
      "a stage that is skipped", chain, options: { $0.skip = ["keep"] },
      adds: ["would keep read hdfs:///mid/", "would keep write s3://b/kept/"]),
    PassRow(
      "stages before the one that the run resumes from", chain, options: { $0.resumeFrom = "use" },
      adds: [
        "would make read s3://b/in/", "would make write hdfs:///mid/",
        "would keep read hdfs:///mid/", "would keep write s3://b/kept/",
      ]),
    PassRow(
      "a stage whose `when` doesn't hold would do nothing",
      """
      stages:
        - { stage: a, when: "${run.debug}", steps: [{ name: A, command: { command: [echo] }, reads: [s3://b/x/] }] }
        - stage: b
      """),
    PassRow(
      "a stage of which not all can be known",
      """
      stages:
        - { stage: a, steps: [{ name: A, command: { command: [echo] }, reads: ["${['x'][5]}"] }] }
        - stage: b
      """, options: { $0.skip = ["a"] },
      adds: ["would a unknown: index 5 is out of range: the list has 1"]),
  ]

  @Test(arguments: rehearsals) func rehearseAbsentStages(_ row: PassRow) throws {
    try row.expect("rehearse-absent-stages")
  }

  private static let restorations: [PassRow] = [
    PassRow("the maker is in the run", chain),
    PassRow("some of what is read is made", partlyMade),
    PassRow(
      "the maker is left out", chain, options: { $0.skip = ["make", "keep"] },
      adds: [
        #"step [use] s3-dist-cp "Restore" UNDECIDED retry restore-data"#, "  read s3://b/kept/",
        "  write hdfs:///mid/",
      ]),
    PassRow(
      "it is restored once, and before the first reader", chain, options: { $0.skip = ["make"] },
      adds: [
        #"step [keep] s3-dist-cp "Restore" UNDECIDED retry restore-data"#, "  read s3://b/kept/",
        "  write hdfs:///mid/",
      ]),
    PassRow(
      "what a restoring step reads is restored first",
      """
      datasets:
        far: { at: s3://b/far/ }
        near: { at: hdfs:///near/, restore: { name: Near, s3-dist-cp: { src: far, dest: near } } }
        here: { at: hdfs:///here/, restore: { name: Here, s3-dist-cp: { src: near, dest: here } } }
        out: { at: s3://b/out/ }
      stages: [{ stage: use, steps: [{ name: Use, s3-dist-cp: { src: here, dest: out } }] }]
      """,
      adds: [
        #"step [use] s3-dist-cp "Near" UNDECIDED retry restore-data"#, "  read s3://b/far/",
        "  write hdfs:///near/", #"step [use] s3-dist-cp "Here" UNDECIDED retry restore-data"#,
        "  read hdfs:///near/", "  write hdfs:///here/",
      ]),
  ]

  /// One that reads a folder of which an earlier step has written some.
  private static let partlyMade = """
    datasets:
      part: { at: hdfs:///all/part/, restore: { name: Part, s3-dist-cp: { src: kept, dest: part } } }
      kept: { at: s3://b/kept/ }
    stages:
      - stage: a
        steps:
          - { name: Make, command: { command: [make] }, writes: [hdfs:///all/other/] }
          - { name: Use, command: { command: [use] }, reads: [hdfs:///all/] }
    """

  private static func isFlow(_ line: String) -> Bool {
    !line.hasPrefix("  arg ") && !line.hasPrefix("  jar ")
  }

  @Test(arguments: restorations) func restoreData(_ row: PassRow) throws {
    try row.expect("restore-data", showing: Self.isFlow)
  }

  private static let free: [String] = [
    #"step [use] command "Free" UNDECIDED release-data"#, "  delete hdfs:///mid/",
  ]

  private static let releases: [PassRow] = [
    PassRow("before a stage", chain, adds: free),
    PassRow("the stage doesn't run", chain, options: { $0.skip = ["use"] }),
    PassRow(
      "nothing filled it",
      chain.replacing("dest: mid } }]\n", with: "dest: s3://b/other/ } }]\n")
        .replacing("src: mid, dest: kept", with: "src: in, dest: kept")),
    PassRow(
      "after the last use, where no stage is named", chain.replacing("before: use, ", with: ""),
      adds: free),
    PassRow(
      "at the end, where nothing comes after", chain.replacing("before: use, ", with: ""),
      options: { $0.skip = ["use"] },
      adds: [#"step [cluster] command "Free" UNDECIDED release-data"#, "  delete hdfs:///mid/"]),
    PassRow(
      "what was restored is released too", chain, options: { $0.skip = ["make"] }, adds: free),
  ]

  @Test(arguments: releases) func releaseData(_ row: PassRow) throws {
    try row.expect("release-data", showing: Self.isFlow)
  }

  private static let two = """
    stages:
      - stage: a
        steps:
          - { name: A, command: { command: [a] } }
          - { name: "${run.debug ? 'A' : 'B'}", on-failure: CONTINUE, command: { command: [b] } }
    """

  private static let hardenings: [PassRow] = [
    PassRow(
      "a cluster that lives for the run", two,
      removes: [#"step [a] command "A" UNDECIDED written"#],
      adds: [#"step [a] command "A" TERMINATE_JOB_FLOW written"#]),
    PassRow(
      "a cluster that outlives the run", two, options: { $0.persistent = true },
      removes: [#"step [a] command "A" UNDECIDED written"#],
      adds: [#"step [a] command "A" CANCEL_AND_WAIT written"#]),
    PassRow(
      "a cluster that others use", two, facts: taken, options: { $0.cluster = "j-1" },
      removes: [#"step [a] command "A" UNDECIDED written"#],
      adds: [#"step [a] command "A" CONTINUE written"#]),
    PassRow(
      "a step that would end a cluster that others use",
      two.replacing("CONTINUE", with: "TERMINATE_CLUSTER"), facts: taken,
      options: { $0.cluster = "j-1" }, removes: [#"step [a] command "A" UNDECIDED written"#],
      adds: [#"step [a] command "A" CONTINUE written"#], codes: [.clusterActions]),
    PassRow(
      "a step that would cancel those of others",
      two.replacing("CONTINUE", with: "CANCEL_AND_WAIT"), facts: taken,
      options: { $0.cluster = "j-1" }, removes: [#"step [a] command "A" UNDECIDED written"#],
      adds: [#"step [a] command "A" CONTINUE written"#], codes: [.clusterActions]),
  ]

  private static let taken = #"{"clusters": [{"id": "j-1", "name": "c", "state": "RUNNING"}]}"#

  @Test(arguments: hardenings) func harden(_ row: PassRow) throws { try row.expect("harden") }

  private static let names: [PassRow] = [
    PassRow("different names", two),
    PassRow("two steps of one name", two, options: { $0.debug = true }, codes: [.stepNameTwice]),
  ]

  @Test(arguments: names) func verifyNames(_ row: PassRow) throws { try row.expect("verify-names") }

  private static let resumptions: [PassRow] = [
    PassRow("a run that resumes nothing", chain),
    PassRow("what is on the cluster is restored", chain, options: { $0.resumeFrom = "use" }),
    PassRow(
      "what is on the cluster is lost",
      chain.replacing(
        "    restore: { name: Restore, s3-dist-cp: { src: kept, dest: mid } }\n", with: ""),
      options: { $0.resumeFrom = "keep" },
      codes: [.resumeUnsafe]),
  ]

  @Test(arguments: resumptions) func checkResumption(_ row: PassRow) throws {
    try row.expect("check-resumption")
  }

  private static let points: [PassRow] = [
    PassRow(
      "the first stage, and ones whose data can be restored", chain,
      adds: ["resume make no: first", "resume keep yes", "resume use yes"]),
    PassRow(
      "stages that don't run", chain, options: { $0.skip = ["keep"] },
      adds: ["resume make no: first", "resume use yes"]),
  ]

  @Test(arguments: points) func deriveResumePoints(_ row: PassRow) throws {
    try row.expect("derive-resume-points")
  }

  private static func flow(_ steps: String) -> String {
    """
    stages:
      - stage: a
        steps:
    \(steps.split(separator: "\n").map { "      - \($0)" }.joined(separator: "\n"))
    """
  }

  private static let flows: [PassRow] = [
    PassRow(
      "made, then read",
      flow(
        """
        { name: A, command: { command: [a] }, writes: [hdfs:///x/] }
        { name: B, command: { command: [b] }, reads: [hdfs:///x/] }
        """)),
    PassRow(
      "read, then made",
      flow(
        """
        { name: B, command: { command: [b] }, reads: [hdfs:///x/] }
        { name: A, command: { command: [a] }, writes: [hdfs:///x/] }
        """), options: { $0.persistent = true }, codes: [.dataNotProduced]),
    PassRow(
      "written and never read",
      flow("{ name: A, command: { command: [a] }, writes: [hdfs:///x/] }"), codes: [.dataLost]),
    PassRow(
      "written twice",
      flow(
        """
        { name: A, command: { command: [a] }, writes: [s3://b/x/] }
        { name: B, command: { command: [b] }, writes: [s3://b/x/y/] }
        """), codes: [.dataWrittenTwice]),
    PassRow(
      "deleted, then read",
      flow(
        """
        { name: A, command: { command: [a] }, deletes: [s3://b/x/] }
        { name: B, command: { command: [b] }, reads: [s3://b/x/] }
        """), codes: [.dataDeletedBeforeRead]),
  ]

  private static let orders: [PassRow] = [
    PassRow(
      "a step that it waits for and that there isn't",
      flow("{ name: A, command: { command: [a] }, after: [B] }"), codes: [.afterUnknownStep])
  ]

  @Test(arguments: orders) func orderSteps(_ row: PassRow) throws {
    try row.expect("order-steps")
  }

  @Test(arguments: flows) func verifyDataFlow(_ row: PassRow) throws {
    try row.expect("verify-data-flow")
  }
}
