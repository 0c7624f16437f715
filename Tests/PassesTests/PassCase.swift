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
  var program = Program(name: "case")
  private var places = PlaceTable()

  static let span = Span(SourceID(index: 0), 0..<0)

  init() {
    program.stages = [Stage(name: "work", status: .selected, span: Self.span)]
    program.kinds = [Kind(name: "copy", applications: [], encryptedArguments: [])]
  }

  /// Adds a step that does this to data.
  mutating func step(
    _ name: String, arguments: [String] = [], _ accesses: (Access.Mode, String)...,
    part: UInt64 = 0, onFailure action: Step.ActionOnFailure = .undecided
  ) {
    let firstArgument = Int32(program.arguments.count)
    for argument in arguments { program.addArgument(.string(argument)) }
    let firstAccess = Int32(program.accesses.count)
    for (mode, text) in accesses {
      guard let location = try? Location(text) else {
        Issue.record("\(text) isn't a location")
        continue
      }
      let place = places.intern(location, in: &program)
      program.accesses.append(
        Access(place: place, mode: mode, part: mode == .write ? part : 0, span: Self.span))
    }
    program.steps.append(
      Step(
        name: program.texts.add(name), jar: program.texts.add("command-runner.jar"),
        mainClass: nil, stage: StageID(0), kind: KindID(0),
        arguments: firstArgument..<Int32(program.arguments.count),
        accesses: firstAccess..<Int32(program.accesses.count), actionOnFailure: action,
        isRetryable: false, origin: Origin(Self.span, .written)))
  }

  /// What the pass of a name reports.
  mutating func run(_ pass: String, persistent: Bool = false) throws -> Report {
    var diagnostics: [Diagnostic] = []
    let tree = try #require(
      YAMLReader.read(
        SourceFile(name: "case", text: Array("stages: [{ stage: work }]".utf8)),
        source: SourceID(index: 0), rules: .core, into: &diagnostics))
    let pipeline = PipelineDecl(tree, into: &diagnostics)
    var options = RunOptions(runTime: Value.Timestamp(seconds: 0, nanoseconds: 0))
    options.isPersistent = persistent
    let context = Context(
      pipeline: pipeline, kinds: [], uses: DataUses(pipeline, kinds: []), options: options,
      facts: FactOracle(facts: Facts(answers: [:]), runID: "run"), base: Scope(), inputTrees: [:])
    var report = Report()
    let body = try #require(Pass.standard.first { $0.name == pass }?.body)
    body(&program, context, &report)
    return report
  }

  /// The codes of what the pass reports.
  mutating func codes(_ pass: String, persistent: Bool = false) throws -> [DiagnosticCode] {
    try run(pass, persistent: persistent).diagnostics.map(\.code)
  }

  var argumentTexts: [[String]] {
    program.steps.map { program.arguments(of: $0).map { program.text($0.text) } }
  }
}
