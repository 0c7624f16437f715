import Compiler
import Diagnostics
import Passes
import SourceText
import TestSupport
import Testing
import Values

/// Datasets inside one another, in users' pipelines.
@Suite struct OverlapTests {
  /// A place for each dataset of a pipeline that moves logs in, works on them and archives them.
  /// Marks: 1️⃣ where the diagnostic is to be, 2️⃣ the other place of it.
  struct Layout: Sendable, CustomTestStringConvertible {
    var title: String
    var incoming = "s3://acme-in/logs/"
    var more = "s3://acme-in/other/"
    var processing = "s3://acme/processing/"
    var archive = "s3://acme-old/raw/"
    var good = "s3://acme/good/"
    var bad = "s3://acme/bad/"
    var goodArchive = "s3://acme-old/good/"
    var typed = "s3://acme/typed/"
    var typedArchive = "s3://acme-old/typed/"
    var log = "s3://acme/emr-logs/"

    var testDescription: String { title }

    /// The places by name, with their marks.
    var places: [(name: String, text: String)] {
      [
        ("incoming", incoming), ("more", more), ("processing", processing), ("archive", archive),
        ("good", good), ("bad", bad), ("good_archive", goodArchive), ("typed", typed),
        ("typed_archive", typedArchive), ("log", log),
      ]
    }
  }

  /// The layouts that EmrEtlRunner's users had, in all three spellings.
  static let layouts: [Layout] = ["s3", "s3a", "s3n"].flatMap { scheme in
    [
      Layout(
        title: "archive in incoming", incoming: "2️⃣s3://acme-in/logs/",
        archive: "1️⃣\(scheme)://acme-in/logs/archive/"),
      Layout(
        title: "processing in incoming", more: "2️⃣s3://acme-in/other/",
        processing: "1️⃣\(scheme)://acme-in/other/processing"),
      Layout(
        title: "archive is good", good: "2️⃣s3://acme/good/",
        goodArchive: "1️⃣\(scheme)://acme/good"),
      Layout(
        title: "archive in good", good: "2️⃣s3://acme/good/",
        goodArchive: "1️⃣\(scheme)://acme/good/archive/"),
      Layout(
        title: "bad in good", good: "2️⃣s3://acme/good/", bad: "1️⃣\(scheme)://acme//good/bad/"),
      Layout(
        title: "archives are one", goodArchive: "2️⃣s3://acme-old/one/",
        typedArchive: "1️⃣\(scheme)://acme-old/one/"),
      Layout(
        title: "logs in processing", processing: "2️⃣s3://acme/processing/",
        log: "1️⃣\(scheme)://acme/processing/logs/"),
      Layout(
        title: "incoming twice", incoming: "2️⃣s3://acme-in/logs/",
        more: "1️⃣\(scheme)://acme-in/logs/*"),
      Layout(
        title: "good is typed", good: "2️⃣s3://acme/one/", typed: "1️⃣\(scheme)://acme/one/"),
    ]
  }

  private static func pipeline(_ place: (String) -> String, inputs: String) -> String {
    """
    penstock: v1
    pipeline: own
    \(inputs)
    datasets:
      incoming:
        at:
          - \(place("incoming"))
          - \(place("more"))
      processing: { at: \(place("processing")), must-be-read: true }
      archive: { at: \(place("archive")) }
      good: { at: \(place("good")) }
      bad: { at: \(place("bad")) }
      good_archive: { at: \(place("good_archive")) }
      typed: { at: \(place("typed")) }
      typed_archive: { at: \(place("typed_archive")) }
    stages:
      - stage: take
        requires: [{ empty: processing }, { data: incoming }]
        steps:
          - name: Take ${index}
            each: { from: "${data.incoming}" }
            s3-dist-cp: { src: "${from}", dest: processing, srcPattern: ".*-${index}.*", deleteOnSuccess: true }
      - stage: work
        requires: [{ empty: good }, { empty: typed }]
        steps:
          - name: Work
            command: { command: [work] }
            reads: [processing]
            writes: [good, bad]
          - { name: Type, command: { command: [type] }, reads: [good], writes: [typed] }
      - stage: keep
        steps:
          - { name: Keep raw, s3-dist-cp: { src: processing, dest: archive, deleteOnSuccess: true } }
          - { name: Keep good, s3-dist-cp: { src: good, dest: good_archive, deleteOnSuccess: true } }
          - { name: Keep typed, s3-dist-cp: { src: typed, dest: typed_archive, deleteOnSuccess: true } }
    cluster:
      region: eu-west-1
      job-flow:
        Name: own
        LogUri: \(place("log"))
        ReleaseLabel: emr-6.15.0
        ServiceRole: EMR_DefaultRole
        JobFlowRole: EMR_EC2_DefaultRole
        Instances:
          InstanceGroups: [{ InstanceRole: MASTER, InstanceType: m5.xlarge, InstanceCount: 1 }]
    """
  }

  private static func compile(
    _ pipeline: SourceFile, config: SourceFile? = nil,
    _ change: (inout CompilerOptions) -> Void = { _ in }
  ) -> [Diagnostic] {
    var options = CompilerOptions(
      runTime: Value.Timestamp(seconds: 1_772_323_200, nanoseconds: 0), utcOffsetSeconds: 0)
    change(&options)
    let schema = SourceFile(
      name: "c.schema.json", text: Array(#"{"additionalProperties": {"type": "string"}}"#.utf8))
    return Compiler.compile(
      CompilerInput(
        pipeline: pipeline, files: config.map { [InputFile(role: "config", file: $0)] } ?? [],
        schemas: ["./c.schema.json": schema], environment: [:], facts: nil, options: options)
    ).diagnostics
  }

  /// Whether there is one error, at both of the user's lines.
  private static func expectOverlap(_ diagnostics: [Diagnostic], in source: MarkedSource) {
    let errors = diagnostics.filter { $0.severity == .error }
    #expect(errors.map(\.code) == [.datasetOverlap], "\(errors)")
    for error in errors {
      #expect(error.span.map { Int($0.start) } == source.offset(1), "\(error.message)")
      #expect(error.notes.first?.span.map { Int($0.start) } == source.offset(2))
      #expect(error.notes.first?.span?.source == error.span?.source)
      #expect(error.hint != nil)
    }
  }

  @Test(arguments: layouts) func isAnErrorAtBothLines(_ layout: Layout) {
    let places = Dictionary(uniqueKeysWithValues: layout.places.map { ($0.name, $0.text) })
    let source = MarkedSource(Self.pipeline({ places[$0] ?? "" }, inputs: ""))
    Self.expectOverlap(Self.compile(source.file), in: source)
    // Whatever the run leaves out, and wherever it resumes.
    Self.expectOverlap(Self.compile(source.file) { $0.skip = ["take", "keep"] }, in: source)
    Self.expectOverlap(Self.compile(source.file) { $0.resumeFrom = "keep" }, in: source)
  }

  @Test(arguments: layouts) func isAnErrorAtBothLinesOfAnInput(_ layout: Layout) {
    let config = MarkedSource(
      layout.places.map { "\($0.name): \($0.text)\n" }.joined(), name: "c.yml")
    let pipeline = Self.pipeline(
      { "'${where.\($0)}'" },
      inputs:
        "inputs: { config: { schema: ./c.schema.json, format: yaml } }\nlet: { where: '${config}' }"
    )
    Self.expectOverlap(
      Self.compile(
        SourceFile(name: "p.yml", text: Array(pipeline.utf8)), config: config.file), in: config)
  }

  @Test func nothingIsWrongWithPlacesApart() {
    let places = Dictionary(uniqueKeysWithValues: Layout(title: "").places)
    let source = MarkedSource(Self.pipeline({ places[$0] ?? "" }, inputs: ""))
    expectDiagnostics(Self.compile(source.file).filter { $0.severity == .error }, in: source, [])
  }

  private static func small(_ datasets: String, _ steps: String) -> MarkedSource {
    MarkedSource(
      """
      penstock: v1
      pipeline: small
      datasets:
        \(datasets)
      stages:
        - stage: work
          steps:
            - \(steps)
      cluster:
        region: eu-west-1
        job-flow:
          Name: small
          ReleaseLabel: emr-6.15.0
          ServiceRole: EMR_DefaultRole
          JobFlowRole: EMR_EC2_DefaultRole
          Instances:
            InstanceGroups: [{ InstanceRole: MASTER, InstanceType: m5.xlarge, InstanceCount: 1 }]
      """)
  }

  private func errors(_ source: MarkedSource) -> [DiagnosticCode] {
    Self.compile(source.file).filter { $0.severity == .error }.map(\.code)
  }

  private let move = "{ name: Move, s3-dist-cp: { src: all, dest: out, deleteOnSuccess: true } }"

  @Test func whatIsMeantIsLeftAlone() {
    let all = "all: { at: s3://acme/all/ }"
    let out = "\n  out: { at: s3://acme-out/ }"
    let nested = "\n  some: { at: s3://acme/all/some/ }\n  part: { at: s3://acme/all/some/part/"
    #expect(errors(Self.small(all + out, move)) == [])
    #expect(
      errors(Self.small(all + out + nested + " }", move))
        == [.datasetOverlap, .datasetOverlap, .datasetOverlap])
    let meant = nested.replacing("some/ }", with: "some/, within: all }")
    #expect(errors(Self.small(all + out + meant + ", within: some }", move)) == [])
    // Two datasets inside the same third one still overlap.
    #expect(errors(Self.small(all + out + meant + ", within: all }", move)) == [.datasetOverlap])
  }

  @Test func whatNobodyEmptiesMayOverlap() {
    let datasets = "all: { at: s3://acme/all/ }\n  out: { at: s3a://acme/all/out/ }"
    let copy = "{ name: Copy, s3-dist-cp: { src: s3://acme-in/x/, dest: out } }"
    #expect(errors(Self.small(datasets, copy)) == [])
  }

  @Test func aDatasetToLieInHasToBeThere() {
    let source = Self.small(
      "all: { at: s3://acme/all/, within: 1️⃣al }\n  out: { at: s3://acme-out/ }", move)
    expectDiagnostics(
      Self.compile(source.file), in: source, [ExpectedDiagnostic(.pipelineUnknownDataset, from: 1)])
  }

  /// The contents of S3 don't matter: nothing is asked.
  @Test func isToldBeforeWhatIsAssumed() {
    let source = Self.small(
      "all: { at: 2️⃣s3://acme/all/ }\n  out: { at: 1️⃣s3://acme/all/out/ }",
      move + "\n    requires: [{ data: all }]")
    Self.expectOverlap(Self.compile(source.file), in: source)
  }
}
