import Documents
import Compiler
import Diagnostics
import Expressions
import Foundation
import Passes
import PipelineSyntax
import Schemas
import SourceText
import TestSupport
import Testing
import Values
import YAMLSyntax

/// What only a release build starts from, the snapshot of the built-in files, against the files
/// themselves: every tree, template and schema in it is what reading and compiling them gives.
@Suite struct BuiltinSnapshotTests {
  private static let source = SourceID(index: 3)

  /// As in the binary: aligned, and never freed.
  nonisolated(unsafe) private static let bytes: UnsafeRawBufferPointer = {
    let bytes = BuiltinSnapshot.bytes()
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 16)
    copy.copyBytes(from: bytes)
    return UnsafeRawBufferPointer(copy)
  }()

  private static var snapshot: Snapshot { Snapshot(bytes) }

  /// What is read as a document: templates of new projects are only written.
  private static let documents = Builtins.paths.filter {
    ($0.hasSuffix(".yml") || $0.hasSuffix(".json")) && !$0.hasPrefix("data/init/")
  }

  private static let schemas = Builtins.paths.filter { $0.hasPrefix("schemas/") }

  private static let kinds = Builtins.paths.filter { $0.hasPrefix("step-kinds/") }

  /// Excerpts of built-in pipelines are shown without a search for secrets.
  @Test(arguments: Builtins.paths.filter { $0.hasPrefix("pipelines/") })
  func aPipelineHoldsNoSecrets(path: String) throws {
    let tree = try Self.fresh(path)
    #expect(SecretMarks(tree: tree).spans(try #require(tree.root)).isEmpty)
  }

  /// A built-in file, read now.
  private static func fresh(_ path: String) throws -> Tree {
    let text = try #require(Builtins.file(path))
    var diagnostics: [Diagnostic] = []
    let tree =
      path.hasSuffix(".json")
      ? JSONReader.read(text, source: source, into: &diagnostics)
      : YAMLReader.read(
        SourceFile(name: path, text: text), source: source, rules: .core, into: &diagnostics)
    #expect(diagnostics.isEmpty)
    return try #require(tree)
  }

  /// The same from the snapshot.
  private static func kept(_ path: String) throws -> Tree {
    let blob = try #require(snapshot.blob("tree:\(path)"), "\(path) has no tree")
    return try #require(Tree(blob, text: Builtins.file(path) ?? [], source: source))
  }

  @Test func thereIsSomethingToCompare() {
    #expect(Self.documents.count > 20)
    #expect((Self.schemas + Self.kinds).count { Self.snapshot.blob(Self.key($0)) != nil } > 20)
  }

  @Test(arguments: documents) func treesAreThoseOfTheFiles(_ path: String) throws {
    let kept = try Self.kept(path)
    let fresh = try Self.fresh(path)
    #expect(kept.nodes.count == fresh.nodes.count && kept.pool == fresh.pool)
    for index in fresh.nodes.indices {
      #expect(String(reflecting: kept.nodes[index]) == String(reflecting: fresh.nodes[index]))
    }
  }

  /// A blob is used only for its own text.
  @Test(arguments: documents) func anEditedFileIsReadAnew(_ path: String) throws {
    let blob = try #require(Self.snapshot.blob("tree:\(path)"))
    var text = try #require(Builtins.file(path))
    text[text.count / 2] ^= 1
    #expect(Tree(blob, text: text, source: Self.source) == nil)
  }

  @Test(arguments: documents.filter { $0.hasSuffix(".yml") })
  func templatesAreThoseOfTheTexts(_ path: String) throws {
    let tree = try Self.fresh(path)
    let blob = Self.snapshot.blob("templates:\(path)")
    var count = 0
    for index in tree.nodes.indices {
      let node = NodeID(index: UInt32(index))
      guard !tree.isAlias(node), tree.hasExpression(node) else { continue }
      count += 1
      var diagnostics: [Diagnostic] = []
      let fresh = try #require(tree.template(node, into: &diagnostics))
      let reader = try #require(blob, "\(path) has no templates")
      let tables = try #require(SnapshotTemplates(reader), "\(path) has others")
      let kept = try #require(
        Template(tables, at: node, source: Self.source), "\(tree.string(node)) is not kept")
      #expect(Self.dumped(kept) == Self.dumped(fresh))
    }
    #expect(count > 0 || blob == nil)
  }

  /// A value with everything in it.
  private static func dumped(_ value: some Any) -> String {
    var text = ""
    dump(value, to: &text)
    return text
  }

  /// Written again, a schema that was read from the snapshot has the bytes that compiling it gives:
  /// no table lost or changed a row. What cannot be kept is not there.
  @Test(arguments: schemas + kinds) func schemasAreThoseOfTheFiles(_ path: String) throws {
    let blob = Self.snapshot.blob(Self.key(path))
    guard let fresh = try Self.compiled(path)?.snapshot else {
      #expect(blob == nil)
      return
    }
    let reader = try #require(blob)
    let kept = try #require(Schema(reader) { nil })
    #expect(try Self.bytes(of: #require(kept.snapshot)) == Self.bytes(of: fresh))
  }

  /// A schema in the snapshot agrees with the compiled one on what is valid: for its own documents,
  /// for others, and for ones with a text replaced or a key renamed.
  @Test(arguments: schemas + kinds) func schemasJudgeAlike(_ path: String) throws {
    guard let blob = Self.snapshot.blob(Self.key(path)) else { return }
    let compiled = try Self.compiled(path)
    let fresh = try #require(compiled)
    let kept = try #require(Schema(blob) { nil })
    var judged = [true: 0, false: 0]
    for tree in try Self.instances() {
      for index in tree.nodes.indices where index < 40 || index % 7 == 0 {
        let node = NodeID(index: UInt32(index))
        for options in [ValidationOptions(), ValidationOptions(assertsFormats: true)] {
          let isValid = fresh.isValid(tree, node, options)
          judged[isValid, default: 0] += 1
          #expect(kept.isValid(tree, node, options) == isValid, "\(path): \(tree.span(node))")
        }
      }
    }
    #expect(judged[false, default: 0] > 0)
  }

  /// A schema's key in the snapshot: the path as pipelines name it.
  private static func key(_ path: String) -> String {
    "schema:" + (path.hasPrefix("schemas/") ? String(path.dropFirst(8)) : path)
  }

  /// A schema, or that of a step kind's parameters, compiled now; nil for a kind without any.
  private static func compiled(_ path: String) throws -> Schema? {
    var set = SchemaSet()
    let base = "penstock:///"
    var uri = base + path
    let tree = try fresh(path)
    if path.hasPrefix("step-kinds/") {
      var diagnostics: [Diagnostic] = []
      let kind = try #require(StepKindDecl(tree, into: &diagnostics))
      guard let parameters = kind.parameters else { return nil }
      uri = base + "step-kinds/\(kind.name.value)"
      set.add(tree, root: parameters, uri: uri)
    } else {
      set.add(tree, uri: uri)
    }
    var diagnostics: [Diagnostic] = []
    let schema = set.compile(
      uri, load: { try? fresh(String($0.dropFirst(base.count))) }, into: &diagnostics)
    #expect(diagnostics.isEmpty)
    return schema
  }

  private static func bytes(of blob: SnapshotWriter.Blob) -> [UInt8] {
    var writer = SnapshotWriter()
    writer.add("", blob)
    return writer.bytes()
  }

  /// The example's inputs, some built-in files, and both with mistakes.
  private static func instances() throws -> [Tree] {
    let example = Locations.repository.appending(path: "examples/snowplow")
    var texts = [Builtins.file("step-kinds/s3-dist-cp.yml") ?? []]
    for folder in ["targets", "enrichments"] {
      for file in Locations.files(in: example.appending(path: folder), withEnding: ".json") {
        texts.append(try Locations.bytes(file))
      }
    }
    texts.append(try Locations.bytes(example.appending(path: "resolver.json")))
    texts += texts.map { $0.map { $0 == UInt8(ascii: "e") ? UInt8(ascii: "x") : $0 } }
    return texts.compactMap { text in
      var ignored: [Diagnostic] = []
      return YAMLReader.read(
        SourceFile(name: "instance", text: text), source: source, rules: .core, into: &ignored)
    }
  }
}
