import Foundation
import TestSupport
import Testing

/// What the Snowplow pipeline takes for one run's data: which folders it archives together, and how
/// deep collectors' logs may be.
@Suite struct RunFolderTests {
  private let example: SandboxRun

  init() throws { example = try SandboxRun() }

  /// `compile` where the output bucket holds these keys.
  private func compile(
    _ arguments: [String], out keys: [String], logs: [String] = ["logs/x.lzo"],
    processing: [String] = []
  ) throws -> Run {
    let facts: [String: Any] = [
      "s3": [
        "acme-collector-eu": logs, "acme-collector-us": [], "acme-snowplow-out": keys,
        "acme-snowplow-etl": processing,
      ], "clusters": [],
    ]
    let text = String(
      decoding: try JSONSerialization.data(withJSONObject: facts), as: UTF8.self)
    try example.scratch.file("facts.json", text)
    return try Run(
      ["compile"] + SandboxRun.inputs + SandboxRun.time + ["--facts", "facts.json"] + arguments,
      environment: SandboxRun.secrets, folder: example.folder)
  }

  /// The folder's key of a run of that day; `marker` is an empty folder's.
  private static func enriched(_ day: Int, _ name: String = "part-0") -> String {
    "enriched/good/run=2026-02-\(day)-03-00-00/\(name)"
  }
  private static func shredded(_ day: Int, _ name: String = "atomic-events/part-0") -> String {
    "shredded/good/run=2026-02-\(day)-03-00-00/\(name)"
  }

  struct Archiving: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var keys: [String]
    var from = "archive_enriched"
    var status: Int32 = 0
    var words: [String] = []
  }

  private static let archivings: [Archiving] = [
    Archiving(testDescription: "one run", keys: [enriched(13), shredded(13)]),
    Archiving(
      testDescription: "two runs each, the latest is taken",
      keys: [enriched(13), enriched(14), shredded(13), shredded(14)],
      words: [
        "enriched/good/ holds more than one run; only 2026-02-14-03-00-00, the latest",
        "shredded/good/ holds more than one run; only 2026-02-14-03-00-00, the latest",
      ]),
    Archiving(
      testDescription: "an older run's enriched events", keys: [enriched(13), shredded(14)],
      status: 1,
      words: [
        "the enriched events to archive are of the run 2026-02-13-03-00-00, the shredded events "
          + "of the run 2026-02-14-03-00-00"
      ]),
    Archiving(
      testDescription: "an older run's shredded events, after a load",
      keys: [enriched(14), shredded(13)], from: "rdb_load", status: 1,
      words: ["are of the run 2026-02-14-03-00-00, the shredded events of the run 2026-02-13"]),
    Archiving(
      testDescription: "shredded events alone", keys: [enriched(13), shredded(14)],
      from: "archive_shredded"),
    Archiving(
      testDescription: "an empty folder of a later run",
      keys: [enriched(13), enriched(14, ""), shredded(14)], status: 3,
      words: ["cannot archive s3://acme-snowplow-out/enriched/good/run=2026-02-14-03-00-00/"]),
    Archiving(
      testDescription: "an empty folder of a later run, of shredded events",
      keys: [enriched(13), shredded(13), shredded(14, "")], status: 3,
      words: ["cannot archive s3://acme-snowplow-out/shredded/good/run=2026-02-14-03-00-00/"]),
    Archiving(
      testDescription: "an empty folder of an earlier run",
      keys: [enriched(12, ""), enriched(13), shredded(12, ""), shredded(13)]),
    Archiving(
      testDescription: "EMR's marker of a later run's folder",
      keys: [enriched(13), "enriched/good/run=2026-02-14-03-00-00_$folder$", shredded(13)]),
    Archiving(
      testDescription: "nothing but an empty folder", keys: [enriched(14, "")], status: 3,
      words: ["cannot archive s3://acme-snowplow-out/enriched/good/run=2026-02-14-03-00-00/"]),
    Archiving(
      testDescription: "no folder", keys: [], status: 1,
      words: ["there is no run folder in s3://acme-snowplow-out/enriched/good/ to archive"]),
    Archiving(
      testDescription: "an empty folder of a later run, to shred",
      keys: [enriched(13), enriched(14, "")], from: "shred", status: 3,
      words: ["there are no events in s3://acme-snowplow-out/enriched/good/run=2026-02-14"]),
  ]

  @Test(arguments: archivings) func whatIsArchivedBelongsTogether(_ row: Archiving) throws {
    let run = try compile(
      ["--resume-from", row.from], out: row.keys.sorted(),
      processing: row.from == "shred" ? ["processing/x.lzo"] : [])
    #expect(run.status == row.status, "\(run.errors)")
    for words in row.words { #expect(run.errors.contains(words), "\(run.errors)") }
    #expect(run.errors.contains("more than one run") == (row.words.count == 2))
  }

  private static let loadings: [Archiving] = [
    Archiving(testDescription: "one run", keys: [shredded(13)]),
    Archiving(
      testDescription: "no folder", keys: [], status: 1,
      words: ["there is no run folder in s3://acme-snowplow-out/shredded/good/ to load"]),
    Archiving(
      testDescription: "an empty folder of a later run", keys: [shredded(13), shredded(14, "")],
      status: 3,
      words: ["cannot load s3://acme-snowplow-out/shredded/good/run=2026-02-14-03-00-00/"]),
    Archiving(
      testDescription: "no events", keys: [shredded(13, "shredded-types/part-0")], status: 3,
      words: [
        "there are no events in s3://acme-snowplow-out/shredded/good/run=2026-02-13-03-00-00/"
      ]
    ),
  ]

  /// Whatever is left out, a load alone has something to load.
  @Test(arguments: loadings) func whatIsLoadedIsThere(_ row: Archiving) throws {
    let others = "staging,enrich,shred,elasticsearch,archive_raw,archive_enriched,archive_shredded"
    let run = try compile(["--skip", others], out: row.keys.sorted())
    #expect(run.status == row.status, "\(run.errors)")
    for words in row.words { #expect(run.errors.contains(words), "\(run.errors)") }
    #expect(run.text.contains("run=/") == false)
    if row.status != 0 {
      let resumed = try compile(["--resume-from", "rdb_load"], out: row.keys.sorted())
      #expect(resumed.status != 0, "\(resumed.errors)")
    }
  }

  /// Without targets nothing is loaded, so nothing has to be there.
  @Test func aLoadWithoutTargetsNeedsNothing() throws {
    try FileManager.default.removeItem(at: example.folder.appending(path: "targets/redshift.json"))
    let run = try compile(
      ["--skip", "staging,enrich,shred,elasticsearch,archive_raw,archive_shredded"],
      out: [Self.enriched(13)])
    #expect(run.status == 0, "\(run.errors)")
  }

  @Test func aNamedRunIsArchivedWhateverElseIsThere() throws {
    let run = try compile(
      ["--resume-from", "archive_enriched", "--run-id", "2026-02-13-03-00-00"],
      out: [Self.enriched(13), Self.enriched(14, ""), Self.shredded(13), Self.shredded(14)])
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.text.contains("run=2026-02-13-03-00-00/") && !run.text.contains("run=2026-02-14"))
  }

  // MARK: Depth

  @Test(arguments: [
    ("thrift", "logs/a/x.lzo", false), ("thrift", "logs/a/b/x.lzo", true),
    ("cloudfront", "logs/a/b/E1.2026-02-28-01.x.gz", true),
    ("clj-tomcat", "logs/i-1/_var_log_tomcat8_rotated_localhost_access_log.txt1.gz", false),
    ("clj-tomcat", "logs/e-1/i-1/_var_log_tomcat8_rotated_localhost_access_log.txt1.gz", true),
    ("clj-tomcat", "logs/e-1/i-1/catalina.out", false),
  ])
  func logsThatAreTooDeepAreRefused(_ format: String, _ key: String, _ isTooDeep: Bool) throws {
    let file = example.folder.appending(path: "config.yml")
    let config = String(decoding: try Locations.bytes(file), as: UTF8.self)
    try example.scratch.file(
      "config.yml", config.replacing("format: thrift", with: "format: \(format)"))
    let others = ["logs/localhost_access_log.txt", "logs/y/localhost_access_log.txt"]
    let run = try compile([], out: [], logs: others + [key])
    #expect(run.status == (isTooDeep ? 1 : 0), "\(run.errors)")
    #expect(run.errors.contains("config.yml:17:13: error[data-too-deep]") == isTooDeep)
    #expect(run.errors.contains("`\(key.dropFirst(5))` is 2 folders below") == isTooDeep)
  }

  @Test func rawEventsThatAreTooDeepAreRefused() throws {
    let run = try compile(
      ["--skip", "staging"], out: [], logs: [], processing: ["processing/a/b/x.lzo"])
    #expect(run.status == 1 && run.errors.contains("config.yml:19:21: error[data-too-deep]"))
    let fine = try compile(
      ["--skip", "staging"], out: [], logs: [], processing: ["processing/a/x.lzo"])
    #expect(fine.status == 0, "\(fine.errors)")
  }

  @Test func nothingIsMovedIfLogsAreTooDeep() throws {
    try example.put("acme-collector-eu/logs/2026/02/x.lzo", "events\n")
    let before = example.world()
    let plan = try example.plan()
    #expect(plan.status == 1 && plan.errors.contains("`2026/02/x.lzo` is 2 folders below"))
    let run = try example.run()
    #expect(run.status == 1)
    #expect(example.world() == before)
  }

  /// What happens without the requirement.
  @Test func theJobFailsOnLogsThatAreTooDeep() throws {
    try example.put("acme-collector-eu/logs/2026/02/x.lzo", "events\n")
    let file = Locations.repository.appending(path: "pipelines/snowplow.yml")
    let pipeline = String(decoding: try Locations.bytes(file), as: UTF8.self)
    let schemas = Locations.repository.appending(path: "schemas").path
    try example.scratch.file(
      "loose.yml",
      pipeline.replacing("folders: ${raw_depth}", with: "folders: 9")
        .replacing("schema: snowplow/", with: "schema: \(schemas)/snowplow/"))
    let run = try example.penstock(
      ["run", "loose.yml"] + SandboxRun.inputs + SandboxRun.time + ["--format", "json"])
    #expect(run.status == 1)
    #expect(
      run.text.contains("Not a file: hdfs:///local/snowplow/raw-events/2026/02"), "\(run.errors)")
    #expect(example.world()["acme-snowplow-etl/processing/2026/02/x.lzo"] == "events\n")
  }
}
