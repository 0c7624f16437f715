import Compiler
import Diagnostics
import SourceText
import TestSupport
import Testing
import Values

/// The files beside a pipeline are found by parsing it, not guessed from its text.
@Suite struct ParsingTests {
  private static func input(_ schema: String, named name: String = "p.yml") -> CompilerInput {
    let text = """
      penstock: v1
      pipeline: t
      inputs: { config: \(schema) }
      stages:
        - stage: a
          steps:
            - { name: "${config.name}", command: { command: [echo, hi] } }
      cluster:
        region: eu-west-1
        job-flow:
          Name: t
          ReleaseLabel: emr-6.15.0
          ServiceRole: EMR_DefaultRole
          JobFlowRole: EMR_EC2_DefaultRole
          Instances:
            InstanceGroups: [{ InstanceRole: MASTER, InstanceType: m5.xlarge, InstanceCount: 1 }]
      """
    return CompilerInput(
      pipeline: SourceFile(name: name, text: Array(text.utf8)),
      files: [
        InputFile(
          role: "config", file: SourceFile(name: "c.yml", text: Array("name: step\n".utf8)))
      ],
      environment: [:], facts: nil,
      options: CompilerOptions(
        runTime: Value.Timestamp(seconds: 0, nanoseconds: 0), utcOffsetSeconds: 0))
  }

  private static func schema(_ name: String, _ text: String) -> SourceFile {
    SourceFile(name: name, text: Array(text.utf8))
  }

  /// The requested files that exist, round by round.
  private func rounds(
    _ input: CompilerInput, _ files: [String: String]
  ) -> (asked: [[FileRequest]], parsed: Parsed) {
    var parsing = Parsing(input)
    var asked: [[FileRequest]] = []
    while true {
      switch parsing.next() {
      case .done(let parsed): return (asked, parsed)
      case .needs(let requests):
        asked.append(requests)
        for request in requests {
          guard case .schema(let path) = request, let text = files[path] else {
            parsing.learn(request, [])
            continue
          }
          parsing.learn(request, [Self.schema(path, text)])
        }
      }
    }
  }

  static let spellings = [
    "{ schema: s.schema.json }", "{ \"schema\": \"s.schema.json\" }", "{ schema : s.schema.json }",
    "{ schema: &x s.schema.json }", "{ schema: 's.schema.json' }", "{ ? schema : s.schema.json }",
    "{\n    schema:\n      s.schema.json\n  }", "{ schema: \"s.schema\\x2ejson\" }",
  ]

  @Test(arguments: spellings) func findsASchemaHoweverItIsWritten(_ spelling: String) {
    let object =
      #"{"type": "object", "required": ["name"], "#
      + #""properties": {"name": {"$ref" : "t.schema.json"}}}"#
    let files = ["s.schema.json": object, "t.schema.json": #"{"type": "string"}"#]
    let (asked, parsed) = rounds(Self.input(spelling), files)
    #expect(
      asked == [
        [.stepKinds, .schema(path: "s.schema.json")], [.schema(path: "t.schema.json")],
      ])
    let result = Compiler.compile(parsed)
    #expect(result.exitStatus == .success, "\(result.diagnostics.map(\.message))")
    #expect(Set(parsed.input.schemas.keys) == ["s.schema.json", "t.schema.json"])
  }

  static let places = [
    ("s.json", "t.json", "t.json"), ("./s.json", "t.json", "t.json"),
    ("schemas/s.json", "t.json", "schemas/t.json"), ("schemas/s.json", "../t.json", "t.json"),
    ("../schemas/s.json", "t.json", "../schemas/t.json"),
    ("../schemas/s.json", "../other/t.json", "../other/t.json"),
    ("s.json", "../t.json", "../t.json"),
  ]

  @Test(arguments: places) func followsReferencesFromWhereTheyAre(
    _ place: (path: String, reference: String, target: String)
  ) {
    let object =
      "{\"type\": \"object\", \"required\": [\"name\"], \"properties\": {\"name\": "
      + "{\"$ref\": \"\(place.reference)\"}}}"
    let files = [place.path: object, place.target: #"{"type": "string"}"#]
    let (asked, parsed) = rounds(Self.input("{ schema: \(place.path) }"), files)
    #expect(asked.last == [.schema(path: place.target)])
    let result = Compiler.compile(parsed)
    #expect(result.exitStatus == .success, "\(result.diagnostics.map(\.message))")
  }

  /// A missing file is reported at its place, once, and asked for once.
  @Test func missesWhatIsNotThere() {
    let (asked, parsed) = rounds(Self.input("{ schema: s.json }"), [:])
    #expect(asked == [[.stepKinds, .schema(path: "s.json")]])
    #expect(errors(parsed) == [.schemaUnknown])
    let object = #"{"properties": {"name": {"$ref": "t.json"}}}"#
    let (more, other) = rounds(Self.input("{ schema: s.json }"), ["s.json": object])
    #expect(more.count == 2)
    #expect(errors(other) == [.schemaNotFound])
  }

  private func errors(_ parsed: Parsed) -> [DiagnosticCode] {
    Compiler.compile(parsed).diagnostics.filter { $0.severity == .error }.map(\.code)
  }

  @Test func aBuiltInPipelineTakesNothingFromBesideIt() {
    #expect(rounds(Self.input("{ schema: s.json }", named: "<stdin>"), [:]).asked.isEmpty)
  }
}
