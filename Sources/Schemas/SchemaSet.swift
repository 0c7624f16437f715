import Text
package import Documents
package import Diagnostics
import Values

/// Schema documents by URI, from which schemas are compiled.
package struct SchemaSet: Sendable {
  struct Document: Sendable {
    var tree: Tree
    var root: NodeID
    var uri: String
    var isScanned = false
  }

  /// A schema with its own URI: a document's root, or one with `$id` inside it.
  struct Resource: Sendable {
    var document: Int
    var node: NodeID
    var uri: String
    var reading: Reading
    var anchors: [String: NodeID] = [:]
    var dynamicAnchors: [String: NodeID] = [:]
    var isRecursive = false
  }

  let defaultDialect: Dialect
  var documents: [Document] = []
  var resources: [Resource] = []
  /// The resource of each URI (without fragment); the document if it isn't scanned yet.
  var resourceOfURI: [String: Int] = [:]
  var documentOfURI: [String: Int] = [:]
  var resourceOfNode: [DocumentNode: Int] = [:]
  private var firstUnscanned = 0

  struct DocumentNode: Hashable {
    var document: UInt32
    var node: UInt32
  }

  /// Schemas that don't name a known draft are read as `defaultDialect`.
  package init(defaultDialect: Dialect = .draft2020) { self.defaultDialect = defaultDialect }

  /// Adds a document (a tree, or one of its nodes) under a URI, replacing an earlier one.
  package mutating func add(_ tree: Tree, root: NodeID? = nil, uri: String) {
    guard let root = root ?? tree.root else { return }
    let uri = SchemaURI.resolve(uri, against: "").uri
    documents.append(Document(tree: tree, root: tree.resolved(root), uri: uri))
    documentOfURI[uri] = documents.count - 1
    resourceOfURI[uri] = nil
  }

  /// Compiles the schema with a URI, and all it refers to; nil if there are errors.
  ///
  /// `load` gives documents that were not added, by absolute URI without fragment.
  package mutating func compile(
    _ uri: String, load: (String) -> Tree? = { _ in nil }, into diagnostics: inout [Diagnostic]
  ) -> Schema? {
    let (absolute, fragment) = SchemaURI.resolve(uri, against: "")
    guard let first = resource(absolute, load: load) else {
      diagnostics.append(.missingSchema(uri, at: nil))
      return nil
    }
    var compiler = SchemaCompiler(set: self)
    defer { self = compiler.set }
    self = SchemaSet(defaultDialect: defaultDialect)
    let root = compiler.compile(resource: first, fragment: fragment, load: load)
    diagnostics += compiler.diagnostics
    guard let root, !compiler.diagnostics.hasErrors else { return nil }
    return Schema(arena: compiler.arena(), root: root)
  }

  /// The resource of an absolute URI, from what was added or from `load`.
  mutating func resource(_ uri: String, load: (String) -> Tree?) -> Int? {
    if let found = resourceOfURI[uri] { return found }
    if let document = documentOfURI[uri], !documents[document].isScanned {
      scan(document, load: load)
      return resourceOfURI[uri]
    }
    while firstUnscanned < documents.count {
      firstUnscanned += 1
      if !documents[firstUnscanned - 1].isScanned { scan(firstUnscanned - 1, load: load) }
      if let found = resourceOfURI[uri] { return found }
    }
    guard let tree = load(uri) else { return nil }
    add(tree, uri: uri)
    scan(documents.count - 1, load: load)
    return resourceOfURI[uri]
  }

  /// How to read a schema whose `$schema` is this URI.
  mutating func reading(metaschema uri: String, load: (String) -> Tree?) -> Reading {
    var uri = uri
    for _ in 0..<4 {
      if let dialect = Dialect(metaschema: uri) { return Reading(dialect: dialect) }
      guard let tree = metaschema(SchemaURI.resolve(uri, against: "").uri, load: load) else {
        return Reading(dialect: defaultDialect)
      }
      if let vocabulary = tree.tree.value(tree.root, Keyword.vocabulary.rawValue) {
        return Reading(vocabulary: vocabulary, in: tree.tree, otherwise: defaultDialect)
      }
      guard let next = tree.tree.value(tree.root, Keyword.schema.rawValue),
        tree.tree.kind(next) == .string
      else { break }
      uri = tree.tree.string(next)
    }
    return Reading(dialect: defaultDialect)
  }

  private mutating func metaschema(_ uri: String, load: (String) -> Tree?) -> Document? {
    if let found = documentOfURI[uri] { return documents[found] }
    guard let tree = load(uri) else { return nil }
    add(tree, uri: uri)
    return documents.last
  }
}

extension Reading {
  /// Reads a meta-schema's `$vocabulary`.
  init(vocabulary: NodeID, in tree: Tree, otherwise dialect: Dialect) {
    let uris = tree.entries(vocabulary).map { tree.string($0.key) }
    self.init(dialect: uris.lazy.compactMap { Dialect(vocabulary: $0) }.first ?? dialect)
    hasApplicators = uris.contains { $0.hasSuffix("/vocab/applicator") }
    hasValidation = uris.contains { $0.hasSuffix("/vocab/validation") }
    hasUnevaluated =
      hasApplicators
      && (self.dialect == .draft2019
        || uris.contains { $0.hasSuffix("/vocab/unevaluated") })
    assertsFormat = uris.contains { $0.hasSuffix("/vocab/format-assertion") }
  }
}

/// A compiled schema: a handle that is cheap to copy and share.
package struct Schema: Sendable {
  let arena: SchemaArena
  let root: Int32
  /// The schema compiled from its documents, if this one is from a snapshot.
  let full: (@Sendable () -> Schema?)?

  init(arena: SchemaArena, root: Int32, full: (@Sendable () -> Schema?)? = nil) {
    self.arena = arena
    self.root = root
    self.full = full
  }

  /// The schema with its documents, which messages and types need.
  var documented: Schema { full?() ?? self }
}
