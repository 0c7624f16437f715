import Diagnostics

extension Diagnostic {
  private static let tables = "EMR's release guide lists what each release has"

  static func applicationTwice(
    _ name: String, _ before: String, at spot: Spot, first: Spot
  ) -> Diagnostic {
    var diagnostic = rule(
      .emrApplicationTwice,
      name == before
        ? "the application `\(name)` is listed twice"
        : "`\(name)` and `\(before)` are the same application", at: spot,
      source: "EMR ignores the case of application names", hint: "leave one of them out")
    if first.span != spot.span {
      diagnostic.notes.append(Note("it is first listed here", at: first.span))
    }
    return diagnostic
  }

  static func applicationUnknown(
    _ name: String, _ release: Release, hint: Hint?, at spot: Spot
  ) -> Diagnostic {
    rule(
      .emrApplicationUnknown, "release \(release) has no application `\(name)`", at: spot,
      source: tables, hint: hint ?? "use a release that has it, or leave it out")
  }

  static func applicationMissing(
    _ name: String, _ release: Release, since spans: [String], at spot: Spot
  ) -> Diagnostic {
    applicationUnknown(name, release, hint: "it is in \(Spans.words(spans))", at: spot)
  }

  static func classificationTwice(_ name: String, at spot: Spot, first: Spot) -> Diagnostic {
    var diagnostic = rule(
      .emrClassificationTwice, "the classification `\(name)` is listed twice", at: spot,
      source: "EMR rejects a list with a classification twice",
      hint: "put all its properties into one")
    if first.span != spot.span {
      diagnostic.notes.append(Note("it is first listed here", at: first.span))
    }
    return diagnostic
  }

  static func classificationUnknown(
    _ name: String, _ release: Release, hint: Hint?, at spot: Spot
  ) -> Diagnostic {
    rule(
      .emrClassificationUnknown, "release \(release) has no classification `\(name)`", at: spot,
      source: tables, hint: hint ?? "use a release that has it, or leave it out")
  }

  static func repoUpgrade(at spot: Spot) -> Diagnostic {
    rule(
      .emrRepoUpgrade, "`RepoUpgradeOnBoot` has no effect without `CustomAmiId`", at: spot,
      source: reference("RunJobFlow"), hint: "leave it out, or give `CustomAmiId`")
  }

  static func customAMI(_ text: String, at spot: Spot) -> Diagnostic {
    rule(
      .emrCustomAMI, "`\(text)` isn't an AMI id", at: spot,
      source: "AMI ids are `ami-` and 8 or 17 hexadecimal digits",
      hint: "give an id such as `ami-0abcdef1234567890`")
  }

  static func scriptOnTheWeb(_ text: String, at spot: Spot) -> Diagnostic {
    rule(
      .locationInvalid, "EMR can't fetch the bootstrap action's script from `\(text)`", at: spot,
      source: reference("ScriptBootstrapActionConfig"),
      hint: "put it into S3, and write `s3://BUCKET/KEY`")
  }

  static func bootstrapActions(_ count: Int, at spot: Spot) -> Diagnostic {
    rule(
      .emrTooManyBootstrapActions, "the cluster has \(count) bootstrap actions; EMR allows 16",
      at: spot, source: "see EMR's management guide on bootstrap actions",
      hint: "combine several scripts into one")
  }
}
