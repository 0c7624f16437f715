import Documents
package import SourceText
import Values

/// What a schema says of one place in its documents, for editors.
package struct SchemaPlace: Sendable {
  private let arena: SchemaArena
  /// All schemas that may apply, including every alternative.
  private let schemas: [Int]

  /// The place of a whole document.
  package init(_ schema: Schema) {
    let schema = schema.documented
    arena = schema.arena
    schemas = schema.arena.expanded([schema.root]).sorted()
  }

  private init?(_ arena: SchemaArena, _ schemas: [Int32]) {
    let usable = schemas.filter { $0 >= 0 && !arena.nodes[Int($0)].flags.contains(.isFalse) }
    guard !usable.isEmpty else { return nil }
    self.arena = arena
    self.schemas = arena.expanded(usable).sorted()
  }

  /// The value of a key of a map; nil if the schema knows nothing of it.
  package func member(_ key: String) -> SchemaPlace? {
    var key = key
    return key.withUTF8 { SchemaPlace(arena, arena.schemas(of: schemas, underKey: $0)) }
  }

  /// An item of a list.
  package func item(_ index: Int) -> SchemaPlace? {
    SchemaPlace(arena, arena.schemas(of: schemas, atItem: index))
  }

  /// A key that a map may have.
  package struct Member: Sendable {
    package let name: String
    package let isRequired: Bool
    package let place: SchemaPlace
  }

  /// The keys that a map here may have, in the order of declaration.
  package var members: [Member] {
    var names: [String] = []
    var required: Set<String> = []
    for schema in schemas {
      for at in arena.nodes[schema].properties.indices {
        let entry = arena.properties[at]
        let name = arena.name(entry)
        if entry.required >= 0 { required.insert(name) }
        if entry.schema >= 0, !names.contains(name) { names.append(name) }
      }
    }
    return names.compactMap { name in
      member(name).map {
        Member(name: name, isRequired: required.contains(name), place: $0)
      }
    }
  }

  /// Whether a map here may have keys that aren't declared.
  package var takesOtherKeys: Bool {
    !schemas.contains { schema in
      let additional = arena.nodes[schema].additional
      return additional >= 0 && arena.nodes[Int(additional)].flags.contains(.isFalse)
    }
  }

  /// The description, in full, or else the title.
  package var text: String? {
    for keyword in [Keyword.description, .title] {
      for (tree, node) in described {
        guard let value = tree.value(node, keyword.rawValue), tree.kind(value) == .string else {
          continue
        }
        let text = tree.string(value)
        if !text.isEmpty { return text }
      }
    }
    return nil
  }

  /// The names of the types that a value here may have, as JSON Schema writes them.
  package var types: [String] {
    let names: [(TypeSet, String)] = [
      (.null, "null"), (.boolean, "boolean"), (.integer, "integer"), (.number, "number"),
      (.string, "string"), (.array, "array"), (.object, "object"),
    ]
    var all: TypeSet = []
    for schema in schemas where arena.nodes[schema].types != .all {
      all.formUnion(arena.nodes[schema].types)
    }
    if all.contains(.number) { all.remove(.integer) }
    return names.filter { all.contains($0.0) }.map(\.1)
  }

  /// The values that it lists (`enum`, `const`), as text, each once.
  package var values: [String] {
    var values: [String] = []
    for (tree, node) in described {
      let listed =
        tree.value(node, Keyword.enumeration.rawValue).map { Array(tree.items($0)) } ?? []
      for value in listed + [tree.value(node, Keyword.const.rawValue)].compactMap(\.self)
      where tree.kind(value) != .list && tree.kind(value) != .map {
        let text = tree.kind(value) == .null ? "null" : tree.string(value)
        if !values.contains(text) { values.append(text) }
      }
    }
    return values
  }

  /// The default for an absent value, if it is a scalar.
  package var defaultText: String? {
    for (tree, node) in described {
      guard let value = tree.value(node, Keyword.defaultValue.rawValue), tree.kind(value) != .list,
        tree.kind(value) != .map
      else { continue }
      return tree.string(value)
    }
    return nil
  }

  package var isSecret: Bool { arena.saySecret(schemas) ?? false }

  /// Where it is declared: the schema itself; nil if its document isn't known.
  package var declaration: Span? { described.first.map { $0.tree.span($0.node) } }

  /// The schemas that have a document, the most specific first.
  private var described: [(tree: Tree, node: NodeID)] {
    schemas.compactMap { schema in
      let node = arena.nodes[schema]
      guard arena.documents.indices.contains(Int(node.document)) else { return nil }
      let tree = arena.documents[Int(node.document)]
      let id = NodeID(index: node.node)
      return tree.kind(id) == .map ? (tree, id) : nil
    }
  }
}
