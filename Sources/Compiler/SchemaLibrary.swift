import Diagnostics
import Passes
import PipelineSyntax
import Schemas
import SourceText
import Values
import YAMLSyntax

/// Loads schemas by name: the built-in ones, the user's own, and those inside step kinds.
///
/// Documents are parsed and compiled when they are first asked for.
struct SchemaLibrary {
  static let base = "penstock:///schemas/"

  private let own: [String: SourceFile]
  private var set = SchemaSet()
  private var compiled: [String: Schema] = [:]
  private(set) var trees: [String: Tree] = [:]
  /// Paths of schemas that could not be read or compiled, which has been said.
  private var faulty: Set<String> = []

  /// Whether the user has a schema of a built-in one's path.
  private let shadowsBuiltins: Bool

  /// What was computed of the built-in files before.
  private let snapshot: Snapshot

  init(own: [String: SourceFile], snapshot: Snapshot = Builtins.snapshot) {
    self.own = own
    self.snapshot = snapshot
    shadowsBuiltins = own.keys.contains { Builtins.bytes("schemas/\($0)") != nil }
  }

  static var builtinPaths: [String] {
    Builtins.paths.filter { $0.hasPrefix("schemas/") }.map { String($0.dropFirst(8)) }
  }

  /// Whether there is a file for a path, be it sound or not.
  func hasFile(_ path: String) -> Bool {
    own[path] != nil || Builtins.bytes("schemas/\(path)") != nil
  }

  /// The schema of a path as pipelines name it; nil where there is none, or none that is sound.
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
    set.add(tree, uri: Self.base + path)
    var library = self
    var ofLoading: [Diagnostic] = []
    let schema = set.compile(
      Self.base + path,
      load: { uri in
        guard uri.hasPrefix(Self.base) else { return nil }
        return library.tree(
          String(uri.dropFirst(Self.base.count)), sources: &sources, into: &ofLoading)
      }, into: &diagnostics)
    diagnostics += ofLoading
    trees = library.trees
    compiled[path] = schema
    if schema == nil { faulty.insert(path) }
    return schema
  }

  private mutating func tree(
    _ path: String, sources: inout SourceSet, into diagnostics: inout [Diagnostic]
  ) -> Tree? {
    if let known = trees[path] { return known }
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

  /// The schema as it was compiled when the program was built: it tells whether an instance is
  /// valid, and no more. Nil where there is none, or the user has one of that path.
  func compiledBefore(_ path: String) -> Schema? {
    guard !shadowsBuiltins, let blob = snapshot.blob("schema:\(path)") else { return nil }
    return Schema(blob) { nil }
  }

  /// A step kind with the schema of its parameters.
  ///
  /// - Parameters:
  ///   - path: of the built-in file; nil for a kind of the user's own.
  ///   - drawingType: whether the static type of its parameters is asked for.
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
