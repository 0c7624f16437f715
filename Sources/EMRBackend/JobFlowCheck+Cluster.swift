import Text
import Diagnostics
import Locations
import PipelineIR
import SourceText
import Values

extension JobFlowCheck {
  mutating func checkCluster() {
    checkName()
    checkLogs()
    checkTags()
    checkTermination()
    if let entry = body.entry("KerberosAttributes"), body["SecurityConfiguration"] == nil {
      diagnostics.append(.kerberosSecurity(at: Spot(entry)))
    }
    if let value = body["StepExecutionRoleArn"], let text = value.text, !Self.isRole(text) {
      diagnostics.append(.roleARN(text, at: Spot(value)))
    }
  }

  private mutating func checkName() {
    guard let value = body["Name"], let name = value.text else { return }
    if name.isEmpty { return diagnostics.append(.clusterNameEmpty(at: Spot(value))) }
    if let byte = name.utf8.first(where: { "<>$|`".utf8.contains($0) }) {
      let mark = String(decoding: [byte], as: UTF8.self)
      diagnostics.append(.clusterName(mark, at: Spot(value)))
    }
  }

  // MARK: Region

  mutating func checkRegion() {
    let region = program.cluster.region
    guard !region.isEmpty else { return }
    let table = data.table(.regions)
    guard table.fields(region) == nil, !table.text.isEmpty else { return }
    diagnostics.append(
      .regionUnknown(
        region, among: table.keys, isPlausible: Self.looksLikeRegion(region),
        at: Spot(program.cluster.regionSpan)))
  }

  /// Whether a name looks like that of a new region: two or more words and a number, as in
  /// `xx-north-1`.
  private static func looksLikeRegion(_ text: String) -> Bool {
    let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    guard parts.count >= 3, let last = parts.last, !last.isEmpty,
      last.allSatisfy({ UInt8.digits.contains($0) })
    else { return false }
    let words = parts.dropLast()
    return words.allSatisfy { !$0.isEmpty && $0.allSatisfy { UInt8.lowercase.contains($0) } }
      && (words.first?.count ?? 0) <= 4
  }

  // MARK: Logs

  private mutating func checkLogs() {
    let place = body["LogUri"]
    if let entry = body.entry("LogEncryptionKmsKeyId"), place == nil {
      diagnostics.append(.logEncryption(at: Spot(entry)))
    }
    if let place, let text = place.text, !text.isEmpty { checkLogs(text, at: Spot(place)) }
    let cloudWatch = body["MonitoringConfiguration"]?["CloudWatchLogConfiguration"]
    for entry in cloudWatch?["LogTypes"]?.entries ?? [] {
      if !["STEP_LOGS", "SPARK_DRIVER", "SPARK_EXECUTOR"].contains(entry.key) {
        diagnostics.append(.logType(entry.key, at: Spot(entry)))
      }
      for file in entry.value.items {
        guard let name = file.text, name != "STDOUT", name != "STDERR" else { continue }
        diagnostics.append(.logFile(name, of: entry.key, at: Spot(file)))
      }
    }
    let uploads = body["MonitoringConfiguration"]?["S3LoggingConfiguration"]
    for entry in uploads?["LogTypeUploadPolicy"]?.entries ?? [] {
      if !["system-logs", "application-logs", "persistent-ui-logs"].contains(entry.key) {
        diagnostics.append(.uploadedLogType(entry.key, at: Spot(entry)))
      }
    }
  }

  private mutating func checkLogs(_ text: String, at spot: Spot) {
    do throws(LocationProblem) {
      let location = try Location(text)
      if !location.isInS3 { diagnostics.append(.logLocation(text, at: spot)) }
      if let doubt = location.doubt {
        diagnostics.append(.locationSuspicious(location, doubt, at: spot.span).taken(spot))
      }
    } catch {
      diagnostics.append(.locationInvalid(text, error, at: spot.span).taken(spot))
    }
  }

  /// A jar or script that a cluster fetches from S3 must be in a bucket with a valid name.
  mutating func checkFile(_ text: String, at spot: Spot) {
    guard text.hasPrefix("s3") else { return }
    do throws(LocationProblem) {
      _ = try Location(text)
    } catch {
      switch error {
      case .placeholder, .noBucket, .bucket, .blank:
        diagnostics.append(.locationInvalid(text, error, at: spot.span).taken(spot))
      // A path that isn't an S3 location.
      case .noScheme, .capitals, .web, .dots: return
      }
    }
  }

  // MARK: Tags

  private mutating func checkTags() {
    guard let tags = body["Tags"] else { return }
    if tags.items.count > 50 {
      diagnostics.append(.tooManyTags(tags.items.count, at: Spot(tags.items[50])))
    }
    var first: [String: SpannedValue] = [:]
    for tag in tags.items {
      if let value = tag["Value"], let text = value.text, text.unicodeScalars.count > 256 {
        diagnostics.append(.tagValue(text.unicodeScalars.count, at: Spot(value)))
      }
      guard let member = tag["Key"], let key = member.text else {
        if tag.entry("Key") == nil { diagnostics.append(.tagKeyEmpty(at: Spot(tag))) }
        continue
      }
      if key.isEmpty { diagnostics.append(.tagKeyEmpty(at: Spot(member))) }
      if key.unicodeScalars.count > 128 {
        diagnostics.append(.tagKeyLength(key.unicodeScalars.count, at: Spot(member)))
      }
      if key.lowercased().hasPrefix("aws:") {
        diagnostics.append(.tagReserved(key, at: Spot(member)))
      }
      if let before = first[key] {
        diagnostics.append(.tagTwice(key, at: Spot(member), first: Spot(before)))
      }
      first[key] = member
    }
  }

  // MARK: Termination

  private mutating func checkTermination() {
    let isKeptAlive = instances["KeepJobFlowAliveWhenNoSteps"]?.flag == true
    if let protection = instances.entry("TerminationProtected"), protection.value.flag == true,
      !program.cluster.isPersistent
    {
      diagnostics.append(.terminationProtected(isKeptAlive: isKeptAlive, at: Spot(protection)))
    }
    guard let policy = body.entry("AutoTerminationPolicy") else { return }
    if let timeout = policy.value["IdleTimeout"], let seconds = timeout.integer,
      !(60...604_800).contains(seconds)
    {
      diagnostics.append(.idleTimeout(seconds, at: Spot(timeout)))
    }
    if !isKeptAlive {
      diagnostics.append(.idleWithoutKeepAlive(at: Spot(policy)))
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
      && account.allSatisfy { UInt8.digits.contains($0) }
      && parts[5].starts(with: "role/".utf8) && parts[5].count > 5
  }
}
