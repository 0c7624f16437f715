import PipelineIR
import SourceText
import Testing
import Values

/// Each invariant of a program is found out when it is broken, and nothing else is.
@Suite struct InvariantTests {
  private static let text = """
    datasets: { raw: { at: "s3://b/raw/" }, good: { at: "s3://b/good/" } }
    stages: [{ stage: one }, { stage: two, part-of: one }, { stage: three }]
    """

  private static func sound() throws -> Program {
    var made = try PassCase(text)
    made.step(
      "One", in: 0, arguments: ["--x", "1"], (.read, "s3://b/raw/"), part: 7, onFailure: .proceed)
    made.step(
      "Two", in: 2, arguments: ["2"], (.write, "s3://b/good/"), onFailure: .proceed,
      after: ["One"])
    _ = made.program.addArgument(.secret(Secret(.string("hunter2"), reference: "c.yml#/p")))
    made.done("Zero", in: 0, (.write, "s3://b/raw/"))
    made.program.stages[1].partOf = StageID(0)
    made.program.stages.append(Stage(name: "four", status: .skipped, span: PassCase.span))
    made.program.wouldBe = [
      WouldBeStage(
        stage: StageID(3),
        accesses: [.init(mode: .read, place: PlaceID(0), datasets: [0], span: PassCase.span)],
        doubt: nil)
    ]
    for stage in made.program.stages {
      made.program.selection[stage.name] = .bool(stage.status == .selected)
    }
    made.program.data = ValueMap(["raw": .string("s3://b/raw/"), "good": .string("s3://b/good/")])
    made.program.resumePoints = [
      ResumePoint(stage: StageID(0), obstacle: .isFirst),
      ResumePoint(stage: StageID(2), obstacle: nil),
    ]
    made.program.stepLogs = [StepLog(step: made.program.steps[0].name, location: "s3://b/l")]
    made.program.stepExtras = [StepExtras(properties: nil, monitoring: nil)]
    made.program.steps[0].extras = 0
    return made.program
  }

  @Test func aSoundProgramHasNone() throws {
    #expect(try Self.sound().brokenInvariants == [])
    #expect(Program(name: "").brokenInvariants == [])
  }

  /// A way to break a program, and what is said of it.
  struct Break: Sendable, CustomTestStringConvertible {
    var problem: String
    var apply: @Sendable (inout Program) -> Void
    var testDescription: String { problem }

    init(_ problem: String, _ apply: @escaping @Sendable (inout Program) -> Void) {
      self.problem = problem
      self.apply = apply
    }
  }

  private static let beyond = TextID(start: 1_000_000, count: 1)

  private static let ofStages = [
    Break("two stages are named `one`") {
      $0.stages[2].name = "one"
      $0.selection["three"] = nil
    },
    Break("two kinds are named `copy`") { $0.kinds[1].name = "copy" },
    Break("stage `two` is part of one that isn't above it") { $0.stages[1].partOf = StageID(2) },
    Break("stage `two` runs without the one that it is part of") {
      $0.stages[0].status = .notApplicable
    },
    Break("expressions see something else of stage `one` than its status") {
      $0.selection["one"] = .bool(false)
    },
  ]

  private static let ofData = [
    Break("the text of place 0 is beyond the pool") {
      $0.places[0].text = beyond
    },
    Break("two places are named `s3://b/good/`") { $0.places.append($0.places[1]) },
    Break("two datasets are named `raw`") {
      $0.datasets[1].name = "raw"
      $0.data = ValueMap()
    },
    Break("dataset `raw` isn't a list, and has several places") {
      let home = (location: "s3://b/raw/", place: PlaceID(0))
      $0.datasets[0].place(at: [home, home], isList: false)
    },
    Break("dataset `raw` isn't at the place of `s3://b/raw/`") {
      $0.datasets[0].place(at: [("s3://b/raw/", PlaceID(1))], isList: false)
    },
    Break("dataset `raw` isn't at the place of `s3://b/raw/`") {
      $0.datasets[0].place(at: [("s3://b/raw/", PlaceID(99))], isList: false)
    },
    Break("expressions see dataset `raw` at another place") { $0.data["raw"] = .string("s3://x/") },
    Break("expressions see dataset `raw` at another place") { $0.data["raw"] = nil },
  ]

  private static let ofSteps = [
    Break("step 1 has arguments beyond the table") { $0.steps[1].arguments = 2..<99 },
    Break("step 1 shares arguments with another one") { $0.steps[1].arguments = 1..<3 },
    Break("step 1 has accesses beyond the table") { $0.steps[1].accesses = 1..<99 },
    Break("step 1 shares accesses with another one") { $0.steps[1].accesses = 0..<2 },
    Break("the text of step 0's jar is beyond the pool") { $0.steps[0].jar = beyond },
    Break("the text of step 0's class is beyond the pool") { $0.steps[0].mainClass = beyond },
    Break("step 0 is of a kind that there isn't") { $0.steps[0].kind = KindID(9) },
    Break("step 0 is of a stage that doesn't run") { $0.steps[0].stage = StageID(9) },
    Break("step 1 is of a stage that doesn't run") { $0.steps[1].stage = StageID(3) },
    Break("step 1 is of a stage above the last one's") {
      $0.steps[0].stage = StageID(2)
      $0.steps[1].stage = StageID(0)
    },
    Break("step 0 is cancelled before it starts") { $0.steps[0].timeoutSeconds = -1 },
    Break("step 0 has members that there aren't") { $0.steps[0].extras = 1 },
    Break("step 1 shares members with another one") { $0.steps[1].extras = 0 },
    Break("the text of argument 0 is beyond the pool") { $0.arguments[0].text = beyond },
    Break("argument 0 is a secret that there isn't") { $0.arguments[0].secret = 9 },
    Break("argument 0 isn't what stands for its secret") { $0.arguments[0].secret = 0 },
    Break("access 0 of the program is to a place that there isn't") {
      $0.accesses[0].place = PlaceID(9)
    },
    Break("access 0 of the program has a part of a kind that there isn't") {
      $0.accesses[0].part = .init(kind: KindID(9), values: [1])
    },
    Break("access 0 of the program has a part that nothing says which") {
      $0.accesses[0].part = .init(kind: KindID(0), values: [0])
    },
    Break("`Gone`, which waits for others, isn't a step") {
      $0.stepOrders[0].step = $0.texts.add("Gone")
    },
    Break("`Two` waits for no step") { $0.stepOrders[0].after = [] },
    Break("`Gone`, which leaves a log, isn't a step") {
      $0.stepLogs[0].step = $0.texts.add("Gone")
    },
  ]

  private static let ofRun = [
    Break("a cluster is taken that ends with the run") { $0.cluster.reusedID = "j-1" },
    Break("two steps are named `One`") { $0.steps[1].name = $0.steps[0].name },
    Break("whether a stage runs is undecided") {
      $0.stages.append(Stage(name: "five", span: PassCase.span))
    },
    Break("stage 3 is resumed and doesn't run") { $0.resumePoints[1].stage = StageID(3) },
    Break("stage 0 is resumed out of its order") { $0.resumePoints.reverse() },
    Break("done step `Zero` is out of its order") { $0.doneSteps[0].before = 9 },
    Break("done step `Zero` is of a stage that doesn't run") {
      $0.doneSteps[0].stage = StageID(3)
    },
    Break("access 0 of done step `Zero` is to a place that there isn't") {
      $0.doneSteps[0].accesses[0].place = PlaceID(9)
    },
    Break("stage 0 would do something, and isn't left out") { $0.wouldBe[0].stage = StageID(0) },
    Break("stage 3 is out of its order") { $0.wouldBe.append($0.wouldBe[0]) },
    Break("stage 3 would touch data that there isn't") {
      $0.wouldBe[0].accesses[0].datasets = [9]
    },
  ]

  @Test(arguments: ofStages + ofData + ofSteps + ofRun)
  func isFound(_ broken: Break) throws {
    var program = try Self.sound()
    broken.apply(&program)
    #expect(program.brokenInvariants.contains(broken.problem), "\(program.brokenInvariants)")
  }
}
