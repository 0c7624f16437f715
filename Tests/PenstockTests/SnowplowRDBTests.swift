import Foundation
import TestSupport
import Testing

/// The pipeline of RDB Loader R35 and later, over its example.
@Suite struct SnowplowRDBTests {
  private static let example = Locations.repository.appending(path: "examples/snowplow-rdb")
  private static let inputs = [
    "snowplow-rdb", "-c", "config.yml", "-r", "resolver.json", "--input",
    "transformer=transformer.hocon",
  ]
  private static let staging = "[staging] s3-dist-cp: Enriched Sink -> Enriched Archive"
  private static let transform = "[transform] spark: Transform Enriched Events"

  /// A copy of the example, with a sandbox in `box`.
  private final class Place: Sendable {
    let scratch: Scratch
    var folder: URL { scratch.folder }

    init() throws {
      scratch = try Scratch()
      for name in ["config.yml", "resolver.json", "transformer.hocon"] {
        try FileManager.default.copyItem(
          at: SnowplowRDBTests.example.appending(path: name), to: folder.appending(path: name))
      }
    }

    func edit(_ name: String, _ old: String, _ new: String) throws {
      let file = folder.appending(path: name)
      let text = String(decoding: try Locations.bytes(file), as: UTF8.self)
      try #require(text.contains(old), "\(name) has no `\(old)`")
      try scratch.file(name, text.replacing(old, with: new))
    }

    func put(_ hour: String) throws {
      try scratch.file(
        "box/acme-snowplow-out/enriched/sink/2026-02-28-\(hour).tsv", "events of \(hour)\n")
    }

    func run(_ day: String, _ more: [String] = []) throws -> Run {
      try Run(
        ["run"] + SnowplowRDBTests.inputs
          + ["--run-time", "2026-03-\(day)T05:06:07Z", "--sandbox", "box", "--format", "json"]
          + more, folder: folder)
    }

    func compile(_ more: [String] = [], command: String = "compile") throws -> Run {
      try Run([command] + SnowplowRDBTests.inputs + more, folder: folder)
    }

    /// The lines of all files that the loader would find, by run.
    func transformed() throws -> [String: [String]] {
      var lines: [String: [String]] = [:]
      let top = folder.appending(path: "box/acme-snowplow-out/transformed")
      for case let name as String in FileManager.default.enumerator(atPath: top.path) ?? .init() {
        let parts = name.split(separator: "/")
        guard parts.count == 2, parts[1].hasPrefix("part-") else { continue }
        let text = String(decoding: try Locations.bytes(top.appending(path: name)), as: UTF8.self)
        lines[String(parts[0]), default: []] += text.split(separator: "\n").map(String.init)
      }
      return lines.mapValues { $0.sorted() }
    }
  }

  private static func events(_ hours: String...) -> [String] {
    hours.map { "transformed_run(events of \($0))" }
  }

  @Test func eachNightHasItsRunAndNothingIsTransformedTwice() throws {
    let place = try Place()
    for hour in ["01", "02"] { try place.put(hour) }
    #expect(try place.run("01").status == 0)
    #expect(try place.run("02").status == 3, "nothing has arrived")
    try place.put("03")
    #expect(try place.run("03").status == 0)
    #expect(
      try place.transformed() == [
        "run=2026-03-01-05-06-07": Self.events("01", "02"),
        "run=2026-03-03-05-06-07": Self.events("03"),
      ])
  }

  /// Whatever fails, the next night waits, and the printed command ends with what would have been.
  @Test(arguments: [staging, transform, "bootstrap"])
  func aFailureIsRecovered(in step: String) throws {
    let place = try Place()
    for hour in ["01", "02"] { try place.put(hour) }
    let failed = try place.run("01", ["--fault", "\(step)=fail\(step == "bootstrap" ? ":3" : "")"])
    #expect(failed.status == 1)
    let recovery = try #require(failed.recovery, "\(failed.text)")
    try place.put("03")
    if step == Self.transform || step == Self.staging {
      let next = try place.run("02")
      #expect(next.status == 4, "\(next.errors)")
      #expect(
        next.errors.contains(
          "the events of run 2026-03-01-05-06-07 are staged, and not completely transformed"))
    }
    let recovered = try Run(recovery + ["--format", "json"], folder: place.folder)
    #expect(recovered.status == 0, "\(recovered.errors)")
    // A failed move takes what has arrived since then too.
    let first = step == Self.transform ? Self.events("01", "02") : Self.events("01", "02", "03")
    #expect(try place.transformed() == ["run=2026-03-01-05-06-07": first])
    try place.put("04")
    #expect(try place.run("03").status == 0)
    #expect(
      try place.transformed()["run=2026-03-03-05-06-07"]?.contains(Self.events("04")[0]) == true)
  }

  /// The transformer leaves out a run that has a folder in its output: as if it had worked.
  @Test func resumingOverAFailedRunsOutputIsRefused() throws {
    let place = try Place()
    try place.put("01")
    #expect(try place.run("01", ["--fault", "\(Self.transform)=fail"]).status == 1)
    let resumed = try place.run("02", ["--resume-from", "transform"])
    #expect(resumed.status == 4)
    let output = "s3://acme-snowplow-out/transformed/run=2026-03-01-05-06-07/"
    #expect(
      resumed.errors.contains("hint: run again with `--empty \(output)`"), "\(resumed.errors)")
    let emptied = try place.run("02", ["--resume-from", "transform", "--empty", output])
    #expect(emptied.status == 0, "\(emptied.errors)")
    #expect(try place.transformed() == ["run=2026-03-01-05-06-07": Self.events("01")])
    let again = try place.run("03", ["--resume-from", "transform"])
    #expect(again.status == 3)
    #expect(again.errors.contains("run 2026-03-01-05-06-07 is transformed already"))
  }

  /// What is complete isn't taken for what a failed run left: its output isn't to be deleted.
  @Test func aCompletedRunsOutputIsNotToBeEmptied() throws {
    let place = try Place()
    try place.put("01")
    #expect(try place.run("01").status == 0)
    let again = try place.run("02", ["--resume-from", "transform"])
    #expect(again.status == 3)
    #expect(again.errors.contains("run 2026-03-01-05-06-07 is transformed already"))
    #expect(!again.errors.contains("a failed run left"), "\(again.errors)")
    #expect(!again.errors.contains("--empty"), "\(again.errors)")
    #expect(again.errors.contains("1 error\n"), "\(again.errors)")
    #expect(try place.transformed() == ["run=2026-03-01-05-06-07": Self.events("01")])
  }

  /// What is missing has a place in the user's file: the key around it, or else the first one.
  @Test(arguments: [
    (
      "config.yml", "version: 6.1.5", "version: 1.2.3",
      "transformer.hocon:3:3: error[check-failed]: shredder 1.2.3 reads its settings from `shredder`"
    ),
    (
      "transformer.hocon", "transformationType = shred", "",
      "transformer.hocon:21:3: error[check-failed]: transformer 6.1.5 needs `formats.transf"
    ),
    (
      "transformer.hocon", "formats {", "deduplication {",
      "transformer.hocon:3:3: error[check-failed]: transformer 6.1.5 needs `formats.transf"
    ),
    (
      "transformer.hocon", "license {", "validations {",
      "transformer.hocon:3:3: error[check-failed]: transformer 6.1.5 doesn't start unless its lic"
    ),
    (
      "transformer.hocon", "queue {", "featureFlags {",
      "transformer.hocon:3:3: error[check-failed]: the loader learns of a run by a message"
    ),
    (
      "transformer.hocon", "s3://acme-snowplow-archive/enriched/", "gs://acme/enriched/",
      "transformer.hocon:6:11: error[check-failed]: the transformer's `input` isn't a folder in S3"
    ),
    (
      "transformer.hocon", "s3://acme-snowplow-out/transformed/", "https://acme.example/x",
      "transformer.hocon:9:12: error[check-failed]: the transformer's output isn't a folder in S3"
    ),
    (
      "transformer.hocon", "{\n  license", "{\n  include \"x.conf\"\n  license",
      "transformer.hocon:3:3: error[hocon-syntax]: includes aren't read"
    ),
  ])
  func mistakesAreAtTheUsersLine(file: String, old: String, new: String, expected: String) throws {
    let place = try Place()
    try place.edit(file, old, new)
    let run = try place.compile(command: "check")
    #expect(run.status == 1)
    #expect(run.errors.contains(expected), "\(run.errors)")
    #expect(!run.errors.contains("<builtin>/pipelines/snowplow-rdb.yml:1:"), "\(run.errors)")
    for error in run.errors.split(separator: "\n") where error.contains("]: ") {
      if error.contains("error[") { #expect(!error.hasPrefix("<builtin>"), "\(error)") }
    }
  }

  /// Places of the shared configuration, up to 1.x; both are reported at once.
  @Test func placesOfTheSharedConfigurationAreChecked() throws {
    for (version, output, place) in [
      ("0.19.0", #""ftp://x/good/""#, "transformer.hocon:4:"),
      ("1.2.3", #"{ "path": "ftp://x/good/" }"#, "transformer.hocon:4:"),
    ] {
      let folder = try Place()
      try folder.edit("config.yml", "version: 6.1.5", "version: \(version)")
      try folder.scratch.file(
        "transformer.hocon",
        Self.combined.replacing(
          "SHREDDER",
          with:
            #"{ "type": "batch", "input": "gs://x/", "output": \#(output), "outputBad": "s3://b/" }"#
        ))
      let run = try folder.compile(command: "check")
      #expect(run.status == 1)
      #expect(run.errors.contains("2 errors\n"), "\(run.errors)")
      let errors = run.errors.split(separator: "\n").filter { $0.contains("error[check-failed]") }
      #expect(errors.count == 2 && errors.allSatisfy { $0.hasPrefix(place) }, "\(run.errors)")
    }
  }

  private static let combined = """
    {
      "name": "Acme Redshift", "id": "123e4567-e89b-12d3-a456-426655440000"
      "region": "eu-central-1", "messageQueue": "messages.fifo"
      "shredder": SHREDDER
      "formats": { "default": "TSV", "json": [ ], "tsv": [ ], "skip": [ ] }
      "storage" = { "type": "redshift", "host": "redshift.acme.example", "password": "hunter2" }
      "steps": ["analyze"]
    }
    """

  /// From the upgrade guides of R35, 1.0.0 and 2.0.0, and the documentation of the transformer.
  @Test(arguments: [
    (
      "0.19.0", "com.snowplowanalytics.snowplow.shredder.Main", "rdb-shredder/snowplow-rdb-shredder"
    ),
    (
      "1.2.3", "com.snowplowanalytics.snowplow.rdbloader.shredder.batch.Main",
      "rdb-shredder/snowplow-rdb-shredder"
    ),
    (
      "2.2.0", "com.snowplowanalytics.snowplow.rdbloader.shredder.batch.Main",
      "rdb-shredder/snowplow-rdb-shredder"
    ),
    (
      "3.0.0", "com.snowplowanalytics.snowplow.rdbloader.transformer.batch.Main",
      "transformer-batch/snowplow-transformer-batch"
    ),
    (
      "6.1.5", "com.snowplowanalytics.snowplow.rdbloader.transformer.batch.Main",
      "transformer-batch/snowplow-transformer-batch"
    ),
  ])
  func theStepIsThatOfTheVersion(version: String, mainClass: String, jar: String) throws {
    let place = try Place()
    try place.edit("config.yml", "version: 6.1.5", "version: \(version)")
    let shredder: String? =
      switch version {
      case "0.19.0":
        #"{ "input": "s3://acme-in/enriched/", "output": "s3://acme-out/good/", "outputBad": "s3://acme-out/bad/" }"#
      case "1.2.3":
        #"{ "type": "batch", "input": "s3://acme-in/enriched/", "output": { "path": "s3://acme-out/good/" } }"#
      default: nil
      }
    if let shredder {
      try place.scratch.file(
        "transformer.hocon", Self.combined.replacing("SHREDDER", with: shredder))
    }
    let time = ["--run-time", "2026-03-01T05:06:07Z", "-q"]
    let run = try place.compile(time + ["--reveal-secrets"])
    #expect(run.status == 0, "\(run.errors)")
    let body = try #require(
      try JSONSerialization.jsonObject(with: Data(run.output)) as? [String: Any])
    let steps = try #require(body["Steps"] as? [[String: Any]])
    let arguments = steps.map {
      ($0["HadoopJarStep"] as? [String: Any])?["Args"] as? [String] ?? []
    }
    let input = shredder == nil ? "s3://acme-snowplow-archive/enriched/" : "s3://acme-in/enriched/"
    #expect(
      arguments.first == [
        "--src", "s3://acme-snowplow-out/enriched/sink/", "--dest",
        "\(input)run=2026-03-01-05-06-07/", "--s3Endpoint", "s3-eu-central-1.amazonaws.com",
        "--srcPattern", ".*", "--outputCodec", "gz", "--deleteOnSuccess",
      ])
    let words = try #require(arguments.last)
    #expect(
      words.prefix(8) == [
        "spark-submit", "--class", mainClass, "--master", "yarn", "--deploy-mode", "cluster",
        "s3://snowplow-hosted-assets-eu-central-1/4-storage/\(jar)-\(version).jar",
      ])
    #expect(words.count == 12 && words[8] == "--iglu-config" && words[10] == "--config")
    for (index, file) in [(9, "resolver.json"), (11, nil)] {
      let decoded = try #require(Data(base64Encoded: words[index]))
      let document = try #require(
        try JSONSerialization.jsonObject(with: decoded) as? NSDictionary)
      if let file {
        let written = try Data(contentsOf: place.folder.appending(path: file))
        #expect(document == (try JSONSerialization.jsonObject(with: written) as? NSDictionary))
      } else if shredder == nil {
        // Substitutions are resolved: the cluster couldn't.
        #expect((document["queue"] as? NSDictionary)?["region"] as? String == "eu-central-1")
      } else {
        #expect((document["storage"] as? NSDictionary)?["password"] as? String == "hunter2")
      }
    }
    // The loader's password isn't shown.
    let masked = try place.compile(time)
    #expect(masked.status == 0 && !masked.text.contains("hunter2"))
    if shredder != nil {
      #expect(!masked.text.contains(words[11]))
      #expect(try place.compile(time.dropLast()).errors.contains("warning[secret-in-arguments]"))
    }
  }

  @Test(arguments: [
    (
      "config.yml", "version: 6.1.5", "version: 0.18.2",
      "config.yml:17:12: error[check-failed]: shredder 0.18.2 is from before R35"
    ),
    (
      "config.yml", "release: 6.2.0", "release: 5.36.0",
      "config.yml:6:10: error[check-failed]: the transformer needs Spark 3"
    ),
    (
      "config.yml", "version: 6.1.5", "version: 1.2.3",
      "error[check-failed]: shredder 1.2.3 reads its settings from `shredder`"
    ),
    (
      "transformer.hocon", "transformationType = shred", "",
      "transformer 6.1.5 needs `formats.transformationType`"
    ),
    ("transformer.hocon", "accept = true", "accept = false", "transformer.hocon:3:"),
    ("transformer.hocon", "queueName =", "queueNme =", "`queueName`"),
    ("transformer.hocon", "input =", "inptu =", "did you mean `input`"),
    (
      "transformer.hocon", "path = \"s3://acme-snowplow-out/transformed/\"",
      "path = \"s3://acme-snowplow-archive/enriched/out/\"", "error[dataset-overlap]"
    ),
    (
      "transformer.hocon", "s3://acme-snowplow-archive/enriched/",
      "s3://acme-snowplow-out/enriched/sink/archive/", "error[dataset-overlap]"
    ),
    ("transformer.hocon", "json = []", "json = [", "error[hocon-syntax]"),
    (
      "transformer.hocon", "${output.region}", "${REGION}",
      "transformer.hocon:18:14: error[hocon-syntax]: the file doesn't set `REGION`"
    ),
    (
      "transformer.hocon", "formats {",
      "archival { source = \"s3://acme-snowplow-out/enriched/sink/\" }\n  formats {",
      "the events would be staged twice"
    ),
    (
      "transformer.hocon", "formats {",
      "runInterval { until = \"2021-12-10-18-34-52\" }\n  formats {",
      "leaves out every run after 2021-12-10-18-34-52"
    ),
    (
      "transformer.hocon", "formats {",
      "runInterval { sinceTimestamp = \"2031-12-10-18-34-52\" }\n  formats {",
      "leaves out every run before 2031-12-10-18-34-52"
    ),
  ])
  func mistakesAreFoundBeforeThereIsACluster(
    file: String, old: String, new: String, expected: String
  ) throws {
    let place = try Place()
    #expect(try place.compile(["--strict"], command: "check").status == 0)
    try place.edit(file, old, new)
    let run = try place.compile(command: "check")
    #expect(run.status == 1)
    #expect(run.errors.contains(expected), "\(run.errors)")
  }

  @Test(arguments: [
    (
      "bootstrap:\n  - s3://acme-snowplow-etl/bootstrap/emr-bootstrap-java-11.sh\n", "needs Java 11"
    ),
    ("  subnet: subnet-0f3a9c61\n", "neither a subnet nor a zone is set"),
  ])
  func omissionsAreWarnedOf(old: String, expected: String) throws {
    let place = try Place()
    try place.edit("config.yml", old, "")
    let run = try place.compile(command: "check")
    #expect(run.status == 0 && run.errors.contains(expected), "\(run.errors)")
  }

  @Test func duplicatesAreTrackedInATable() throws {
    let place = try Place()
    let targets = Locations.repository.appending(path: "examples/snowplow/targets")
    let run = try place.compile(["-t", targets.path])
    #expect(run.status == 0)
    #expect(run.text.contains("--duplicate-storage-config"))
    #expect(run.errors.contains("these targets aren't used: "), "\(run.errors)")
  }
}
