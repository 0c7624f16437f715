import Documents
import Diagnostics
import Passes
import PipelineSyntax
import Schemas
import SourceText
import Values
import YAMLSyntax

/// Loads schemas by name: the built-in ones, the user's, and those inside step kinds.
///
/// Documents are parsed and compiled when first needed. Whether the user has a file at a path isn't
/// known before it was asked for; until then, a schema that needs it counts as missing.
struct SchemaLibrary: Sendable {
  static let base = "penstock:///schemas/"

  /// The user's files found, by path.
  private var own: [String: SourceFile]
  /// Paths at which the user may have files; nil if there are only built-in ones.
  private var answered: Set<String>?
  /// Paths that were needed and haven't been asked for yet.
  private(set) var wanted: [String] = []
  private var set = SchemaSet()
  private var compiled: [String: Schema] = [:]
  private(set) var trees: [String: Tree] = [:]
  /// Paths of schemas that couldn't be read or compiled, which has been reported.
  private var faulty: Set<String> = []

  /// Whether the user has a schema with the path of a built-in one.
  private var shadowsBuiltins: Bool { own.keys.contains { Builtins.bytes("schemas/\($0)") != nil } }

  /// What was precomputed from the built-in files.
  private let snapshot: Snapshot

  /// A library of built-in schemas; with `asking`, also of the user's, which must be asked for.
  init(asking: Bool, snapshot: Snapshot = Builtins.snapshot) {
    self.snapshot = snapshot
    own = [:]
    answered = asking ? [] : nil
  }

  /// Records what was found at a path that was needed.
  mutating func learn(_ path: String, _ file: SourceFile?) {
    own[path] = file
    answered?.insert(path)
    wanted.removeAll { $0 == path }
  }

  /// Relative references are resolved against URIs, and paths may leave the pipeline's folder.
  private static func uri(_ path: String) -> String {
    var rest = path[...]
    var up = 0
    while rest.hasPrefix("../") {
      up += 1
      rest = rest.dropFirst(3)
    }
    return up == 0 ? base + path : "\(root)above-\(up)/\(rest)"
  }

  private static let root = "penstock:///"

  private static func path(_ uri: String) -> String? {
    if uri.hasPrefix(base) { return String(uri.dropFirst(base.count)) }
    guard uri.hasPrefix(root) else { return nil }
    let parts = uri.dropFirst(root.count).split(separator: "/", maxSplits: 1)
    if parts.count == 2, parts[0].hasPrefix("above-"), let up = Int(parts[0].dropFirst(6)),
      up < 100
    {
      return String(repeating: "../", count: up) + parts[1]
    }
    return "../" + uri.dropFirst(root.count)
  }

  static var builtinPaths: [String] {
    Builtins.paths.filter { $0.hasPrefix("schemas/") }.map { String($0.dropFirst(8)) }
  }

  /// Whether a schema couldn't be read, which is reported when it is read first.
  var hasFaults: Bool { !faulty.isEmpty }

  /// Whether there is a file at a path, valid or not.
  func hasFile(_ path: String) -> Bool {
    own[path] != nil || Builtins.bytes("schemas/\(path)") != nil
  }

  /// The schema at a path as named in pipelines; nil if there is none, or it is invalid.
  mutating func schema(
    _ path: String, sources: inout SourceSet, into diagnostics: inout [Diagnostic]
  ) -> Schema? {
    if let known = compiled[path] { return known }
    guard !faulty.contains(path),
      let tree = tree(path, sources: &sources, into: &diagnostics)
    else {
      faulty.insert(path)
      return nil
    }
    set.add(tree, uri: Self.uri(path))
    var library = self
    var ofLoading: [Diagnostic] = []
    let schema = set.compile(
      Self.uri(path),
      load: { uri in
        Self.path(uri).flatMap { library.tree($0, sources: &sources, into: &ofLoading) }
      }, into: &diagnostics)
    diagnostics += ofLoading
    trees = library.trees
    wanted = library.wanted
    compiled[path] = schema
    if schema == nil { faulty.insert(path) }
    return schema
  }

  private mutating func tree(
    _ path: String, sources: inout SourceSet, into diagnostics: inout [Diagnostic]
  ) -> Tree? {
    if let known = trees[path] { return known }
    if let answered, !answered.contains(path) {
      if !wanted.contains(path) { wanted.append(path) }
      return nil
    }
    let file: SourceFile
    if let mine = own[path] {
      file = mine
    } else if let bytes = Builtins.file("schemas/\(path)") {
      file = SourceFile(name: "<builtin>/schemas/\(path)", text: bytes)
    } else {
      return nil
    }
    let id = sources.add(file)
    let known =
      own[path] == nil
      ? Builtins.tree("schemas/\(path)", in: snapshot, text: file.text, source: id) : nil
    let tree =
      known
      ?? (path.hasSuffix(".json")
        ? JSONReader.read(file.parsed, source: id, into: &diagnostics)
        : YAMLReader.read(file, source: id, rules: .core, into: &diagnostics))
    trees[path] = tree
    return tree
  }

  /// The schema compiled when the program was built: it only tells whether an instance is valid.
  /// Nil if there is none, or if the user has one at that path.
  func compiledBefore(_ path: String) -> Schema? {
    guard !shadowsBuiltins, let blob = snapshot.blob("schema:\(path)") else { return nil }
    return Schema(blob) { nil }
  }

  /// A step kind with the schema of its parameters.
  ///
  /// - Parameters:
  ///   - path: of the built-in file; nil for a user's kind.
  ///   - drawingType: whether the static type of its parameters is needed.
  static func kind(
    _ decl: StepKindDecl, builtin path: String?, drawingType: Bool,
    into diagnostics: inout [Diagnostic]
  ) -> StepKind {
    guard let parameters = decl.parameters else {
      return StepKind(decl: decl, schema: nil, drawingType: false)
    }
    if let path, let blob = Builtins.snapshot.blob("schema:\(path)"),
      let schema = Schema(
        blob,
        full: {
          var ignored: [Diagnostic] = []
          return Self.parameters(decl, parameters, into: &ignored)
        })
    {
      return StepKind(decl: decl, schema: schema, drawingType: drawingType)
    }
    let schema = Self.parameters(decl, parameters, into: &diagnostics)
    return StepKind(decl: decl, schema: schema, drawingType: drawingType)
  }

  /// The schema of a kind's parameters, from its declaration.
  static func parameters(
    _ decl: StepKindDecl, _ node: NodeID, into diagnostics: inout [Diagnostic]
  ) -> Schema? {
    let uri = "penstock:///step-kinds/\(decl.name.value)"
    var set = SchemaSet()
    set.add(decl.tree, root: node, uri: uri)
    return set.compile(uri, load: { _ in nil }, into: &diagnostics)
  }
}
