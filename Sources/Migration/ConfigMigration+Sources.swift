import Text
import Documents
import Diagnostics
import SourceText
import Values

/// Finds the values of today's keys in the older files.
extension ConfigMigration {
  struct Source {
    var path: String
    var document: MigrationDocument
    var entry: Outline.Entry
    /// The index of the companion whose file it is in; nil for the configuration.
    var companion: Int?

    var isMain: Bool { companion == nil }
  }

  /// Where one of today's keys is in the files: where it was moved from, where it is, or in a
  /// companion's file.
  func source(of path: String) -> Source? {
    let moves = layoutMoves + rules.moved
    var candidates: [String] = []
    for move in moves {
      if move.to == path {
        candidates.append(move.from)
      } else if path.hasPrefix(move.to + ".") {
        candidates.append(move.from + path.dropFirst(move.to.utf8.count))
      }
    }
    candidates.append(path)
    for candidate in candidates {
      if let entry = main.entry(at: candidate) {
        return Source(path: candidate, document: main, entry: entry, companion: nil)
      }
    }
    for (index, (document, shape)) in companions.enumerated() {
      for move in shape.moved where move.to == path {
        if let entry = document.entry(at: move.from) {
          return Source(path: move.from, document: document, entry: entry, companion: index)
        }
      }
    }
    return nil
  }

  var layoutMoves: [MigrationRules.Move] {
    LegacyLayout.detect(main.tree, schema: schema)?.moved.map {
      .init(from: $0.from.value, to: $0.to)
    } ?? []
  }

  mutating func carried(
    _ source: Source, _ node: NodeID, _ name: String, _ path: String
  ) -> Outline.Entry {
    consume(source)
    keys.append(key(source, .carried(to: path)))
    var entry = source.entry
    entry.key = name
    entry.content = adapted(source.entry, node, source.document)
    return entry
  }

  /// Notes that a value of a file was used.
  mutating func consume(_ source: Source) {
    if let companion = source.companion {
      companionsConsumed[companion].insert(source.path)
    } else {
      consumed.insert(source.path)
    }
  }

  func key(_ source: Source, _ fate: MigratedKey.Fate) -> MigratedKey {
    key(source.document, source.path, source.entry.keySpan, fate)
  }

  func key(
    _ document: MigrationDocument, _ path: String, _ span: Span, _ fate: MigratedKey.Fate
  ) -> MigratedKey {
    MigratedKey(source: document.source, path: path, span: span, fate: fate)
  }

  /// A value in the form that today's schema requires.
  func adapted(
    _ entry: Outline.Entry, _ node: NodeID, _ document: MigrationDocument
  ) -> Outline.Content {
    let types = types(of: node)
    switch entry.content {
    case .text(let text):
      let kind = document.tree.kind(entry.node)
      if types.contains("array"), !types.contains("string"), kind != .list, kind != .null {
        return .list([.init(comments: .init(), content: entry.content, node: entry.node)])
      }
      if types.contains("string"), !types.contains("number"), !types.contains("integer"),
        !text.contains("<%"), kind == .int || kind == .float || kind == .bool
      {
        return .text(OutlineWriter.quoted(text))
      }
      if types == ["object"], kind == .list, document.tree.count(entry.node) == 0 {
        return .text("{}")
      }
      return entry.content
    case .list(let items) where types == ["object"]:
      // Tags used to be only names.
      return .map(
        items.map { item in
          Outline.Entry(
            key: document.tree.string(item.node), keySpan: document.tree.span(item.node),
            node: item.node, comments: item.comments, content: .text("\"true\""))
        })
    case .list, .map: return entry.content
    }
  }

  func types(of node: NodeID) -> Set<String> {
    guard let type = schema.value(node, "type") else { return [] }
    if schema.kind(type) == .string { return [schema.string(type)] }
    return Set(schema.items(type).map { schema.string($0) }).subtracting(["null"])
  }
}
