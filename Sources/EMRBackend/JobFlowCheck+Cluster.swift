import Text
import Diagnostics
import Locations
import PipelineIR
import SourceText
import Values

extension EMRRule {
  static let ofClusters: [EMRRule] = [
    .cluster(.emrClusterName, "The name contains none of `<`, `>`, `$`, `|` and backtick") {
      $0.checkName()
    },
    .run(
      .emrRegionUnknown,
      "EMR has an endpoint in the region (a warning if it looks like a new region)"
    ) { $0.checkRegion() },
    .cluster(.emrKerberosSecurity, "`KerberosAttributes` only with `SecurityConfiguration`") {
      $0.checkKerberos()
    },
    .cluster(.emrRoleARN, "`StepExecutionRoleArn` is a role's ARN") { $0.checkRole() },
    .cluster(
      .emrLogLocation, "`LogUri` is in S3", others: [.locationInvalid, .locationSuspicious]
    ) { $0.checkLogs() },
    .cluster(.emrLogEncryption, "`LogEncryptionKmsKeyId` only with `LogUri` (warning)") {
      $0.checkLogEncryption()
    },
    .cluster(.emrLogType, "Kinds of logs and their files") { $0.checkLogTypes() },
    .cluster(.emrIdleTimeout, "`IdleTimeout` is 60 to 604,800 seconds") { $0.checkIdleTimeout() },
    .cluster(
      .emrIdleWithoutKeepAlive,
      "`AutoTerminationPolicy` only if the cluster is kept alive (warning)"
    ) { $0.checkIsKeptAlive() },
    .cluster(
      .emrTerminationProtected,
      "`TerminationProtected` only for clusters that outlive the run (warning)"
    ) { $0.checkProtection() },
    .cluster(.emrTooManyTags, "At most 50 tags") { $0.checkTagCount() },
    .cluster(.emrTagKey, "A tag's key has 1 to 128 characters") { $0.checkTagKeys() },
    .cluster(.emrTagValue, "A tag's value has at most 256") { $0.checkTagValues() },
    .cluster(.emrTagReserved, "Keys beginning with `aws:` are reserved") {
      $0.checkReservedTags()
    },
    .cluster(.emrTagTwice, "No two tags have the same key") { $0.checkTagsTwice() },
    .cluster(
      .secretInArguments, "A description of the cluster shows no secrets (warning)"
    ) { $0.checkSecrets() },
  ]
}

extension JobFlowCheck {
  fileprivate mutating func checkKerberos() {
    if let entry = body.entry("KerberosAttributes"), body["SecurityConfiguration"] == nil {
      report(.kerberosSecurity(at: Spot(entry)))
    }
  }

  /// Secrets that a description of the cluster shows; EMR shows no Kerberos passwords.
  fileprivate mutating func checkSecrets() {
    // The steps' are reported where the steps are; one that is here too has to go from both.
    var known: Set<String> = []
    for entry in body.entries where entry.key != "KerberosAttributes" {
      for (secret, place) in entry.value.secrets {
        for source in secret.sources where known.insert(source).inserted {
          report(.secretInCluster(source, member: entry.key, at: Spot(place)))
        }
      }
    }
  }

  fileprivate mutating func checkRole() {
    if let value = body["StepExecutionRoleArn"], let text = value.text, !Self.isRole(text) {
      report(.roleARN(text, at: Spot(value)))
    }
  }

  fileprivate mutating func checkName() {
    guard let value = body["Name"], let name = value.text else { return }
    if name.isEmpty { return report(.clusterNameEmpty(at: Spot(value))) }
    if let byte = name.utf8.first(where: { "<>$|`".utf8.contains($0) }) {
      let mark = String(decoding: [byte], as: UTF8.self)
      report(.clusterName(mark, at: Spot(value)))
    }
  }

  // MARK: Region

  fileprivate mutating func checkRegion() {
    let region = program.cluster.region
    guard !region.isEmpty else { return }
    let table = data.table(.regions)
    guard table.fields(region) == nil, !table.text.isEmpty else { return }
    report(
      .regionUnknown(
        region, among: table.keys, isPlausible: Self.looksLikeRegion(region),
        at: Spot(program.cluster.regionSpan)))
  }

  /// Whether a name looks like that of a new region: two or more words and a number, as in
  /// `xx-north-1`.
  private static func looksLikeRegion(_ text: String) -> Bool {
    let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    guard parts.count >= 3, let last = parts.last, !last.isEmpty,
      last.allSatisfy({ ASCII.isDigit($0) })
    else { return false }
    let words = parts.dropLast()
    return words.allSatisfy { !$0.isEmpty && $0.allSatisfy { UInt8.lowercase.contains($0) } }
      && (words.first?.count ?? 0) <= 4
  }

  // MARK: Logs

  fileprivate mutating func checkLogEncryption() {
    if let entry = body.entry("LogEncryptionKmsKeyId"), body["LogUri"] == nil {
      report(.logEncryption(at: Spot(entry)))
    }
  }

  fileprivate mutating func checkLogTypes() {
    let cloudWatch = body["MonitoringConfiguration"]?["CloudWatchLogConfiguration"]
    for entry in cloudWatch?["LogTypes"]?.entries ?? [] {
      if !["STEP_LOGS", "SPARK_DRIVER", "SPARK_EXECUTOR"].contains(entry.key) {
        report(.logType(entry.key, at: Spot(entry)))
      }
      for file in entry.value.items {
        guard let name = file.text, name != "STDOUT", name != "STDERR" else { continue }
        report(.logFile(name, of: entry.key, at: Spot(file)))
      }
    }
    let uploads = body["MonitoringConfiguration"]?["S3LoggingConfiguration"]
    for entry in uploads?["LogTypeUploadPolicy"]?.entries ?? [] {
      if !["system-logs", "application-logs", "persistent-ui-logs"].contains(entry.key) {
        report(.uploadedLogType(entry.key, at: Spot(entry)))
      }
    }
  }

  fileprivate mutating func checkLogs() {
    guard let place = body["LogUri"], let text = place.text, !text.isEmpty else { return }
    let spot = Spot(place)
    do throws(LocationProblem) {
      let location = try Location(text)
      if !location.isInS3 { report(.logLocation(text, at: spot)) }
      if let doubt = location.doubt {
        report(.locationSuspicious(location, doubt, at: spot.span).taken(spot))
      }
    } catch {
      report(.locationInvalid(text, error, at: spot.span).taken(spot))
    }
  }

  /// A jar or script that a cluster fetches from S3 must be in a bucket with a valid name.
  mutating func checkFile(_ text: String, at spot: Spot) {
    guard text.hasPrefix("s3") else { return }
    do throws(LocationProblem) {
      _ = try Location(text)
    } catch {
      switch error {
      case .placeholder, .noBucket, .bucket, .user, .blank:
        report(.locationInvalid(text, error, at: spot.span).taken(spot))
      // A path that isn't an S3 location.
      case .noScheme, .capitals, .web, .dots: return
      }
    }
  }

  // MARK: Tags

  private var tags: [SpannedValue] { body["Tags"]?.items ?? [] }

  /// The keys that are texts.
  private var tagKeys: [(member: SpannedValue, key: String)] {
    tags.compactMap { tag in
      tag["Key"].flatMap { member in member.text.map { (member, $0) } }
    }
  }

  fileprivate mutating func checkTagCount() {
    let tags = tags
    if tags.count > 50 { report(.tooManyTags(tags.count, at: Spot(tags[50]))) }
  }

  fileprivate mutating func checkTagValues() {
    for tag in tags {
      if let value = tag["Value"], let text = value.text, text.unicodeScalars.count > 256 {
        report(.tagValue(text.unicodeScalars.count, of: tag["Key"]?.text, at: Spot(value)))
      }
    }
  }

  fileprivate mutating func checkTagKeys() {
    for tag in tags where tag.entry("Key") == nil { report(.tagKeyEmpty(at: Spot(tag))) }
    for (member, key) in tagKeys {
      if key.isEmpty { report(.tagKeyEmpty(at: Spot(member))) }
      if key.unicodeScalars.count > 128 {
        report(.tagKeyLength(key.unicodeScalars.count, at: Spot(member)))
      }
    }
  }

  fileprivate mutating func checkReservedTags() {
    for (member, key) in tagKeys where key.lowercased().hasPrefix("aws:") {
      report(.tagReserved(key, at: Spot(member)))
    }
  }

  fileprivate mutating func checkTagsTwice() {
    var first: [String: SpannedValue] = [:]
    for (member, key) in tagKeys {
      if let before = first[key] {
        report(.tagTwice(key, at: Spot(member), first: Spot(before)))
      }
      first[key] = member
    }
  }

  // MARK: Termination

  private var isKeptAlive: Bool { instances["KeepJobFlowAliveWhenNoSteps"]?.flag == true }

  fileprivate mutating func checkProtection() {
    if let protection = instances.entry("TerminationProtected"), protection.value.flag == true,
      !program.cluster.isPersistent
    {
      report(.terminationProtected(isKeptAlive: isKeptAlive, at: Spot(protection)))
    }
  }

  fileprivate mutating func checkIdleTimeout() {
    if let timeout = body["AutoTerminationPolicy"]?["IdleTimeout"], let seconds = timeout.integer,
      !(60...604_800).contains(seconds)
    {
      report(.idleTimeout(seconds, at: Spot(timeout)))
    }
  }

  fileprivate mutating func checkIsKeptAlive() {
    if !isKeptAlive, let policy = body.entry("AutoTerminationPolicy") {
      report(.idleWithoutKeepAlive(at: Spot(policy)))
    }
  }

  /// `arn:aws:iam::123456789012:role/name`, in any partition.
  static func isRole(_ text: String) -> Bool {
    let parts = text.utf8.split(
      separator: UInt8(ascii: ":"), maxSplits: 5, omittingEmptySubsequences: false)
    guard parts.count == 6 else { return false }
    let account = parts[4]
    return parts[0].elementsEqual("arn".utf8) && parts[1].starts(with: "aws".utf8)
      && parts[2].elementsEqual("iam".utf8) && parts[3].isEmpty && account.count == 12
      && account.allSatisfy { ASCII.isDigit($0) }
      && parts[5].starts(with: "role/".utf8) && parts[5].count > 5
  }
}
