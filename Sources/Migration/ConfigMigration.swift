import Text
import Documents
import Diagnostics
import SourceText
import Values

/// Rewrites a configuration in the order of today's schema.
struct ConfigMigration {
  let rules: MigrationRules
  let schema: Tree
  let main: MigrationDocument
  var companions: [(document: MigrationDocument, shape: MigrationRules.Shape)]
  var diagnostics: [Diagnostic] = []

  /// Paths of the main file that were carried over, with everything below them.
  var consumed: Set<String> = []
  /// New keys whose value doesn't change anything.
  var added: [String] = []
  /// Sections written because a rule gives them a value.
  var forced: Set<String> = []
  /// Values that rules gave.
  var given: [String: String] = [:]
  /// Paths of companions' files that were carried over.
  var companionsConsumed: [Set<String>]
  /// Where each key went.
  var keys: [MigratedKey] = []

  init(
    rules: MigrationRules, schema: Tree, main: MigrationDocument,
    companions: [(document: MigrationDocument, shape: MigrationRules.Shape)]
  ) {
    self.rules = rules
    self.schema = schema
    self.main = main
    self.companions = companions
    companionsConsumed = []
  }

  mutating func run() -> [MigratedFile] {
    guard let top = schema.root else { return [] }
    companionsConsumed = companions.map { _ in [] }
    let entries = section(top, "")
    reportAssets()
    var files = otherFiles()
    var writer = OutlineWriter()
    writer.write(entries)
    var text = writer.text
    reportLeftovers()
    for index in companions.indices { reportLeftovers(ofCompanion: index) }
    text += main.outline.below.map { $0 + "\n" }.joined()
    let homeless = comments(main.outline.entries, "").filter { !text.contains($0) }
    if !homeless.isEmpty {
      text += "# Comments from parts that were removed:\n" + homeless.map { $0 + "\n" }.joined()
    }
    if !added.isEmpty { diagnostics.append(.migrationAdded(added, at: nil)) }
    files.insert(MigratedFile(path: "config.yml", text: Array(text.utf8), isSecret: true), at: 0)
    return files
  }

  /// The entries to write for a map of the schema.
  mutating func section(_ node: NodeID, _ path: String) -> [Outline.Entry] {
    guard let properties = schema.value(node, "properties") else { return [] }
    let required = schema.value(node, "required").map { list in
      Set(schema.items(list).map { schema.string($0) })
    }
    var result: [Outline.Entry] = []
    for property in schema.entries(properties) {
      let name = schema.string(property.key)
      let place = path.isEmpty ? name : "\(path).\(name)"
      let isRequired = required?.contains(name) ?? false
      if let entry = entry(property.value, place, name, isRequired: isRequired) {
        result.append(entry)
      }
    }
    return result
  }

  mutating func entry(
    _ node: NodeID, _ path: String, _ name: String, isRequired: Bool
  ) -> Outline.Entry? {
    let source = source(of: path)
    if let given = rules.given.first(where: { $0.to == path && $0.replaces && applies($0) }),
      given.prefixes.isEmpty
        || given.prefixes.contains(where: { value(at: path)?.hasPrefix($0) ?? false })
    {
      return replaced(given, name, path)
    }
    if schema.value(node, "properties") != nil {
      if let source, case .text(let text) = source.entry.content {
        // A null, or anything but a map, stays as it is.
        if !isRequired || !Self.isNull(text) { return carried(source, node, name, path) }
      }
      // If the section is left out after all, its diagnostics are dropped.
      let before = (diagnostics, added, keys)
      let children = section(node, path)
      if let source { consumed.insert(source.path) }
      guard !children.isEmpty,
        isRequired || source != nil || forced.contains(path) || hasCarried(children)
      else {
        (diagnostics, added, keys) = before
        return nil
      }
      return Outline.Entry(
        key: name, keySpan: source?.entry.keySpan ?? Span(main.source, 0..<0),
        node: source?.entry.node ?? NodeID(index: 0),
        comments: source?.entry.comments ?? .init(), content: .map(children))
    }
    if let source {
      if case .text(let text) = source.entry.content, Self.isNull(text), isRequired,
        !takesNull(node), let entry = new(path, name, isRequired: true)
      {
        consumed.insert(source.path)
        keys.append(key(source, .empty))
        return entry
      }
      return carried(source, node, name, path)
    }
    return new(path, name, isRequired: isRequired)
  }

  /// Whether a section has anything from the older file; an optional one without is left out.
  func hasCarried(_ entries: [Outline.Entry]) -> Bool {
    entries.contains { entry in
      if case .map(let inner) = entry.content { return hasCarried(inner) }
      return entry.keySpan.end > entry.keySpan.start
    }
  }

  static func isNull(_ text: String) -> Bool {
    text.isEmpty || text == "~" || text == "null"
  }

  func takesNull(_ node: NodeID) -> Bool {
    guard let type = schema.value(node, "type") else { return true }
    return schema.string(type) == "null"
      || schema.items(type).contains { schema.string($0) == "null" }
  }

  func applies(_ given: MigrationRules.Given) -> Bool {
    given.when.isEmpty || given.when.contains { main.entry(at: $0) != nil }
  }
}
