import Foundation
import TestSupport
import Testing

/// Layouts of buckets that EmrEtlRunner's users had, each with one place in another: an error at
/// both lines of the configuration, whatever the command.
@Suite struct LayoutTests {
  struct Layout: Sendable, CustomTestStringConvertible {
    var title: String
    /// The line that is changed, and what it becomes.
    var old: String
    var new: String
    /// The line that it conflicts with.
    var other: String

    var testDescription: String { title }
  }

  static let layouts = [
    Layout(
      title: "raw.archive in raw.in", old: "archive: s3://acme-snowplow-archive/raw",
      new: "archive: s3n://acme-collector-eu/logs/archive", other: "- s3://acme-collector-eu/logs"),
    Layout(
      title: "raw.processing in raw.in", old: "processing: s3://acme-snowplow-etl/processing",
      new: "processing: s3a://acme-collector-us/logs/processing/",
      other: "- s3://acme-collector-us/logs"),
    Layout(
      title: "enriched.archive is enriched.good",
      old: "archive: s3://acme-snowplow-archive/enriched",
      new: "archive: s3a://acme-snowplow-out/enriched/good/",
      other: "good: s3://acme-snowplow-out/enriched/good"),
    Layout(
      title: "enriched.archive in enriched.good",
      old: "archive: s3://acme-snowplow-archive/enriched",
      new: "archive: s3n://acme-snowplow-out/enriched/good/archive",
      other: "good: s3://acme-snowplow-out/enriched/good"),
    Layout(
      title: "enriched.bad in enriched.good", old: "bad: s3://acme-snowplow-out/enriched/bad",
      new: "bad: s3://acme-snowplow-out/enriched/good/bad",
      other: "good: s3://acme-snowplow-out/enriched/good"),
    Layout(
      title: "shredded.archive is enriched.archive",
      old: "archive: s3://acme-snowplow-archive/shredded",
      new: "archive: s3a://acme-snowplow-archive/enriched",
      other: "archive: s3://acme-snowplow-archive/enriched"),
    Layout(
      title: "log in raw.processing", old: "log: s3://acme-snowplow-etl/logs",
      new: "log: s3n://acme-snowplow-etl/processing/logs",
      other: "processing: s3://acme-snowplow-etl/processing"),
    Layout(
      title: "raw.in twice", old: "- s3://acme-collector-us/logs",
      new: "- s3n://acme-collector-eu/logs/", other: "- s3://acme-collector-eu/logs"),
    Layout(
      title: "enriched.good is shredded.good", old: "good: s3://acme-snowplow-out/shredded/good",
      new: "good: s3a://acme-snowplow-out/enriched/good",
      other: "good: s3://acme-snowplow-out/enriched/good"),
  ]

  @Test(arguments: layouts, ["check", "compile", "plan", "run"])
  func isAnErrorAtBothLines(layout: Layout, command: String) throws {
    let sandbox = try SandboxRun()
    let file = sandbox.folder.appending(path: "config.yml")
    let text = String(decoding: try Locations.bytes(file), as: UTF8.self)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let changed = try #require(lines.firstIndex { $0.contains(layout.old) })
    let other = try #require(lines.firstIndex { $0.contains(layout.other) })
    try Data(text.replacing(layout.old, with: layout.new).utf8).write(to: file)
    let before = sandbox.world()
    let arguments = [command] + SandboxRun.inputs + SandboxRun.time
    let run =
      try ["plan", "run"].contains(command)
      ? sandbox.penstock(arguments)
      : Run(arguments, environment: SandboxRun.secrets, folder: sandbox.folder)
    #expect(run.status == 1, "\(run.errors)")
    let errors = run.errors.split(separator: "\n").filter { $0.contains(": error[") }
    #expect(errors.count == 1, "\(run.errors)")
    #expect(errors.first?.contains("error[dataset-overlap]") == true, "\(run.errors)")
    // The inner one is blamed; of equal ones the later.
    let (one, two) = (run.errors.contains("config.yml:\(changed + 1):"), "config.yml:\(other + 1):")
    #expect(one && run.errors.contains(two), "\(run.errors)")
    #expect(run.output.isEmpty && sandbox.world() == before, "nothing is made or moved")
  }
}
