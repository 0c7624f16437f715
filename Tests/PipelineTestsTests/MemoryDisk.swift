import Diagnostics
import Expressions
import Host
import PipelineTests
import PlanFormat
import SourceText
import Values

/// Files in memory.
struct MemoryDisk: FileTree {
  var files: [String: String]

  private func name(_ path: String) -> String {
    path.hasPrefix("./") ? String(path.dropFirst(2)) : path
  }

  func isFile(_ path: String) -> Bool { files[name(path)] != nil }

  func isFolder(_ path: String) -> Bool { files.keys.contains { $0.hasPrefix(path + "/") } }

  func read(_ path: String) throws(FileFailure) -> [UInt8] {
    guard let text = files[name(path)] else { throw FileFailure(reason: "no such file") }
    return Array(text.utf8)
  }

  func names(in folder: String, withEnding ending: String) throws(FileFailure) -> [String] {
    let prefix = folder == "." ? "" : folder + "/"
    return files.keys.filter { $0.hasPrefix(prefix) && $0.hasSuffix(ending) }
      .map { String($0.dropFirst(prefix.count)) }.filter { !$0.contains("/") }.sorted()
  }
}

/// A sandbox in which nothing is ever run.
struct NoSandbox: SandboxRunner {
  func carryOut(
    _ trial: SandboxTrial
  ) async -> Result<(run: SandboxOutcome, recovered: SandboxOutcome?), SandboxProblem> {
    .failure(SandboxProblem(reason: "there is none here"))
  }

  func problem(ofFault text: String) -> String? { text.contains("=") ? nil : "`STEP=fail`" }
}

/// A small pipeline, and its tests.
enum Example {
  static let pipeline = """
    penstock: v1
    pipeline: small
    inputs:
      config: { schema: ./small.schema.json }
    datasets:
      input: { at: "s3://acme/in/" }
      output: { at: "s3://acme/out/run=${run.id}/" }
    stages:
      - stage: take
        requires:
          - data: input
            message: there is nothing new
        steps:
          - name: Take
            s3-dist-cp: { src: input, dest: output, deleteOnSuccess: true }
      - stage: report
        when: ${config.size > 1 && !config.quiet}
        steps:
          - name: Report ${part}
            each: { part: "${config.parts}" }
            command: { command: [report, --part, "${part}", "--size=${config.size}"] }
            reads: [output]
    cluster:
      region: eu-west-1
      job-flow:
        Name: Small
        ReleaseLabel: emr-7.5.0
        ServiceRole: r
        JobFlowRole: r
        LogUri: s3://logs/x/
        Instances:
          InstanceGroups: [{ InstanceRole: MASTER, InstanceType: m5.xlarge, InstanceCount: 1 }]
    """

  static let schema = """
    {"type": "object", "required": ["size", "quiet", "parts"], "additionalProperties": false,
     "properties": {"size": {"type": "integer"}, "quiet": {"type": "boolean"},
                    "parts": {"type": "array", "items": {"type": "string"}}}}
    """

  /// A file of tests with one test, of which the lines below `given` and `expect` are given.
  static func tests(given: String = "", expect: String) -> String {
    func indented(_ text: String) -> String {
      text.split(separator: "\n").map { "      \($0)\n" }.joined()
    }
    return """
      penstock: v1
      tests-of: small.yml
      given:
        inputs: { config: { size: 2, quiet: false, parts: [a, b] } }
        run-id: r1
      tests:
        - test: One
          given:
            environment: {}
      \(indented(given))    expect:
      \(indented(expect))
      """
  }

  static func read(_ text: String, _ more: [String: String] = [:]) -> TestSuite.Reading {
    let file = SourceFile(name: "small.test.yml", text: Array(text.utf8))
    return TestSuite.read(file, path: "small.test.yml", on: disk(more), timeZones: .none)
  }

  private static func disk(_ more: [String: String]) -> MemoryDisk {
    MemoryDisk(
      files: more.merging(["small.yml": pipeline, "small.schema.json": schema]) { first, _ in first
      })
  }

  /// The results of all tests of a file; nil, with what is wrong, if it can't be read.
  static func run(
    _ text: String, _ more: [String: String] = [:], updates: Bool = false
  ) async -> (results: [TestResult]?, reading: TestSuite.Reading) {
    let reading = read(text, more)
    guard let suite = reading.suite else { return (nil, reading) }
    var world = TestWorld(
      disk: disk(more), sandbox: NoSandbox(), planText: { "plan of \($0.pipeline)\n" })
    world.updates = updates
    world.covers = true
    var results: [TestResult] = []
    for index in suite.test.tests.indices { results.append(await suite.run(index, in: world)) }
    return (results, reading)
  }
}
