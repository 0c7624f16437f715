import Documents
import Values

extension SchemaArena {
  /// These schemas and all that they lead to at the same place, including every alternative.
  func expanded(_ schemas: [Int32]) -> [Int] {
    var found: [Int] = []
    var stack = schemas
    while let next = stack.popLast() {
      let index = Int(next)
      guard index >= 0, !found.contains(index), found.count < 500 else { continue }
      found.append(index)
      let node = nodes[index]
      guard
        node.flags.contains(.hasApplicators) || node.flags.contains(.isReference)
          || !node.dependencies.isEmpty
      else { continue }
      stack.append(node.reference)
      if node.dynamicReference >= 0 {
        stack.append(dynamics[Int(node.dynamicReference)].fallback)
      }
      for range in [node.allOf, node.anyOf, node.oneOf] {
        for at in range.indices { stack.append(children[at]) }
      }
      stack += [node.thenSchema, node.elseSchema]
      for at in node.dependencies.indices { stack.append(dependencies[at].schema) }
    }
    return found
  }

  /// These schemas and all that always apply with them.
  func certain(_ schemas: [Int32]) -> [Int] {
    var found: [Int] = []
    var queue = schemas
    while let next = queue.first {
      queue.removeFirst()
      let index = Int(next)
      guard index >= 0, !found.contains(index), found.count < 200 else { continue }
      found.append(index)
      let node = nodes[index]
      queue.append(node.reference)
      for at in node.allOf.indices { queue.append(children[at]) }
    }
    return found
  }

  /// The schema whose default applies to an absent value with this schema.
  func defaulting(_ schema: Int32) -> Int? {
    guard traits.contains(.hasDefaults) else { return nil }
    return certain([schema]).first { nodes[$0].defaultNode >= 0 }
  }

  /// The schemas that apply to the value of a key, given those of its map.
  func schemas(of schemas: [Int], underKey key: UnsafeBufferPointer<UInt8>) -> [Int32] {
    var found: [Int32] = []
    for index in schemas {
      var isDeclared = false
      if !nodes[index].properties.isEmpty, let at = property(index, key),
        properties[at].schema >= 0
      {
        isDeclared = true
        found.append(properties[at].schema)
      }
      for at in nodes[index].patterns.indices
      where matches(Int(patterns[at].expression), key) ?? false {
        isDeclared = true
        found.append(patterns[at].schema)
      }
      if !isDeclared {
        if nodes[index].additional >= 0 { found.append(nodes[index].additional) }
        if nodes[index].unevaluatedProperties >= 0 {
          found.append(nodes[index].unevaluatedProperties)
        }
      }
    }
    return found
  }

  /// The schemas that apply to an item, given those of its list.
  func schemas(of schemas: [Int], atItem at: Int) -> [Int32] {
    var found: [Int32] = []
    for index in schemas {
      let node = nodes[index]
      if at < node.prefix.count {
        found.append(children[Int(node.prefix.start) + at])
      } else if node.items >= 0 {
        found.append(node.items)
      }
      if node.contains >= 0 { found.append(node.contains) }
      if node.unevaluatedItems >= 0 { found.append(node.unevaluatedItems) }
    }
    return found
  }
}

/// Finds whether the value at a path is a secret: by its schema, or else by the names on the path.
struct SecretFinder<Instance: SchemaInstance> {
  let arena: SchemaArena
  let instance: Instance

  func isSecret(_ node: Instance.Node, at path: [PathStep], from root: Int32) -> Bool {
    var schemas = arena.expanded([root])
    var says = arena.saySecret(schemas)
    var name = SecretHint()
    for step in path {
      switch step {
      case .key(var key):
        name = name.member(key)
        schemas = arena.expanded(key.withUTF8 { arena.schemas(of: schemas, underKey: $0) })
      case .index(let at): schemas = arena.expanded(arena.schemas(of: schemas, atItem: at))
      }
      says = arena.saySecret(schemas) ?? says
    }
    if let says { return says }
    if name.isTelling || name.isInside { return true }
    guard case .key(let key)? = path.last, SecretHint.isPairValue(key) else { return false }
    return instance.isMarked(node)
  }
}

extension SchemaArena {
  /// Whether the schemas that apply at a place mark its value as a secret; nil if none says.
  func saySecret(_ schemas: [Int]) -> Bool? {
    if schemas.contains(where: { nodes[$0].flags.contains(.isSecret) }) { return true }
    return schemas.contains { nodes[$0].flags.contains(.isPublic) } ? false : nil
  }
}

extension SchemaTables {
  /// Records which schemas lead to one that marks values.
  mutating func noteMarks() {
    let marks: SchemaNode.Flags = [.isSecret, .isPublic, .addsSlash]
    func isMark(_ node: SchemaNode) -> Bool {
      !node.flags.isDisjoint(with: marks) || node.defaultNode >= 0
    }
    guard nodes.contains(where: isMark) else { return }
    var parents = [[Int32]](repeating: [], count: nodes.count)
    var work: [Int] = []
    for index in nodes.indices {
      for part in parts(of: nodes[index]) where part >= 0 {
        parents[Int(part)].append(Int32(clamping: index))
      }
      if isMark(nodes[index]) { work.append(index) }
    }
    while let index = work.popLast() {
      guard nodes[index].flags.insert(.leadsToMarks).inserted else { continue }
      work += parents[index].map(Int.init)
    }
  }

  /// The schemas that apply with a schema, to the same value or to a part of it.
  private func parts(of node: SchemaNode) -> [Int32] {
    var parts = [
      node.reference, node.thenSchema, node.elseSchema, node.additional, node.items, node.contains,
      node.unevaluatedProperties, node.unevaluatedItems,
    ]
    if node.dynamicReference >= 0 { parts.append(dynamics[Int(node.dynamicReference)].fallback) }
    for range in [node.allOf, node.anyOf, node.oneOf, node.prefix] {
      parts += children[range.indices]
    }
    parts += properties[node.properties.indices].map(\.schema)
    parts += patterns[node.patterns.indices].map(\.schema)
    parts += dependencies[node.dependencies.indices].map(\.schema)
    return parts
  }
}
