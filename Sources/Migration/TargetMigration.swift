import Documents
import Text
import Diagnostics
import SourceText
import Values

/// Makes files of storage targets.
struct TargetMigration {
  let rules: TargetRules
  private(set) var files: [MigratedFile] = []
  private(set) var diagnostics: [Diagnostic] = []

  init(rules: TargetRules) { self.rules = rules }

  /// Reads a list of targets.
  mutating func read(_ list: NodeID, _ tree: Tree, _ file: SourceFile) {
    for item in tree.items(list) {
      guard tree.kind(item) == .map else { continue }
      guard let kindNode = tree.value(item, rules.kindKey),
        let kind = rules.kinds.first(where: { $0.name == tree.string(kindNode) })
      else {
        let node = tree.value(item, rules.kindKey)
        diagnostics.append(
          .targetNotCarried(
            node.map { tree.string($0) }, among: rules.kinds.map(\.name),
            at: tree.span(node ?? item)))
        continue
      }
      convert(item, kind, tree, file, path: "targets/\(fileName(kind.name)).json")
    }
  }

  /// Makes a file from one map.
  mutating func convert(
    _ item: NodeID, _ kind: TargetRules.Kind, _ tree: Tree, _ file: SourceFile, path: String
  ) {
    var data = ValueMap()
    for field in kind.fields {
      if let from = field.from, let node = tree.value(item, from), tree.kind(node) != .null {
        Self.put(value(node, field, tree, file), at: field.to, in: &data)
      } else if let value = field.value {
        Self.put(value, at: field.to, in: &data)
      }
    }
    let known = Set(kind.fields.compactMap(\.from)).union([rules.kindKey])
    for entry in tree.entries(item) where !known.contains(tree.string(entry.key)) {
      guard !isEmpty(entry.value, tree) else { continue }
      let name = tree.string(entry.key)
      let why = kind.dropped.first { $0.from == name }?.why
      diagnostics.append(
        .migrationDropped(
          name, why ?? "current targets have no such key", at: tree.span(entry.key)))
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
    _ node: NodeID, _ field: TargetRules.Field, _ tree: Tree, _ file: SourceFile
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
    case .beforeDot: return .string(String(text.prefix { $0 != "." }))
    }
  }
}
