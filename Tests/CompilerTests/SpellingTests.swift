import Compiler
import Diagnostics
import PlanFormat
import SourceText
import Testing
import Values

/// What is proved about a run doesn't depend on how an access is spelled.
@Suite struct SpellingTests {
  /// Ways to spell the dataset NAME, which is at PLACE.
  static let spellings = [
    "NAME", "PLACE", "${data.NAME}", "${data['NAME']}", "${data[\"NAME\"]}",
    "${data.?NAME.orValue('s3://box/none/')}", "${[data].map(d, d.NAME)[0]}",
    "${run.debug ? 'raw' : 'NAME'}", "${has(data.NAME) ? data.NAME : 's3://box/none/'}",
    "${named}", "${[\"PLACE\"][0]}", "${parts[0]}${parts[1]}",
  ]

  private static func compile(
    _ spelling: String, skip: [String] = [], resumeFrom: String? = nil
  ) -> CompilerResult {
    func spelled(_ name: String, _ place: String) -> String {
      let text = spelling.replacing("NAME", with: name).replacing("PLACE", with: place)
        .replacing("named", with: "named_\(name)")
        .replacing("parts", with: "parts_\(name)")
      return "'\(text.replacing("'", with: "''"))'"
    }
    let good = spelled("good", "s3a://box/good")
    let mid = spelled("mid", "hdfs:///mid/")
    let text = """
      penstock: v1
      pipeline: spelled
      let:
        named_good: good
        named_mid: mid
        parts_good: ["s3://box/", "good/"]
        parts_mid: ["hdfs:///", "mid/"]
      datasets:
        raw: { at: s3://box/raw/ }
        good: { at: s3://box/good/, must-be-read: true }
        mid: { at: hdfs:///mid/ }
        out: { at: "s3://box/out/run=${run.id}/" }
        kept: { at: s3://box/kept/ }
      stages:
        - stage: make
          steps:
            - { name: Make, s3-dist-cp: { src: raw, dest: good } }
            - { name: Put, s3-dist-cp: { src: raw, dest: \(mid) } }
        - stage: load
          steps:
            - { name: Load, s3-dist-cp: { src: \(good), dest: out } }
        - stage: join
          steps:
            - name: Join
              spark-submit: { application: s3://box/join.py }
              reads: [\(mid)]
              writes: ["s3://box/joined/run=${run.id}/"]
        - stage: archive
          steps:
            - { name: Archive, s3-dist-cp: { src: \(good), dest: kept, deleteOnSuccess: true } }
      cluster:
        region: eu-west-1
        job-flow:
          Name: spelled
          ReleaseLabel: emr-6.15.0
          Instances:
            InstanceGroups: [{ InstanceRole: MASTER, InstanceType: m4.large, InstanceCount: 1 }]
      """
    var options = CompilerOptions(
      runTime: Value.Timestamp(seconds: 1_772_323_200, nanoseconds: 0), utcOffsetSeconds: 0)
    options.skip = skip
    options.resumeFrom = resumeFrom
    return Compiler.compile(
      CompilerInput(
        pipeline: SourceFile(name: "spelled.yml", text: Array(text.utf8)), files: [],
        environment: [:], facts: nil, options: options))
  }

  /// The verdict, without the places of the text that it blames.
  private static func verdict(_ result: CompilerResult) -> [String] {
    result.diagnostics.map { "\($0.severity) \($0.code.rawValue): \($0.message) \($0.hint ?? "")" }
  }

  /// The first spelling's verdicts, said once.
  @Test func theProofKnowsTheName() {
    let codes = { (skip: [String], resumeFrom: String?) in
      Self.compile("NAME", skip: skip, resumeFrom: resumeFrom).diagnostics.map(\.code)
    }
    #expect(codes([], nil) == [])
    #expect(codes(["load"], nil) == [.dataUnread])
    #expect(codes(["make"], nil) == [.dataNotProduced])
    #expect(codes([], "load") == [.resumeUnsafe])
    #expect(codes([], "archive") == [])
  }

  @Test(arguments: spellings) func everySpellingIsProvedAlike(_ spelling: String) throws {
    for (skip, resumeFrom) in Self.selections {
      #expect(
        Self.verdict(Self.compile(spelling, skip: skip, resumeFrom: resumeFrom))
          == Self.verdict(Self.compile("NAME", skip: skip, resumeFrom: resumeFrom)),
        "\(skip) \(resumeFrom ?? "")")
    }
    let (own, known) = (try Self.plan(spelling), try Self.plan("NAME"))
    #expect(own.steps.map(\.accesses) == known.steps.map(\.accesses))
    #expect(Self.recoveries(own) == Self.recoveries(known))
  }

  private static let selections: [(skip: [String], resumeFrom: String?)] = [
    ([], nil), (["load"], nil), (["load", "join"], nil), (["make"], nil), (["archive"], nil),
    ([], "load"), ([], "join"), ([], "archive"),
  ]

  /// After a failure in each of the steps.
  private static func recoveries(_ plan: Plan) -> [Recovery] {
    let rules = RecoveryRules(plan)
    return plan.steps.indices.map { rules.recovery(afterFailureIn: $0) }
  }

  private static func plan(_ spelling: String) throws -> Plan {
    var diagnostics: [Diagnostic] = []
    return try #require(
      compile(spelling).plan(PlanDetails(madeBy: "test", arguments: []), into: &diagnostics))
  }
}
