import Compiler
import Diagnostics
import PipelineIR
import PlanFormat
import SourceText
import Synchronization
import Testing
import Values

/// A world that counts questions.
private final class World: FactSource {
  private let answer: @Sendable (FactQuestion) -> FactAnswer
  private let rounds = Mutex<[[FactQuestion]]>([])

  init(_ answer: @escaping @Sendable (FactQuestion) -> FactAnswer) { self.answer = answer }

  var asked: [[FactQuestion]] { rounds.withLock { $0 } }

  func answers(to questions: [FactQuestion]) async -> [FactAnswer] {
    rounds.withLock { $0.append(questions) }
    return questions.map(answer)
  }
}

@Suite struct PlanningTests {
  /// Which locations have data decides which steps there are, and so what is asked next.
  private static let pipeline = """
    penstock: v1
    pipeline: chain
    let:
      first: '${s3.isEmpty("s3://b/1/") ? "s3://b/none/" : "s3://b/2/"}'
      second: ${s3.last(first, "run=([0-9]+)/").orValue("0")}
    datasets:
      incoming: { at: "s3://b/in/run=${second}/" }
      out: { at: "s3://b/out/" }
    stages:
      - stage: copy
        requires:
          - { empty: out, message: still there }
          - { data: incoming, message: nothing there }
        steps:
          - name: Copy
            s3-dist-cp: { src: incoming, dest: out }
    cluster:
      region: eu-west-1
      job-flow:
        Name: chain
        ReleaseLabel: emr-6.15.0
        ServiceRole: EMR_DefaultRole
        JobFlowRole: EMR_EC2_DefaultRole
        Instances: { InstanceCount: 1, MasterInstanceType: m5.xlarge }
    """

  private static var input: CompilerInput {
    CompilerInput(
      pipeline: SourceFile(name: "p.yml", text: Array(pipeline.utf8)), files: [],
      environment: [:], facts: nil,
      options: CompilerOptions(
        runTime: Value.Timestamp(seconds: 0, nanoseconds: 0), utcOffsetSeconds: 0))
  }

  @Test func asksUntilNothingIsOpen() async {
    let facts = Facts(objects: [
      "b": ["1/x", "2/run=4/x", "2/run=7/x", "in/run=7/a"]
    ])
    let world = World { facts.answer($0).map(FactAnswer.known) ?? .unknown }
    let result = await Planning.compile(Self.input, asking: world)
    #expect(result.exitStatus == .success, "\(result.diagnostics.map(\.message))")
    #expect(
      world.asked == [
        [
          .isEmpty(location: "s3://b/1/"), .last(location: "s3://b/2/", pattern: "run=([0-9]+)/"),
          .isEmpty(location: "s3://b/out/"),
          .isEmpty(location: "s3://b/in/run=1970-01-01-00-00-00/"),
        ], [.isEmpty(location: "s3://b/in/run=7/")],
      ])
    #expect(result.program?.facts.contains { $0.isAssumed } == false)
  }

  /// One round of questions takes one more compilation.
  @Test func compilesTwiceWhereOneRoundIsEnough() {
    var planning = Planning(Compiler.parse(Self.input))
    #expect(planning.compilations == 1)
    guard case .ask(let questions) = planning.next() else {
      Issue.record("nothing was asked")
      return
    }
    // The last run's folder is the assumed one.
    planning.learn(
      questions,
      questions.map { question in
        switch question {
        case .isEmpty(let location): .known(.bool(location == "s3://b/out/"))
        case .last: .known(.string("1970-01-01-00-00-00"))
        case .all: .known(.list([]))
        case .hasMatch, .count, .lastFolder, .tooDeep, .cluster, .clusterShape: .unknown
        }
      })
    guard case .done(let result) = planning.next() else {
      Issue.record("a second round was asked for")
      return
    }
    #expect(result.exitStatus == .success, "\(result.diagnostics.map(\.message))")
    #expect(planning.compilations == 2)
  }

  /// Stages, steps, rules and requirements that ask, one of them through another.
  private static let asking = """
    penstock: v1
    pipeline: asking
    let:
      last: ${s3.last("s3://b/runs/", "run=([0-9]+)/").orValue("0")}
      isFree: ${s3.isEmpty("s3://b/busy/")}
      count: ${s3.count("s3://b/runs/", "run=([0-9]+)/")}
    checks:
      - { require: "${count < 4}", exit: 4, message: too many }
    datasets:
      incoming: { at: "s3://b/in/run=${last}/" }
      state: { at: "s3://b/state/" }
      marker: { at: "s3://b/marker/" }
    stages:
      - stage: update
        when: ${!s3.isEmpty("s3://b/enabled/")}
        requires:
          - { data: state, message: no state }
          - { empty: marker, message: maintenance }
          - { require: "${isFree}", exit: 4, message: busy }
          - { depth: state, folders: 1, exit: 4, message: too deep }
        steps:
          - name: Update
            hadoop-jar: { jar: "s3://b/j.jar" }
            reads: [state]
            writes: [state]
      - stage: copy
        steps:
          - name: Copy
            when: ${10 / count > 2 && !s3.isEmpty(data.incoming)}
            hadoop-jar: { jar: "s3://b/j.jar" }
            reads: [incoming]
    cluster:
      region: eu-west-1
      job-flow:
        Name: asking
        ReleaseLabel: emr-6.15.0
        ServiceRole: EMR_DefaultRole
        JobFlowRole: EMR_EC2_DefaultRole
        Instances: { InstanceCount: 1, MasterInstanceType: m5.xlarge }
    """

  /// In every world, nothing is assumed in the end, and the run ends as if everything had been
  /// known from the start.
  @Test(arguments: 0..<64) func restsOnNoAssumption(_ seed: UInt64) async {
    let answer: @Sendable (FactQuestion) -> Value = { question in
      var hash = seed &* 0x9E37_79B9_7F4A_7C15 ^ 0xCBF2_9CE4_8422_2325
      for byte in "\(question)".utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
      hash ^= hash >> 29
      return switch question {
      case .isEmpty, .hasMatch: .bool(hash & 1 == 0)
      case .last, .lastFolder, .tooDeep: hash & 3 == 0 ? .null : .string(String(hash & 7))
      case .count: .int(Int64(hash % 5))
      case .all: .list((0..<hash % 3).map { .string("run-\($0)") })
      case .cluster: .list([])
      case .clusterShape: .null
      }
    }
    var input = Self.input
    input.pipeline = SourceFile(name: "p.yml", text: Array(Self.asking.utf8))
    let world = World { .known(answer($0)) }
    let result = await Planning.compile(input, asking: world)
    #expect(!result.facts.contains { $0.isAssumed })
    #expect(
      !result.diagnostics.contains { $0.notes.contains { $0.message.contains("wasn't asked") } })
    // With all answers at hand, nothing is assumed, and the result is the same.
    for question in world.asked.joined() { input.answers[question] = answer(question) }
    let known = Compiler.compile(input)
    #expect(known.exitStatus == result.exitStatus)
    #expect(known.diagnostics.map(\.message) == result.diagnostics.map(\.message))
    #expect(!known.facts.contains { $0.isAssumed })
  }

  @Test func endsAsTheWorldIs() async {
    let full = Facts(objects: ["b": ["1/x", "2/run=7/x", "in/run=7/a", "out/x"]])
    #expect(await Planning.compile(Self.input, asking: full).exitStatus == .notEmpty)
    let nothing = await Planning.compile(Self.input, asking: Facts(objects: [:]))
    #expect(nothing.exitStatus == .noData)
    #expect(
      nothing.diagnostics.filter { $0.severity == .error }.map(\.message) == ["nothing there"])
  }

  /// What can't be answered is asked once, and stays assumed.
  @Test func asksNothingTwice() async {
    let world = World { _ in .unknown }
    let result = await Planning.compile(Self.input, asking: world)
    #expect(result.exitStatus == .success)
    #expect(world.asked.count == 1)
    #expect(result.program?.facts.filter(\.isAssumed).count == 4)
  }

  @Test func failsWhereTheWorldCannotBeAsked() async {
    let world = World { question in
      question == .isEmpty(location: "s3://b/out/")
        ? .failed("access denied", hint: "allow s3:ListBucket") : .unknown
    }
    let result = await Planning.compile(Self.input, asking: world)
    #expect(result.exitStatus == .failure && result.program == nil)
    let failure = result.diagnostics.first { $0.code == .factUnanswered }
    #expect(failure?.message == "cannot tell whether `s3://b/out/` is empty: access denied")
    #expect(failure?.hint == "allow s3:ListBucket")
    #expect(failure?.span != nil)
  }

  /// Each answer leads to a new question, as long as the pipeline has one.
  @Test func asksAsLongAsQuestionsLeadToOthers() async {
    let depth = 40
    let chained = (0..<depth).map { level in
      let place = level == 0 ? "\"start\"" : "a\(level - 1)"
      return
        "  a\(level): '${s3.last(\"s3://b/\" + \(place) + \"/\", \"x=([0-9]+)/\").orValue(\"none\")}'"
    }
    var input = Self.input
    input.pipeline = SourceFile(
      name: "p.yml",
      text: Array(
        Self.pipeline.replacing("let:\n", with: "let:\n" + chained.joined(separator: "\n") + "\n")
          .utf8))
    let number = Atomic<Int>(0)
    let world = World { question in
      switch question {
      case .last: .known(.string(String(number.add(1, ordering: .relaxed).newValue)))
      case .isEmpty(let location): .known(.bool(location == "s3://b/out/"))
      case .count, .all, .hasMatch, .lastFolder, .tooDeep, .cluster, .clusterShape: .unknown
      }
    }
    let result = await Planning.compile(input, asking: world)
    #expect(result.exitStatus == .success, "\(result.diagnostics.map(\.message))")
    #expect(result.program?.facts.contains { $0.isAssumed } == false)
    #expect(world.asked.count >= depth)
  }

  @Test func asksNothingForWhatIsWrong() async {
    var input = Self.input
    input.pipeline = SourceFile(name: "p.yml", text: Array("penstock: v1\n".utf8))
    let world = World { _ in .unknown }
    #expect(await Planning.compile(input, asking: world).exitStatus == .failure)
    #expect(world.asked.isEmpty)
  }
}
