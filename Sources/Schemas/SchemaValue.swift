import Text
package import Documents
package import SourceText
package import Values

extension Schema {
  /// The value of a valid document, with its secrets marked as such.
  ///
  /// Secrets are what the schema marks with `x-secret` or `writeOnly`, except for parts that say
  /// `"x-secret": false`; what is at one of `secrets`, JSON pointers in which `*` matches any key or
  /// index; and what names and forms say, where the schema says nothing. Under `"x-trailing-slash": true` a nonempty string gets a missing trailing
  /// slash.
  ///
  /// - Parameter names: of the files of a tree that was put together of several.
  package func value(
    of tree: Tree, file: String, secrets: [String], names: (@Sendable (SourceID) -> String?)? = nil
  ) -> Value {
    guard let node = tree.root else { return .null }
    let addsSlashes = arena.traits.contains(.addsSlashes)
    let patterns = secrets.compactMap { pattern in
      SchemaURI.pointer(pattern.hasPrefix("#") ? String(pattern.dropFirst()) : pattern)
    }
    let marks = SecretMarks(tree: tree)
    let hasNamed = marks.holdsSecrets(node)
    guard !arena.traits.isEmpty || !patterns.isEmpty || hasNamed else { return Value(tree, node) }
    let reader = ValueReader(
      arena: arena, tree: tree, addsSlashes: addsSlashes, hasNamed: hasNamed, names: names)
    return reader.value(
      node,
      ValueReader.Cursor(
        schemas: [root], certain: [root], file: file, pointer: "#", patterns: patterns[...]))
  }
}

/// Makes values of a document's nodes as their schemas say.
private struct ValueReader {
  struct Cursor {
    var schemas: [Int32]
    /// Those of them that apply unconditionally.
    var certain: [Int32]
    var file: String
    var pointer: String
    var reference: String { file + pointer }
    /// The patterns that match so far.
    var patterns: ArraySlice<[[UInt8]]>
    var depth = 0
    /// What a schema or a pattern says.
    var isSecret = false
    /// A schema says that it isn't one, whatever it is called.
    var isPublic = false
    var name = SecretHint()
  }

  let arena: SchemaArena
  let tree: Tree
  let addsSlashes: Bool
  /// Whether names or forms say of anything in the document that it is a secret.
  let hasNamed: Bool
  var names: (@Sendable (SourceID) -> String?)?

  func value(_ node: NodeID, _ place: Cursor) -> Value {
    var place = place
    if let names, let file = names(tree.span(node).source) { place.file = file }
    let marking = place.schemas.filter(leadsToMarks)
    if marking.isEmpty, !place.isSecret, place.patterns.isEmpty, !hasNamed {
      return Value(tree, node)
    }
    let schemas = arena.expanded(marking)
    if let says = arena.saySecret(schemas) { (place.isSecret, place.isPublic) = (says, !says) }
    if place.patterns.contains(where: { $0.count == place.depth }) {
      (place.isSecret, place.isPublic) = (true, false)
    }
    guard place.isSecret || !schemas.isEmpty || !place.patterns.isEmpty || hasNamed else {
      return Value(tree, node)
    }
    // Anything nested this deep might be a secret.
    guard place.depth < 160 else {
      return .secret(Secret(Value(tree, node), reference: place.reference))
    }
    switch tree.kind(node) {
    case .null, .bool: return Value(tree, node)
    case .int, .float: return marked(Value(tree, node), place)
    case .string:
      var text = tree.string(node)
      if addsSlashes, !text.isEmpty, text.utf8.last != .slash, wantsSlash(node, place.schemas) {
        text += "/"
      }
      return marked(.string(text), place)
    case .list:
      let marks = SecretMarks(tree: tree)
      var option: String?
      return .list(
        tree.items(node).enumerated().map { at, item in
          let step = String(at)
          var part = part(
            place, Array(step.utf8), step, arena.schemas(of: schemas, atItem: at))
          part.name = place.name.item(after: option)
          option = marks.option(item)
          part.certain = certainSchemas(of: place).flatMap { index in
            arena.schemas(of: [index], atItem: at).filter { $0 != arena.nodes[index].contains }
          }
          return value(item, part)
        })
    case .map: return map(node, place, schemas)
    }
  }

  private func map(_ node: NodeID, _ place: Cursor, _ schemas: [Int]) -> Value {
    let certain = certainSchemas(of: place)
    let pair = hasNamed ? SecretMarks(tree: tree).pairName(node) : nil
    var map = ValueMap(
      tree.entries(node).map { entry in
        let key = tree.string(entry.key)
        let parts = tree.withBytes(entry.key) { arena.schemas(of: schemas, underKey: $0) }
        // Most lead to no mark, and don't need to know their place.
        if !place.isSecret, place.patterns.isEmpty, !hasNamed,
          !parts.contains(where: leadsToMarks)
        {
          return (key: .string(key), value: Value(tree, entry.value))
        }
        var part = part(place, Array(key.utf8), SecretMarks.escaped(key), parts)
        part.name = place.name.member(key, in: pair)
        part.certain = tree.withBytes(entry.key) { arena.schemas(of: certain, underKey: $0) }
        return (key: .string(key), value: value(entry.value, part))
      })
    for index in certain {
      for at in arena.nodes[index].properties.indices {
        let entry = arena.properties[at]
        guard entry.schema >= 0, let source = arena.defaulting(entry.schema) else { continue }
        let key = arena.name(entry)
        guard map[key] == nil else { continue }
        var part = part(place, Array(key.utf8), SecretMarks.escaped(key), [entry.schema])
        part.certain = [entry.schema]
        map[key] = reader(of: source).value(
          NodeID(index: UInt32(arena.nodes[source].defaultNode)), part)
      }
    }
    return .map(map)
  }

  /// Empty if there are no defaults to look for.
  private func certainSchemas(of place: Cursor) -> [Int] {
    arena.traits.contains(.hasDefaults) ? arena.certain(place.certain) : []
  }

  /// A reader of the document that a schema is in.
  private func reader(of schema: Int) -> ValueReader {
    ValueReader(
      arena: arena, tree: arena.documents[Int(arena.nodes[schema].document)],
      addsSlashes: addsSlashes, hasNamed: hasNamed)
  }

  private func leadsToMarks(_ schema: Int32) -> Bool {
    schema >= 0 && arena.nodes[Int(schema)].flags.contains(.leadsToMarks)
  }

  private func marked(_ value: Value, _ place: Cursor) -> Value {
    place.isSecret || !place.isPublic && place.name.marks(value)
      ? .secret(Secret(value, reference: place.reference)) : value
  }

  private func part(
    _ place: Cursor, _ step: [UInt8], _ token: String, _ schemas: [Int32]
  ) -> Cursor {
    var part = place
    part.schemas = schemas
    part.pointer += "/"
    part.pointer += token
    part.depth += 1
    if !place.patterns.isEmpty {
      part.patterns =
        place.patterns.filter { pattern in
          place.depth < pattern.count
            && (pattern[place.depth] == [.asterisk] || pattern[place.depth] == step)
        }[...]
    }
    return part
  }

  /// Whether a schema that applies here asks for a trailing slash.
  private func wantsSlash(_ node: NodeID, _ schemas: [Int32]) -> Bool {
    var validator = Validator(arena, TreeInstance(tree: tree), ValidationOptions())
    var stack = schemas
    var budget = 200
    while let next = stack.popLast(), budget > 0 {
      budget -= 1
      guard next >= 0 else { continue }
      let schema = arena.nodes[Int(next)]
      if schema.flags.contains(.addsSlash) { return true }
      stack.append(schema.reference)
      for at in schema.allOf.indices { stack.append(arena.children[at]) }
      for range in [schema.anyOf, schema.oneOf] {
        for at in range.indices where validator.holds(node, .string, arena.children[at]) {
          stack.append(arena.children[at])
        }
      }
      if schema.ifSchema >= 0 {
        stack.append(
          validator.holds(node, .string, schema.ifSchema) ? schema.thenSchema : schema.elseSchema)
      }
    }
    return false
  }
}
