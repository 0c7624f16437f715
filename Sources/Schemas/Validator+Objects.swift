import Documents
import Values

extension Validator {
  mutating func checkObject(_ node: Instance.Node, _ index: Int) -> Bool {
    var isValid = checkEntries(node, index)
    guard isValid || isCollecting else { return false }
    let count = instance.count(node)
    let minimum = arena.nodes[index].minProperties
    if minimum >= 0, count < minimum { isValid = fail(.tooFewKeys, node, .map, index) }
    let maximum = arena.nodes[index].maxProperties
    if maximum >= 0, count > maximum { isValid = fail(.tooManyKeys, node, .map, index) }
    guard isValid || isCollecting else { return false }
    if !arena.nodes[index].dependencies.isEmpty {
      isValid = checkDependencies(node, index) && isValid
    }
    return isValid
  }

  private mutating func checkEntries(_ node: Instance.Node, _ index: Int) -> Bool {
    var isValid = true
    var seen: UInt64 = 0
    let outerKey = key
    let hasNames = arena.nodes[index].propertyNames >= 0
    let table = arena.nodes[index].properties
    let patterns = arena.nodes[index].patterns
    let additional = arena.nodes[index].additional
    var at = -1
    var entries = instance.entries(node)
    while let entry = entries.next() {
      at += 1
      var isDeclared = false
      if !table.isEmpty,
        let found = instance.withKeyBytes(entry.key, { arena.property(index, $0) })
      {
        let required = arena.properties[found].required
        if required >= 0, required < 64 { seen |= 1 << UInt64(required) }
        if arena.properties[found].schema >= 0 {
          isDeclared = true
          isValid = checkPart(entry, at, arena.properties[found].schema) && isValid
        }
      }
      if !patterns.isEmpty {
        for position in patterns.indices where matches(entry.key, position) {
          isDeclared = true
          isValid = checkPart(entry, at, arena.patterns[position].schema) && isValid
        }
      }
      if !isDeclared, additional >= 0 {
        isValid = checkAdditional(entry, at, additional, node, index) && isValid
      }
      if hasNames { isValid = checkName(entry.key, index) && isValid }
      guard isValid || (isCollecting && !isStopped) else { break }
    }
    key = outerKey
    return checkRequired(node, index, seen) && isValid
  }

  private mutating func checkPart(
    _ entry: (key: Instance.Key, value: Instance.Node), _ at: Int, _ schema: Int32
  ) -> Bool {
    if isTracking { mark(at) }
    if isCollecting { key = entry.key }
    let instance = self.instance
    return validatePart(entry.value, schema, at: .key(instance.keyString(entry.key)))
  }

  private mutating func checkAdditional(
    _ entry: (key: Instance.Key, value: Instance.Node), _ at: Int, _ schema: Int32,
    _ node: Instance.Node, _ index: Int
  ) -> Bool {
    guard arena.nodes[Int(schema)].flags.contains(.isFalse) else {
      return checkPart(entry, at, schema)
    }
    guard arena.nodes[index].flags.contains(.warnsOfUnknownKeys) else {
      return fail(.unknownKey(entry.key), node, .map, index)
    }
    if isTracking { mark(at) }
    hasWarnings = true
    _ = fail(.unknownKey(entry.key), node, .map, index, isWarning: true)
    return true
  }

  private func matches(_ key: Instance.Key, _ position: Int) -> Bool {
    let expression = Int(arena.patterns[position].expression)
    return instance.withKeyBytes(key) { arena.matches(expression, $0) } ?? false
  }

  private mutating func checkName(_ name: Instance.Key, _ index: Int) -> Bool {
    let schema = arena.nodes[index].propertyNames
    let instance = self.instance
    let wasCollecting = isCollecting
    isCollecting = false
    let isValid = validatePart(
      instance.node(name), schema, as: .string, at: .key(instance.keyString(name)))
    isCollecting = wasCollecting
    return isValid || fail(.badKeyName(name), instance.node(name), .string, Int(schema))
  }

  private mutating func checkRequired(
    _ node: Instance.Node, _ index: Int, _ seen: UInt64
  ) -> Bool {
    let count = arena.nodes[index].requiredCount
    guard count > 0 else { return true }
    let wanted: UInt64 = count >= 64 ? UInt64.max : (1 << UInt64(count)) - 1
    if count <= 64, seen & wanted == wanted { return true }
    var isValid = true
    for at in arena.nodes[index].properties.indices {
      let required = arena.properties[at].required
      guard required >= 0 else { continue }
      let isThere =
        required < 64 ? seen & (1 << UInt64(required)) != 0 : has(node, arena.properties[at])
      if !isThere { isValid = fail(.missingKey(at), node, .map, index) }
      guard isValid || isCollecting else { return false }
    }
    return isValid
  }

  private func has(_ node: Instance.Node, _ entry: PropertyEntry) -> Bool {
    find(node, TextRange(start: entry.nameStart, count: entry.nameCount))
  }

  private func find(_ node: Instance.Node, _ name: TextRange) -> Bool {
    var entries = instance.entries(node)
    while let entry = entries.next() {
      let isFound = instance.withKeyBytes(entry.key) { bytes in
        bytes.count == name.count && arena.text[name.indices].elementsEqual(bytes)
      }
      if isFound { return true }
    }
    return false
  }

  private mutating func checkDependencies(_ node: Instance.Node, _ index: Int) -> Bool {
    var isValid = true
    for at in arena.nodes[index].dependencies.indices {
      let entry = arena.dependencies[at]
      let name = TextRange(start: entry.nameStart, count: entry.nameCount)
      guard find(node, name) else { continue }
      if entry.schema >= 0 { isValid = validateInPlace(node, .map, entry.schema) && isValid }
      for required in entry.required.indices where !find(node, arena.names[required]) {
        isValid = fail(
          .missingDependent(arena.string(arena.names[required]), because: arena.string(name)),
          node, .map, index)
      }
      guard isValid || isCollecting else { return false }
    }
    return isValid
  }

  mutating func checkUnevaluated(
    _ node: Instance.Node, _ kind: Tree.Kind, _ index: Int
  ) -> Bool {
    let marks = frames.last ?? []
    var isValid = true
    if kind == .map, arena.nodes[index].unevaluatedProperties >= 0 {
      let outerKey = key
      var at = -1
      var entries = instance.entries(node)
      while let entry = entries.next() {
        at += 1
        if at < marks.count, marks[at] { continue }
        isValid =
          checkAdditional(entry, at, arena.nodes[index].unevaluatedProperties, node, index)
          && isValid
        guard isValid || isCollecting else { break }
      }
      key = outerKey
    }
    if kind == .list, arena.nodes[index].unevaluatedItems >= 0 {
      var at = -1
      var items = instance.items(node)
      while let item = items.next() {
        at += 1
        if at < marks.count, marks[at] { continue }
        mark(at)
        isValid =
          checkItem(item, at, arena.nodes[index].unevaluatedItems, index) && isValid
        guard isValid || isCollecting else { break }
      }
    }
    return isValid
  }
}
