import Foundation
import TestSupport
import Testing

/// Where diagnostics are one document, standard error has that document and nothing else, whatever
/// a command does.
@Suite struct DiagnosticDocumentTests {
  private static let environment = [
    "AWS_SNOWPLOW_ACCESS_KEY": "AKIA0000000000000000", "AWS_SNOWPLOW_SECRET_KEY": "secret",
  ]

  /// The inputs of the example, and a sandbox.
  private static let inputs = [
    "-c", "config.yml", "-r", "resolver.json", "-t", "targets", "-n", "enrichments",
  ]

  /// Command lines of every command: some that succeed, some that fail in different places.
  private static let lines: [[String]] = {
    let facts = inputs + ["--facts", "facts.json"]
    let box = ["--sandbox", "box", "--journal", "box.db"]
    return [
      ["compile"] + facts, ["compile"] + facts + ["--explain"], ["compile", "-c", "none.yml"],
      ["compile", "resolver.json"],
      ["compile"] + facts + ["--emit", "plan", "--out", "/nowhere/p"],
      ["check"] + facts + ["--verbose"], ["check", "-c", "resolver.json", "-r", "config.yml"],
      ["test"], ["test", "none"], ["plan"] + facts + ["--explain", "--verbose"],
      ["plan", "-c", "config.yml"],
      ["plan", "--recover", "none"] + box, ["apply", "none"] + box, ["apply", "config.yml"],
      ["apply"], ["run"] + inputs + box, ["run"] + inputs + box + ["--fault", "enrich=fail"],
      ["run"] + facts + box + ["--explain", "-q"], ["run", "--recover", "none"] + box,
      ["for"] + inputs + box + ["--run-time", "2026-03-02..2026-03-01"],
      ["for"] + inputs + box + ["--run-time", "2026-03-01..2026-03-02", "--dry-run"],
      ["lsp", "--check", "other"], ["lsp", "--check", "none"],
      ["status"] + box, ["status", "none"] + box, ["history"] + box, ["logs"] + box,
      ["cancel", "none"] + box, ["down", "none"] + box, ["up", "none.yml"] + box,
      ["unlock", "none"] + box, ["unlock"],
      ["diff", ".", "."], ["diff", ".", "other"], ["diff", "other", ".", "-v"],
      ["diff", ".", "resolver.json"], ["diff", "--git", "none"], ["diff", "--fail-on", "money"],
      ["graph"] + facts, ["graph", "none"], ["lint", "resolver", "-r", "resolver.json"],
      ["lint", "targets", "-t", "none", "-r", "resolver.json"], ["lint"],
      ["init", "new"], ["init", "new", "--from", "none"], ["init"], ["fmt", "none"],
      ["fmt", "resolver.json"], ["fmt", "--check"], ["fmt", "other/config.yml"],
      ["migrate", "config.yml"], ["migrate", "config.yml", "-o", "migrated"],
      ["import", "config.yml"], ["import", "none"],
      ["explain", "none"], ["explain", "diff-side"], ["pipelines", "none"], ["pipelines"],
      ["schema", "none"], ["schema"], ["completions", "none"], ["completions", "bash"],
      ["help", "none"], ["help", "run"], ["doctor", "--offline"], ["version"],
      ["compile", "--nonesuch"],
    ]
  }()

  private func folder() throws -> Scratch {
    let scratch = try Scratch()
    let example = Locations.repository.appending(path: "examples/snowplow")
    for name in ["config.yml", "resolver.json", "targets", "enrichments", "facts.json"] {
      try FileManager.default.copyItem(
        at: example.appending(path: name), to: scratch.folder.appending(path: name))
    }
    try scratch.file("other/config.yml", "aws: [")
    return scratch
  }

  @Test func everyCommandIsTried() throws {
    let tried = Set(Self.lines.compactMap(\.first))
    let names = try Run(["help"]).text.split(separator: "\n").filter { $0.hasPrefix("  ") }
      .compactMap { $0.split(separator: " ").first.map(String.init) }
    #expect(names.count > 15)
    for name in names { #expect(tried.contains(name), "\(name)") }
  }

  @Test(arguments: lines)
  func standardErrorIsOneDocument(line: [String]) throws {
    let scratch = try folder()
    for format in ["json", "sarif"] {
      let run = try Run(
        line + ["--diagnostics", format], environment: Self.environment, folder: scratch.folder)
      let document = try? JSONSerialization.jsonObject(with: Data(run.errors.utf8))
      let errors: Int
      if format == "json" {
        let list = try #require(document as? [[String: Any]], "\(line): \(run.errors)")
        errors = list.count { $0["severity"] as? String == "error" }
      } else {
        let log = try #require(document as? [String: Any], "\(line): \(run.errors)")
        let results = (log["runs"] as? [[String: Any]])?.first?["results"] as? [[String: Any]]
        errors = try #require(results).count { $0["level"] as? String == "error" }
      }
      // What fails says why, in the document.
      #expect((run.status == 0) == (errors == 0), "\(line) \(format): \(run.status) \(run.errors)")
    }
  }

  /// What both sides of a comparison have to say is in one array, with the files' paths.
  @Test func bothSidesOfAComparisonAreInOneArray() throws {
    let scratch = try Scratch()
    for name in ["one", "two"] { try scratch.file("\(name)/config.yml", "aws: 1") }
    let run = try Run(["diff", "one", "two", "--diagnostics", "json"], folder: scratch.folder)
    #expect(run.status == 1)
    for name in ["one", "two"] { #expect(run.errors.contains("\"file\": \"\(name)/config.yml\"")) }
  }
}
