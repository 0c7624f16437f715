import Locations
import PipelineIR
import PlanFormat
import SourceText
import Testing
import Values

private let span = Span(SourceID(index: 0), 0..<0)

extension Program {
  /// Adds a step of the first kind with arguments and accesses.
  fileprivate mutating func add(
    _ name: String, stage: Int?, arguments: [Value] = [], _ places: [(Access.Mode, String)],
    _ table: inout PlaceTable
  ) throws {
    let firstArgument = Int32(self.arguments.count)
    for argument in arguments {
      let isText = addArgument(argument)
      #expect(isText)
    }
    let firstAccess = Int32(accesses.count)
    for (mode, text) in places {
      let place = table.intern(try Location(text), in: &self)
      accesses.append(Access(place: place, mode: mode, span: span))
    }
    steps.append(
      Step(
        name: texts.add(name), jar: texts.add("a.jar"), mainClass: nil,
        stage: stage.map(StageID.init), kind: KindID(0),
        arguments: firstArgument..<Int32(self.arguments.count),
        accesses: firstAccess..<Int32(accesses.count), actionOnFailure: .proceed,
        isRetryable: false, origin: Origin(span, .written)))
  }
}

/// The program's tables, and how they are built.
@Suite struct ProgramTests {
  @Test func textsAreInOneRow() {
    var pool = TextPool()
    let ids = ["", "a", "ü\n", "a"].map { pool.add($0) }
    #expect(ids.map { pool[$0] } == ["", "a", "ü\n", "a"])
    #expect(pool.withAllBytes { Array($0) } == Array("aü\na".utf8))
    let last = pool.add(bytes: [0x62])
    #expect(last == TextID(start: 5, count: 1))
    #expect(pool[TextID(start: 4, count: 100)] == "ab", "a range beyond the end is cut")
    #expect(pool.withBytes(.empty) { $0.count } == 0)
  }

  /// Spellings of one folder are one place, in a table and in one that is made of a program.
  @Test func placesAreFolders() throws {
    var program = Program(name: "p")
    var table = PlaceTable()
    let spellings = ["s3://b/x", "s3a://b/x/", "s3n://b//x/"]
    let ids = try spellings.map { table.intern(try Location($0), in: &program) }
    #expect(Set(ids) == [PlaceID(0)] && program.places.count == 1)
    #expect(program.placeText(PlaceID(0)) == "s3://b/x/" && program.isDurable(PlaceID(0)))
    let cluster = table.intern(try Location("hdfs:///x"), in: &program)
    #expect(cluster == PlaceID(1) && !program.isDurable(cluster))
    var again = PlaceTable(of: program)
    let same = again.intern(try Location("hdfs:///x/"), in: &program)
    #expect(same == cluster)
    var other = Program(name: "q")
    var others = PlaceTable()
    let copied = others.intern(cluster, of: program, in: &other)
    #expect(copied == PlaceID(0))
    #expect(other.placeText(PlaceID(0)) == "hdfs:///x/" && !other.isDurable(PlaceID(0)))
  }

  @Test func stagesAreFoundByNumberAndName() {
    var program = Program(name: "p")
    program.stages = [
      Stage(name: "a", status: .selected, span: span),
      Stage(name: "b", status: .skipped, partOf: StageID(0), span: span),
    ]
    #expect(program.stageID(named: "b") == StageID(1) && program.stageID(named: "c") == nil)
    #expect(program.stage(StageID(0))?.name == "a" && program.stage(StageID(2)) == nil)
    #expect(program.isSelected(StageID(0)) && !program.isSelected(StageID(1)))
    #expect(!program.isSelected(StageID(-1)) && StageID(0) < StageID(1))
  }

  @Test func stepsHaveTheirRanges() throws {
    var program = Program(name: "p")
    var table = PlaceTable()
    try program.add("A", stage: 0, arguments: [.string("x")], [(.read, "s3://b/in/")], &table)
    try program.add(
      "B", stage: nil, arguments: [.int(1), .bool(false)],
      [
        (.read, "s3://b/x/"), (.delete, "s3://b/x/"), (.delete, "s3://b/y/"), (.write, "s3://b/z/"),
      ],
      &table)
    let texts = program.steps.map { program.arguments(of: $0).map { program.text($0.text) } }
    #expect(texts == [["x"], ["1", "false"]])
    #expect(program.steps.map { program.accesses(of: $0).count } == [1, 4])
    #expect(
      program.steps.map { program.movedFrom($0).map(program.placeText) } == [[], ["s3://b/x/"]])
    #expect(program.steps.allSatisfy { program.extras(of: $0) == nil })
  }

  @Test func secretsAreKeptApart() throws {
    var program = Program(name: "p")
    let secret = Secret(.string("hush"), reference: "c.yml#/p")
    let isText = program.addArgument(.secret(secret))
    #expect(isText)
    let argument = try #require(program.arguments.first)
    #expect(argument.secret == 0 && !program.text(argument.text).contains("hush"))
    #expect(program.text(argument.text).contains("c.yml#/p"))
    let areTexts = [Value.null, .list([])].map { program.addArgument($0) }
    #expect(areTexts == [false, false])
    #expect(program.arguments.count == 1 && program.secrets.count == 1)
  }

  @Test(
    arguments: [
      (.string("a b"), "a b"), (.bool(true), "true"), (.int(-3), "-3"),
      (.uint(.max), "18446744073709551615"),
      (.number("1.0"), "1.0"), (.double(2), "2"), (.double(0.5), "0.5"), (.double(.infinity), nil),
      (.double(.nan), nil), (.bytes([0x61]), "a"), (.bytes([0xFF]), nil), (.null, nil),
      (.optional(nil), nil), (.optional(.int(1)), "1"), (.list([.int(1)]), nil),
      (.map(ValueMap()), nil),
    ] as [(Value, String?)])
  func argumentsAreTexts(_ value: Value, _ text: String?) { #expect(value.argumentText == text) }

  @Test(
    arguments: [
      (0, "0"), (-0.0, "0"), (1e-5, "0.00001"), (-1.5e-7, "-0.00000015"),
      (1e21, "1000000000000000000000"),
      (1.25e20, "125000000000000000000"), (123.456, "123.456"),
      (1e300, "1" + String(repeating: "0", count: 300)),
      (-2.5, "-2.5"), (1e-300, "0." + String(repeating: "0", count: 299) + "1"),
    ] as [(Double, String)])
  func numbersHaveNoExponent(_ number: Double, _ text: String) {
    #expect(number.plainDecimal == text)
  }

  @Test func actionsAreThoseOfEMR() {
    #expect(
      Step.ActionOnFailure.names == [
        "TERMINATE_JOB_FLOW", "TERMINATE_CLUSTER", "CANCEL_AND_WAIT", "CONTINUE",
      ])
    for name in Step.ActionOnFailure.names {
      #expect(Step.ActionOnFailure(named: name)?.rawValue == name)
    }
    for name in ["UNDECIDED", "continue", ""] { #expect(Step.ActionOnFailure(named: name) == nil) }
  }

  /// Two steps are apart where both write, or both take, different parts of one place.
  @Test(
    arguments: [
      (Access.Mode.write, Access.Mode.write, [1], [2], true), (.read, .delete, [1], [2], true),
      (.read, .read, [1], [2], true), (.write, .read, [1], [2], false),
      (.write, .write, [1], [1], false),
      (.write, .write, [1, 0], [0, 2], true), (.write, .write, [1, 0], [1, 2], false),
      (.write, .write, nil, [2], false),
    ] as [(Access.Mode, Access.Mode, [UInt64]?, [UInt64], Bool)])
  func partsAreApart(
    _ one: Access.Mode, _ other: Access.Mode, _ values: [UInt64]?, _ others: [UInt64],
    _ areApart: Bool
  ) {
    let part = { (values: [UInt64]) in Access.Part(kind: KindID(0), values: values) }
    let first = Access(place: PlaceID(0), mode: one, part: values.map(part), span: span)
    let second = Access(place: PlaceID(0), mode: other, part: part(others), span: span)
    #expect(first.isApart(from: second) == areApart && second.isApart(from: first) == areApart)
    var elsewhere = second
    elsewhere.place = PlaceID(1)
    #expect(!first.isApart(from: elsewhere), "of another place nothing is known")
    var alien = second
    alien.part?.kind = KindID(1)
    #expect(!first.isApart(from: alien))
  }

  @Test(
    arguments: [
      (nil, 1), (.int(4), 4), (.string("3"), 3), (.null, 1), (.string("many"), 1),
    ] as [(Value?, Int)])
  func concurrencyIsWhatTheJobFlowSays(_ level: Value?, _ count: Int) {
    var cluster = Cluster()
    if let level {
      let value = SpannedValue(.scalar(level), span: span)
      cluster.jobFlow = SpannedValue(
        .map([SpannedValue.Entry(key: "StepConcurrencyLevel", value: value)]), span: span)
    }
    #expect(cluster.stepConcurrency == count)
  }

  @Test func aDatasetIsWhereItIsPlaced() throws {
    var program = Program(name: "p")
    var table = PlaceTable()
    var dataset = Dataset(name: "d", span: span)
    #expect(dataset.locations == nil && dataset.value == nil && dataset.onlyHome == nil)
    let homes = try ["s3://b/x", "s3://b/y"].map {
      ($0, table.intern(try Location($0), in: &program))
    }
    dataset.place(at: Array(homes.prefix(1)), isList: false)
    #expect(
      dataset.onlyHome?.location == "s3://b/x" && dataset.value?.equals(.string("s3://b/x")) == true
    )
    dataset.place(at: homes, isList: true)
    #expect(dataset.onlyHome == nil && dataset.places.count == 2)
    #expect(dataset.value?.equals(.list([.string("s3://b/x"), .string("s3://b/y")])) == true)
    dataset.place(at: [], isList: true)
    #expect(dataset.value?.equals(.list([])) == true)
  }

  // MARK: The text form

  @Test func theTextFormSaysEverything() throws {
    var program = Program(name: "p")
    var table = PlaceTable()
    program.cluster.region = "eu-west-1"
    program.cluster.isPersistent = true
    program.cluster.isEncrypted = true
    program.cluster.reusedID = "j-1"
    program.cluster.release = "6.15.0"
    program.cluster.jobFlow = SpannedValue(
      value: .map(ValueMap(["Name": .string("n")])), span: span)
    program.facts = [
      FactRecord(question: .isEmpty(location: "s3://b/x/"), answer: .bool(true), isAssumed: true)
    ]
    program.kinds = [Kind(name: "copy", applications: [])]
    program.stages = [
      Stage(name: "a", status: .selected, span: span),
      Stage(name: "b", status: .skipped, partOf: StageID(0), span: span),
    ]
    program.lets = ["z": .int(1), "y": .string("t")]
    program.datasets = [Dataset(name: "d", span: span)]
    try program.add(
      "A", stage: 0,
      arguments: [.string("x"), .secret(Secret(.string("hush"), reference: "c#/p"))],
      [(.read, "s3://b/x")], &table)
    program.steps[0].mainClass = program.texts.add("a.B")
    program.steps[0].timeoutSeconds = 60
    program.steps[0].isRetryable = true
    program.steps[0].extras = 0
    program.stepExtras = [
      StepExtras(
        properties: SpannedValue(value: .map(ValueMap(["k": .string("v")])), span: span),
        monitoring: nil
      )
    ]
    program.stepOrders = [
      StepOrder(step: program.steps[0].name, after: [.init(text: "Z", span: span)])
    ]
    program.doneSteps = [
      DoneStep(
        name: "D", stage: nil, before: 1,
        accesses: [Access(place: PlaceID(0), mode: .write, span: span)])
    ]
    program.wouldBe = [
      WouldBeStage(
        stage: StageID(1),
        accesses: [.init(mode: .delete, place: PlaceID(0), datasets: [], span: span)],
        doubt: .init(reason: "r", span: nil))
    ]
    program.resumePoints = [
      ResumePoint(stage: StageID(0), obstacle: .lostData("d")),
      ResumePoint(stage: StageID(1), obstacle: nil),
    ]
    let text = program.dump()
    #expect(
      text == """
        program p
        cluster eu-west-1 persistent encrypted reuses j-1 release 6.15.0
        job-flow {"Name":"n"}
        fact `s3://b/x/` is empty (assumed)
        stage a selected
        stage b skipped part-of a
        let y "t"
        let z 1
        dataset d absent
        step 0 [a] copy "A" CONTINUE retry written
          jar a.jar
          main-class a.B
          arg x
          arg {{secret: c#/p}}
          timeout 60s
          properties {"k":"v"}
          read s3://b/x/
          after Z
        done "D" [cluster] before 1 write s3://b/x/
        would b delete s3://b/x/
        would b unknown: r
        resume a no: lost-data d
        resume b yes

        """)
    #expect(program.dump(revealingSecrets: true).contains("  arg hush\n"))
  }

  @Test func anEmptyProgramHasATextToo() {
    #expect(Program(name: "p").dump() == "program p\ncluster  transient\n")
  }
}
