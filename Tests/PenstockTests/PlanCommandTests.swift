import Foundation
import TestSupport
import Testing

@Suite struct PlanCommandTests {
  private static let example = Locations.repository.appending(path: "examples/snowplow")
  private static let secrets = [
    "AWS_SNOWPLOW_ACCESS_KEY": "AKIAPLANTEDPLANTED00", "AWS_SNOWPLOW_SECRET_KEY": "PlAnTeDsEcReT",
  ]
  private static let inputs = [
    "-c", "config.yml", "-r", "resolver.json", "-t", "targets", "-n", "enrichments", "--run-time",
    "2026-03-01T05:06:07Z",
  ]

  private func run(_ arguments: [String]) throws -> Run {
    try Run(arguments + Self.inputs, environment: Self.secrets, folder: Self.example)
  }

  @Test func writesOnePlanByEveryWay() throws {
    let scratch = try Scratch()
    let file = scratch.folder.appending(path: "plan.json")
    let facts = ["--facts", "facts.json"]
    let emitted = try run(["compile", "--emit", "plan"] + facts)
    #expect(emitted.status == 0)
    #expect(try run(["plan", "--format", "json"] + facts).output == emitted.output)
    let written = try run(["plan", "-o", file.path] + facts)
    #expect(written.status == 0)
    #expect(written.text.hasSuffix("warnings. The plan is in \(file.path).\n"))
    #expect(try Locations.bytes(file) == emitted.output)
  }

  @Test func saysWhetherThereIsSomethingToDo() throws {
    let scratch = try Scratch()
    let nothing = try scratch.file("facts.json", "{\"s3\": {}, \"clusters\": []}")
    let idle = ["plan", "--facts", nothing.path]
    #expect(try run(idle).status == 3)
    #expect(try run(idle + ["--detailed-exitcode"]).status == 0)
    #expect(try run(["plan", "--facts", "facts.json"]).status == 0)
    #expect(try run(["plan", "--facts", "facts.json", "--detailed-exitcode"]).status == 2)
    #expect(try Run(["plan", "--nonesuch"]).status == 64)
  }

  @Test func holdsNoSecret() throws {
    for arguments in [
      ["plan"], ["plan", "--format", "json"], ["plan", "-v", "--explain"], ["plan", "--recovery"],
    ].map({
      $0 + ["--offline"]
    }) {
      let run = try run(arguments)
      #expect(run.status == 0)
      for text in [run.text, run.errors] {
        // The example's target has its password in the file.
        for secret in Self.secrets.values + ["correct-horse-battery-staple"] {
          #expect(!text.contains(secret))
        }
      }
    }
  }

  @Test func coloursWhereItIsAsked() throws {
    let plain = try run(["plan", "--offline"]).text
    let colored = try run(["plan", "--offline", "--color", "always"]).text
    #expect(!plain.contains("\u{1B}"))
    #expect(colored.contains("\u{1B}[32m+\u{1B}[0m"))
    #expect(colored.replacing(/\u{1B}\[[0-9]+m/, with: "") == plain)
  }
}

/// What a plan says of the run before it.
@Suite struct EarlierRunTests {
  private static let example = Locations.repository.appending(path: "examples/snowplow")

  private static func plan(_ scratch: Scratch, at time: String, _ more: [String] = []) throws
    -> String
  {
    let run = try Run(
      [
        "plan", "-c", "config.yml", "-r", "resolver.json", "-t", "targets", "-n", "enrichments",
        "--sandbox", "box", "--run-time", time,
      ] + more,
      environment: ["AWS_SNOWPLOW_ACCESS_KEY": "iam", "AWS_SNOWPLOW_SECRET_KEY": "iam"],
      folder: scratch.folder.appending(path: "case"))
    #expect(run.status == 0, "\(run.errors)")
    return run.text
  }

  private static func fill(_ scratch: Scratch, _ hours: [String]) throws {
    let folder = scratch.folder.appending(path: "case")
    let fill = Process()
    fill.executableURL = folder.appending(path: "fill-sandbox")
    fill.arguments = ["box"] + hours
    fill.currentDirectoryURL = folder
    fill.standardOutput = FileHandle.nullDevice
    try fill.run()
    fill.waitUntilExit()
    #expect(fill.terminationStatus == 0)
  }

  private static func edit(_ scratch: Scratch, _ old: String, _ new: String) throws {
    let file = scratch.folder.appending(path: "case/config.yml")
    let text = String(decoding: try Locations.bytes(file), as: UTF8.self)
    #expect(text.contains(old))
    try Data(text.replacing(old, with: new).utf8).write(to: file)
  }

  @Test func saysWhatCostsMore() throws {
    let scratch = try Scratch()
    try FileManager.default.copyItem(
      at: Self.example, to: scratch.folder.appending(path: "case"))
    try Self.fill(scratch, [])
    #expect(try !Self.plan(scratch, at: "2026-03-01T02:00:00Z").contains("costs"), "no run before")
    _ = try Self.plan(scratch, at: "2026-03-01T02:00:00Z", ["-o", "plan.json"])
    #expect(
      try !Self.plan(scratch, at: "2026-03-01T03:00:00Z").contains("costs"), "it has not begun")
    let applied = try Run(
      ["apply", "plan.json", "-q"],
      environment: ["AWS_SNOWPLOW_ACCESS_KEY": "iam", "AWS_SNOWPLOW_SECRET_KEY": "iam"],
      folder: scratch.folder.appending(path: "case"))
    #expect(applied.status == 0, "\(applied.errors)")
    try Self.fill(scratch, ["04"])
    let last = "the last run, 2026-03-01-02-00-00"
    #expect(try Self.plan(scratch, at: "2026-03-01T04:00:00Z").contains("costs     as \(last)\n"))
    try Self.edit(scratch, "core_instance_count: 3", "core_instance_count: 5")
    let dearer = try Self.plan(scratch, at: "2026-03-01T04:00:00Z")
    #expect(dearer.contains("costs     more than \(last):\n"), "\(dearer)")
    #expect(dearer.contains("3 → 5 (dearer)"), "\(dearer)")
    try Self.edit(scratch, "core_instance_count: 5", "core_instance_count: 2")
    let cheaper = try Self.plan(scratch, at: "2026-03-01T04:00:00Z")
    #expect(cheaper.contains("costs     less than \(last):\n"), "\(cheaper)")
  }
}

/// Plans of the examples, byte for byte, and the same in every process.
@Suite struct PlanGoldenTests {
  struct Example: Sendable, CustomTestStringConvertible {
    var name: String
    var folder: String
    var arguments: [String]
    var testDescription: String { name }
  }

  private static let time = ["--run-time", "2026-03-01T05:06:07Z"]
  static let examples: [Example] = [
    Example(
      name: "snowplow", folder: "examples/snowplow",
      arguments: [
        "-c", "config.yml", "-r", "resolver.json", "-t", "targets", "-n", "enrichments",
        "--facts", "facts.json",
      ]),
    Example(
      name: "snowplow-resumed", folder: "examples/snowplow",
      arguments: [
        "-c", "config.yml", "-r", "resolver.json", "-t", "targets", "-n", "enrichments",
        "--resume-from", "shred", "--run-id", "2026-02-28-05-06-07", "--use-persistent-jobflow",
      ]),
    Example(
      name: "clickstream", folder: "examples/clickstream",
      arguments: ["clickstream-hive", "-c", "config.yml"]),
    Example(
      name: "lakehouse", folder: "examples/lakehouse",
      arguments: ["lakehouse", "-c", "config.yml"]),
    Example(
      name: "snowplow-rdb", folder: "examples/snowplow-rdb",
      arguments: [
        "snowplow-rdb", "-c", "config.yml", "-r", "resolver.json", "--input",
        "transformer=transformer.hocon",
      ]),
  ]

  private func run(_ example: Example, _ more: [String]) throws -> Run {
    try Run(
      ["plan"] + example.arguments + (example.arguments.contains("--facts") ? [] : ["--offline"])
        + Self.time + more,
      environment: ["AWS_SNOWPLOW_ACCESS_KEY": "iam", "AWS_SNOWPLOW_SECRET_KEY": "iam"],
      folder: Locations.repository.appending(path: example.folder))
  }

  @Test(arguments: examples) func isTheGolden(example: Example) throws {
    let text = try run(example, [])
    #expect(text.status == 0, "\(text.errors)")
    expectGolden(text.output, "plans/\(example.name).txt")
    let long = try run(example, ["-v"])
    expectGolden(long.output, "plans/\(example.name).long.txt")
    let recovery = try run(example, ["--recovery"])
    expectGolden(recovery.output, "plans/\(example.name).recovery.txt")
    let json = try run(example, ["--format", "json", "-q"])
    // Another test checks files' digests.
    let digest = /sha256:[0-9a-f]{64}/
    let zeros = "sha256:" + String(repeating: "0", count: 64)
    expectGolden(json.text.replacing(digest, with: zeros), "plans/\(example.name).json")
  }

  /// A screen of 80 columns and 40 lines.
  @Test(arguments: examples) func fitsOnAScreen(example: Example) throws {
    let lines = try run(example, []).text.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count <= 41, "40 lines, each with its end")
    // Locations can't be broken.
    let long = lines.filter { $0.count > 80 && !$0.contains("s3://") }
    #expect(long.isEmpty)
    #expect(lines.dropLast().last?.contains(" of ") == true, "the summary is last")
  }

  /// Each process has its own hash seed.
  @Test(arguments: examples) func twoProcessesSayTheSame(example: Example) throws {
    let first = try run(example, ["--format", "json"])
    for _ in 0..<3 { #expect(try run(example, ["--format", "json"]).output == first.output) }
  }

  @Test func digestsAreOfTheFiles() throws {
    let plan = try run(Self.examples[0], ["--format", "json", "-q"]).text
    let file = Locations.repository.appending(path: "examples/snowplow/config.yml")
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/sha256sum")
    process.arguments = [file.path]
    process.standardOutput = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let digest = try #require(
      String(decoding: output, as: UTF8.self).split(separator: " ").first)
    #expect(plan.contains("\"digest\": \"sha256:\(digest)\""))
  }
}
