import Values

/// The place of a difference: for edits, for rules, and in words.
struct DocumentPath {
  var subject: Change.Subject
  /// In the first side's document.
  var path: [Edit.Part]
  /// The keys that lead there, `*` for items.
  var names: [String]
  var label: [String]

  func member(_ key: String, in label: String? = nil) -> DocumentPath {
    var place = self
    place.path.append(.key(key))
    place.names.append(key)
    place.label.append(label ?? key)
    return place
  }

  func item(_ index: Int, _ label: String) -> DocumentPath {
    var place = self
    place.path.append(.index(index))
    place.names.append("*")
    place.label.append(label)
    return place
  }
}

/// Finds the differences between two values, each once, at the innermost place that has a name.
struct Differ {
  private(set) var changes: [Change] = []
  private let classifier: Classifier

  init(_ classifier: Classifier) { self.classifier = classifier }

  mutating func compare(_ old: Value?, _ new: Value?, at place: DocumentPath) {
    switch (old, new) {
    case (nil, nil): return
    case (.map(let old)?, .map(let new)?): compare(old, new, at: place)
    case (.list(let old)?, .list(let new)?): compare(old, new, at: place)
    case (let old?, let new?):
      if !old.equals(new) {
        add(.changed, old, new, at: place, [Edit(place.path, .set(new))])
      }
    case (let old?, nil): add(.removed, old, nil, at: place, [Edit(place.path, .remove)])
    case (nil, let new?): add(.added, nil, new, at: place, [Edit(place.path, .set(new))])
    }
  }

  private mutating func compare(_ old: ValueMap, _ new: ValueMap, at place: DocumentPath) {
    for entry in old.entries {
      let key = entry.key.keyText
      compare(entry.value, new[entry.key], at: place.member(key))
    }
    for entry in new.entries where old[entry.key] == nil {
      compare(nil, entry.value, at: place.member(entry.key.keyText))
    }
  }

  private mutating func compare(_ old: [Value], _ new: [Value], at place: DocumentPath) {
    let rule = Rules.list(place.names)
    let oldKeys = Rules.keys(old, rule.key)
    let newKeys = Rules.keys(new, rule.key)
    // An unnamed scalar that changed in place is one change, not two.
    let isNamed = old.contains { $0.hasName(rule.key) } || new.contains { $0.hasName(rule.key) }
    var match = ListMatch(oldKeys, newKeys, pairingRest: !isNamed && rule.isOrdered)
    match.pairRest(old.map { $0.role(rule.key) }, new.map { $0.role(rule.key) })
    for pair in match.pairs {
      let label = old[pair.old].itemLabel(rule.key, pair.old)
      compare(old[pair.old], new[pair.new], at: place.item(pair.old, label))
    }
    for index in match.removed {
      let item = place.item(index, old[index].itemLabel(rule.key, index))
      add(.removed, old[index], nil, at: item, [Edit(item.path, .remove)])
    }
    for index in match.added {
      let item = place.item(index, new[index].itemLabel(rule.key, index))
      add(.added, nil, new[index], at: item, [Edit(place.path, .insert(new[index], at: index))])
    }
    guard !match.moved.isEmpty else { return }
    let moves = match.pairs.enumerated().filter { match.moved.contains($0.offset) }.map {
      Edit(place.path + [.index($0.element.old)], .move(to: $0.element.new))
    }
    var change = Change(
      kind: .reordered, subject: place.subject, label: place.label,
      before: .list(old.map(\.shortName)), after: .list(new.map(\.shortName)),
      classes: [.cosmetic], edits: moves)
    if Rules.isReordered(match, old, rule) { classifier.classify(&change, place) }
    changes.append(change)
  }

  private mutating func add(
    _ kind: Change.Kind, _ old: Value?, _ new: Value?, at place: DocumentPath, _ edits: [Edit]
  ) {
    var change = Change(
      kind: kind, subject: place.subject, label: place.label, before: old, after: new,
      classes: [.cosmetic], edits: edits)
    if Self.isUnknown(old, new) {
      change.isConsequence = true
    } else if !Rules.isSame(old, new, place.names) {
      classifier.classify(&change, place)
    }
    changes.append(change)
  }

  /// Whether one side is a reference to a secret and the other may be its text.
  private static func isUnknown(_ old: Value?, _ new: Value?) -> Bool {
    func isReference(_ value: Value?) -> Bool {
      if case .string(let text)? = value { SecretMask.isPlaceholder(text) } else { false }
    }
    func isEncoded(_ value: Value?) -> Bool {
      if case .map(let map)? = value { map["base64"] != nil } else { false }
    }
    return isReference(old) && isEncoded(new) || isEncoded(old) && isReference(new)
  }
}

extension Value {
  fileprivate func hasName(_ key: Rules.ItemKey) -> Bool {
    switch key {
    case .members, .value, .option: true
    case .usualName: usualName != nil
    }
  }

  /// What two unmatched items have in common if they are the same item, changed; nil if unknown.
  fileprivate func role(_ key: Rules.ItemKey) -> String? {
    guard case .map(let map) = self else { return nil }
    switch key {
    case .option: return map["argument"] == nil ? nil : "argument"
    case .value: return "item"
    case .members(["question"]): return map["kind"]?.plainText
    case .members(["Name"]):
      // A script that moved is still the same one.
      guard case .map(let script)? = map["ScriptBootstrapAction"] else { return nil }
      return script["Path"]?.plainText?.split(separator: "/").last.map(String.init)
    case .members(["mode", "place"]): return accessLabel
    case .members, .usualName: return nil
    }
  }

  /// `reads raw_in`, for what a step does to a place.
  private var accessLabel: String? {
    guard case .map(let map) = self, let mode = map["mode"]?.plainText else { return nil }
    return mode + "s " + (map["dataset"] ?? map["place"] ?? .null).keyText
  }

  /// The name of a list's item.
  fileprivate func itemLabel(_ key: Rules.ItemKey, _ index: Int) -> String {
    if case .option = key { return argumentLabel(index) }
    if case .members(["mode", "place"]) = key, let accessLabel { return accessLabel }
    if case .null = shortName { return "item \(index + 1)" }
    return shortName.plainText ?? "item \(index + 1)"
  }

  private func argumentLabel(_ index: Int) -> String {
    guard case .map(let map) = self else { return "argument \(index + 1)" }
    for key in ["option", "program"] {
      if let text = map[key]?.plainText { return text }
    }
    return map["application"] == nil ? "argument \(index + 1)" : "application"
  }

  /// An item's name, or a scalar itself; null if it has no name.
  fileprivate var shortName: Value {
    if plainText != nil { return self }
    if let optionName { return .string(optionName) }
    if let usualName { return .string(usualName) }
    guard case .map(let map) = self else { return .null }
    for key in [
      "Classification", "InstanceRole", "InstanceFleetType", "InstanceType", "question", "argument",
      "application", "program", "place", "stage",
    ] {
      if let text = map[key]?.plainText { return .string(text) }
    }
    return .null
  }
}
