package import Diagnostics
package import Documents
package import SourceText
import Text
package import Values
package import YAMLSyntax

/// What `import` was given: files, and how to get the ones that they name.
package struct ImportSource: Sendable {
  /// All files that were read, for places.
  package private(set) var sources: SourceSet
  /// The files that were given, in their order; those of a folder by name.
  package private(set) var given: [SourceID] = []
  /// Values for the source's own variables, from the command line.
  package var variables: [(name: Spanned<String>, value: Spanned<String>)] = []
  /// The run's time, as `--run-time` says it.
  package var moment: Value.Timestamp?
  /// The region, as `--region` says it.
  package var region: Spanned<String>?
  /// Reads a file that a source names, by its path relative to the folder of the one that names it;
  /// nil if it can't be read.
  private let opening: @Sendable (_ path: String, _ from: String) -> SourceFile?

  package init(
    _ files: [SourceFile], in sources: SourceSet = SourceSet(),
    opening: @escaping @Sendable (_ path: String, _ from: String) -> SourceFile? = { _, _ in nil }
  ) {
    self.sources = sources
    self.opening = opening
    given = files.map { self.sources.add($0) }
  }

  package var files: [SourceFile] { given.compactMap { sources[$0] } }

  /// A file that another one names; nil if it can't be read.
  package mutating func include(_ path: String, from source: SourceID) -> SourceID? {
    guard let file = opening(path, sources[source]?.name ?? "") else { return nil }
    if let known = sources.files.firstIndex(where: { $0.name == file.name }) {
      return SourceID(index: UInt32(clamping: known))
    }
    return sources.add(file)
  }

  /// A text that a source holds as one of its values (a document in a string): added as a file, so
  /// that it has places.
  package mutating func add(_ file: SourceFile) -> SourceID { sources.add(file) }

  /// Replaces a file with its rendered form, in which a template's marks are filled.
  package mutating func replace(_ id: SourceID, with file: SourceFile) {
    sources.replace(id, with: file)
  }

  /// The tree of a JSON or YAML file; nil if it is neither, or has mistakes.
  package func tree(
    _ id: SourceID, rules: ScalarRules = .core, into diagnostics: inout [Diagnostic]
  ) -> Tree? {
    guard let file = sources[id] else { return nil }
    if Self.isJSON(file.parsed) {
      return JSONReader.read(file.parsed, source: id, into: &diagnostics)
    }
    return YAMLReader.read(file, source: id, rules: rules, into: &diagnostics)
  }

  /// The same, without saying what is wrong: to recognise a source.
  package func tree(_ id: SourceID) -> Tree? {
    var ignored: [Diagnostic] = []
    return tree(id, into: &ignored)
  }

  /// Whether a text begins as a JSON object or list does. (YAML's flow style is read as JSON where
  /// it is JSON, too.)
  package static func isJSON(_ text: [UInt8]) -> Bool {
    guard let first = text.first(where: { !ASCII.isSpace($0) }) else { return false }
    return first == .openBrace || first == .openBracket
  }
}

extension SpannedValue {
  /// The value of a node of a document, each part at its place.
  package init(_ tree: Tree, _ node: NodeID) {
    let span = tree.span(node)
    switch tree.kind(node) {
    case .map:
      self.init(
        .map(
          tree.entries(node).map { entry in
            Entry(
              key: tree.string(entry.key), keySpan: tree.span(entry.key),
              value: SpannedValue(tree, entry.value))
          }), span: span)
    case .list: self.init(.list(tree.items(node).map { SpannedValue(tree, $0) }), span: span)
    case .null, .bool, .int, .float, .string:
      self.init(.scalar(Value(tree, node)), span: span)
    }
  }

  /// A map's member; nil if there is none, or if this isn't a map.
  package subscript(name: String) -> SpannedValue? {
    get { entries.first { $0.key == name }?.value }
    set {
      var entries = entries
      let at = entries.firstIndex { $0.key == name }
      switch (at, newValue) {
      case (let at?, let value?): entries[at].value = value
      case (let at?, nil): entries.remove(at: at)
      case (nil, let value?): entries.append(Entry(key: name, value: value))
      case (nil, nil): return
      }
      content = .map(entries)
    }
  }

  /// The entries of a map; none if this isn't one.
  package var entries: [Entry] {
    if case .map(let entries) = content { entries } else { [] }
  }

  /// The items of a list; none if this isn't one.
  package var items: [SpannedValue] {
    if case .list(let items) = content { items } else { [] }
  }

  /// Its text, if it is a string.
  package var text: String? {
    if case .scalar(.string(let text)) = content { text } else { nil }
  }

  /// The part at a path; nil if there is none.
  package func part(at path: some Sequence<BodyPart>) -> SpannedValue? {
    var part = self
    for step in path {
      switch step {
      case .key(let key):
        guard let next = part[key] else { return nil }
        part = next
      case .index(let index):
        let items = part.items
        guard items.indices.contains(index) else { return nil }
        part = items[index]
      }
    }
    return part
  }
}
