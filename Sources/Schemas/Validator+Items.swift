import Documents
import Values

extension Validator {
  mutating func checkItems(_ node: Instance.Node, _ index: Int) -> Bool {
    var isValid = true
    let count = instance.count(node)
    let minimum = arena.nodes[index].minItems
    if minimum >= 0, count < minimum { isValid = fail(.tooFewItems, node, .list, index) }
    let maximum = arena.nodes[index].maxItems
    if maximum >= 0, count > maximum { isValid = fail(.tooManyItems, node, .list, index) }
    guard isValid || isCollecting else { return false }
    isValid = checkEachItem(node, index) && isValid
    guard isValid || isCollecting else { return false }
    if arena.nodes[index].contains >= 0 { isValid = checkContains(node, index) && isValid }
    if arena.nodes[index].flags.contains(.hasUniqueItems), count > 1 {
      isValid = checkUnique(node, index) && isValid
    }
    return isValid
  }

  private mutating func checkEachItem(_ node: Instance.Node, _ index: Int) -> Bool {
    let prefix = arena.nodes[index].prefix
    let rest = arena.nodes[index].items
    guard !prefix.isEmpty || rest >= 0 else { return true }
    var isValid = true
    var at = 0
    var items = instance.items(node)
    while let item = items.next() {
      let schema = at < prefix.count ? arena.children[Int(prefix.start) + at] : rest
      guard schema >= 0 else { break }
      mark(at)
      isValid = checkItem(item, at, schema, index) && isValid
      guard isValid || (isCollecting && !isStopped) else { break }
      at += 1
    }
    return isValid
  }

  mutating func checkItem(
    _ item: Instance.Node, _ at: Int, _ schema: Int32, _ index: Int
  ) -> Bool {
    let outerKey = key
    key = nil
    defer { key = outerKey }
    if arena.nodes[Int(schema)].flags.contains(.isFalse) {
      return fail(.unknownItem, item, instance.kind(item), index)
    }
    return validatePart(item, schema, at: .index(at))
  }

  private mutating func checkContains(_ node: Instance.Node, _ index: Int) -> Bool {
    let schema = arena.nodes[index].contains
    let minimum = arena.nodes[index].minContains >= 0 ? arena.nodes[index].minContains : 1
    let maximum = arena.nodes[index].maxContains
    let wasCollecting = isCollecting
    isCollecting = false
    var found: Int32 = 0
    var at = 0
    var items = instance.items(node)
    while let item = items.next() {
      if validatePart(item, schema, at: .index(at)) {
        found += 1
        // Before 2020-12, `contains` doesn't mark items as evaluated for `unevaluatedItems`.
        if !arena.nodes[index].flags.contains(.containsIsSilent) { mark(at) }
        if !isTracking, maximum < 0, found >= minimum { break }
      }
      at += 1
    }
    isCollecting = wasCollecting
    if found < minimum {
      return fail(
        minimum == 1 ? .notContained : .tooFewContained(Int(minimum)), node, .list, index)
    }
    if maximum >= 0, found > maximum {
      return fail(.tooManyContained(Int(maximum)), node, .list, index)
    }
    return true
  }

  private mutating func checkUnique(_ node: Instance.Node, _ index: Int) -> Bool {
    var items: [Instance.Node] = []
    var iterator = instance.items(node)
    while let item = iterator.next() { items.append(item) }
    var earlier: [UInt64: [Int]] = [:]
    for (at, item) in items.enumerated() {
      var candidates: [Int]
      if items.count <= 8 {
        candidates = Array(0..<at)
      } else {
        let hash = InstanceHash.hash(instance, item)
        candidates = earlier[hash] ?? []
        earlier[hash, default: []].append(at)
      }
      candidates.removeAll { !InstanceEquality.areEqual(instance, items[$0], instance, item) }
      work += candidates.count
      if let first = candidates.first {
        return fail(.duplicateItem(first: items[first], at: at), item, instance.kind(item), index)
      }
    }
    return true
  }
}
