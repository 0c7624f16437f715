import Diagnostics

extension Diagnostic {
  static func releaseMissing(at spot: Spot) -> Diagnostic {
    rule(
      .emrReleaseMissing, "the cluster has no release", at: spot, source: reference("RunJobFlow"),
      hint: "give `ReleaseLabel`, such as `emr-7.5.0`")
  }

  static func releaseTwice(at spot: Spot) -> Diagnostic {
    rule(
      .emrReleaseTwice, "`AmiVersion` and `ReleaseLabel` can't be used together", at: spot,
      source: reference("RunJobFlow"),
      hint: "`ReleaseLabel` is for release 4.0.0 and later, `AmiVersion` for 2.x and 3.x")
  }

  static func releaseForm(_ label: String, among labels: [String], at spot: Spot) -> Diagnostic {
    let isNumber = Release(label) != nil
    return rule(
      .emrReleaseUnknown, "`\(label)` isn't a release label", at: spot,
      source: "release labels are `emr-` and three numbers, as in ListReleaseLabels",
      hint: isNumber
        ? .write("emr-\(label)", insteadOf: label) : Suggestion.hint(for: label, among: labels))
  }

  static func releaseUnknown(
    _ label: String, among labels: [String], isNewer: Bool, at spot: Spot
  ) -> Diagnostic {
    rule(
      .emrReleaseUnknown,
      isNewer
        ? "release `\(label)` is newer than those that this version of Penstock knows"
        : "EMR has no release `\(label)`", at: spot,
      source:
        "checked against ListReleaseLabels as of this version of Penstock",
      hint: isNewer
        ? Suggestion.nearest(to: label, among: labels).map { "the newest that it knows is `\($0)`" }
        : Suggestion.hint(for: label, among: labels), isWarning: isNewer)
  }

  static func amiVersion(_ version: String, at spot: Spot) -> Diagnostic {
    rule(
      .emrAMIVersion, "there is no AMI version `\(version)`", at: spot,
      source: reference("RunJobFlow"),
      hint: "AMI versions are 2.x and 3.x; write `ReleaseLabel: emr-…` for later releases")
  }

  static func releaseTooOld(
    _ rule: Availability, _ release: Release, at spot: Spot
  ) -> Diagnostic {
    let name = rule.path.split(separator: ".").last.map(String.init) ?? rule.path
    var wanted = "\(rule.since) or later"
    if let lacking = rule.lacking { wanted += ", and not \(lacking.major).\(lacking.minor).x" }
    return self.rule(
      .emrReleaseTooOld, "release \(release) doesn't support `\(name)`, which needs \(wanted)",
      at: spot,
      source: reference(rule.type), hint: "use a release that supports it, or leave `\(name)` out")
  }

  static func productsWithRelease(_ name: String, at spot: Spot) -> Diagnostic {
    rule(
      .emrProductsWithRelease, "`\(name)` is for AMI versions 2.x and 3.x", at: spot,
      source: reference("RunJobFlow"), hint: "name what you need under `Applications`")
  }

  static func applicationsWithoutRelease(_ name: String, at spot: Spot) -> Diagnostic {
    rule(
      .emrApplicationsWithoutRelease, "`\(name)` needs a `ReleaseLabel`", at: spot,
      source: reference("RunJobFlow"),
      hint: "AMI versions 2.x and 3.x take bootstrap actions and `NewSupportedProducts` instead")
  }

  static func extendedSupport(at spot: Spot) -> Diagnostic {
    rule(
      .emrExtendedSupport, "`ExtendedSupport` is reserved and can't be set", at: spot,
      source: reference("RunJobFlow"), hint: "leave it out")
  }
}
