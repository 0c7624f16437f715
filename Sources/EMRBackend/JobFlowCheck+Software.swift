import Text
import Diagnostics
import PipelineIR
import SourceText
import Values

extension JobFlowCheck {
  mutating func checkSoftware() {
    checkApplications()
    checkConfigurations()
    checkImages()
    if let value = body["BootstrapActions"], value.items.count > 16 {
      diagnostics.append(.bootstrapActions(value.items.count, at: Spot(value.items[16])))
    }
    for action in body["BootstrapActions"]?.items ?? [] {
      guard let path = action["ScriptBootstrapAction"]?["Path"], let text = path.text else {
        continue
      }
      checkFile(text, at: Spot(path))
    }
  }

  private mutating func checkApplications() {
    checkApplicationsTwice()
    guard let release, let value = body["Applications"], !value.items.isEmpty else { return }
    let table = data.table(.applications)
    var names: [String]?
    for item in value.items {
      guard let member = item["Name"], let name = member.text else { continue }
      if let spans = table.fields(name) {
        if Spans(spans).isMissing(release) {
          diagnostics.append(
            .applicationMissing(name, release, since: spans, at: Spot(member)))
        }
        continue
      }
      let known = names ?? table.keys
      names = known
      // EMR ignores the case of names.
      if known.contains(where: { $0.lowercased() == name.lowercased() }) { continue }
      let hint = Suggestion.hint(for: name, among: known)
      if hint == nil, !Spans.cover(release) { continue }
      diagnostics.append(.applicationUnknown(name, release, hint: hint, at: Spot(member)))
    }
  }

  private mutating func checkApplicationsTwice() {
    var first: [String: (name: String, member: SpannedValue)] = [:]
    for item in body["Applications"]?.items ?? [] {
      guard let member = item["Name"], let name = member.text else { continue }
      if let before = first[ASCII.lowercased(name)] {
        diagnostics.append(
          .applicationTwice(name, before.name, at: Spot(member), first: Spot(before.member)))
      } else {
        first[ASCII.lowercased(name)] = (name, member)
      }
    }
  }

  // MARK: Configurations

  private mutating func checkConfigurations() {
    var table: FactTable?
    checkConfigurations(body["Configurations"], depth: 0, &table)
    for group in instances["InstanceGroups"]?.items ?? [] {
      checkConfigurations(group["Configurations"], depth: 0, &table)
    }
    for fleet in instances["InstanceFleets"]?.items ?? [] {
      for type in fleet["InstanceTypeConfigs"]?.items ?? [] {
        checkConfigurations(type["Configurations"], depth: 0, &table)
      }
    }
  }

  private mutating func checkConfigurations(
    _ list: SpannedValue?, depth: Int, _ table: inout FactTable?
  ) {
    guard let list, depth < 32 else { return }
    var first: [String: SpannedValue] = [:]
    for item in list.items {
      checkConfigurations(item["Configurations"], depth: depth + 1, &table)
      guard let member = item["Classification"], let name = member.text else { continue }
      if let before = first[name] {
        diagnostics.append(.classificationTwice(name, at: Spot(member), first: Spot(before)))
      } else {
        first[name] = member
      }
      // Nested ones (`export` in `hadoop-env`) aren't in the list.
      guard depth == 0, let release, Spans.cover(release) else { continue }
      let known = table ?? data.table(.classifications)
      table = known
      checkClassification(name, release, known, at: member)
    }
  }

  private mutating func checkClassification(
    _ name: String, _ release: Release, _ known: FactTable, at member: SpannedValue
  ) {
    if let spans = known.fields(name) {
      guard Spans(spans).isMissing(release) else { return }
      diagnostics.append(
        .classificationUnknown(
          name, release, hint: "it is in \(Spans.words(spans))", at: Spot(member)))
    } else if !known.text.isEmpty {
      diagnostics.append(
        .classificationUnknown(
          name, release, hint: Suggestion.hint(for: name, among: known.keys), at: Spot(member)))
    }
  }

  // MARK: Images

  private mutating func checkImages() {
    if let entry = body.entry("RepoUpgradeOnBoot"), body["CustomAmiId"] == nil {
      diagnostics.append(.repoUpgrade(at: Spot(entry)))
    }
    var images = [body["CustomAmiId"]]
    for group in instances["InstanceGroups"]?.items ?? [] { images.append(group["CustomAmiId"]) }
    for fleet in instances["InstanceFleets"]?.items ?? [] {
      for type in fleet["InstanceTypeConfigs"]?.items ?? [] { images.append(type["CustomAmiId"]) }
    }
    for image in images {
      guard let image, let text = image.text else { continue }
      let digits = text.hasPrefix("ami-") ? text.utf8.dropFirst(4) : text.utf8[...]
      let isHexadecimal = digits.allSatisfy { byte in
        UInt8.digits.contains(byte) || (0x61...0x66).contains(byte)
      }
      if !text.hasPrefix("ami-") || !isHexadecimal || ![8, 17].contains(digits.count) {
        diagnostics.append(.customAMI(text, at: Spot(image)))
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

  /// Whether the lists, which end at 5.34.0 and 6.5.0, cover a release.
  static func cover(_ release: Release) -> Bool {
    switch release.major {
    case 4: true
    case 5: release <= Release(5, 34)
    case 6: release <= Release(6, 5)
    default: false
    }
  }

  /// Whether the lists cover a release and it is in none of the spans.
  func isMissing(_ release: Release) -> Bool {
    guard Self.cover(release) else { return false }
    return !spans.contains { span in
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
