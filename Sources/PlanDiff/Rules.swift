import EMRModel
import Documents
import Locations
import Values

/// How the parts of a document are compared: what is the same to EMR.
///
/// A part is named by the keys that lead to it, with `*` for the items of a list.
enum Rules {
  enum ItemKey {
    /// The texts of these members.
    case members([String])
    /// The item itself.
    case value
    /// An argument's option.
    case option
    /// The usual name of an item: a member `name`, `id`, `key` or `schema`.
    case usualName
  }

  struct ListRule {
    var key: ItemKey
    /// Whether the order matters.
    var isOrdered: Bool
  }

  static func list(_ names: [String]) -> ListRule {
    switch names.last {
    case "Tags": return ListRule(key: .members(["Key"]), isOrdered: false)
    case "Applications": return ListRule(key: .members(["Name"]), isOrdered: false)
    case "Configurations": return ListRule(key: .members(["Classification"]), isOrdered: false)
    case "BootstrapActions": return ListRule(key: .members(["Name"]), isOrdered: true)
    case "InstanceGroups": return ListRule(key: .members(["InstanceRole"]), isOrdered: false)
    case "InstanceFleets": return ListRule(key: .members(["InstanceFleetType"]), isOrdered: false)
    case "InstanceTypeConfigs": return ListRule(key: .members(["InstanceType"]), isOrdered: false)
    case "Rules": return ListRule(key: .members(["Name"]), isOrdered: false)
    case "EbsBlockDeviceConfigs", "AdditionalMasterSecurityGroups",
      "AdditionalSlaveSecurityGroups", "Ec2SubnetIds", "SupportedProducts",
      "NewSupportedProducts", "toEmpty":
      return ListRule(key: .value, isOrdered: false)
    case "accesses": return ListRule(key: .members(["mode", "place"]), isOrdered: false)
    case "checks": return ListRule(key: .members(["question"]), isOrdered: false)
    case "guards" where names.count == 1: return ListRule(key: .value, isOrdered: false)
    case "stages" where names.count == 1:
      return ListRule(key: .members(["name"]), isOrdered: true)
    case "stages" where names.first == "pipeline":
      return ListRule(key: .members(["stage"]), isOrdered: true)
    case "arguments" where names.first == "steps": return ListRule(key: .option, isOrdered: false)
    default: return ListRule(key: .usualName, isOrdered: true)
    }
  }

  /// EMR's default for an absent value.
  static func absent(_ names: [String]) -> Value? {
    guard names.first == "cluster" else { return nil }
    return names.last.flatMap(EMRDefaults.member)
  }

  /// Whether two texts mean the same: for locations, `s3`, `s3a`, `s3n` and a trailing slash make
  /// no difference.
  static func isSameText(_ left: String, _ right: String, _ names: [String]) -> Bool {
    if left == right { return true }
    if let left = location(left), let right = location(right), left == right { return true }
    switch names.last {
    case "actionOnFailure": return ActionOnFailure.isSame(left, right)
    case "Name" where names.dropLast().last == "*" && names.contains("Applications"):
      return left.lowercased() == right.lowercased()
    // The name of a group means nothing to EMR.
    case "Name" where names.contains("InstanceGroups") || names.contains("InstanceFleets"):
      return true
    default: return false
    }
  }

  /// A location in its canonical spelling; nil for any other text.
  static func location(_ text: String) -> String? {
    (try? Location(text))?.spelling
  }
}

extension Rules {
  /// Whether two values mean the same, considering EMR's defaults, `null` and absence for empty
  /// lists and maps, and any order where it doesn't matter.
  static func isSame(_ left: Value?, _ right: Value?, _ names: [String]) -> Bool {
    let known = absent(names)
    let isName =
      names.last == "Name" && (names.contains("InstanceGroups") || names.contains("InstanceFleets"))
    if isName { return true }
    switch (left?.unlessEmpty ?? known, right?.unlessEmpty ?? known) {
    case (nil, nil): return true
    case (nil, .map(let map)?), (.map(let map)?, nil):
      return map.entries.allSatisfy { isSame($0.value, nil, names + [$0.key.keyText]) }
    case (nil, _?), (_?, nil): return false
    case (.map(let left)?, .map(let right)?):
      return left.entries.allSatisfy { entry in
        isSame(entry.value, right[entry.key], names + [entry.key.keyText])
      }
        && right.entries.allSatisfy { entry in
          left[entry.key] != nil || isSame(nil, entry.value, names + [entry.key.keyText])
        }
    case (.list(let left)?, .list(let right)?): return isSame(left, right, names)
    case (.string(let left)?, .string(let right)?): return isSameText(left, right, names)
    case (let left?, let right?): return left.equals(right)
    }
  }

  private static func isSame(_ left: [Value], _ right: [Value], _ names: [String]) -> Bool {
    guard left.count == right.count else { return false }
    let rule = list(names)
    let items = names + ["*"]
    if rule.isOrdered { return zip(left, right).allSatisfy { isSame($0, $1, items) } }
    let match = ListMatch(keys(left, rule.key), keys(right, rule.key), pairingRest: false)
    return match.removed.isEmpty && match.added.isEmpty && !isReordered(match, left, rule)
      && match.pairs.allSatisfy { isSame(left[$0.old], right[$0.new], items) }
  }

  /// Whether the order of an ordered list changed.
  static func isReordered(_ match: ListMatch, _ old: [Value], _ rule: ListRule) -> Bool {
    guard !match.moved.isEmpty else { return false }
    guard case .option = rule.key else { return rule.isOrdered }
    let positional = match.pairs.filter { !old[$0.old].isOption }
    return zip(positional, positional.dropFirst()).contains { $0.new > $1.new }
  }

  static func keys(_ items: [Value], _ key: ItemKey) -> [String?] {
    items.map { item in
      switch key {
      case .members(let members):
        guard case .map(let map) = item else { return nil }
        let texts = members.compactMap { map[$0]?.plainText }
        return texts.isEmpty ? nil : texts.joined(separator: " ")
      case .value: return item.canonicalText
      case .option: return item.optionName.map { "-" + $0 } ?? item.positionalKey
      case .usualName: return item.usualName ?? "=" + item.canonicalText
      }
    }
  }
}

extension Value {
  /// Nil for null, an empty list or an empty map.
  var unlessEmpty: Value? {
    switch self {
    case .null, .optional(nil): nil
    case .list(let items) where items.isEmpty: nil
    case .map(let map) where map.isEmpty: nil
    default: self
    }
  }

  /// A scalar as text; nil for a container.
  package var plainText: String? {
    switch self {
    case .string(let text), .number(let text): text
    case .bool(let flag): String(flag)
    case .int(let number): String(number)
    case .uint(let number): String(number)
    case .double(let number):
      Int64(exactly: number).map(String.init) ?? String(number)
    case .null: "null"
    default: nil
    }
  }

  var keyText: String { plainText ?? "" }

  /// A text that equal values share; for a location, its canonical spelling.
  var canonicalText: String {
    if case .string(let text) = self { return Rules.location(text) ?? text }
    if let plainText { return plainText }
    var writer = CanonicalJSONWriter(pretty: false)
    writer.value(self, revealingSecrets: false)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  var isOption: Bool { optionName != nil }

  /// An argument's option; nil if it isn't one.
  package var optionName: String? {
    guard case .map(let map) = self, case .string(let name)? = map["option"] else { return nil }
    return name
  }

  /// A key for an argument that isn't an option: there is one program and one application.
  fileprivate var positionalKey: String {
    guard case .map(let map) = self else { return "=" + canonicalText }
    for key in ["program", "application"] where map[key] != nil { return key }
    return "=" + canonicalText
  }

  package var usualName: String? {
    guard case .map(let map) = self else { return nil }
    if case .map(let data)? = map["data"], let name = data["name"]?.plainText { return name }
    for key in ["name", "Name", "id", "key", "Key", "step", "schema"] {
      if let text = map[key]?.plainText { return text }
    }
    return nil
  }
}
