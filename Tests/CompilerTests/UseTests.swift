import Compiler
import Diagnostics
import PlanFormat
import SourceText
import Testing
import Values

/// A pipeline that is split into modules is the same pipeline.
@Suite struct UseTests {
  static func input(
    _ pipeline: String, used: [String: String] = [:], config: [String] = ["bucket: box\nn: 2\n"],
    parameters: [String] = [], settings: [String] = []
  ) -> CompilerInput {
    var input = CompilerInput(
      pipeline: SourceFile(name: "p.yml", text: Array(pipeline.utf8)),
      files: config.enumerated().map { index, text in
        InputFile(
          role: "config", file: SourceFile(name: "c\(index).yml", text: Array(text.utf8)),
          place: Span(SourceID(index: 0), index..<(index + 1)))
      }, environment: [:], facts: nil,
      options: CompilerOptions(
        runTime: Value.Timestamp(seconds: 0, nanoseconds: 0), utcOffsetSeconds: 0))
    for (path, text) in used {
      input.used[path] = SourceFile(name: path, text: Array(text.utf8))
    }
    input.schemas["any.json"] = SourceFile(name: "any.json", text: Array("{}".utf8))
    var line = Array("penstock".utf8)
    func given(_ texts: [String]) -> [Spanned<String>] {
      texts.map { text in
        line += Array(" \(text)".utf8)
        return Spanned(
          text, Span(SourceID(index: 0), (line.count - text.utf8.count)..<line.count))
      }
    }
    input.parameters = given(parameters)
    input.settings = given(settings)
    input.commandLine = SourceFile(name: "<command line>", text: line)
    return input
  }

  /// The job flow; the messages instead if there are errors.
  static func compile(_ input: CompilerInput) -> String {
    let result = Compiler.compile(input)
    guard result.exitStatus == .success else {
      return result.diagnostics.filter { $0.severity == .error }.map(\.message)
        .joined(separator: "\n")
    }
    var bytes: [UInt8] = []
    result.write(.requests, pretty: true) { bytes += $0 }
    return String(decoding: bytes, as: UTF8.self)
  }

  static let cluster = """
    cluster:
      region: eu-west-1
      job-flow:
        Name: t
        ReleaseLabel: emr-6.15.0
        ServiceRole: EMR_DefaultRole
        JobFlowRole: EMR_EC2_DefaultRole
        Instances:
          InstanceGroups:
            - { InstanceRole: MASTER, InstanceType: m5.xlarge, InstanceCount: 1 }
    """

  static func head(_ more: String) -> String {
    "penstock: v1\npipeline: t\ninputs: { config: { schema: any.json } }\n" + more + "\n"
  }

  static let whole =
    head(
      """
      let:
        orders_at: s3://${config.bucket}/orders
        orders_day: ${formatTime(run.time, "%Y-%m-%d")}
        clicks_at: s3://${config.bucket}/clicks
        clicks_day: ${formatTime(run.time, "%Y-%m-%d")}
      datasets:
        orders_raw: { at: "${orders_at}/raw/" }
        orders_mid: { at: "hdfs:///orders/" }
        orders_out: { at: "${orders_at}/out/${orders_day}/", within: orders_raw }
        clicks_raw: { at: "${clicks_at}/raw/" }
        clicks_mid: { at: "hdfs:///clicks/" }
        clicks_out: { at: "${clicks_at}/out/${clicks_day}/", within: clicks_raw }
      stages:
        - stage: orders_take
          requires: [{ data: orders_raw }]
          steps:
            - { name: In orders, s3-dist-cp: { src: orders_raw, dest: orders_mid } }
        - stage: orders_load
          when: ${stages.orders_take}
          steps:
            - name: Load orders ${i}
              each: { i: "${[1, 2]}" }
              spark-submit: { application: "${orders_at}/x.jar", args: ["${data.orders_mid}", "${data['orders_out']}", "${[1].map(day, day)[0] + i}"] }
              reads: [orders_mid]
              writes: ["${data.orders_out}${i}/"]
        - stage: clicks_take
          requires: [{ data: clicks_raw }]
          steps:
            - { name: In clicks, s3-dist-cp: { src: clicks_raw, dest: clicks_mid } }
        - stage: clicks_load
          when: ${stages.clicks_take}
          steps:
            - name: Load clicks ${i}
              each: { i: "${[1, 2]}" }
              spark-submit: { application: "${clicks_at}/x.jar", args: ["${data.clicks_mid}", "${data['clicks_out']}", "${[1].map(day, day)[0] + i}"] }
              reads: [clicks_mid]
              writes: ["${data.clicks_out}${i}/"]

      """) + cluster

  static let module = """
    penstock: v1
    module: table
    params:
      name: { type: string }
      bucket: { type: string }
    let:
      at: s3://${params.bucket}/${params.name}
      day: ${formatTime(run.time, "%Y-%m-%d")}
    datasets:
      raw: { at: "${at}/raw/" }
      mid: { at: "hdfs:///${params.name}/" }
      out: { at: "${at}/out/${day}/", within: raw }
    stages:
      - stage: take
        requires: [{ data: raw }]
        steps:
          - { name: "In ${params.name}", s3-dist-cp: { src: raw, dest: mid } }
      - stage: load
        when: ${stages.take}
        steps:
          - name: Load ${params.name} ${i}
            each: { i: "${[1, 2]}" }
            spark-submit: { application: "${at}/x.jar", args: ["${data.mid}", "${data['out']}", "${[1].map(day, day)[0] + i}"] }
            reads: [mid]
            writes: ["${data.out}${i}/"]
    """

  static let split =
    head(
      """
      use:
        - { file: shared/table.yml, as: orders, with: { name: orders, bucket: "${config.bucket}" } }
        - { file: shared/table.yml, as: clicks, with: { name: clicks, bucket: "${config.bucket}" } }
        - { file: shared/cluster.yml }
      stages:
        - use: orders
        - use: clicks
      """)

  static let used = [
    "shared/table.yml": module,
    "shared/cluster.yml": "penstock: v1\nmodule: cluster\n" + cluster,
  ]

  @Test func aModuleUsedTwiceIsThePipelineWrittenOut() {
    let expected = Self.compile(Self.input(Self.whole))
    #expect(expected.hasPrefix("["))
    #expect(Self.compile(Self.input(Self.split, used: Self.used)) == expected)
  }

  /// Each use of a name that a module declares is its own, and what looks like one isn't.
  @Test func namesAreTheModulesOwnWhereTheyAreNames() {
    let pipeline =
      Self.head(
        """
        use: [{ file: m.yml, as: one }]
        let: { day: monday }
        stages:
          - stage: a
            steps:
              - { name: Outer, command: { command: [echo, "${day}", "${one_day}"] } }
              - use: one

        """) + Self.cluster
    let module = """
      penstock: v1
      module: m
      let: { day: tuesday, word: "day ${day} \\u0024${day}" }
      steps:
        - { name: Inner, command: { command: [echo, day, "${day}", "${word}", "${'day'}", "${{'day': 1}.day}"] } }
      """
    let text = Self.compile(Self.input(pipeline, used: ["m.yml": module]))
    for part in ["\"monday\",", "\"tuesday\",", "\"day\",", "\"day tuesday ${day}\"", "\"1\""] {
      #expect(text.contains(part), "\(part) in \(text)")
    }
  }

  /// A module's parameters have the types that it says, moments too; defaults are its own.
  @Test func parametersAreTyped() {
    let pipeline =
      Self.head(
        """
        params: { first: { type: date, default: 2026-03-01 } }
        use:
          - file: lib/m.yml
            with: { day: "${params.first}", until: 2026-03-02, wait: 1d12h }
        stages:
          - stage: a
            steps: [{ use: m }]

        """) + Self.cluster
    let module = """
      penstock: v1
      module: m
      params:
        day: { type: date }
        until: { type: date }
        wait: { type: duration }
        n: { type: integer, default: 7 }
      steps:
        - { name: S, command: { command: [echo, "${formatTime(params.day, '%d')}", "${params.until - params.day == duration('24h')}", "${params.wait.getHours()}", "${params.n + 1}"] } }
      """
    let text = Self.compile(Self.input(pipeline, used: ["lib/m.yml": module]))
    for part in ["\"01\",", "\"true\",", "\"36\",", "\"8\""] {
      #expect(text.contains(part), "\(part) in \(text)")
    }
  }

  /// A module uses another one by a path from its own folder, and gives on what it was given.
  @Test func modulesUseModules() {
    let pipeline =
      Self.head(
        """
        use: [{ file: a/outer.yml, as: x, with: { v: "${config.bucket}" } }]
        stages: [{ stage: a, steps: [{ use: x }] }]

        """) + Self.cluster
    let outer = """
      penstock: v1
      module: outer
      params: { v: { type: string } }
      use: [{ file: ../b/inner.yml, as: y, with: { w: "${params.v}!" } }]
      steps: [{ use: y }, { name: Outer, command: { command: [echo, "${y_z}"] } }]
      """
    let inner = """
      penstock: v1
      module: inner
      params: { w: { type: string } }
      let: { z: "<${params.w}>" }
      steps: [{ name: Inner, command: { command: [echo, "${z}"] } }]
      """
    let text = Self.compile(
      Self.input(pipeline, used: ["a/outer.yml": outer, "b/inner.yml": inner]))
    #expect(text.split(separator: "<box!>").count == 3, "\(text)")
  }

  /// An error in a module is at its line, with the line of the `use`.
  @Test func errorsHaveBothPlaces() throws {
    let broken = Self.module.replacing("${at}/x.jar", with: "${att}/x.jar")
    let result = Compiler.compile(
      Self.input(
        Self.split, used: Self.used.merging(["shared/table.yml": broken]) { $1 }))
    let error = try #require(result.diagnostics.first { $0.code == .expressionUnknownName })
    let span = try #require(error.span)
    #expect(result.sources[span.source]?.name == "shared/table.yml")
    #expect(result.sources.position(of: span)?.line == 23)
    let note = try #require(error.notes.last?.span)
    #expect(result.sources[note.source]?.name == "p.yml")
  }

  /// An expression whose names were changed keeps the places of its parts.
  @Test func partsOfExpressionsKeepTheirPlaces() throws {
    let broken = Self.module.replacing("\"%Y-%m-%d\")}", with: "\"%Y-%m-%d\") + at + 1}")
    let result = Compiler.compile(
      Self.input(Self.split, used: Self.used.merging(["shared/table.yml": broken]) { $1 }))
    let error = try #require(result.diagnostics.first { $0.code == .expressionType })
    let file = try #require(error.span.flatMap { result.sources[$0.source] })
    let text = error.span.map { file.text[file.written($0)] } ?? []
    #expect(String(decoding: text, as: UTF8.self).contains("at + 1"))
  }

  @Test func filesAreAskedForOnceEach() {
    let input = Self.input(Self.split)
    var parsing = Parsing(input)
    var asked: [FileRequest] = []
    while case .needs(let requests) = parsing.next() {
      asked += requests
      for request in requests {
        guard case .used(let path) = request, let text = Self.used[path] else {
          parsing.learn(request, input.schemas["any.json"].map { [$0] } ?? [])
          continue
        }
        parsing.learn(request, [SourceFile(name: path, text: Array(text.utf8))])
      }
    }
    #expect(
      asked == [
        .stepKinds, .used(path: "shared/table.yml"), .used(path: "shared/cluster.yml"),
        .schema(path: "any.json"),
      ])
  }

  @Test(arguments: [
    ("a.yml", "", "a.yml"), ("../b/./c.yml", "a/x.yml", "b/c.yml"), ("c.yml", "a/x.yml", "a/c.yml"),
    ("../../c.yml", "a/x.yml", "../c.yml"), ("/etc/c.yml", "a/x.yml", "/etc/c.yml"),
  ])
  func pathsAreFromTheUsingFile(path: String, file: String, expected: String) {
    let pipeline = Self.head("use: [{ file: \(file.isEmpty ? path : file) }]\nstages: []\n")
    var parsing = Parsing(Self.input(pipeline))
    var asked: [FileRequest] = []
    while case .needs(let requests) = parsing.next() {
      asked += requests
      for request in requests {
        let text = "penstock: v1\nmodule: m\nuse: [{ file: \(path) }]\n"
        guard case .used(let found) = request, found == file else {
          parsing.learn(request, [])
          continue
        }
        parsing.learn(request, [SourceFile(name: found, text: Array(text.utf8))])
      }
    }
    #expect(asked.contains(.used(path: expected)), "\(asked)")
  }
}
