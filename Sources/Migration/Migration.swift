package import Documents
package import Diagnostics
package import SourceText
import Values
import YAMLSyntax

/// Makes today's configuration from an older one.
package struct Migration {
  private let rules: MigrationRules
  /// Today's schema, whose order of keys is used for the file.
  private let schema: Tree
  package internal(set) var diagnostics: [Diagnostic] = []
  package private(set) var sources = SourceSet()
  /// Where each key went: one entry for a key, or for the map that it is in.
  package private(set) var keys: [MigratedKey] = []

  package init(rules: MigrationRules, schema: Tree, sources: SourceSet) {
    self.rules = rules
    self.schema = schema
    self.sources = sources
  }

  /// The files to write; none if the configuration is refused.
  ///
  /// - Parameter files: the configuration, and files of a companion program.
  package mutating func migrate(_ files: [SourceFile]) -> [MigratedFile] {
    var documents: [MigrationDocument] = []
    for file in files {
      if let document = read(file) { documents.append(document) }
    }
    guard !diagnostics.hasErrors, documents.count == files.count else { return [] }
    let isCompanion = { (document: MigrationDocument, rules: MigrationRules) in
      rules.companions.first { document.has($0.has) && document.lacks($0.lacks) }
    }
    let mains = documents.filter { isCompanion($0, rules) == nil }
    guard let main = mains.first, mains.count == 1 else {
      diagnostics.append(
        .migrationRefused(
          mains.isEmpty ? "these files" : "several configurations at once",
          mains.isEmpty
            ? "none of them is the configuration itself"
            : "give one configuration, with its companion's file",
          at: (mains.last ?? documents.last).map { Span($0.source, 0..<0) }))
      return []
    }
    guard isKnown(main) else { return [] }
    var converter = ConfigMigration(rules: rules, schema: schema, main: main, companions: [])
    converter.companions = documents.compactMap { document in
      isCompanion(document, rules).map { (document, $0) }
    }
    let result = converter.run()
    diagnostics += converter.diagnostics
    keys = converter.keys
    return result
  }

  private mutating func isKnown(_ main: MigrationDocument) -> Bool {
    if let shape = rules.refused.first(where: { main.has($0.has) && main.lacks($0.lacks) }) {
      diagnostics.append(
        .migrationRefused(shape.name, shape.why, at: shape.has.first.flatMap(main.keySpan)))
      return false
    }
    let layout = LegacyLayout.detect(main.tree, schema: schema)
    guard layout != nil || main.has(["aws.s3.buckets"]) else {
      diagnostics.append(.notAConfiguration(at: Span(main.source, 0..<0)))
      return false
    }
    return true
  }

  /// Reads a file with a dummy value for each variable: only their places matter.
  mutating func read(_ file: SourceFile) -> MigrationDocument? {
    let source = sources.add(file)
    guard
      let rendered = TemplateRenderer.render(
        file.text, name: file.name, environment: { _ in "x" }, source: source, into: &diagnostics)
    else { return nil }
    sources.replace(source, with: rendered)
    var found: [Diagnostic] = []
    let tree = YAMLReader.read(rendered, source: source, rules: .ruby, into: &found)
    // A duplicate list of targets is carried over whole.
    let document = tree.map { MigrationDocument(file: rendered, source: source, tree: $0) }
    diagnostics += found.map { diagnostic in
      guard diagnostic.code == .yamlDuplicateKey, let span = diagnostic.span, let document,
        rules.targets.from.contains(where: {
          document.entries(at: $0).contains { $0.keySpan == span }
        })
      else { return diagnostic }
      var told = diagnostic
      told.severity = .warning
      told.hint = "check the result: the targets of both are carried over"
      return told
    }
    guard let document, document.outline.entries.count > 0 else {
      if !diagnostics.hasErrors { diagnostics.append(.notAConfiguration(at: Span(source, 0..<0))) }
      return nil
    }
    return document
  }
}

/// A file being migrated.
struct MigrationDocument {
  let file: SourceFile
  let source: SourceID
  let tree: Tree
  let outline: Outline

  init(file: SourceFile, source: SourceID, tree: Tree) {
    self.file = file
    self.source = source
    self.tree = tree
    var reader = OutlineReader(file, tree)
    outline = reader.read()
  }

  func has(_ paths: [String]) -> Bool { paths.allSatisfy { entry(at: $0) != nil } }

  func lacks(_ paths: [String]) -> Bool { paths.allSatisfy { entry(at: $0) == nil } }

  func keySpan(_ path: String) -> Span? { entry(at: path)?.keySpan }

  func entry(at path: String) -> Outline.Entry? { entries(at: path).first }

  /// All entries of a path: a key may occur twice.
  func entries(at path: String) -> [Outline.Entry] {
    var level = outline.entries
    var found: [Outline.Entry] = []
    for part in path.split(separator: ".") {
      found = level.filter { $0.key == part }
      level = found.flatMap { entry -> [Outline.Entry] in
        if case .map(let entries) = entry.content { entries } else { [] }
      }
    }
    return found
  }
}
