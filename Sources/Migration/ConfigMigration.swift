import Diagnostics
import SourceText
import Values

/// Writes one configuration anew, in the order of today's schema.
struct ConfigMigration {
  let rules: MigrationRules
  let schema: Tree
  let main: MigrationDocument
  var companions: [(document: MigrationDocument, shape: MigrationRules.Shape)]
  private(set) var diagnostics: [Diagnostic] = []

  /// Paths of the main file that were carried over, with all below them.
  private var consumed: Set<String> = []
  /// Keys that got a value that changes nothing.
  private var added: [String] = []
  /// Sections that are written for a value that a rule gives them.
  private var forced: Set<String> = []

  init(
    rules: MigrationRules, schema: Tree, main: MigrationDocument,
    companions: [(document: MigrationDocument, shape: MigrationRules.Shape)]
  ) {
    self.rules = rules
    self.schema = schema
    self.main = main
    self.companions = companions
  }

  mutating func run() -> [MigratedFile] {
    guard let top = schema.root else { return [] }
    let entries = section(top, "")
    var files = otherFiles()
    var writer = OutlineWriter()
    writer.write(entries)
    var text = writer.text
    reportLeftovers()
    text += main.outline.below.map { $0 + "\n" }.joined()
    let homeless = comments(main.outline.entries, "").filter { !text.contains($0) }
    if !homeless.isEmpty {
      text += "# Comments of parts that are no more:\n" + homeless.map { $0 + "\n" }.joined()
    }
    if !added.isEmpty { diagnostics.append(.migrationAdded(added, at: nil)) }
    files.insert(MigratedFile(path: "config.yml", text: Array(text.utf8), isSecret: true), at: 0)
    return files
  }

  // MARK: The configuration

  /// What is written for a map of the schema.
  private mutating func section(_ node: NodeID, _ path: String) -> [Outline.Entry] {
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

  private mutating func entry(
    _ node: NodeID, _ path: String, _ name: String, isRequired: Bool
  ) -> Outline.Entry? {
    let source = source(of: path)
    if let given = rules.given.first(where: { $0.to == path && $0.replaces && applies($0) }),
      given.prefixes.isEmpty
        || given.prefixes.contains(where: { text(at: path)?.hasPrefix($0) ?? false })
    {
      return replaced(given, name, path)
    }
    if schema.value(node, "properties") != nil {
      if let source, case .text(let text) = source.entry.content {
        // A null, or what is no map, stays what it is.
        if !isRequired || !Self.isNull(text) { return carried(source, node, name) }
      }
      // What is said of a section that is left out after all is not said.
      let before = (diagnostics, added)
      let children = section(node, path)
      if let source { consumed.insert(source.path) }
      guard !children.isEmpty,
        isRequired || source != nil || forced.contains(path) || hasCarried(children)
      else {
        (diagnostics, added) = before
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
        return entry
      }
      return carried(source, node, name)
    }
    return new(path, name, isRequired: isRequired)
  }

  /// Whether a section has anything of the older file's; else an optional one is left out.
  private func hasCarried(_ entries: [Outline.Entry]) -> Bool {
    entries.contains { entry in
      if case .map(let inner) = entry.content { return hasCarried(inner) }
      return entry.keySpan.end > entry.keySpan.start
    }
  }

  private static func isNull(_ text: String) -> Bool {
    text.isEmpty || text == "~" || text == "null"
  }

  private func takesNull(_ node: NodeID) -> Bool {
    guard let type = schema.value(node, "type") else { return true }
    return schema.string(type) == "null"
      || schema.items(type).contains { schema.string($0) == "null" }
  }

  private func applies(_ given: MigrationRules.Given) -> Bool {
    given.when.isEmpty || given.when.contains { main.entry(at: $0) != nil }
  }

  // MARK: Sources of values

  private struct Source {
    var path: String
    var document: MigrationDocument
    var entry: Outline.Entry
    var isMain: Bool
  }

  /// Where a key of today's stands in the files: where it was moved from, where it is, or in a
  /// companion's file.
  private func source(of path: String) -> Source? {
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
        return Source(path: candidate, document: main, entry: entry, isMain: true)
      }
    }
    for (document, shape) in companions {
      for move in shape.moved where move.to == path {
        if let entry = document.entry(at: move.from) {
          return Source(path: move.from, document: document, entry: entry, isMain: false)
        }
      }
    }
    return nil
  }

  private var layoutMoves: [MigrationRules.Move] {
    LegacyLayout.detect(main.tree, schema: schema)?.moved.map {
      .init(from: $0.from.value, to: $0.to)
    } ?? []
  }

  private mutating func carried(_ source: Source, _ node: NodeID, _ name: String) -> Outline.Entry {
    if source.isMain { consumed.insert(source.path) }
    var entry = source.entry
    entry.key = name
    entry.content = adapted(source.entry, node, source.document)
    return entry
  }

  /// A value in the form that today's schema asks for.
  private func adapted(
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
      // Tags were names alone.
      return .map(
        items.map { item in
          Outline.Entry(
            key: document.tree.string(item.node), keySpan: document.tree.span(item.node),
            node: item.node, comments: item.comments, content: .text("\"true\""))
        })
    case .list, .map: return entry.content
    }
  }

  private func types(of node: NodeID) -> Set<String> {
    guard let type = schema.value(node, "type") else { return [] }
    if schema.kind(type) == .string { return [schema.string(type)] }
    return Set(schema.items(type).map { schema.string($0) }).subtracting(["null"])
  }

  // MARK: New values

  private mutating func replaced(
    _ given: MigrationRules.Given, _ name: String, _ path: String
  ) -> Outline.Entry {
    let source = source(of: path)
    var section = path[...]
    while let dot = section.lastIndex(of: ".") {
      section = section[..<dot]
      forced.insert(String(section))
    }
    if let source {
      if source.isMain { consumed.insert(source.path) }
      if case .text(let text) = source.entry.content, text != given.value {
        diagnostics.append(
          .migrationChanged(path, given.value, given.why, at: source.entry.keySpan))
      }
    } else {
      added.append(path)
    }
    return made(name, given.value, source?.entry.comments ?? .init(), source?.entry.keySpan)
  }

  private func made(
    _ name: String, _ value: String, _ comments: Outline.Comments, _ span: Span? = nil
  ) -> Outline.Entry {
    Outline.Entry(
      key: name, keySpan: span ?? Span(main.source, 0..<0), node: NodeID(index: 0),
      comments: comments, content: .text(value))
  }

  private mutating func new(_ path: String, _ name: String, isRequired: Bool) -> Outline.Entry? {
    if let given = rules.given.first(where: { $0.to == path && !$0.replaces && applies($0) }) {
      added.append(path)
      return made(name, given.value, .init())
    }
    let derived = rules.derived.first { derived in
      derived.to == path
        && (derived.when.isEmpty || derived.when.contains { main.entry(at: $0) != nil })
    }
    if let derived {
      for from in derived.from {
        guard let text = text(at: from), !text.isEmpty, text != "ADD HERE" else { continue }
        let value = derived.suffix.isEmpty ? text : Self.sibling(text, derived.suffix)
        guard let value else { continue }
        if derived.suffix.isEmpty {
          added.append(path)
          return made(name, value, .init())
        }
        diagnostics.append(.migrationDerived(path, value, at: source(of: from)?.entry.keySpan))
        return made(name, value, .init(above: [], behind: "# new"))
      }
      diagnostics.append(.migrationFill(path, at: nil))
      return made(name, "ADD HERE", .init(above: [], behind: "# new"))
    }
    guard isRequired else { return nil }
    diagnostics.append(.migrationFill(path, at: nil))
    return made(name, "ADD HERE", .init(above: [], behind: "# new"))
  }

  private func text(at path: String) -> String? {
    guard let source = source(of: path), case .text(let text) = source.entry.content else {
      return nil
    }
    return text
  }

  /// A location beside another: `s3://b/out` and `-shredded/good` make `s3://b/out-shredded/good`.
  /// Nil for a whole bucket, and for what is no plain location.
  private static func sibling(_ text: String, _ suffix: String) -> String? {
    var base = text[...]
    while base.hasSuffix("/") { base.removeLast() }
    guard base.hasPrefix("s3"), let colon = base.firstIndex(of: ":"),
      base[colon...].hasPrefix("://"), !base.contains(" "), !base.contains("<%"),
      base[base.index(colon, offsetBy: 3)...].contains("/")
    else { return nil }
    return base + suffix
  }

  // MARK: What is left

  private mutating func reportLeftovers() { reportLeftovers(main.outline.entries, "") }

  private mutating func reportLeftovers(_ entries: [Outline.Entry], _ base: String) {
    for entry in entries {
      let path = base.isEmpty ? entry.key : "\(base).\(entry.key)"
      if rules.targets.from.contains(path) || isOtherFile(path) { continue }
      if case .map(let inner) = entry.content, !isWhole(path) {
        if let dropped = rules.dropped.first(where: { $0.from == path }) {
          diagnostics.append(.migrationDropped(path, dropped.why, at: entry.keySpan))
        } else {
          reportLeftovers(inner, path)
        }
        continue
      }
      if consumed.contains(path) || isEmpty(entry.content) { continue }
      let why = rules.dropped.first { $0.from == path || path.hasPrefix($0.from + ".") }?.why
      diagnostics.append(
        .migrationDropped(
          path, why ?? "the configuration of today has no such key", at: entry.keySpan))
    }
  }

  /// Whether a part became a file of its own.
  private func isOtherFile(_ path: String) -> Bool {
    consumed.contains(path) && (path == rules.resolver || rules.extras.contains { $0.from == path })
  }

  /// Whether a map was carried over with all that it holds: its keys are the user's own.
  private func isWhole(_ path: String) -> Bool {
    guard consumed.contains(path) else { return false }
    return !hasDeclaredKeys(path)
  }

  /// Whether today's schema declares the keys of what a path became.
  private func hasDeclaredKeys(_ path: String) -> Bool {
    let moves = layoutMoves + rules.moved
    let today =
      moves.first { $0.from == path }?.to
      ?? moves.first { path.hasPrefix($0.from + ".") }
      .map { $0.to + path.dropFirst($0.from.utf8.count) } ?? path
    var node = schema.root
    for part in today.split(separator: ".") {
      node = node.flatMap { schema.value($0, "properties") }.flatMap {
        schema.value($0, String(part))
      }
    }
    return node.flatMap { schema.value($0, "properties") } != nil
  }

  private func isEmpty(_ content: Outline.Content) -> Bool {
    switch content {
    case .text(let text): Self.isNull(text) || text == "{}" || text == "[]"
    case .map(let entries): entries.allSatisfy { isEmpty($0.content) }
    case .list(let items): items.isEmpty
    }
  }

  private func comments(_ entries: [Outline.Entry], _ base: String) -> [String] {
    entries.flatMap { entry -> [String] in
      let path = base.isEmpty ? entry.key : "\(base).\(entry.key)"
      // Of what became another file the comments would say nothing here.
      if rules.targets.from.contains(path) || isOtherFile(path) { return [] }
      let own = entry.comments.above + [entry.comments.behind].compactMap { $0 }
      switch entry.content {
      case .text: return own
      case .map(let inner): return own + comments(inner, path)
      case .list(let items):
        return own
          + items.flatMap { $0.comments.above + [$0.comments.behind].compactMap { $0 } }
      }
    }
  }

  // MARK: Other files

  private mutating func otherFiles() -> [MigratedFile] {
    var files: [MigratedFile] = []
    var targets = TargetMigration(rules: rules.targets)
    for document in [main] + companions.map(\.document) {
      for path in rules.targets.from {
        for entry in document.entries(at: path) {
          targets.read(entry.node, document.tree, document.file)
        }
      }
    }
    for extra in rules.extras {
      guard let entry = main.entry(at: extra.from), main.tree.kind(entry.node) == .map else {
        continue
      }
      consumed.insert(extra.from)
      targets.convert(entry.node, extra.kind, main.tree, main.file, path: extra.file)
    }
    diagnostics += targets.diagnostics
    files += targets.files
    if let entry = main.entry(at: rules.resolver), isResolver(entry.node) {
      consumed.insert(rules.resolver)
      let value = Self.camelCased(Value(main.tree, entry.node))
      files.append(Self.json("resolver.json", value))
    } else if LegacyLayout.detect(main.tree, schema: schema) != nil, needsResolver {
      files.append(Self.json("resolver.json", rules.standardResolver))
    }
    return files
  }

  private func isResolver(_ node: NodeID) -> Bool {
    main.tree.value(node, "schema") != nil && main.tree.value(node, "data") != nil
  }

  /// Layouts without any resolver of their own are those before there was one beside them.
  private var needsResolver: Bool { main.lacks(["aws.s3"]) }

  private static func json(_ path: String, _ value: Value) -> MigratedFile {
    var writer = CanonicalJSONWriter(pretty: true)
    writer.value(value, revealingSecrets: true)
    writer.newline()
    return MigratedFile(path: path, text: writer.bytes, isSecret: false)
  }

  /// Keys as JSON has them: `vendor_prefixes` becomes `vendorPrefixes`.
  private static func camelCased(_ value: Value) -> Value {
    switch value {
    case .list(let items): return .list(items.map(camelCased))
    case .map(let map):
      return .map(
        ValueMap(
          map.entries.map { entry in
            guard case .string(let key) = entry.key else {
              return (key: entry.key, value: camelCased(entry.value))
            }
            let parts = key.split(separator: "_")
            let name =
              (parts.first.map(String.init) ?? "")
              + parts.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
            return (key: .string(name), value: camelCased(entry.value))
          }))
    default: return value
    }
  }
}
