import Documents
import SourceText
package import Values

extension Schema {
  /// The static type of the values that the schema describes; `name` is its name in errors.
  package func type(named name: String) -> ValueType {
    let schema = documented
    var reader = TypeReader(schema.arena)
    return reader.type([schema.root], name)
  }
}

/// Derives static types from schemas.
private struct TypeReader {
  let arena: SchemaArena
  /// The schemas whose type is being derived.
  var open: [Int32] = []
  /// Whether absent values have their defaults: not within alternatives, which may not apply.
  private var appliesDefaults = true
  /// How many more fields to create: bounds the blow-up of shared definitions.
  var budget = 20_000

  init(_ arena: SchemaArena) { self.arena = arena }

  mutating func type(_ schemas: [Int32], _ name: String) -> ValueType {
    budget -= 1
    let isRecursive = schemas.contains { schema in open.filter { $0 == schema }.count > 1 }
    guard budget > 0, open.count < 60, !isRecursive else { return .dyn }
    open += schemas
    defer { open.removeLast(schemas.count) }
    let members = arena.certain(schemas)
    var types = TypeSet.all
    for member in members { types.formIntersection(arena.nodes[member].types) }
    if types == .all { types = constantTypes(members) }
    guard types != .all else { return alternatives(members, name) }
    let isNullable = types.contains(.null)
    types.remove(.null)
    if types.contains(.number) { types.remove(.integer) }
    guard !types.isEmpty else { return isNullable ? .null : .dyn }
    let all: [TypeSet] = [.boolean, .integer, .number, .string, .array, .object]
    let drawn = all.filter { types.contains($0) }.map { single($0, members, name) }
    let type = drawn.count == 1 ? drawn[0] : drawn.contains(.dyn) ? .dyn : .union(drawn)
    return isNullable && type != .dyn ? .nullable(type) : type
  }

  /// The types of the values that `enum` or `const` list.
  private func constantTypes(_ members: [Int]) -> TypeSet {
    for member in members {
      let node = arena.nodes[member]
      var range = node.enumeration
      if node.constant >= 0 { range = TableRange(start: UInt32(node.constant), count: 1) }
      guard !range.isEmpty else { continue }
      return arena.constants[range.indices].reduce(into: []) { types, constant in
        types.insert(TypeSet(constant.kind))
      }
    }
    return .all
  }

  private mutating func alternatives(_ members: [Int], _ name: String) -> ValueType {
    for member in members {
      let node = arena.nodes[member]
      let range = node.oneOf.isEmpty ? node.anyOf : node.oneOf
      guard !range.isEmpty else { continue }
      let applied = appliesDefaults
      appliesDefaults = false
      defer { appliesDefaults = applied }
      var isNullable = false
      var drawn: [ValueType] = []
      for at in range.indices {
        var type = type([arena.children[at]], name)
        if case .nullable(let wrapped) = type {
          isNullable = true
          type = wrapped
        }
        if type == .null {
          isNullable = true
        } else if !drawn.contains(type) {
          drawn.append(type)
        }
      }
      let maps = drawn.filter { if case .object = $0 { true } else { false } }
      guard let first = drawn.first, !drawn.contains(.dyn), maps.count < 2 else { return .dyn }
      let type = drawn.count == 1 ? first : .union(drawn)
      return isNullable ? .nullable(type) : type
    }
    let hasFields = members.contains { member in
      arena.nodes[member].properties.indices.contains { arena.properties[$0].schema >= 0 }
    }
    return hasFields ? object(members, name) : .dyn
  }

  private mutating func single(
    _ type: TypeSet, _ members: [Int], _ name: String
  ) -> ValueType {
    switch type {
    case .boolean: return .bool
    case .integer: return .int
    case .number: return .double
    case .string: return .string
    case .array:
      let items = members.compactMap { member in
        let node = arena.nodes[member]
        return node.items >= 0 && node.prefix.isEmpty ? node.items : nil
      }
      return .list(items.isEmpty ? .dyn : self.type(items, "\(name)[]"))
    default: return object(members, name)
    }
  }

  private mutating func object(_ members: [Int], _ name: String) -> ValueType {
    var names: [String] = []
    var declared: [String: (schemas: [Int32], isRequired: Bool, declaration: Span?)] = [:]
    var conditional: [Int] = []
    for member in members {
      note(member, isCertain: true, &names, &declared)
      let node = arena.nodes[member]
      conditional += arena.expanded([node.thenSchema, node.elseSchema])
      for range in [node.anyOf, node.oneOf] {
        conditional += arena.expanded(range.indices.map { arena.children[$0] })
      }
    }
    for member in conditional { note(member, isCertain: false, &names, &declared) }
    let additional = additional(members, name)
    let known = names.filter { !(declared[$0]?.schemas.isEmpty ?? true) }
    if known.isEmpty, let additional {
      return additional == .dyn ? .dyn : .map(key: .string, value: additional)
    }
    var fields: [ObjectType.Field] = []
    for field in known {
      guard let found = declared[field] else { continue }
      let all = arena.expanded(found.schemas)
      fields.append(
        ObjectType.Field(
          name: field, type: type(found.schemas, "\(name).\(field)"),
          isRequired: found.isRequired,
          isSecret: all.contains { arena.nodes[$0].flags.contains(.isSecret) },
          summary: summary(found.schemas),
          declaration: found.declaration))
    }
    return .object(ObjectType(name: name, fields: fields, additional: additional))
  }

  private func summary(_ schemas: [Int32]) -> String? {
    for schema in schemas {
      let own = arena.summary(Int(schema)) ?? arena.summary(arena.following(Int(schema)))
      if let own { return own }
    }
    return nil
  }

  private func note(
    _ member: Int, isCertain: Bool, _ names: inout [String],
    _ declared: inout [String: (schemas: [Int32], isRequired: Bool, declaration: Span?)]
  ) {
    let tree = arena.documents[Int(arena.nodes[member].document)]
    for at in arena.nodes[member].properties.indices {
      let entry = arena.properties[at]
      let name = arena.name(entry)
      if declared[name] == nil { names.append(name) }
      var known = declared[name] ?? ([], false, nil)
      // A schema that only refuses the key in some case says nothing about its type.
      if entry.schema >= 0, !arena.nodes[Int(entry.schema)].flags.contains(.isFalse),
        isCertain || known.schemas.isEmpty
      {
        known.schemas.append(entry.schema)
        known.declaration = known.declaration ?? tree.span(NodeID(index: entry.keyNode))
      }
      let hasDefault = appliesDefaults && arena.defaulting(entry.schema) != nil
      if isCertain, entry.required >= 0 || hasDefault { known.isRequired = true }
      declared[name] = known
    }
  }

  /// The type under undeclared keys; nil if there can't be any.
  private mutating func additional(_ members: [Int], _ name: String) -> ValueType? {
    var found: ValueType = .dyn
    for member in members {
      let node = arena.nodes[member]
      for schema in [node.additional, node.unevaluatedProperties] where schema >= 0 {
        guard node.patterns.isEmpty else { continue }
        if arena.nodes[Int(schema)].flags.contains(.isFalse) { return nil }
        found = type([schema], "\(name).*")
      }
    }
    return found
  }
}

extension TypeSet {
  init(_ kind: Tree.Kind) {
    switch kind {
    case .null: self = .null
    case .bool: self = .boolean
    case .int: self = .integer
    case .float: self = [.number, .integer]
    case .string: self = .string
    case .list: self = .array
    case .map: self = .object
    }
  }
}
