import Documents
import Text
import Diagnostics
import Digests
import SourceText
import Values

/// Makes files of storage targets.
struct TargetMigration {
  let rules: TargetRules
  private(set) var files: [MigratedFile] = []
  private(set) var diagnostics: [Diagnostic] = []
  private(set) var keys: [MigratedKey] = []

  init(rules: TargetRules) { self.rules = rules }

  /// Reads a list of targets.
  /// - Parameters:
  ///   - path: the list's, in the document.
  ///   - version: the version of a job, by its path in the new configuration.
  mutating func read(
    _ list: NodeID, _ document: MigrationDocument, _ path: String, _ key: Span,
    version: (String) -> String?
  ) {
    let tree = document.tree
    if tree.count(list) == 0 { note(document, path, key, .empty) }
    for (index, item) in tree.items(list).enumerated() {
      let place = "\(path)[\(index)]"
      let kindNode = tree.kind(item) == .map ? tree.value(item, rules.kindKey) : nil
      let name = kindNode.map { tree.string($0) }
      guard let name, let kind = rules.kind(named: name, version: version) else {
        note(document, place, tree.span(item), .dropped)
        diagnostics.append(
          .targetNotCarried(name, among: rules.names, at: tree.span(kindNode ?? item)))
        continue
      }
      let file = "targets/\(fileName(kind.name)).json"
      if let kindNode {
        note(document, "\(place).\(rules.kindKey)", tree.span(kindNode), .file(file, at: "schema"))
      }
      convert(item, kind, document, at: place, to: file)
    }
  }

  private mutating func note(
    _ document: MigrationDocument, _ path: String, _ span: Span, _ fate: MigratedKey.Fate
  ) {
    keys.append(MigratedKey(source: document.source, path: path, span: span, fate: fate))
  }

  /// Makes a file from one map.
  /// - Parameter place: the path of the map in the document.
  mutating func convert(
    _ item: NodeID, _ kind: TargetRules.Kind, _ document: MigrationDocument, at place: String,
    to path: String
  ) {
    let tree = document.tree
    var data = ValueMap()
    for field in kind.fields {
      let node = field.from.flatMap { tree.value(item, $0) }
      if field.form == .uuid {
        Self.put(.string(uuid(field, of: item, kind, tree, path)), at: field.to, in: &data)
      } else if let node, tree.kind(node) != .null {
        Self.put(value(node, field, tree, document.file, path), at: field.to, in: &data)
      } else if let value = field.value {
        Self.put(value, at: field.to, in: &data)
        if value == .string("ADD HERE") {
          diagnostics.append(.migrationFillTarget(field.to, in: path, at: tree.span(item)))
        }
      }
    }
    for entry in tree.entries(item) {
      let name = tree.string(entry.key)
      if name == rules.kindKey, !kind.fields.contains(where: { $0.from == name }) { continue }
      account(name, entry, kind, document, at: "\(place).\(name)", to: path)
    }
    if !kind.note.isEmpty {
      diagnostics.append(.migrationNote(kind.note, at: tree.span(item)))
    }
    var writer = CanonicalJSONWriter(pretty: true)
    writer.value(
      .map(ValueMap(["schema": .string(kind.schema), "data": .map(data)])),
      revealingSecrets: true)
    writer.newline()
    files.append(
      MigratedFile(path: path, text: writer.bytes, isSecret: true))
  }

  /// Says where a key of a target went.
  private mutating func account(
    _ name: String, _ entry: (key: NodeID, value: NodeID), _ kind: TargetRules.Kind,
    _ document: MigrationDocument, at place: String, to path: String
  ) {
    let span = document.tree.span(entry.key)
    if isEmpty(entry.value, document.tree) {
      note(document, place, span, .empty)
    } else if let field = kind.fields.first(where: { $0.from == name }) {
      note(document, place, span, .file(path, at: "data.\(field.to)"))
    } else {
      note(document, place, span, .dropped)
      let why = kind.dropped.first { $0.from == name }?.why
      diagnostics.append(
        .migrationDropped(name, why ?? "current targets have no such key", at: span))
    }
  }

  /// The same for the same target; another for one of the same kind in another file.
  private func uuid(
    _ field: TargetRules.Field, of item: NodeID, _ kind: TargetRules.Kind, _ tree: Tree,
    _ path: String
  ) -> String {
    let parts = field.parts.map { tree.value(item, $0).map { tree.string($0) } ?? "" }
    return SHA1.uuid(of: ([kind.name, path] + parts).joined(separator: "\n"))
  }

  /// Puts a value at a path of dot-separated keys.
  private static func put(_ value: Value, at path: String, in map: inout ValueMap) {
    let head = String(path.prefix { $0 != "." })
    guard head.utf8.count < path.utf8.count else {
      map[path] = value
      return
    }
    var inner = ValueMap()
    if case .map(let known)? = map[head] { inner = known }
    put(value, at: String(path.dropFirst(head.count + 1)), in: &inner)
    map[head] = .map(inner)
  }

  /// `redshift`, then `redshift-2`.
  private func fileName(_ kind: String) -> String {
    let taken = Set(files.map(\.path))
    var name = kind
    var number = 1
    while taken.contains("targets/\(name).json") {
      number += 1
      name = "\(kind)-\(number)"
    }
    return name
  }

  private func isEmpty(_ node: NodeID, _ tree: Tree) -> Bool {
    switch tree.kind(node) {
    case .null: true
    case .string: tree.withBytes(node) { $0.isEmpty }
    case .map: tree.entries(node).allSatisfy { isEmpty($0.value, tree) }
    case .list: tree.count(node) == 0
    case .bool, .int, .float: false
    }
  }

  private mutating func value(
    _ node: NodeID, _ field: TargetRules.Field, _ tree: Tree, _ file: SourceFile, _ path: String
  ) -> Value {
    let span = tree.span(node)
    if file.isSubstituted(span) || file.text[file.written(span)].starts(with: [.less, .percent]) {
      diagnostics.append(.migrationTemplateInJSON(field.to, at: span))
      return .string("ADD HERE")
    }
    let text = tree.string(node)
    switch field.form {
    case .text: return .string(text)
    case .integer: return Int64(text).map { .int($0) } ?? .string(text)
    case .bool: return text == "true" ? .bool(true) : text == "false" ? .bool(false) : .string(text)
    case .upperCase:
      return .string(
        String(
          decoding: ASCII.uppercased(text).utf8.map { $0 == .hyphen ? .underscore : $0 },
          as: UTF8.self))
    case .beforeDot: return beforeDot(text, field, span, path)
    case .choice:
      if let value = field.values[ASCII.lowercased(text)] { return value }
      diagnostics.append(
        .migrationDropped(
          field.from ?? field.to,
          "`\(text)` isn't one of \(field.values.keys.sorted().map { "`\($0)`" }.joined(separator: ", "))",
          at: span))
      return field.value ?? .null
    case .uuid: return field.value ?? .null
    }
  }

  /// The schema in `schema.table`. The loader gives the table its name, so that another one is lost;
  /// and without a schema the database looked the table up.
  private mutating func beforeDot(
    _ text: String, _ field: TargetRules.Field, _ span: Span, _ path: String
  ) -> Value {
    let dot = text.utf8.firstIndex(of: .dot)
    let rest = dot.map { text[text.utf8.index(after: $0)...] } ?? text[...]
    if let known = field.rest, ASCII.lowercased(String(rest)) != known {
      diagnostics.append(.migrationTable(String(rest), today: known, at: span))
    }
    if let dot { return .string(String(text[..<dot])) }
    diagnostics.append(.migrationNoSchema(text, field.to, in: path, at: span))
    return .string("ADD HERE")
  }
}
