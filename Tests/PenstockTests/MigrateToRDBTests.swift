import Foundation
import TestSupport
import Testing

/// EmrEtlRunner's config.yml becomes the inputs of the pipeline of the RDB Transformer.
@Suite struct MigrateToRDBTests {
  private static let example = Locations.repository.appending(path: "examples/snowplow/config.yml")
  private static let resolver = Locations.repository.appending(
    path: "examples/snowplow-rdb/resolver.json")

  private struct Outcome {
    var scratch: Scratch
    var run: Run

    func text(_ name: String) throws -> String {
      String(
        decoding: try Locations.bytes(scratch.folder.appending(path: "new/\(name)")), as: UTF8.self)
    }

    func penstock(_ command: String, _ environment: [String: String] = [:]) throws -> Run {
      try Run(
        [
          command, "snowplow-rdb", "-c", "new/config.yml", "-r", MigrateToRDBTests.resolver.path,
          "--input", "transformer=new/transformer.hocon", "--run-time", "2026-03-01T05:06:07Z",
        ], environment: environment, folder: scratch.folder)
    }
  }

  private static func migrate(_ text: String) throws -> Outcome {
    let scratch = try Scratch()
    try scratch.file("old.yml", text)
    let run = try Run(
      ["migrate", "--to", "rdb", "old.yml", "-o", "new"], folder: scratch.folder)
    return Outcome(scratch: scratch, run: run)
  }

  private static func config() throws -> String {
    String(decoding: try Locations.bytes(example), as: UTF8.self)
  }

  @Test func theExampleBecomesInputsThatPass() throws {
    let outcome = try Self.migrate(try Self.config())
    #expect(outcome.run.status == 0)
    #expect(outcome.run.text == "new/config.yml\nnew/transformer.hocon\n")
    let config = try outcome.text("config.yml")
    for line in [
      "name: Snowplow ETL", "region: eu-central-1", "release: 6.2.0", "encrypted: true",
      "  subnet: subnet-0f3a9c61", "  version: 5.8.2", "    count: 3", "      size: 200",
      "    bid: 0.25", "bootstrap_tries: 3",
      "  - s3://acme-snowplow-etl/bootstrap/install-agent.sh",
      "    spark.executor.memory: 20G", "  environment: production",
      "  sink: s3://acme-snowplow-out/enriched/good-sink/ # new",
    ] {
      #expect(config.contains(line + "\n"), "\(line)")
    }
    let transformer = try outcome.text("transformer.hocon")
    for line in [
      "\"input\": \"s3://acme-snowplow-archive/enriched-rdb/\"",
      "\"path\": \"s3://acme-snowplow-archive/shredded-rdb/\"",
      "\"queueName\": \"snowplow-etl-rdb-loader.fifo\"", "\"compression\": \"GZIP\"",
    ] {
      #expect(transformer.contains(line), "\(line)")
    }
    #expect(!config.contains("{{") && !transformer.contains("{{"))
    let check = try outcome.penstock("check")
    #expect(check.status == 0 && check.errors.isEmpty, "\(check.errors)")
    #expect(try outcome.penstock("compile").status == 0)
  }

  @Test func whatIsLeftIsSaidTwice() throws {
    let outcome = try Self.migrate(try Self.config())
    let config = try outcome.text("config.yml").replacing("\n#    ", with: "")
    for task in [
      "set up Stream Enrich and the S3 loader", "create the SQS queue named in transformer.hocon",
      "run the RDB Loader of the same version as a service", "try your bootstrap actions on EMR 6",
    ] {
      #expect(outcome.run.errors.contains(". \(task)"), "\(task)")
      #expect(config.contains(". \(task)"), "\(task)")
    }
    // Snowplow's own bucket has the jar.
    #expect(!config.contains("copy the transformer's jar"))
    let own = try Self.migrate(
      try Self.config().replacing("s3://snowplow-hosted-assets ", with: "s3://acme-assets "))
    #expect(try own.text("config.yml").contains("copy the transformer's jar"))
    #expect(try own.text("config.yml").contains("  assets: s3://acme-assets"))
  }

  @Test func streamModeHasItsSinkAndTemplatesStay() throws {
    let text = """
      aws:
        access_key_id: <%= ENV['KEY'] %>
        secret_access_key: <%= ENV['SECRET'] %>
        s3:
          region: eu-west-1
          buckets:
            assets: s3://snowplow-hosted-assets/
            log: <%= ENV['LOG'] %>
            encrypted: false
            enriched:
              stream: s3n://acme-stream/enriched/
              good: s3://acme-out/enriched/good
              archive: s3://acme-archive
            shredded:
              good: <%= ENV['SHREDDED'] %>
              bad: s3://acme-out/shredded/bad
              archive: <%= ENV['ARCHIVE'] %>
        emr:
          ami_version: 6.1.0
          region: eu-west-1
          placement: eu-west-1a
          ec2_subnet_id:
          ec2_key_name: acme
          jobflow:
            job_name: "Acme: events!"
            master_instance_type: m5.large
            core_instance_count: <%= ENV['COUNT'] %>
            core_instance_type: m5.xlarge
            task_instance_count: 0
            task_instance_type: m5.xlarge
          configuration:
            spark:
              maximizeResourceAllocation: true
      monitoring:
        tags: {team: data}
      """
    let outcome = try Self.migrate(text)
    #expect(outcome.run.status == 0)
    let config = try outcome.text("config.yml")
    for line in [
      "log: <%= ENV['LOG'] %>", "release: 6.1.0", "  zone: eu-west-1a",
      "  sink: s3://acme-stream/enriched/", "    count: <%= ENV['COUNT'] %>",
      "    maximizeResourceAllocation: \"true\"", "tags: {team: data}",
    ] {
      #expect(config.contains(line + "\n"), "\(line)")
    }
    #expect(
      !config.contains("task:") && !config.contains("KEY'") && !config.contains("Stream Enrich"))
    let transformer = try outcome.text("transformer.hocon")
    #expect(transformer.contains("\"input\": \"s3://acme-archive/rdb/\""))
    #expect(transformer.contains("\"queueName\": \"acme-events-rdb-loader.fifo\""))
    // HOCON has no ERB, so the place has to be written.
    #expect(transformer.contains("\"path\": \"ADD HERE\""))
    #expect(outcome.run.errors.contains("`output` is new, and set to `ADD HERE`"))
    let environment = ["LOG": "s3://acme-log/emr/", "COUNT": "2"]
    #expect(try outcome.penstock("check", environment).status == 1)
    try outcome.scratch.file(
      "new/transformer.hocon", transformer.replacing("ADD HERE", with: "s3://acme-rdb/out/"))
    let check = try outcome.penstock("check", environment)
    #expect(check.status == 0, "\(check.errors)")
    // Java 11 is on the list, and a warning of the result too.
    #expect(check.errors.contains("needs Java 11"))
  }

  @Test func othersAreRefused() throws {
    let old = try Self.migrate("etl:\n  job_name: x\naws:\n  access_key_id: x\n")
    #expect(old.run.status == 1)
    #expect(old.run.errors.contains("this isn't a configuration in the current layout"))
    #expect(old.run.errors.contains("penstock migrate CONFIG -o DIR"))
    let scratch = try Scratch()
    try scratch.file("a.yml", "a: 1")
    let two = try Run(
      ["migrate", "--to", "rdb", "a.yml", "a.yml", "-o", "new"], folder: scratch.folder)
    #expect(two.status == 64)
    #expect(two.errors.contains("error[unexpected-argument]"))
    let other = try Run(["migrate", "--to", "x", "a.yml", "-o", "new"], folder: scratch.folder)
    #expect(other.errors.contains("it takes `current`, `rdb`"), "\(other.errors)")
  }

  /// Each key of what people wrote is in the new files or is reported at its line.
  @Test(
    .enabled(if: Locations.conformance("real-world") != nil, "needs the conformance data"),
    arguments: MigrateTests.files)
  func noKeyIsLostInSilence(name: String) throws {
    let file = try #require(Locations.conformance("real-world")).appending(path: name)
    let text = String(decoding: try Locations.bytes(file), as: UTF8.self)
    let outcome = try Self.migrate(text)
    guard outcome.run.status == 0 else {
      #expect(outcome.run.status == 1 && outcome.run.errors.contains("old.yml:"))
      return
    }
    let new = try outcome.text("config.yml") + outcome.text("transformer.hocon")
    var section = ""
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      let indent = line.prefix { $0 == " " }.count
      let body = line.drop { $0 == " " }
      guard let colon = body.firstRange(of: ": "), !body.hasPrefix("#"), !body.hasPrefix("-"),
        indent > 0
      else {
        if indent == 0 { section = String(line) }
        continue
      }
      var value = String(body[colon.upperBound...])
      if let comment = value.firstRange(of: " #") { value = String(value[..<comment.lowerBound]) }
      value = value.trimmingCharacters(in: .whitespaces)
      if value.isEmpty || value == "null" || value.hasPrefix("#") { continue }
      let told = outcome.run.errors.contains("old.yml:\(index + 1):")
      let isReported = told || Self.isBelowReported(index, indent, text, outcome.run.errors)
      let plain = value.trimmingCharacters(in: CharacterSet(charactersIn: "\"'"))
        .replacing("s3n://", with: "s3://")
      #expect(isReported || new.contains(plain), "\(section) \(line)")
    }
  }

  /// Whether a section that the line is in is reported as a whole.
  private static func isBelowReported(
    _ index: Int, _ indent: Int, _ text: String, _ errors: String
  ) -> Bool {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    var indent = indent
    for at in (0..<index).reversed() {
      let line = lines[at]
      let own = line.prefix { $0 == " " }.count
      guard own < indent, own < line.utf8.count, !line.drop(while: { $0 == " " }).hasPrefix("#")
      else { continue }
      if errors.contains("old.yml:\(at + 1):") { return true }
      indent = own
    }
    return false
  }
}
