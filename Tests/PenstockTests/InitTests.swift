import Foundation
import TestSupport
import Testing

/// `penstock init`: what it writes works at once.
@Suite struct InitTests {
  private static let environment = [
    "AWS_SNOWPLOW_ACCESS_KEY": "not-a-key", "AWS_SNOWPLOW_SECRET_KEY": "not-a-key",
  ]

  /// The options with the inputs of each built-in pipeline's example.
  private static let inputs: [(pipeline: String, options: [String])] = [
    ("clickstream-hive", ["-c", "config.yml"]),
    ("lakehouse", ["-c", "config.yml"]),
    (
      "snowplow",
      ["-c", "config.yml", "-r", "resolver.json", "-t", "targets", "-n", "enrichments"]
    ),
    (
      "snowplow-rdb",
      [
        "-c", "config.yml", "-r", "resolver.json", "--input", "transformer=transformer.hocon",
      ]
    ),
  ]

  private func expectSuccess(_ arguments: [String], in folder: URL, _ name: String) throws {
    let run = try Run(arguments, environment: Self.environment, folder: folder)
    #expect(run.status == 0, "\(name): \(arguments): \(run.text)\(run.errors)")
  }

  @Test func aNewProjectWorks() throws {
    let scratch = try Scratch()
    let written = try Run(["init", "my Orders_2", "--region", "eu-west-1"], folder: scratch.folder)
    try #require(written.status == 0, "\(written.errors)")
    let folder = scratch.folder.appending(path: "my Orders_2")
    let files = written.text.split(separator: "\n").map(String.init)
    #expect(files.contains("my Orders_2/.vscode/settings.json"))
    for file in files {
      let text = String(
        decoding: try Locations.bytes(scratch.folder.appending(path: file)), as: UTF8.self)
      #expect(!text.contains("@name@") && !text.contains("@region@") && !text.contains("@version@"))
      #expect(!text.contains("$schema=.."), "\(file)")
    }
    let inputs = ["pipeline.yml", "-c", "config.yml"]
    for arguments in [
      ["check"] + inputs + ["--strict"], ["fmt", "--check"], ["compile"] + inputs,
      ["plan"] + inputs + ["--offline"], ["plan"] + inputs + ["--facts", "facts.json"],
      ["run"] + inputs + ["--sandbox", "sandbox"],
    ] {
      try expectSuccess(arguments, in: folder, "new")
    }
    try testsPass(in: folder)
    let compiled = try Run(["compile"] + inputs, folder: folder)
    #expect(compiled.text.contains(#""Name": "my-orders-2""#))
  }

  private func testsPass(in folder: URL) throws {
    let commands = try Run(["help"]).text
    // The command is another part of Penstock; a build without it can't run the tests.
    guard commands.contains("\n  test ") else { return }
    try expectSuccess(["test"], in: folder, "tests")
  }

  @Test(arguments: inputs.map(\.pipeline))
  func aCopyOfABuiltinPipelineWorks(pipeline: String) throws {
    let scratch = try Scratch()
    try expectSuccess(
      ["init", ".", "--name", "copy", "--from", pipeline], in: scratch.folder, pipeline)
    let options = try #require(Self.inputs.first { $0.pipeline == pipeline }?.options)
    let strict =
      pipeline == "snowplow" ? ["--strict", "--allow", "secret-in-arguments"] : ["--strict"]
    let inputs = ["pipeline.yml"] + options
    for arguments in [
      ["check"] + inputs + strict, ["fmt", "--check"], ["plan", "--offline"] + inputs,
    ] {
      try expectSuccess(arguments, in: scratch.folder, pipeline)
    }
    try testsPass(in: scratch.folder)
    let copy = try Run(
      ["compile", "--emit", "requests", "--run-time", "2026-03-01T02:00:00Z"] + inputs,
      environment: Self.environment,
      folder: scratch.folder)
    let original = try Run(
      ["compile", pipeline, "--emit", "requests", "--run-time", "2026-03-01T02:00:00Z"] + options,
      environment: Self.environment, folder: scratch.folder)
    #expect(copy.status == 0 && copy.output == original.output)
  }

  @Test func nothingIsOverwritten() throws {
    let scratch = try Scratch()
    try scratch.file("README.md", "mine")
    let run = try Run(["init"], folder: scratch.folder)
    #expect(run.status == 1)
    #expect(run.errors.contains("error[output-exists]: `README.md` exists already"))
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: scratch.folder.path) == ["README.md"])
  }

  @Test(arguments: [["--name", "Orders"], ["--name", "-x"], ["--from", "none"]])
  func aWrongValueIsRefused(options: [String]) throws {
    let scratch = try Scratch()
    let run = try Run(["init"] + options, folder: scratch.folder)
    #expect(run.status == 64)
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.folder.path) == [])
  }
}
