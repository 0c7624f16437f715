import Foundation
import TestSupport
import Testing

/// Small things that EmrEtlRunner's configurations and command lines may say.
@Suite struct DropInTests {
  private let example: SandboxRun

  init() throws { example = try SandboxRun() }

  private func compile(
    _ arguments: [String] = [], replacing old: String = "", with new: String = ""
  ) throws -> Run {
    let file = example.folder.appending(path: "config.yml")
    let config = String(decoding: try Locations.bytes(file), as: UTF8.self)
    let changed = old.isEmpty ? config : config.replacing(old, with: new)
    try #require(old.isEmpty || changed != config)
    try example.scratch.file("changed.yml", changed)
    return try Run(
      ["compile"] + SandboxRun.inputs.map { $0 == "config.yml" ? "changed.yml" : $0 }
        + SandboxRun.time + arguments, environment: SandboxRun.secrets, folder: example.folder)
  }

  private func steps(_ run: Run) throws -> [[String: Any]] {
    let body = try JSONSerialization.jsonObject(with: Data(run.output)) as? [String: Any]
    return body?["Steps"] as? [[String: Any]] ?? []
  }

  @Test(arguments: [[], ["--use-persistent-jobflow"]])
  func setUpOfDebuggingTerminatesTheClusterIfItFails(_ arguments: [String]) throws {
    let steps = try steps(try compile(["--debug"] + arguments))
    let actions = steps.compactMap { $0["ActionOnFailure"] as? String }
    #expect(steps.first?["Name"] as? String == "Elasticity Setup Hadoop Debugging")
    #expect(actions.first == "TERMINATE_JOB_FLOW")
    #expect(
      actions.dropFirst().allSatisfy {
        $0 == (arguments.isEmpty ? "TERMINATE_JOB_FLOW" : "CANCEL_AND_WAIT")
      })
  }

  @Test(arguments: [
    ("level: INFO", "level: warn", true), ("level: INFO", "level: Warn", true),
    ("level: INFO", "level: LOUD", false), ("level: INFO", "level: WARNING", false),
    ("rdb_loader: 0.17.0", "rdb_loader: latest", false),
    ("rdb_loader: 0.17.0", "rdb_loader: 1.x.0", false),
    ("rdb_loader: 0.17.0", "rdb_loader: 0.17.0-rc1", true),
    ("hadoop_elasticsearch: 0.1.0", "hadoop_elasticsearch: latest", false),
    ("hadoop_elasticsearch: 0.1.0", "hadoop_elasticsearch: 1.x.0", false),
    ("s3://acme-snowplow-out/enriched/good", "s3://acme etl/enriched good", false),
  ])
  func valuesAreAcceptedOrRefused(_ old: String, _ new: String, _ isFine: Bool) throws {
    let run = try compile(replacing: old, with: new)
    #expect(run.status == (isFine ? 0 : 1), "\(run.errors)")
    #expect(isFine || run.errors.contains("changed.yml:"), "\(run.errors)")
  }

  /// Where a job isn't in the run, its version doesn't matter.
  @Test func versionsOfJobsThatDoNotRunAreNotLookedAt() throws {
    let loader = try compile(
      ["--skip", "rdb_load"], replacing: "rdb_loader: 0.17.0", with: "rdb_loader: latest")
    #expect(loader.status == 0, "\(loader.errors)")
    let sink = try compile(
      ["--skip", "elasticsearch"], replacing: "hadoop_elasticsearch: 0.1.0",
      with: "hadoop_elasticsearch: latest")
    #expect(sink.status == 0, "\(sink.errors)")
  }

  @Test func aDateIsWarnedOf() throws {
    let run = try compile(replacing: "job_name: Snowplow ETL", with: "job_name: 2026-01-15")
    #expect(run.status == 0 && run.errors.contains("warning[yaml-suspicious-text]"))
    #expect(run.text.contains("\"Name\": \"2026-01-15\""))
  }

  @Test func whatIsIncludedTwiceIsPassedOnce() throws {
    let loads = try steps(try compile(["-i", "vacuum,vacuum", "-i", "vacuum"])).filter {
      ($0["Name"] as? String)?.hasPrefix("[rdb_load]") ?? false
    }
    let arguments = loads.compactMap {
      ($0["HadoopJarStep"] as? [String: Any])?["Args"] as? [String]
    }
    #expect(!arguments.isEmpty)
    for list in arguments {
      let at = try #require(list.firstIndex(of: "--include"))
      #expect(list[at + 1] == "vacuum")
    }
  }
}
