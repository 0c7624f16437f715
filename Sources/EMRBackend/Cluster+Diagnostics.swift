import Diagnostics

extension Diagnostic {
  static func clusterName(_ mark: String, at spot: Spot) -> Diagnostic {
    rule(
      .emrClusterName, "the cluster's name contains `\(mark == "`" ? "\\`" : mark)`", at: spot,
      source: reference("Cluster"), hint: "leave out <, >, $, | and backticks")
  }

  static func clusterNameEmpty(at spot: Spot) -> Diagnostic {
    rule(
      .emrClusterName, "the cluster's name is empty", at: spot, source: reference("RunJobFlow"),
      hint: "give it a name")
  }

  static func regionUnknown(
    _ region: String, among regions: [String], isPlausible: Bool, at spot: Spot
  ) -> Diagnostic {
    rule(
      .emrRegionUnknown, "`\(region)` isn't a known region of EMR", at: spot,
      source: "checked against EMR's endpoints as of this version of Penstock",
      hint: Suggestion.hint(for: region, among: regions)
        ?? "regions have names like `eu-west-1`",
      isWarning: isPlausible)
  }

  static func kerberosSecurity(at spot: Spot) -> Diagnostic {
    rule(
      .emrKerberosSecurity, "`KerberosAttributes` need a `SecurityConfiguration`", at: spot,
      source: reference("KerberosAttributes"),
      hint: "name a security configuration in which Kerberos is set up")
  }

  static func secretInCluster(
    _ reference: String, member: String, at spot: Spot
  ) -> Diagnostic {
    rule(
      .secretInArguments,
      "the cluster's `\(member)` contain a secret (\(reference)), which anyone allowed to describe "
        + "the cluster can read", at: spot, source: Self.reference("Cluster"),
      hint:
        "let the program fetch it: from EC2 Systems Manager's Parameter Store or Secrets Manager",
      isWarning: true)
  }

  static func roleARN(_ text: String, at spot: Spot) -> Diagnostic {
    rule(
      .emrRoleARN, "`\(text)` isn't the ARN of a role", at: spot, source: reference("RunJobFlow"),
      hint: "write it as `arn:aws:iam::123456789012:role/name`")
  }
}

// MARK: Logs

extension Diagnostic {
  static func logEncryption(at spot: Spot) -> Diagnostic {
    rule(
      .emrLogEncryption, "`LogEncryptionKmsKeyId` has no effect without `LogUri`", at: spot,
      source: reference("RunJobFlow"), hint: "give `LogUri`, or leave the key out")
  }

  static func logLocation(_ text: String, at spot: Spot) -> Diagnostic {
    rule(
      .emrLogLocation, "EMR cannot write logs to `\(text)`", at: spot,
      source: reference("RunJobFlow"), hint: "give a location in S3: `s3://bucket/logs/`")
  }

  static func logType(_ name: String, at spot: Spot) -> Diagnostic {
    let names = ["STEP_LOGS", "SPARK_DRIVER", "SPARK_EXECUTOR"]
    return rule(
      .emrLogType, "CloudWatch logging has no type `\(name)`", at: spot,
      source: reference("CloudWatchLogConfiguration"),
      hint: Suggestion.hint(for: name, among: names)
        ?? "types are `STEP_LOGS`, `SPARK_DRIVER` and `SPARK_EXECUTOR`")
  }

  static func logFile(_ name: String, of type: String, at spot: Spot) -> Diagnostic {
    rule(
      .emrLogType, "`\(type)` has no file `\(name)`", at: spot,
      source: reference("CloudWatchLogConfiguration"), hint: "files are `STDOUT` and `STDERR`")
  }

  static func uploadedLogType(_ name: String, at spot: Spot) -> Diagnostic {
    let names = ["application-logs", "persistent-ui-logs", "system-logs"]
    return rule(
      .emrLogType, "S3 logging has no type `\(name)`", at: spot,
      source: reference("S3LoggingConfiguration"),
      hint: Suggestion.hint(for: name, among: names)
        ?? "types are `system-logs`, `application-logs` and `persistent-ui-logs`")
  }
}

// MARK: Tags

extension Diagnostic {
  private static let tagging = "see EMR's management guide on tags"

  static func tooManyTags(_ count: Int, at spot: Spot) -> Diagnostic {
    rule(
      .emrTooManyTags, "the cluster has \(count) tags; EC2 allows 50", at: spot,
      source: tagging, hint: "remove those that you don't need")
  }

  static func tagKeyEmpty(at spot: Spot) -> Diagnostic {
    rule(.emrTagKey, "a tag has no key", at: spot, source: tagging, hint: "give it a `Key`")
  }

  static func tagKeyLength(_ count: Int, at spot: Spot) -> Diagnostic {
    rule(
      .emrTagKey, "a tag's key has \(count) characters; EC2 allows 128", at: spot,
      source: tagging, hint: "shorten it")
  }

  static func tagReserved(_ key: String, at spot: Spot) -> Diagnostic {
    rule(
      .emrTagReserved, "the tag `\(key)` begins with `aws:`, which is reserved", at: spot,
      source: tagging, hint: "choose another key")
  }

  static func tagValue(_ count: Int, of key: String?, at spot: Spot) -> Diagnostic {
    rule(
      .emrTagValue,
      "the value of \(key.map { "the tag `\($0)`" } ?? "a tag") has \(count) characters; EC2 allows 256",
      at: spot,
      source: tagging, hint: "shorten it")
  }

  static func tagTwice(_ key: String, at spot: Spot, first: Spot) -> Diagnostic {
    var diagnostic = rule(
      .emrTagTwice, "the tag `\(key)` is given twice", at: spot, source: tagging,
      hint: "leave out one of the two")
    if first.span != spot.span {
      diagnostic.notes.append(Note("it is given here first", at: first.span))
    }
    return diagnostic
  }
}

// MARK: Termination

extension Diagnostic {
  static func idleTimeout(_ seconds: Int64, at spot: Spot) -> Diagnostic {
    rule(
      .emrIdleTimeout,
      "`IdleTimeout` is \(seconds) seconds; EMR allows 60 (a minute) to 604800 (a week)",
      at: spot, source: reference("AutoTerminationPolicy"), hint: "give a number in this range")
  }

  static func idleWithoutKeepAlive(at spot: Spot) -> Diagnostic {
    rule(
      .emrIdleWithoutKeepAlive,
      "the cluster ends with its last step, so `AutoTerminationPolicy` has no effect", at: spot,
      source: reference("AutoTerminationPolicy"),
      hint: "leave it out, or set `Instances.KeepJobFlowAliveWhenNoSteps`")
  }

  static func terminationProtected(isKeptAlive: Bool, at spot: Spot) -> Diagnostic {
    rule(
      .emrTerminationProtected,
      "the cluster keeps running after \(isKeptAlive ? "the run" : "a step that fails"), because it is protected "
        + "against termination", at: spot, source: reference("SetTerminationProtection"),
      hint:
        "protect only a cluster that outlives the run: `TerminationProtected: ${run.isPersistent}`")
  }
}
