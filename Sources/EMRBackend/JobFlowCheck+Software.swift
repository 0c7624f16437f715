import Text
import Diagnostics
import PipelineIR
import SourceText
import Values

extension EMRRule {
  static let ofSoftware: [EMRRule] = [
    .cluster(.emrApplicationUnknown, "The release has the application (warning)") {
      $0.checkApplications()
    },
    .cluster(.emrApplicationTwice, "Each application is listed once, ignoring case") {
      $0.checkApplicationsTwice()
    },
    .cluster(.emrClassificationUnknown, "The release has the classification (warning)") {
      $0.checkClassifications()
    },
    .cluster(.emrClassificationTwice, "A list has each classification once") {
      $0.checkClassificationsTwice()
    },
    .cluster(.emrCustomAMI, "`CustomAmiId` is an AMI id") { $0.checkImages() },
    .cluster(.emrRepoUpgrade, "`RepoUpgradeOnBoot` only with `CustomAmiId` (warning)") {
      $0.checkRepoUpgrade()
    },
    .cluster(.emrTooManyBootstrapActions, "At most 16 bootstrap actions") {
      $0.checkBootstrapActions()
    },
    .cluster(
      .locationInvalid,
      "The location of a bootstrap action's script in S3 is one that there can be",
      name: "script-location"
    ) { $0.checkScripts() },
  ]
}

extension JobFlowCheck {
  fileprivate mutating func checkBootstrapActions() {
    let actions = body["BootstrapActions"]?.items ?? []
    if actions.count > 16 { report(.bootstrapActions(actions.count, at: Spot(actions[16]))) }
  }

  fileprivate mutating func checkScripts() {
    for action in body["BootstrapActions"]?.items ?? [] {
      guard let path = action["ScriptBootstrapAction"]?["Path"], let text = path.text else {
        continue
      }
      checkFile(text, at: Spot(path))
      // EMR fetches a script from S3, or finds it on the machine.
      if text.hasPrefix("https://") || text.hasPrefix("http://") {
        report(.scriptOnTheWeb(text, at: Spot(path)))
      }
    }
  }

  // MARK: Applications

  fileprivate mutating func checkApplications() {
    guard let release, let value = body["Applications"], !value.items.isEmpty else { return }
    let table = data.table(.applications)
    let isCovered = data.covers(release, .applications)
    var names: [String]?
    for item in value.items {
      guard let member = item["Name"], let name = member.text else { continue }
      if let spans = table.fields(name) {
        if isCovered, Spans(spans).isMissing(release) {
          report(
            .applicationMissing(name, release, since: spans, at: Spot(member)))
        }
        continue
      }
      let known = names ?? table.keys
      names = known
      // EMR ignores the case of names.
      if known.contains(where: { $0.lowercased() == name.lowercased() }) { continue }
      let hint = Suggestion.hint(for: name, among: known)
      if hint == nil, !isCovered { continue }
      report(.applicationUnknown(name, release, hint: hint, at: Spot(member)))
    }
  }

  fileprivate mutating func checkApplicationsTwice() {
    var first: [String: (name: String, member: SpannedValue)] = [:]
    for item in body["Applications"]?.items ?? [] {
      guard let member = item["Name"], let name = member.text else { continue }
      if let before = first[ASCII.lowercased(name)] {
        report(
          .applicationTwice(name, before.name, at: Spot(member), first: Spot(before.member)))
      } else {
        first[ASCII.lowercased(name)] = (name, member)
      }
    }
  }

  // MARK: Configurations

  /// The lists of the cluster, of its groups and of its fleets' types.
  var configurations: [SpannedValue] {
    ([body] + groups + fleets.flatMap { $0["InstanceTypeConfigs"]?.items ?? [] })
      .compactMap { $0["Configurations"] }
  }

  fileprivate mutating func checkClassificationsTwice() {
    for list in configurations { checkTwice(list, depth: 0) }
  }

  private mutating func checkTwice(_ list: SpannedValue, depth: Int) {
    guard depth < 32 else { return }
    var first: [String: SpannedValue] = [:]
    for item in list.items {
      if let inner = item["Configurations"] { checkTwice(inner, depth: depth + 1) }
      guard let member = item["Classification"], let name = member.text else { continue }
      if let before = first[name] {
        report(.classificationTwice(name, at: Spot(member), first: Spot(before)))
      } else {
        first[name] = member
      }
    }
  }

  /// Those inside others (`export` in `hadoop-env`) are not in EMR's list.
  fileprivate mutating func checkClassifications() {
    guard let release else { return }
    let members = configurations.flatMap(\.items).compactMap { $0["Classification"] }
    guard !members.isEmpty else { return }
    let known = data.table(.classifications)
    let isCovered = data.covers(release, .classifications)
    for member in members {
      guard let name = member.text else { continue }
      checkClassification(name, release, known, isCovered: isCovered, at: member)
    }
  }

  /// Of releases after those that the list covers, only what looks misspelt is told.
  private mutating func checkClassification(
    _ name: String, _ release: Release, _ known: FactTable, isCovered: Bool,
    at member: SpannedValue
  ) {
    let spans = known.fields(name)
    if let spans, !isCovered || !Spans(spans).isMissing(release) { return }
    guard !known.text.isEmpty else { return }
    let there = known.keys.filter { key in
      !isCovered || !Spans(known.fields(key) ?? []).isMissing(release)
    }
    let hint = Suggestion.hint(for: name, among: there)
    if hint == nil, !isCovered { return }
    report(
      .classificationUnknown(
        name, release, hint: hint ?? spans.map { "it is in \(Spans.words($0))" },
        at: Spot(member)))
  }

  // MARK: Images

  fileprivate mutating func checkRepoUpgrade() {
    if let entry = body.entry("RepoUpgradeOnBoot"), body["CustomAmiId"] == nil {
      report(.repoUpgrade(at: Spot(entry)))
    }
  }

  fileprivate mutating func checkImages() {
    let types = fleets.flatMap { $0["InstanceTypeConfigs"]?.items ?? [] }
    for image in ([body] + groups + types).compactMap({ $0["CustomAmiId"] }) {
      guard let text = image.text else { continue }
      let digits = text.hasPrefix("ami-") ? text.utf8.dropFirst(4) : text.utf8[...]
      let isHexadecimal = digits.allSatisfy { byte in
        ASCII.isDigit(byte) || (0x61...0x66).contains(byte)
      }
      if !text.hasPrefix("ami-") || !isHexadecimal || ![8, 17].contains(digits.count) {
        report(.customAMI(text, at: Spot(image)))
      }
    }
  }
}

/// The releases that have something, as in the lists: `5.1.0-5.11.0 6.1.0-`.
struct Spans {
  private let spans: [(first: Release, last: Release?)]

  init(_ fields: [String]) {
    spans = fields.compactMap { field in
      let ends = field.split(separator: "-", omittingEmptySubsequences: false)
      guard let first = ends.first.flatMap({ Release($0) }) else { return nil }
      return (first, ends.count > 1 ? Release(ends[1]) : nil)
    }
  }

  /// Whether a release that the lists cover is in none of the spans.
  func isMissing(_ release: Release) -> Bool {
    !spans.contains { span in
      span.first.major == release.major && span.first <= release
        && span.last.map { release <= $0 } ?? true
    }
  }

  /// `5.1.0 to 5.11.0, 6.1.0 and later`.
  static func words(_ fields: [String]) -> String {
    fields.map { field in
      field.hasSuffix("-")
        ? "\(field.dropLast()) and later" : field.split(separator: "-").joined(separator: " to ")
    }.joined(separator: ", ")
  }
}
