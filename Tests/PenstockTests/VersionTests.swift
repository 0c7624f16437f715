import Foundation
import TestSupport
import Testing

/// Versions of Snowplow's jobs, of their targets and of EMR: which pairs are warned of, and which
/// aren't.
@Suite struct VersionTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    /// Values of config.yml, by the words before their colons.
    var config: [String: String]
    /// The file in `targets`: a schema's name, its version, and members besides the usual ones.
    var target: (name: String, version: String, more: String)?
    var arguments: [String] = []
    /// The warnings' messages.
    var warnings: [String]

    init(
      _ title: String, _ config: [String: String] = [:],
      target: (name: String, version: String, more: String)? = nil, _ arguments: [String] = [],
      warns warnings: [String] = []
    ) {
      testDescription = title
      self.config = config
      self.target = target
      self.arguments = arguments
      self.warnings = warnings
    }
  }

  private static func versions(
    _ ami: String, enrich: String = "1.18.0", shredder: String, loader: String
  ) -> [String: String] {
    ["ami_version": ami, "spark_enrich": enrich, "rdb_shredder": shredder, "rdb_loader": loader]
  }

  private static let r90 = versions("5.5.0", enrich: "1.9.0", shredder: "0.12.0", loader: "0.12.0")
  private static let r95 = versions("5.9.0", enrich: "1.10.0", shredder: "0.13.0", loader: "0.14.0")
  private static let r119 = versions("5.9.0", shredder: "0.13.1", loader: "0.14.0")
  private static let r30 = versions("5.9.0", shredder: "0.14.0", loader: "0.15.0")
  private static let r31 = versions("5.19.0", shredder: "0.15.0", loader: "0.16.0")
  private static let r32 = versions("5.19.0", shredder: "0.16.0", loader: "0.17.0")
  private static let r34 = versions("6.1.0", enrich: "2.0.0", shredder: "0.18.2", loader: "0.18.2")

  private static let id = #", "id": "6d1c8a4e-93f5-4d0b-8f43-0e1f7b2c9a58""#
  private static let stored = #"{"ec2ParameterStore": {"parameterName": "p"}}"#
  private static let manifest = #"{"amazonDynamoDb": {"tableName": "manifest"}}"#

  /// What the releases and their upgrade guides name.
  static let together: [Case] = [
    Case("R90", r90, target: ("redshift_config", "2-0-0", "")),
    Case("R95", r95, target: ("redshift_config", "2-1-0", "")),
    Case("R95, Postgres", r95, target: ("postgresql_config", "1-1-0", "")),
    Case("R119", r119, target: ("redshift_config", "2-1-0", "")),
    Case("R30", r30, target: ("redshift_config", "3-0-0", "")),
    Case("R30, Postgres", r30, target: ("postgresql_config", "2-0-0", "")),
    Case("Postgres with an id", r30, target: ("postgresql_config", "1-1-0", id)),
    Case("R31", r31, target: ("redshift_config", "3-0-0", "")),
    Case("R32", r32, target: ("redshift_config", "4-0-0", "")),
    Case("R32 on a later EMR 5", r32.merging(["ami_version": "5.36.0"]) { $1 }),
    Case("R34", r34, target: ("redshift_config", "4-0-0", "")),
    Case("R90, a plain password", r90, target: ("redshift_config", "2-1-0", "")),
    Case("a target that isn't loaded", r32, target: ("amazon_dynamodb_config", "1-0-1", "")),
    Case("bad rows", r32, target: ("elastic_config", "1-0-1", "")),
    Case(
      "a loader that doesn't run", versions("5.9.0", shredder: "0.13.1", loader: "1.0.0"),
      ["--skip", "rdb_load"]),
    Case(
      "a shredder that doesn't run", versions("5.9.0", shredder: "0.18.2", loader: "0.17.0"),
      ["--resume-from", "rdb_load"]),
  ]

  static let apart: [Case] =
    [
      Case(
        "redshift_config 1-0-0", r32, target: ("redshift_config", "1-0-0", ""),
        warns: [
          "`rdb_loader` 0.17.0 needs `redshift_config` 3-0-0 or later, and this is 1-0-0"
        ]),
      Case(
        "redshift_config 1-0-0 of an older loader", r119, target: ("redshift_config", "1-0-0", ""),
        warns: [
          "`rdb_loader` 0.14.0 needs `redshift_config` 2-0-0 or later and before 3-0-0, and this is 1-0-0"
        ]),
      Case(
        "redshift_config 2-1-0 without an id", r30, target: ("redshift_config", "2-1-0", ""),
        warns: ["`rdb_loader` 0.15.0 needs `redshift_config` 3-0-0 or later, and this is 2-1-0"]),
      Case(
        "redshift_config 4-0-0 of an older loader", r119, target: ("redshift_config", "4-0-0", ""),
        warns: [
          "`rdb_loader` 0.14.0 needs `redshift_config` 2-0-0 or later and before 3-0-0, and this is 4-0-0"
        ]),
      Case(
        "a stored password of R90", r90,
        target: ("redshift_config", "2-1-0", #", "password": \#(stored)"#),
        warns: ["`rdb_loader` 0.12.0 needs `redshift_config` before 2-1-0, and this is 2-1-0"]),
      Case(
        "a stored password of R90, Postgres", r90,
        target: ("postgresql_config", "1-1-0", #", "password": \#(stored)"#),
        warns: ["`rdb_loader` 0.12.0 needs `postgresql_config` before 1-1-0, and this is 1-1-0"]),
      Case(
        "Postgres without an id", r31, target: ("postgresql_config", "1-1-0", ""),
        warns: [
          "`rdb_loader` 0.16.0 needs `postgresql_config` 2-0-0 or later, and this is 1-1-0"
        ]),
      Case(
        "Postgres after R33", r34, target: ("postgresql_config", "2-0-0", ""),
        warns: ["`postgresql_config` 2-0-0 needs `rdb_loader` before 0.18.0, and this is 0.18.2"]),
      Case(
        "a check that can't be skipped", r90, target: ("redshift_config", "2-0-0", ""),
        ["--skip", "consistency_check"],
        warns: ["`rdb_loader` 0.12.0 can't skip `consistency_check`"]),
      Case(
        "another", r119, target: ("redshift_config", "2-1-0", ""),
        ["--skip", "load_manifest_check"],
        warns: ["`rdb_loader` 0.14.0 can't skip `load_manifest_check`"]),
      Case(
        "TSV for a loader that can't load it", r32.merging(["rdb_loader": "0.16.0"]) { $1 },
        target: ("redshift_config", "4-0-0", #", "blacklistTabular": []"#),
        warns: ["`rdb_shredder` 0.16.0 needs `rdb_loader` 0.17.0 or later, and this is 0.16.0"]),
      Case(
        "what the Hadoop shredder wrote",
        versions("4.5.0", enrich: "1.8.0", shredder: "0.11.0", loader: "0.18.2"),
        target: ("redshift_config", "4-0-0", ""),
        warns: ["`rdb_loader` 0.18.2 needs `rdb_shredder` 0.12.0 or later, and this is 0.11.0"]),
      Case(
        "a processing manifest", r34,
        target: ("redshift_config", "4-0-0", #", "processingManifest": \#(manifest)"#),
        warns: ["`rdb_shredder` 0.18.2 no longer supports processing manifests"]),
      Case(
        "duplicates", versions("4.5.0", enrich: "1.8.0", shredder: "0.10.0", loader: "0.14.0"),
        target: ("amazon_dynamodb_config", "1-0-1", ""),
        warns: [
          "`amazon_dynamodb_config` 1-0-1 needs `rdb_shredder` 0.11.0 or later, and this is 0.10.0"
        ]),
      Case(
        "another Elasticsearch job", r32.merging(["hadoop_elasticsearch": "0.2.0"]) { $1 },
        target: ("elastic_config", "1-0-1", ""),
        warns: ["`elastic_config` 1-0-1 needs `hadoop_elasticsearch` 0.1.0, and this is 0.2.0"]),
      Case(
        "R35", versions("6.1.0", enrich: "2.0.0", shredder: "0.19.0", loader: "0.19.0"),
        target: ("redshift_config", "4-0-0", ""),
        warns: [
          "`rdb_loader` 0.19.0 isn't a step on EMR",
          "`rdb_shredder` 0.19.0 doesn't take what this pipeline gives it",
        ]),
      Case(
        "the Hadoop shredder on AMI 4",
        versions("4.5.0", enrich: "1.8.0", shredder: "0.7.0", loader: "0.14.0"),
        target: ("redshift_config", "2-1-0", ""),
        warns: ["`ami_version` 4.5.0 needs `rdb_shredder` 0.8.0 or later, and this is 0.7.0"]),
      Case(
        "R90 on AMI 4", r90.merging(["ami_version": "4.5.0"]) { $1 },
        target: ("redshift_config", "2-0-0", ""),
        warns: [
          "`rdb_shredder` 0.12.0 needs `ami_version` 5.5.0 or later and before 6.0.0, and this is 4.5.0",
          "`spark_enrich` 1.9.0 needs `ami_version` 5.5.0 or later and before 6.0.0, and this is 4.5.0",
        ]),
      Case(
        "R95 on R90's AMI", r95.merging(["ami_version": "5.5.0"]) { $1 },
        target: ("redshift_config", "2-1-0", ""),
        warns: [
          "`rdb_shredder` 0.13.0 needs `ami_version` 5.9.0 or later and before 6.0.0, and this is 5.5.0",
          "`spark_enrich` 1.10.0 needs `ami_version` 5.9.0 or later and before 6.0.0, and this is 5.5.0",
        ]),
      Case(
        "R31 on the AMI of R30", r31.merging(["ami_version": "5.9.0"]) { $1 },
        warns: [
          "`rdb_shredder` 0.15.0 needs `ami_version` 5.19.0 or later and before 6.0.0, and this is 5.9.0"
        ]),
      Case(
        "R32 on the AMI of R30", r32.merging(["ami_version": "5.13.0"]) { $1 },
        warns: [
          "`rdb_shredder` 0.16.0 needs `ami_version` 5.19.0 or later and before 6.0.0, and this is 5.13.0"
        ]),
      Case(
        "R34 on AMI 5",
        r34.merging(["ami_version": "5.13.0"]) { $1 },
        warns: [
          "`rdb_shredder` 0.18.2 needs `ami_version` 6.1.0 or later, and this is 5.13.0",
          "`spark_enrich` 2.0.0 needs `ami_version` 6.0.0 or later, and this is 5.13.0",
        ]),
      Case(
        "R34 on AMI 5, without enrichment",
        versions("5.13.0", shredder: "0.18.2", loader: "0.18.2"), ["--skip", "staging,enrich"],
        warns: ["`rdb_shredder` 0.18.2 needs `ami_version` 6.1.0 or later, and this is 5.13.0"]),
      Case(
        "Spark Enrich on AMI 6, without the shredder",
        r34.merging(["spark_enrich": "1.18.0"]) { $1 },
        ["--skip", "shred,rdb_load,archive_shredded"],
        warns: [
          "`spark_enrich` 1.18.0 needs `ami_version` 5.9.0 or later and before 6.0.0, and this is 6.1.0"
        ]),
      Case(
        "a pre-release of R33's shredder", r34.merging(["rdb_shredder": "0.18.0-rc1"]) { $1 }),
      Case(
        "a pre-release of R33's shredder on AMI 5",
        r34.merging(["rdb_shredder": "0.18.0-rc1", "ami_version": "5.19.0"]) { $1 },
        ["--skip", "staging,enrich"],
        warns: ["`rdb_shredder` 0.18.0-rc1 needs `ami_version` 6.1.0 or later, and this is 5.19.0"]),
    ]
    // No AMI is right for both jobs, so none is advised.
    + ["5.13.0", "5.36.0", "6.1.0", "6.2.0"].flatMap { ami in
      [
        Case(
          "R34 with an older Spark Enrich on \(ami)",
          r34.merging(["spark_enrich": "1.18.0", "ami_version": ami]) { $1 },
          warns: [
            "`rdb_shredder` 0.18.2 and `spark_enrich` 1.18.0 can't run on the same `ami_version`"
          ]),
        Case(
          "R32 with a later Spark Enrich on \(ami)",
          r32.merging(["spark_enrich": "2.0.0", "ami_version": ami]) { $1 },
          warns: [
            "`spark_enrich` 2.0.0 and `rdb_shredder` 0.16.0 can't run on the same `ami_version`"
          ]),
      ]
    }

  @Test(arguments: together + apart) func warnings(_ row: Case) throws {
    let found = try Self.found(row)
    #expect(found.map(\.message) == row.warnings.sorted())
    for warning in found {
      #expect(warning.severity == "warning" && warning.hint != nil)
      #expect(warning.file?.hasPrefix("<builtin>") == false, "it is at the user's line")
      #expect(warning.notes.contains { $0.message.contains(": https://") }, "it has a source")
      let isPair = warning.message.contains(" needs ") || warning.message.contains(" and `")
      #expect(warning.notes.contains { $0.file != nil } == isPair, "the other one is shown")
    }
  }

  /// In stream mode, an older loader reads a version that nothing else does.
  @Test func streamMode() throws {
    for (loader, enrich, warns) in [
      ("0.14.0", "", true), ("0.14.0", "1.18.0", false), ("0.15.0", "", false),
    ] {
      let scratch = try Self.scratch(
        Case(
          "", Self.r119.merging(["rdb_loader": loader]) { $1 },
          target: ("redshift_config", loader == "0.14.0" ? "2-1-0" : "3-0-0", "")))
      try scratch.edit { config in
        let raw = try #require(config.range(of: "      raw:\n"))
        let enriched = try #require(config.range(of: "      enriched:\n"))
        var text = config
        text.replaceSubrange(
          raw.lowerBound..<enriched.upperBound,
          with: "      enriched:\n        stream: s3://acme-stream/good\n")
        text = text.replacing("collectors:\n  format: cloudfront\n", with: "")
        return enrich.isEmpty
          ? text.replacing("  versions:\n    spark_enrich: 1.18.0\n", with: "") : text
      }
      let found = try Self.found(in: scratch, [])
      #expect(
        found.map(\.message)
          == (warns ? ["`rdb_loader` 0.14.0 needs `spark_enrich`, which isn't set"] : []),
        "\(loader), \(enrich)")
    }
  }

  /// Each rule of the page has a case here.
  @Test func eachRuleIsTried() throws {
    let page = String(
      decoding: try Locations.bytes(
        Locations.repository.appending(path: "docs/diagnostics/version-mismatch.md")),
      as: UTF8.self)
    let words = { (text: Substring) in
      text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
    let rules = try #require(page.components(separatedBy: "<!-- versions -->").last)
      .components(separatedBy: "\n- ").dropFirst().map { words($0[...]) }
    #expect(rules.count >= 20)
    var notes = try Self.apart.flatMap { try Self.found($0).flatMap { $0.notes.map(\.message) } }
    notes.append(
      "read `spark_enrich`, and fail without it: https://github.com/snowplow/snowplow/issues/3711")
    for rule in rules {
      let isTried = notes.contains { note in
        let parts = note.components(separatedBy: ": https://")
        return parts.count == 2 && rule.hasSuffix("\(parts[0]) <https://\(parts[1])>")
      }
      #expect(isTried, "no case for: \(rule)")
    }
  }

  // MARK: Running

  struct Shown: Decodable {
    struct Note: Decodable {
      var message: String
      var file: String?
    }

    var file: String?
    var severity: String
    var code: String
    var message: String
    var hint: String?
    var notes: [Note]
  }

  private static func found(_ row: Case) throws -> [Shown] {
    try found(in: scratch(row), row.arguments)
  }

  private static func scratch(_ row: Case) throws -> Folder {
    let scratch = Folder(scratch: try Scratch())
    try FileManager.default.copyItem(
      at: MistakeCase.folder.appending(path: "base"), to: scratch.folder)
    try scratch.edit { config in
      var text = config
      for (key, value) in row.config {
        let range = try #require(text.firstRange(of: try Regex("\(key): [0-9.]+")))
        text.replaceSubrange(range, with: "\(key): \(value)")
      }
      return text
    }
    if let target = row.target {
      let file = scratch.folder.appending(path: "targets/redshift.json")
      try Data(document(target).utf8).write(to: file)
    }
    return scratch
  }

  private struct Folder {
    let scratch: Scratch
    var folder: URL { scratch.folder.appending(path: "case") }

    func edit(_ change: (String) throws -> String) throws {
      let file = folder.appending(path: "config.yml")
      let text = String(decoding: try Locations.bytes(file), as: UTF8.self)
      try Data(try change(text).utf8).write(to: file)
    }
  }

  private static func found(in scratch: Folder, _ arguments: [String]) throws -> [Shown] {
    let run = try Run(
      [
        "check", "-c", "config.yml", "-r", "resolver.json", "-t", "targets", "-n", "enrichments",
        "--diagnostics", "json",
      ] + arguments, environment: ["ACCESS_KEY": "a", "SECRET_KEY": "b"], folder: scratch.folder)
    #expect(run.status == 0, "\(run.errors)")
    return try JSONDecoder().decode([Shown].self, from: Data(run.errors.utf8))
      .filter { $0.code == "version-mismatch" }.sorted { $0.message < $1.message }
  }

  /// A target with what its schema requires; later members take precedence.
  private static func document(_ target: (name: String, version: String, more: String)) throws
    -> String
  {
    var data: [String: Any] = ["name": "T"]
    let access = ["host": "h.example", "database": "d", "schema": "atomic", "username": "u"]
    let isLate = target.version >= (target.name == "redshift_config" ? "3-0-0" : "2-0-0")
    switch target.name {
    case "redshift_config", "postgresql_config":
      data.merge(access) { $1 }
      data["port"] = 5439
      data["password"] = "hunter2-hunter2"
      data["purpose"] = "ENRICHED_EVENTS"
      if target.name == "redshift_config" {
        data["maxError"] = 1
        data["compRows"] = 20000
        if target.version != "1-0-0" { data["roleArn"] = "arn:aws:iam::210987654321:role/Load" }
      }
      if isLate {
        data["id"] = "6d1c8a4e-93f5-4d0b-8f43-0e1f7b2c9a58"
        data["sshTunnel"] = NSNull()
        data["processingManifest"] = NSNull()
      }
      if isLate, target.name == "redshift_config" {
        data["jdbc"] = ["ssl": true]
      } else {
        data["sslMode"] = "DISABLE"
      }
    case "elastic_config":
      data.merge(["host": "h.example", "index": "i", "type": "t", "purpose": "FAILED_EVENTS"]) {
        $1
      }
      data["port"] = 9200
      data["nodesWanOnly"] = false
    default:
      data.merge([
        "accessKeyId": "AKIAEXAMPLE", "secretAccessKey": "hushhushhush", "awsRegion": "eu-west-1",
        "dynamodbTable": "duplicates", "purpose": "DUPLICATE_TRACKING",
      ]) { $1 }
    }
    let more =
      try JSONSerialization.jsonObject(
        with: Data("{\"name\": \"T\"\(target.more)}".utf8)) as? [String: Any]
    data.merge(more ?? [:]) { $1 }
    let schema =
      "iglu:com.snowplowanalytics.snowplow.storage/\(target.name)/jsonschema/\(target.version)"
    return String(
      decoding: try JSONSerialization.data(withJSONObject: ["schema": schema, "data": data]),
      as: UTF8.self)
  }
}
