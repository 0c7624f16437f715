import EMRModel
import Documents
import Locations
import Values

/// How the parts of a document are compared: what EMR takes for the same.
///
/// A part is named by the keys that lead to it, `*` for the items of a list.
enum Rules {
  enum ItemKey {
    /// The texts of these members.
    case members([String])
    /// The item itself.
    case value
    /// An argument's option.
    case option
    /// What usually names an item: a member `name`, `id`, `key` or `schema`.
    case usualName
  }

  struct ListRule {
    var key: ItemKey
    /// Whether another order is another meaning.
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
    case "stages" where names.count == 1:
      return ListRule(key: .members(["name"]), isOrdered: true)
    case "arguments" where names.first == "steps": return ListRule(key: .option, isOrdered: false)
    default: return ListRule(key: .usualName, isOrdered: true)
    }
  }

  /// What EMR takes where nothing is said.
  static func absent(_ names: [String]) -> Value? {
    guard names.first == "cluster" else { return nil }
    return names.last.flatMap(EMRDefaults.member)
  }

  /// Whether two texts mean the same in every place: of one location, `s3`, `s3a` and `s3n`, and a
  /// slash at the end, are no difference.
  static func isSameText(_ left: String, _ right: String, _ names: [String]) -> Bool {
    if left == right { return true }
    if let left = location(left), let right = location(right), left == right { return true }
    switch names.last {
    case "actionOnFailure": return ActionOnFailure.isSame(left, right)
    case "Name" where names.dropLast().last == "*" && names.contains("Applications"):
      return left.lowercased() == right.lowercased()
    // What a group is called has no meaning to EMR.
    case "Name" where names.contains("InstanceGroups") || names.contains("InstanceFleets"):
      return true
    default: return false
    }
  }

  /// A location in its one spelling; nil for any other text.
  static func location(_ text: String) -> String? {
    (try? Location(text))?.spelling
  }
}

extension Rules {
  /// Whether two values mean the same: with what EMR takes where nothing is said, `null` and nothing
  /// for empty lists and maps, and any order where none matters.
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

  /// Whether the order of what has an order is another.
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
  /// Nil for what stands for nothing: null, an empty list, an empty map.
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

  /// A text that equal values share; of a location, its one spelling.
  var canonicalText: String {
    if case .string(let text) = self { return Rules.location(text) ?? text }
    if let plainText { return plainText }
    var writer = CanonicalJSONWriter(pretty: false)
    writer.value(self, revealingSecrets: false)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  var isOption: Bool { optionName != nil }

  /// Of an argument: its option; nil for an argument that is none.
  package var optionName: String? {
    guard case .map(let map) = self, case .string(let name)? = map["option"] else { return nil }
    return name
  }

  /// Of an argument that is no option: there is one program and one application.
  fileprivate var positionalKey: String {
    guard case .map(let map) = self else { return "=" + canonicalText }
    for key in ["program", "application"] where map[key] != nil { return key }
    return "=" + canonicalText
  }

  var usualName: String? {
    guard case .map(let map) = self else { return nil }
    if case .map(let data)? = map["data"], let name = data["name"]?.plainText { return name }
    for key in ["name", "Name", "id", "key", "Key", "step", "schema"] {
      if let text = map[key]?.plainText { return text }
    }
    return nil
  }
}
