import Documents
import Diagnostics
import Locations
import Passes
import PipelineIR
import PipelineSyntax
import PlanFormat
import SourceText
import Testing
import Values
import YAMLSyntax

/// A program made by hand, and one pass run on it.
struct PassCase {
  var program: Program
  private let pipeline: PipelineDecl
  private var places = PlaceTable()
  var options = RunOptions(runTime: Value.Timestamp(seconds: 0, nanoseconds: 0))

  static let span = Span(SourceID(index: 0), 0..<0)

  /// A pipeline's stages and datasets: the stages run, and the datasets are where they are said to
  /// be.
  init(_ text: String = "stages: [{ stage: work }]") throws {
    var diagnostics: [Diagnostic] = []
    let tree = try #require(
      YAMLReader.read(
        SourceFile(name: "case", text: Array(text.utf8)), source: SourceID(index: 0),
        rules: .core, into: &diagnostics))
    pipeline = PipelineDecl(tree, into: &diagnostics)
    program = Program(name: "case")
    program.stages = pipeline.stages.map {
      Stage(name: $0.name.value, status: .selected, span: Self.span)
    }
    program.kinds = ["copy", "merge"].map { Kind(name: $0, applications: []) }
    for declaration in pipeline.datasets {
      var dataset = Dataset(name: declaration.name.value, span: Self.span)
      dataset.mustBeRead = declaration.mustBeRead.map { tree.string($0) == "true" } ?? false
      let location = try #require(declaration.at.map { tree.string($0) })
      let home = try #require(place(location))
      dataset.place(at: [(location, home)], isList: false)
      program.datasets.append(dataset)
    }
  }

  /// Adds a step that does this to data.
  mutating func step(
    _ name: String, in stage: Int = 0, arguments: [String] = [],
    _ accesses: (Access.Mode, String)..., part: UInt64? = nil, kind: Int = 0,
    onFailure action: Step.ActionOnFailure = .undecided, after: [String] = []
  ) {
    let firstArgument = Int32(program.arguments.count)
    for argument in arguments { _ = program.addArgument(.string(argument)) }
    let firstAccess = Int32(program.accesses.count)
    program.accesses += self.accesses(
      accesses, part.map { .init(kind: KindID(kind), values: [$0]) })
    program.steps.append(
      Step(
        name: program.texts.add(name), jar: program.texts.add("command-runner.jar"),
        mainClass: nil, stage: StageID(stage), kind: KindID(kind),
        arguments: firstArgument..<Int32(program.arguments.count),
        accesses: firstAccess..<Int32(program.accesses.count), actionOnFailure: action,
        isRetryable: false, origin: Origin(Self.span, .written)))
    if !after.isEmpty {
      program.stepOrders.append(
        StepOrder(
          step: program.steps[program.steps.count - 1].name,
          after: after.map { StepOrder.Name(text: $0, span: Self.span) }))
    }
  }

  /// Adds a step that is skipped because it is done.
  mutating func done(_ name: String, in stage: Int = 0, _ accesses: (Access.Mode, String)...) {
    program.doneSteps.append(
      DoneStep(
        name: name, stage: StageID(stage), before: program.steps.count,
        accesses: self.accesses(accesses, nil)))
  }

  /// Leaves a stage out, which would do this to datasets.
  mutating func skip(
    _ stage: Int, _ accesses: (Access.Mode, String)..., doubt: String? = nil
  ) {
    program.stages[stage].status = .skipped
    let would = self.accesses(accesses, nil).map { access in
      WouldBeStage.Access(
        mode: access.mode, place: access.place,
        datasets: program.datasets.indices.filter {
          program.datasets[$0].places.contains(access.place)
        }, span: Self.span)
    }
    program.wouldBe.append(
      WouldBeStage(
        stage: StageID(stage), accesses: would,
        doubt: doubt.map { WouldBeStage.Doubt(reason: $0, span: nil) }))
  }

  private mutating func accesses(
    _ accesses: [(Access.Mode, String)], _ part: Access.Part?
  ) -> [Access] {
    accesses.compactMap { mode, location in
      place(location).map { Access(place: $0, mode: mode, part: part, span: Self.span) }
    }
  }

  private mutating func place(_ text: String) -> PlaceID? {
    guard let location = try? Location(text) else {
      Issue.record("\(text) isn't a location")
      return nil
    }
    return places.intern(location, in: &program)
  }

  /// Sets how many steps EMR runs at the same time.
  mutating func runAtOnce(_ count: Int64) {
    program.cluster.jobFlow = SpannedValue(
      .map([
        SpannedValue.Entry(
          key: "StepConcurrencyLevel", value: SpannedValue(.scalar(.int(count)), span: Self.span))
      ]), span: Self.span)
  }

  /// What the pass with a name reports.
  mutating func run(_ pass: String, persistent: Bool = false) throws -> Report {
    var options = options
    options.isPersistent = persistent
    let context = Context(
      pipeline: pipeline, kinds: [], options: options,
      facts: FactOracle(facts: Facts(answers: [:]), runID: "run"), base: Scope(), inputTrees: [:])
    var report = Report()
    let body = try #require(Pass.standard.first { $0.name == pass }?.body)
    #expect(program.brokenInvariants == [], "before \(pass)")
    body(&program, context, &report)
    if report.diagnostics.allSatisfy({ $0.severity != .error }) {
      #expect(program.brokenInvariants == [], "after \(pass)")
    }
    return report
  }

  /// The codes that the pass reports.
  mutating func codes(_ pass: String, persistent: Bool = false) throws -> [DiagnosticCode] {
    try run(pass, persistent: persistent).diagnostics.map(\.code)
  }

  var argumentTexts: [[String]] {
    program.steps.map { program.arguments(of: $0).map { program.text($0.text) } }
  }
}
