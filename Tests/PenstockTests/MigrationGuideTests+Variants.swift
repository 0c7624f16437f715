import AWSServices
import Foundation
import TestSupport
import Testing
import Values

extension MigrationGuideTests {
  private static func config(_ old: String, _ new: String) -> [(String, String, String)] {
    [("config.yml", old, new)]
  }

  private static let enriched = "enriched/good/run=2026-01-1"
  private static let shredded = "shredded/good/run=2026-01-1"

  /// Kinds of deviations of which no case was recorded.
  static let variants: [Variant] = [
    Variant(
      "a type that can't be EBS-optimized",
      config("core_instance_type: m4.large", "core_instance_type: m1.medium")
        + config("ebs_optimized: false", "ebs_optimized: true"), upstream: 0),
    Variant(
      "a release of two parts", config("ami_version: 5.29.0", "ami_version: '5.30'"), upstream: 0),
    Variant("a tag of AWS's", config("owner: data-team", "'aws:owner': data-team"), upstream: 0),
    Variant(
      "a security configuration before 4.8",
      config("ami_version: 5.29.0", "ami_version: 4.5.0")
        + config("security_configuration: null", "security_configuration: at-rest"), upstream: 0),
    Variant(
      "a bid of nothing", config("core_instance_bid: 0.015", "core_instance_bid: 0"), upstream: 0),
    Variant(
      "io1 without IOPS",
      config("volume_type: gp2", "volume_type: io1") + config("        volume_iops: 400\n", ""),
      upstream: 0),
    Variant(
      "a key twice in YAML",
      config("  ec2_key_name: snowplow-ops", "  ec2_key_name: a\n    ec2_key_name: snowplow-ops"),
      upstream: 0),
    Variant(
      "a key twice in JSON",
      [("resolver.json", "\"cacheSize\": 500", "\"cacheSize\": 1, \"cacheSize\": 500")],
      upstream: 0),
    Variant(
      "ERB beyond ENV", config("core_instance_count: 2", "core_instance_count: <%= 1 + 1 %>"),
      upstream: 0),
    Variant(
      "a blank in --skip", [], ["--skip", "consistency_check, analyze"], upstream: 1,
      error: "ConfigError: invalid option"),
    Variant(
      "a stream that only seems to have .gz", base: "default--s",
      config("s3://acme-s3-loader/enriched/", "s3://acme-s3-loader/other/"),
      objects: [("acme-s3-loader", ["other/part-1.xgz.tmp"])], upstream: 0),
    Variant(
      "a target's schema in no registry",
      [("resolver.json", "http://iglucentral.com", "http://iglu.acme.example")],
      upstream: 1, error: "Iglu::ResolverError: Schema redshift_config was not found"),
    Variant(
      "runs that don't belong together", [], ["-f", "archive_enriched"],
      objects: [("acme-out", [enriched + "3/part-1", shredded + "4/atomic-events/part-1"])],
      upstream: 0),
    Variant(
      "logs too deep", [], objects: [("acme-collector-logs", ["live/a/b/E1.2026-01-15-00.gz"])],
      upstream: 0),
    Variant(
      "a loader's version of two parts", config("rdb_loader: 0.17.0", "rdb_loader: '0.17'"),
      upstream: 0),
    Variant(
      "a date without quotes", config("job_name: Snowplow ETL", "job_name: 2026-01-15"),
      upstream: 1,
      error: "ReturnContractError: Contract violation for return value:"),
    Variant(
      "an archive in what is archived",
      config("archive: s3://acme-archive/raw", "archive: s3://acme-collector-logs/live/archive"),
      upstream: 0),
    Variant(
      "logs that are archived unread", [],
      ["--skip", "enrich,shred,rdb_load,archive_enriched,archive_shredded"], upstream: 0),
    Variant(
      "a zone of another region",
      config("placement: null", "placement: eu-west-1a")
        + config("ec2_subnet_id: subnet-0a1b2c3d", "ec2_subnet_id: null"), upstream: 0),
    Variant(
      "half an instance", config("core_instance_count: 2", "core_instance_count: 2.5"), upstream: 0),
  ]
}

extension MigrationGuideTests.Variant {
  func made() throws -> UpstreamCase {
    let folder = try #require(Locations.conformance("emr-etl-runner"))
    var made = try UpstreamCase(folder.appending(path: "cases/\(base).json"))
    made.name = title
    for (file, old, new) in edits {
      let index = try #require(made.files.firstIndex { $0.name == file })
      let text = made.files[index].text
      try #require(text.contains(old), "\(title): \(base) has no \(old)")
      made.files[index].text = text.replacing(old, with: new)
    }
    made.arguments += arguments
    for (bucket, keys) in objects {
      guard case .map(var facts) = made.facts, case .map(var buckets)? = facts["s3"] else {
        continue
      }
      buckets[bucket] = .strings((buckets[bucket]?.texts ?? []) + keys)
      facts["s3"] = .map(buckets)
      made.facts = .map(facts)
    }
    made.status = upstream
    made.error = error
    made.requests = nil
    return made
  }
}
