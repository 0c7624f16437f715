import Documents
import Diagnostics
import Foundation
import Migration
import SourceText
import TestSupport
import Testing
import Values
import YAMLSyntax

/// Each older layout becomes today's, or is refused with the reason.
@Suite struct MigrationTests {
  private static func migrate(_ texts: String...) throws -> Migrated { try Migrated(texts) }

  /// A configuration of each layout, with the job's name in it, and which layout it is told to be.
  static let layouts: [(layout: String, text: String)] = [
    (
      "the layout of releases 0.8.3 to 0.9.4",
      """
      :aws:
        :access_key_id: AKIA # of the runner
        :secret_access_key: hush
      :s3:
        :region: us-east-1
        :buckets:
          :assets: s3://acme-assets
          :log: s3://acme/log/
          :in: s3://acme/in/
          :processing: s3://acme/processing/
          :out: s3://acme/out/
          :archive: s3://acme/archive/
      :emr:
        :ami_version: 2.4.2
        :region: eu-west-1
        :placement: eu-west-1a
        :ec2_key_name: key
        :jobflow:
          :master_instance_type: m1.small
          :core_instance_count: 2
          :core_instance_type: m1.small
      :etl:
        :job_name: Nightly
        :hadoop_etl_version: 0.3.4
        :collector_format: cloudfront
        :continue_on_unexpected_error: false
      """
    ),
    (
      "the layout of releases 0.9.5 to r69",
      """
      :aws:
        :access_key_id: AKIA # of the runner
        :secret_access_key: hush
      :s3:
        :region: us-east-1
        :buckets:
          :assets: s3://acme-assets
          :log: s3://acme/log/
          :raw:
            :in: s3://acme/in/
            :processing: s3://acme/processing/
            :archive: s3://acme/archive/
          :enriched:
            :good: s3://acme/enriched/good/
            :bad: s3://acme/enriched/bad/
          :shredded:
            :good: s3://acme/shredded/good/
            :bad: s3://acme/shredded/bad/
      :emr:
        :ami_version: 3.7.0
        :region: eu-west-1
        :ec2_subnet_id: subnet-1
        :ec2_key_name: key
        :jobflow:
          :master_instance_type: m1.small
          :core_instance_count: 2
          :core_instance_type: m1.small
      :etl:
        :job_name: Nightly
        :versions:
          :hadoop_enrich: 0.14.1
          :hadoop_shred: 0.4.0
        :collector_format: cloudfront
        :continue_on_unexpected_error: false
      """
    ),
    (
      "the layout of releases r70 to r88",
      """
      aws:
        access_key_id: AKIA # of the runner
        secret_access_key: hush
        s3:
          region: us-east-1
          buckets:
            assets: s3://acme-assets
            log: s3://acme/log/
            raw:
              in: [s3://acme/in/]
              processing: s3://acme/processing/
              archive: s3://acme/archive/
            enriched:
              good: s3://acme/enriched/good/
              bad: s3://acme/enriched/bad/
            shredded:
              good: s3://acme/shredded/good/
              bad: s3://acme/shredded/bad/
        emr:
          ami_version: 4.5.0
          region: eu-west-1
          ec2_subnet_id: subnet-1
          ec2_key_name: key
          jobflow:
            master_instance_type: m1.small
            core_instance_count: 2
            core_instance_type: m1.small
      collectors:
        format: cloudfront
      enrich:
        job_name: Nightly
        versions:
          hadoop_enrich: 1.8.0
          hadoop_shred: 0.10.0
        continue_on_unexpected_error: false
      """
    ),
  ]

  @Test(arguments: layouts) func layoutsBecomeToday(_ old: (layout: String, text: String)) throws {
    var diagnostics: [Diagnostic] = []
    let tree = try #require(
      YAMLReader.read(
        SourceFile(name: "old.yml", text: Array(old.text.utf8)), source: SourceID(index: 0),
        rules: .ruby, into: &diagnostics))
    let schema = try Migrated.schema()
    #expect(LegacyLayout.detect(tree, schema: schema)?.name == old.layout)
    let outcome = try Self.migrate(old.text)
    #expect(outcome.errors.isEmpty, "\(outcome.diagnostics.map(\.message))")
    let expected = [
      "aws.access_key_id": "AKIA", "aws.secret_access_key": "hush", "aws.s3.region": "us-east-1",
      "aws.s3.buckets.log": "s3://acme/log/", "aws.s3.buckets.raw.archive": "s3://acme/archive/",
      "aws.emr.region": "eu-west-1", "aws.emr.ec2_key_name": "key",
      "aws.emr.jobflow.core_instance_count": "2", "aws.emr.jobflow.job_name": "Nightly",
      "collectors.format": "cloudfront", "enrich.continue_on_unexpected_error": "false",
      // Neither the older releases nor the older jobs run any more.
      "aws.emr.ami_version": "5.29.0", "enrich.versions.spark_enrich": "1.18.0",
      "storage.versions.rdb_shredder": "0.16.0",
    ]
    for (path, value) in expected {
      #expect(try outcome.value(path) == value, "\(path)")
    }
    #expect(outcome.config.contains("# of the runner\n"), "comments are kept")
    #expect(outcome.files.first?.isSecret == true)
    // What was written is today's, and stays as it is.
    let again = try Self.migrate(outcome.config)
    #expect(again.config == outcome.config && again.diagnostics.isEmpty)
  }

  /// Buckets that the older layout had none of are made of those that it had.
  @Test func bucketsAreDerived() throws {
    let outcome = try Self.migrate(Self.layouts[0].text)
    #expect(try outcome.value("aws.s3.buckets.enriched.good") == "s3://acme/out/")
    #expect(try outcome.value("aws.s3.buckets.enriched.bad") == "s3://acme/out-bad")
    #expect(try outcome.value("aws.s3.buckets.enriched.archive") == "s3://acme/out-archive")
    #expect(outcome.config.contains("# new"))
    #expect(outcome.diagnostics.contains { $0.code == .migrationAdded && $0.severity == .warning })
    let whole = try Self.migrate(
      Self.layouts[0].text.replacing("s3://acme/out/", with: "s3://acme"))
    #expect(
      try whole.value("aws.s3.buckets.enriched.bad") == "ADD HERE", "nothing is beside a bucket")
  }

  @Test(arguments: [
    (":buckets:\n  :in: s3://acme/in/", "2012"),
    (
      ":s3:\n  :buckets:\n    :in: s3://acme/in/\n:emr:\n  :hadoop_version: 1\n:snowplow:\n  :serde_version: 0.5.2",
      "0.5 to 0.8.5"
    ),
    (
      ":s3:\n  :buckets:\n    :in: x\n:emr:\n  :placement: a\n:snowplow:\n  :hive: 1",
      "0.5 to 0.8.5"
    ),
    ("a: 1", "isn't a configuration in any known layout"), ("[a]", "isn't a configuration"),
    ("", "isn't a configuration"),
  ]) func whatIsGoneIsRefused(_ text: String, _ words: String) throws {
    let outcome = try Self.migrate(text)
    #expect(outcome.errors == [.migrationRefused] && outcome.files.isEmpty)
    #expect(
      outcome.diagnostics.first?.message.contains(words) == true,
      "\(outcome.diagnostics.map(\.message))")
    #expect(outcome.diagnostics.first?.span != nil)
  }

  @Test func oneConfigurationAtATime() throws {
    let text = Self.layouts[2].text
    let outcome = try Self.migrate(text, text)
    #expect(outcome.errors == [.migrationRefused] && outcome.files.isEmpty)
    let companion = ":s3:\n  :buckets:\n    :enriched:\n      :archive: s3://a/x\n:targets: []"
    #expect(try Self.migrate(companion).errors == [.migrationRefused])
  }

  /// Not a word is lost: what today has no place for is told, where it is.
  @Test func leftoversAreTold() throws {
    let text = Self.layouts[2].text + "\nstorage:\n  download: { folder: /tmp }\nmine: 3 # kept\n"
    let outcome = try Self.migrate(text)
    let dropped = outcome.diagnostics.filter { $0.code == .migrationDropped }
    #expect(dropped.contains { $0.message.contains("`mine`") && $0.span != nil })
    #expect(dropped.contains { $0.message.contains("`storage.download`") })
    #expect(outcome.config.contains("# kept"))
  }

  /// Variables of the environment stay as they are written.
  @Test func templatesStay() throws {
    let text = Self.layouts[2].text.replacing("hush", with: "<%= ENV['SECRET'] %>")
    let outcome = try Self.migrate(text)
    #expect(outcome.errors.isEmpty && outcome.config.contains("<%= ENV['SECRET'] %>"))
  }

  @Test func targetsBecomeFiles() throws {
    let text =
      Self.layouts[2].text + """

        storage:
          targets:
            - name: One
              type: redshift
              host: a.example
              database: events
              port: 5439
              ssl_mode: verify-ca
              table: acme.events
              username: loader
              password: hunter2
              colour: red
            - { name: Two, type: redshift, host: b.example, database: d, username: u, password: "<%= ENV['P'] %>" }
            - { name: Three, type: paper }
            - { name: Four }
        """
    let outcome = try Self.migrate(text)
    #expect(
      outcome.files.map(\.path) == [
        "config.yml", "targets/redshift.json", "targets/redshift-2.json",
      ])
    let one = String(decoding: try #require(outcome.files.dropFirst().first).text, as: UTF8.self)
    for part in [#""port": 5439"#, #""sslMode": "verify-ca""#, #""schema": "acme""#, "hunter2"] {
      #expect(one.contains(part), "\(part) in \(one)")
    }
    let two = String(decoding: try #require(outcome.files.last).text, as: UTF8.self)
    #expect(two.contains("ADD HERE") && !two.contains("ENV"))
    for text in [one, two] { #expect(text.contains("redshift_config/jsonschema/4-0-0")) }
    let ids = try [one, two].map { try #require($0.firstMatch(of: /"id": "([0-9a-f-]{36})"/)).1 }
    #expect(ids[0] != ids[1], "each has an id of its own")
    let again = try Self.migrate(text.replacing("hunter2", with: "another"))
    #expect(again.text("targets/redshift.json")?.contains(ids[0]) == true, "without the password")
    let filled = outcome.diagnostics.filter { $0.message.contains("`roleArn`") }
    #expect(filled.filter { $0.severity == .warning && $0.span != nil }.count == 2)
    let areSecret = outcome.files.dropFirst().allSatisfy(\.isSecret)
    #expect(areSecret)
    let dropped = outcome.diagnostics.filter { $0.code == .migrationDropped }.map(\.message)
    #expect(dropped.contains { $0.contains("`colour`") })
    #expect(dropped.contains { $0.contains("`paper`") })
    #expect(dropped.contains { $0.contains("without a type") })
  }

  /// A target is written in the version that the loader of the new configuration reads.
  @Test(arguments: [
    ("0.12.0", "redshift_config/jsonschema/2-1-0", "postgresql_config/jsonschema/1-1-0"),
    ("0.14.0", "redshift_config/jsonschema/2-1-0", "postgresql_config/jsonschema/1-1-0"),
    ("0.15.0", "redshift_config/jsonschema/4-0-0", "postgresql_config/jsonschema/2-0-0"),
    ("'0.17.0'", "redshift_config/jsonschema/4-0-0", "postgresql_config/jsonschema/2-0-0"),
  ])
  func targetsFitTheirLoader(_ loader: String, _ redshift: String, _ postgres: String) throws {
    let text =
      Self.layouts[2].text.replacing("hadoop_enrich: 1.8.0", with: "spark_enrich: 1.18.0")
      .replacing("    hadoop_shred: 0.10.0\n", with: "") + """

        storage:
          versions: { rdb_loader: \(loader), rdb_shredder: 0.13.0 }
          targets:
            - { name: One, type: redshift, host: a.example, database: d, username: u, password: p }
            - { name: Two, type: postgres, host: b.example, database: d, username: u, password: p }
        """
    let outcome = try Self.migrate(text)
    #expect(outcome.errors.isEmpty, "\(outcome.diagnostics.map(\.message))")
    #expect(outcome.text("targets/redshift.json")?.contains(redshift) == true)
    #expect(outcome.text("targets/postgres.json")?.contains(postgres) == true)
  }

  /// How a connection is secured, in the words of today's schema.
  @Test(arguments: [
    ("disable", #"{"ssl": false}"#), ("require", #"{"ssl": true}"#),
    ("VERIFY-FULL", #"{"ssl": true, "sslMode": "verify-full"}"#), ("prefer", #"{"ssl": false}"#),
  ])
  func sslModes(_ mode: String, _ jdbc: String) throws {
    let text =
      Self.layouts[2].text + """

        storage:
          targets: [{ name: One, type: redshift, ssl_mode: \(mode), host: h, database: d, username: u, password: p }]
        """
    let outcome = try Self.migrate(text)
    let target = try #require(outcome.text("targets/redshift.json"))
    let bare = target.filter { !$0.isWhitespace }
    #expect(bare.contains("\"jdbc\":" + jdbc.filter { !$0.isWhitespace } + ","), "\(target)")
    let isTold = outcome.diagnostics.contains {
      $0.code == .migrationDropped && $0.message.contains("`prefer`")
    }
    #expect(isTold == (mode == "prefer"))
  }

  /// Instances were counted with the master, and their type had another name.
  @Test(arguments: [
    ("4", "3"), ("2", "1"), ("1", "1"), ("0", "1"), ("\"4\"", "3"), ("3.0", "2"),
    ("<%= ENV['N'] %>", "ADD HERE"), ("2.5", "ADD HERE"), ("many", "ADD HERE"),
  ])
  func instancesWithoutTheMaster(_ count: String, _ core: String) throws {
    let text = Self.layouts[0].text
      .replacing(":core_instance_count: 2", with: ":instance_count: \(count)")
      .replacing(":core_instance_type: m1.small", with: ":slave_instance_type: m1.large")
    let outcome = try Self.migrate(text)
    #expect(outcome.errors.isEmpty)
    #expect(try outcome.value("aws.emr.jobflow.core_instance_count") == core)
    #expect(try outcome.value("aws.emr.jobflow.core_instance_type") == "m1.large")
    let told = outcome.diagnostics.filter { $0.message.contains("instance_count`") }
    #expect(told.contains { $0.span != nil })
    #expect(!told.contains { $0.message.contains("no such key") }, "\(told)")
    #expect(
      told.contains { $0.message.contains("a machine is added") } == ["0", "1"].contains(count))
    if core == "ADD HERE" {
      #expect(told.contains { $0.message.contains("`\(count)` isn't a known number") }, "\(told)")
    }
  }

  /// The loader gives the table its name, so that a target has only its schema.
  @Test(arguments: [
    ("atomic.events", "atomic", nil), ("web.Events", "web", nil),
    ("atomic.my_events", "atomic", "my_events"), ("public.ev", "public", "ev"),
    ("events", "ADD HERE", nil), ("ev", "ADD HERE", "ev"),
  ])
  func aTablesNameIsntLostSilently(table: String, schema: String, lost: String?) throws {
    let text =
      Self.layouts[2].text + """

        storage:
          targets: [{ name: One, type: redshift, host: h, database: d, table: \(table), username: u }]
        """
    let outcome = try Self.migrate(text)
    let target = try #require(outcome.text("targets/redshift.json"))
    #expect(target.contains("\"schema\": \"\(schema)\""), "\(target)")
    let told = outcome.diagnostics.filter { $0.message.contains("table's name") }
    #expect(told.map(\.code) == (lost == nil ? [] : [.migrationDropped]))
    #expect(told.allSatisfy { $0.span != nil && $0.message.contains("`\(lost ?? "")`") })
    let asked = outcome.diagnostics.filter { $0.message.contains("has no schema") }
    #expect(asked.count == (schema == "ADD HERE" ? 1 : 0), "\(asked)")
  }

  /// New versions of jobs may not be in a bucket of one's own, and a build of one's own isn't
  /// replaced without a word.
  @Test func customJarsAreWarnedOf() throws {
    let text = Self.layouts[2].text
    func warnings(_ text: String) throws -> [String] {
      try Self.migrate(text).diagnostics
        .filter { $0.code == .migrationChanged && $0.severity == .warning }.map(\.message)
    }
    let bucket = try warnings(text)
    #expect(bucket.count == 1 && bucket[0].contains("`aws.s3.buckets.assets`"))
    #expect(bucket[0].contains("`spark_enrich` 1.18.0, `rdb_shredder` 0.16.0, `rdb_loader` 0.17.0"))
    for hosted in ["s3://snowplow-hosted-assets", "s3n://snowplow-hosted-assets-us-east-1/"] {
      #expect(try warnings(text.replacing("s3://acme-assets", with: hosted)).isEmpty)
    }
    let hosted = text.replacing("s3://acme-assets", with: "s3://snowplow-hosted-assets")
    let own = try warnings(hosted.replacing("1.8.0", with: "1.8.0-hams"))
    #expect(own.count == 1 && own[0].contains("`enrich.versions.spark_enrich` is now `1.18.0`"))
    #expect(try warnings(hosted.replacing("1.8.0", with: "1.8.0-rc2")).isEmpty)
  }

  @Test func rulesHaveAShape() throws {
    for text in ["", "[]", "{}", #"{"targets": {}}"#] {
      #expect(MigrationRules(Array(text.utf8)) == nil, "\(text)")
    }
    #expect(try Migrated.rules().schema == "snowplow/config.schema.json")
  }
}
