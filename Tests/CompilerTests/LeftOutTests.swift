import Compiler
import Diagnostics
import Passes
import PipelineIR
import SourceText
import Testing
import Values

/// Runs that leave out stages or steps, and what is known about these.
@Suite struct LeftOutTests {
  private static func compile(
    _ body: String, facts: String? = nil, _ choose: (inout CompilerOptions) -> Void = { _ in }
  ) -> CompilerResult {
    let text = """
      penstock: v1
      pipeline: left-out
      \(body)
      cluster:
        region: eu-west-1
        job-flow:
          Name: left-out
          ReleaseLabel: emr-6.15.0
          Instances:
            InstanceGroups: [{ InstanceRole: MASTER, InstanceType: m4.large, InstanceCount: 1 }]
      """
    var options = CompilerOptions(
      runTime: Value.Timestamp(seconds: 1_772_323_200, nanoseconds: 0), utcOffsetSeconds: 0)
    choose(&options)
    return Compiler.compile(
      CompilerInput(
        pipeline: SourceFile(name: "left-out.yml", text: Array(text.utf8)), files: [],
        environment: [:],
        facts: facts.map { SourceFile(name: "facts.json", text: Array($0.utf8)) },
        options: options))
  }

  // MARK: Steps that are done

  private static let taking = """
    datasets: { processing: { at: s3://acme/processing/ } }
    stages:
      - stage: take
        requires: [{ empty: processing }]
        steps:
          - name: Take ${source}
            each: { source: '${["one", "two"]}' }
            s3-dist-cp:
              src: s3://acme/${source}/
              dest: s3://acme/processing/
              deleteOnSuccess: true
      - stage: work
        steps:
          - name: Work
            spark-submit: { application: s3://acme/work.py }
            reads: [processing]
    """

  private static let moved = #"{ "s3": { "acme": ["processing/1", "two/2"] }, "clusters": [] }"#

  /// Data that a completed step moved to a place doesn't stop the run from continuing.
  @Test func whatIsDoneNeedNotBeEmptyAgain() {
    let goesOn = Self.compile(Self.taking, facts: Self.moved) {
      $0.runID = "one"
      $0.skipSteps = ["Take one"]
    }
    #expect(goesOn.diagnostics.isEmpty)
    #expect(goesOn.explanations.contains { $0.reason.hasPrefix("`processing` needn't be empty") })
    #expect(goesOn.program?.steps.count == 2)
  }

  @Test func anotherRunFindsItNotEmpty() {
    for (runID, skipped) in [(nil, ["Take one"]), ("one", []), ("one", ["Work"])] {
      let result = Self.compile(Self.taking, facts: Self.moved) {
        $0.runID = runID
        $0.skipSteps = skipped
      }
      #expect(result.diagnostics.map(\.code) == [.datasetNotEmpty])
      #expect(result.exitStatus == .notEmpty)
    }
  }

  // MARK: Stages that do not run

  private static let archiving = """
    datasets: { good: { at: s3://acme/good/, must-be-read: true } }
    stages:
      - stage: make
        steps: [{ name: Make, s3-dist-cp: { src: s3://acme/raw/, dest: good } }]
      - stage: load
        steps:
          - name: Load ${table}
            each: { table: '${["good", "other"].filter(t, !s3.isEmpty("s3://acme/" + t + "-new/"))}' }
            s3-dist-cp: { src: "s3://acme/${table}/", dest: "s3://acme/out/${table}/" }
      - stage: archive
        steps:
          - { name: Archive, s3-dist-cp: { src: good, dest: s3://acme/kept/, deleteOnSuccess: true } }
    """

  /// Which steps the skipped stage would have depends on what S3 holds.
  @Test func whatIsNotKnownMayReadAnything() throws {
    let asked = Self.compile(Self.archiving)
    #expect(!asked.diagnostics.contains { $0.severity == .error })
    let unknown = Self.compile(Self.archiving) { $0.skip = ["load"] }
    let error = try #require(unknown.diagnostics.first { $0.severity == .error })
    #expect(error.code == .dataUnread)
    #expect(error.notes.contains { $0.message.contains("S3 wasn't asked about") })
    #expect(
      !unknown.diagnostics.contains { $0.message.contains("-new") && $0.code == .factAssumed })
  }

  @Test(arguments: [("good", true), ("other", false)])
  func whatIsKnownReadsWhatItSays(_ table: String, _ isRefused: Bool) {
    let facts = "{ \"s3\": { \"acme\": [\"\(table)-new/1\"] }, \"clusters\": [] }"
    let result = Self.compile(Self.archiving, facts: facts) { $0.skip = ["load"] }
    #expect(result.diagnostics.map(\.code) == (isRefused ? [.dataUnread] : []))
  }

  @Test(arguments: [
    "NAME", "hdfs:///kept/", "hdfs://master:8020/kept/*", "${data.NAME}", "${[data][0]['NAME']}",
  ]) func ephemeralDataIsRestoredHoweverItIsSpelled(_ spelling: String) {
    let body = """
      datasets:
        durable: { at: s3://acme/durable/ }
        kept:
          at: hdfs:///kept/
          restore: { name: Restore, s3-dist-cp: { src: durable, dest: kept } }
      stages:
        - stage: make
          steps:
            - { name: Make, s3-dist-cp: { src: s3://acme/raw/, dest: "\(spelling.replacing("NAME", with: "kept"))" } }
        - stage: use
          steps:
            - name: Use
              spark-submit: { application: s3://acme/use.py }
              reads: ["\(spelling.replacing("NAME", with: "kept"))"]
      """
    let names = { (result: CompilerResult) in
      result.program.map { program in program.steps.map { program.text($0.name) } }
    }
    #expect(names(Self.compile(body)) == ["Make", "Use"])
    #expect(names(Self.compile(body) { $0.resumeFrom = "use" }) == ["Restore", "Use"])
  }

  @Test func aStepThatIsLeftOutIsWaitedForNoLonger() {
    func body(_ when: String, _ stageWhen: String) -> String {
      """
      stages:
        - stage: one
          when: \(stageWhen)
          steps:
            - name: One ${n}
              each: { n: "${[1, 2]}" }
              when: \(when)
              command: { command: [echo, one] }
        - stage: two
          steps: [{ name: Two, after: '${["One 1", "One 2"]}', command: { command: [echo, two] } }]
      """
    }
    // With --debug it would run.
    for (when, stageWhen) in [("true", "true"), ("false", "true"), ("true", "${run.debug}")] {
      #expect(Self.compile(body(when, stageWhen)).diagnostics.isEmpty, "\(when) \(stageWhen)")
    }
    #expect(Self.compile(body("true", "true")) { $0.skip = ["one"] }.diagnostics.isEmpty)
    #expect(Self.compile(body("true", "true")) { $0.resumeFrom = "two" }.diagnostics.isEmpty)
    let misspelt = body("false", "true").replacing("\"One 2\"", with: "\"One 3\"")
    #expect(Self.compile(misspelt).diagnostics.map(\.code) == [.afterUnknownStep])
  }

  // MARK: What is assumed

  /// A place that a stage fills counts as empty before it, wherever it is asked about and however
  /// it is spelled.
  @Test(arguments: ["good", "s3://acme/good/", "${data.good}", "${place}"])
  func whatIsFilledIsTakenForEmpty(_ spelling: String) {
    let result = Self.compile(
      """
      let:
        place: s3a://acme/good
        empty: ${s3.isEmpty("s3://acme/good/")}
        full: ${!s3.isEmpty("s3://acme/raw/")}
      datasets: { good: { at: s3://acme/good/ } }
      stages:
        - stage: make
          requires:
            - { require: "${empty && s3.isEmpty(data.good)}", message: it is filled }
            - { require: "${full}", message: nothing is there }
          steps: [{ name: Make, s3-dist-cp: { src: s3://acme/raw/, dest: "\(spelling)" } }]
      """)
    #expect(!result.diagnostics.contains { $0.severity == .error })
  }
}
