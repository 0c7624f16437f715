import Compiler
import Diagnostics
import Testing

/// The passes that say where data and the cluster are: tables of small pipelines.
@Suite struct PlaceRowTests {
  private static func data(_ datasets: String) -> String {
    "datasets:\n\(datasets)\nstages: [{ stage: a }]"
  }

  private static let places: [PassRow] = [
    PassRow(
      "as it is written", data("  x: { at: s3://acme/x }"), removes: ["dataset x absent"],
      adds: ["dataset x s3://acme/x"]),
    PassRow(
      "of the run", data("  x: { at: \"s3://acme/${run.id}/\" }"), options: { $0.runID = "R" },
      removes: ["dataset x absent"], adds: ["dataset x s3://acme/R/"]),
    PassRow(
      "several places", data("  x: { at: [s3://acme/x/, hdfs:///y/] }"),
      removes: ["dataset x absent"], adds: ["dataset x s3://acme/x/ hdfs:///y/"]),
    PassRow(
      "one that has to be read", data("  x: { at: s3://acme/x/, must-be-read: true }"),
      removes: ["dataset x absent"], adds: ["dataset x s3://acme/x/ must-be-read"]),
    PassRow(
      "one whose `when` doesn't hold", data("  x: { when: \"${run.debug}\", at: s3://acme/x/ }")),
    PassRow(
      "one that asks which stages run", data("  x: { when: \"${stages.a}\", at: s3://acme/x/ }"),
      options: { $0.skip = ["a"] }),
    PassRow(
      "one that is nowhere", data("  x: { at: \"${run.debug ? 's3://acme/x/' : null}\" }")),
    PassRow("an invalid location", data("  x: { at: folder/ }"), codes: [.locationInvalid]),
    PassRow(
      "an invalid place is reported once, though two datasets use it",
      """
      inputs: { config: { schema: any.json } }
      datasets: { x: { at: "${config.at}" }, y: { at: "${config.at}" } }
      stages: [{ stage: a }]
      """, inputs: [("config", "at: nowhere")], codes: [.locationInvalid]),
    PassRow(
      "a bucket that S3 can't have", data("  x: { at: s3://Bucket_x/ }"),
      removes: ["dataset x absent"], adds: ["dataset x s3://Bucket_x/"],
      codes: [.locationSuspicious]),
    PassRow(
      "a number for a place",
      "inputs: { config: { schema: any.json } }\n" + data("  x: { at: \"${config.at}\" }"),
      inputs: [("config", "at: 3")], codes: [.expressionType]),
  ]

  @Test(arguments: places) func placeDatasets(_ row: PassRow) throws {
    try row.expect("place-datasets")
  }

  private static func cluster(_ members: String) -> String {
    "stages: [{ stage: a }]\ncluster:\n  region: eu-west-1\n\(members)"
  }
  private static let instances = "Instances: { InstanceCount: 1, MasterInstanceType: m5.xlarge }"
  private static let instancesAsJSON =
    #""Instances":{"InstanceCount":1,"MasterInstanceType":"m5.xlarge"}"#

  private static func body(_ members: String) -> String {
    cluster("  job-flow:\n    Name: n\n    \(instances)\n\(members)")
  }

  private static func bodyAsJSON(_ members: String = "", name: String = "n") -> String {
    "job-flow {\"Name\":\"\(name)\",\(instancesAsJSON)\(members)}"
  }
  private static let reuse = body("") + "  reuse: { name: c }"
  private static let empty = "cluster  transient"

  private static let clusters: [PassRow] = [
    PassRow(
      "region, release and body",
      body("    ReleaseLabel: emr-6.15.0\n").replacing("Name: n\n", with: "Name: n ${run.id}\n")
        + "  encrypted: true",
      options: { $0.runID = "R" }, removes: [empty],
      adds: [
        "cluster eu-west-1 transient encrypted release 6.15.0",
        bodyAsJSON(#","ReleaseLabel":"emr-6.15.0""#, name: "n R"),
      ]),
    PassRow(
      "an AMI's version", body("    AmiVersion: 3.11.0\n"), removes: [empty],
      adds: [
        "cluster eu-west-1 transient release 3.11.0", bodyAsJSON(#","AmiVersion":"3.11.0""#),
      ]),
    PassRow(
      "items for each, and what has no value",
      body(
        """
            LogUri: "${run.debug ? 's3://b/' : null}"
            Tags:
              - { $each: { t: "${['x', 'y']}" }, Key: "${t}" }
              - { $when: "${run.debug}", Key: z }
            AdditionalInfo: ""
        """), removes: [empty],
      adds: [
        "cluster eu-west-1 transient",
        bodyAsJSON(#","Tags":[{"Key":"x"},{"Key":"y"}],"AdditionalInfo":"""#),
      ]),
    PassRow(
      "an item that isn't a map",
      body(
        """
            SupportedProducts:
              - { $value: w, $when: "${!run.debug}" }
              - { $value: v, $when: "${run.debug}" }
        """), removes: [empty],
      adds: ["cluster eu-west-1 transient", bodyAsJSON(#","SupportedProducts":["w"]"#)]),
    PassRow(
      "an item without a value and without a `$when`",
      body("    SupportedProducts: [\"${run.debug ? 'a' : null}\", b]\n"), removes: [empty],
      adds: ["cluster eu-west-1 transient", bodyAsJSON(#","SupportedProducts":["b"]"#)],
      codes: [.listItemAbsent]),
    PassRow(
      "a transient run takes no cluster", reuse, facts: cluster(state: "WAITING"),
      removes: [empty], adds: ["cluster eu-west-1 transient", bodyAsJSON()]),
    PassRow(
      "a persistent run takes one that waits", reuse, facts: cluster(state: "WAITING"),
      options: { $0.persistent = true }, removes: [empty],
      adds: ["cluster eu-west-1 persistent reuses j-1", bodyAsJSON()]),
    PassRow(
      "a persistent run makes a cluster if there is none", reuse,
      facts: cluster(state: "TERMINATED"), options: { $0.persistent = true }, removes: [empty],
      adds: ["cluster eu-west-1 persistent", bodyAsJSON()]),
    PassRow(
      "a cluster that is busy", reuse, facts: cluster(state: "RUNNING"),
      options: { $0.persistent = true }, removes: [empty],
      adds: ["cluster eu-west-1 persistent", bodyAsJSON()], codes: [.clusterBusy], exit: 18),
    PassRow(
      "two clusters of one name", reuse,
      facts: """
        {"clusters": [{"id": "j-1", "name": "c", "state": "WAITING"},
        {"id": "j-2", "name": "c", "state": "WAITING"}]}
        """, options: { $0.persistent = true }, removes: [empty],
      adds: ["cluster eu-west-1 persistent", bodyAsJSON()], codes: [.clusterAmbiguous]),
    PassRow(
      "a cluster by its id, while it works for others", body("") + "  reuse: { id: j-1 }",
      facts: cluster(state: "RUNNING"), removes: [empty],
      adds: ["cluster eu-west-1 persistent reuses j-1 shared", bodyAsJSON()]),
    PassRow(
      "the options' cluster comes before the pipeline's", body("") + "  reuse: { id: j-2 }",
      facts: cluster(state: "WAITING"), options: { $0.cluster = "j-1" }, removes: [empty],
      adds: ["cluster eu-west-1 persistent reuses j-1 shared", bodyAsJSON()]),
    PassRow(
      "a cluster by an id that none has", body("") + "  reuse: { id: j-2 }",
      facts: cluster(state: "WAITING"), removes: [empty],
      adds: ["cluster eu-west-1 transient", bodyAsJSON()], codes: [.clusterAbsent]),
    PassRow(
      "a cluster by its id that has ended", reuse, facts: cluster(state: "TERMINATED"),
      options: { $0.cluster = "j-1" }, removes: [empty],
      adds: ["cluster eu-west-1 transient", bodyAsJSON()], codes: [.clusterAbsent]),
  ]

  private static func cluster(state: String) -> String {
    #"{"clusters": [{"id": "j-1", "name": "c", "state": "\#(state)"}]}"#
  }

  @Test(arguments: clusters) func bindCluster(_ row: PassRow) throws {
    try row.expect("bind-cluster")
  }

  private static func nested(_ outer: String, _ inner: String, _ members: String) -> String {
    """
    datasets:
      outer: { at: s3://b/x/ }
      inner: { at: s3://b/x/y/ }
      other: { at: s3://b/other/ }
    stages:
      - stage: a
        steps: [{ name: A, s3-dist-cp: { src: \(outer), dest: other\(members) } }]
      - stage: b
        steps: [{ name: B, s3-dist-cp: { src: other, dest: \(inner) } }]
    """
  }

  private static let overlaps: [PassRow] = [
    PassRow("one in the other, both only read and written", nested("outer", "inner", "")),
    PassRow(
      "the outer one is moved away", nested("outer", "inner", ", deleteOnSuccess: true"),
      codes: [.datasetOverlap]),
    PassRow(
      "it is said that this is meant",
      nested("outer", "inner", ", deleteOnSuccess: true")
        .replacing("at: s3://b/x/y/", with: "at: s3://b/x/y/, within: outer")),
    PassRow(
      "beside each other",
      nested("outer", "inner", ", deleteOnSuccess: true").replacing(
        "s3://b/x/y/", with: "s3://b/xy/")
    ),
    PassRow(
      "one place, written twice",
      nested("outer", "inner", "").replacing("s3://b/x/y/", with: "s3://b/x/")
        .replacing("dest: other", with: "dest: outer").replacing(
          "src: outer", with: "src: s3://b/in/"),
      codes: [.datasetOverlap]),
    PassRow(
      "the logs are in what is moved away",
      nested("outer", "other", ", deleteOnSuccess: true").replacing(
        "\n  inner: { at: s3://b/x/y/ }", with: "")
        + "\ncluster: { region: eu-west-1, job-flow: { Name: n, LogUri: s3://b/x/logs/, \(instances) } }",
      codes: [.datasetOverlap]),
  ]

  @Test(arguments: overlaps) func separateDatasets(_ row: PassRow) throws {
    try row.expect("separate-datasets")
  }

  /// What is read of a run that is resumed by its name.
  private static let named = """
    datasets:
      in: { at: s3://b/in/ }
      out: { at: "s3://b/out/run=${run.id}/" }
      tmp: { at: "hdfs:///tmp/", restore: { name: R, s3-dist-cp: { src: out, dest: tmp } } }
      day: { at: "s3://b/${formatTime(run.time, '%Y')}/" }
    stages:
      - stage: a
        steps: [{ name: A, s3-dist-cp: { src: in, dest: out } }]
      - stage: b
        steps: [{ name: B, reads: [tmp], command: { command: [b] } }]
      - stage: c
        steps:
          - { name: C, when: "${!s3.isEmpty(data.day)}", reads: [day], command: { command: [c] } }
    """

  private static func resuming(
    _ stage: String, as id: String? = "7"
  ) -> @Sendable (inout CompilerOptions) -> Void {
    { options in
      options.resumeFrom = stage
      options.runID = id
    }
  }

  private static let namedRuns: [PassRow] = [
    PassRow("nothing is known", named, options: resuming("b")),
    PassRow(
      "its folder, restored", named, facts: #"{"s3": {"b": ["out/run=7/x"]}}"#,
      options: resuming("b")),
    PassRow(
      "its day", named, facts: #"{"s3": {"b": ["1970/x"]}}"#, options: resuming("b")),
    PassRow(
      "other folders", named, facts: #"{"s3": {"b": ["in/x", "out/run=70/x", "1971/x"]}}"#,
      options: resuming("b"), codes: [.noDataToProcess], exit: 3),
    PassRow(
      "what a step would read that isn't there", named, facts: #"{"s3": {"b": ["out/run=7/x"]}}"#,
      options: resuming("c"), codes: [.noDataToProcess], exit: 3),
    PassRow(
      "a run that reads nothing of it", named, facts: #"{"s3": {"b": ["in/x"]}}"#,
      options: { options in
        options.resumeFrom = "a"
        options.runID = "7"
        options.skip = ["c"]
      }),
    PassRow(
      "a run that isn't named", named, facts: #"{"s3": {"b": []}}"#,
      options: resuming("b", as: nil)),
    PassRow(
      "a run that isn't resumed", named, facts: #"{"s3": {"b": []}}"#,
      options: { options in options.runID = "7" }),
    PassRow(
      "a recovery", named, facts: #"{"s3": {"b": []}}"#,
      options: { options in
        options.resumeFrom = "b"
        options.runID = "7"
        options.recovered = RecoveredRun(name: "7", digest: "", questions: [])
      }),
  ]

  @Test(arguments: namedRuns) func findsNamedRuns(_ row: PassRow) throws {
    try row.expect("require-facts", showing: { !$0.hasPrefix("  ") && !$0.hasPrefix("fact ") })
  }

  private static func requiring(_ requirements: String) -> String {
    """
    datasets:
      in: { at: s3://b/in/ }
      out: { at: s3://b/out/ }
      none: { when: "${run.debug}", at: s3://b/none/ }
    stages:
      - stage: a
        requires:
          - \(requirements)
        steps: [{ name: A, s3-dist-cp: { src: in, dest: out } }]
      - stage: b
    """
  }
  private static let full = #"{"s3": {"b": ["in/x.gz", "out/y"]}}"#
  private static let deep = #"{"s3": {"b": ["in/a/", "in/a/b_$folder$", "in/a/x.gz", "in/y"]}}"#
  private static let bare = #"{"s3": {"b": []}}"#

  private static let requirements: [PassRow] = [
    PassRow("an empty place", requiring("{ empty: out }"), facts: bare),
    PassRow(
      "a place that isn't empty", requiring("{ empty: out }"), facts: full,
      codes: [.datasetNotEmpty], exit: 4),
    PassRow("nothing is known", requiring("{ empty: out }")),
    PassRow("data", requiring("{ data: in }"), facts: full),
    PassRow(
      "no data", requiring("{ data: in }"), facts: bare, codes: [.noDataToProcess], exit: 3),
    PassRow("data of a name", requiring("{ data: in, pattern: 'gz$' }"), facts: full),
    PassRow(
      "no data of a name", requiring("{ data: in, pattern: 'lzo$' }"), facts: full,
      codes: [.noDataToProcess], exit: 3),
    PassRow(
      "an invalid pattern", requiring("{ data: in, pattern: '(' }"), facts: full,
      codes: [.requirementFailed]),
    PassRow("data that isn't too deep", requiring("{ depth: in, folders: 1 }"), facts: deep),
    PassRow(
      "data that is too deep", requiring("{ depth: in, folders: 0 }"), facts: deep,
      codes: [.dataTooDeep], exit: 1),
    PassRow(
      "data that is too deep, of another name",
      requiring("{ depth: in, folders: '${1 - 1}', pattern: 'lzo$' }"), facts: deep),
    PassRow(
      "data that is too deep, a warning",
      requiring("{ depth: in, folders: 0, severity: warning }"), facts: deep,
      codes: [.dataTooDeep], severity: .warning),
    PassRow(
      "data that is too deep, with an exit status",
      requiring("{ depth: in, folders: 0, exit: 9 }"), facts: deep, codes: [.dataTooDeep], exit: 9),
    PassRow("how deep data is isn't known", requiring("{ depth: in, folders: 0 }")),
    PassRow(
      "a depth that isn't one", requiring("{ depth: in, folders: '${1 - 2}' }"), facts: deep,
      codes: [.expressionType]),
    PassRow(
      "an invalid pattern of data that is too deep",
      requiring("{ depth: in, folders: 1, pattern: '(' }"), facts: deep,
      codes: [.requirementFailed]),
    PassRow("a rule that holds", requiring("{ require: '${!run.debug}', message: m }")),
    PassRow(
      "a rule that doesn't hold", requiring("{ require: '${run.debug}', message: m }"),
      codes: [.requirementFailed], exit: 1),
    PassRow(
      "an exit status", requiring("{ require: '${run.debug}', message: m, exit: 9 }"),
      codes: [.requirementFailed], exit: 9),
    PassRow(
      "a warning", requiring("{ require: '${run.debug}', message: m, severity: warning }"),
      codes: [.requirementFailed], severity: .warning),
    PassRow(
      "a `when` that doesn't hold",
      requiring("{ require: '${run.debug}', message: m, when: '${run.debug}' }")),
    PassRow(
      "a stage that is skipped requires nothing",
      requiring("{ require: '${run.debug}', message: m }"),
      options: { $0.skip = ["a"] }),
    PassRow(
      "a dataset that isn't in this run", requiring("{ empty: none }"), facts: bare,
      codes: [.datasetAbsent]),
    PassRow(
      "a step that is done has written there", requiring("{ empty: out }"), facts: full,
      options: {
        $0.runID = "R"
        $0.skipSteps = ["A"]
      }),
  ]

  @Test(arguments: requirements) func requireFacts(_ row: PassRow) throws {
    try row.expect("require-facts")
  }
}
