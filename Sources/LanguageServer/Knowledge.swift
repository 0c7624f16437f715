import Compiler
import Documents
import Expressions
import Passes
import PipelineSyntax
import Schemas
import SourceText

/// What the program itself knows of documents: its schemas and step kinds. Read once, when first
/// needed.
final class Knowledge {
  private(set) lazy var pipeline = Compiler.schema("pipeline.schema.json").map(SchemaPlace.init)
  private(set) lazy var stepKind = Compiler.schema("step-kind.schema.json").map(SchemaPlace.init)
  private(set) lazy var jobFlow = Compiler.schema(Compiler.jobFlowSchema).map(SchemaPlace.init)
  private(set) lazy var jsonSchema =
    Compiler.schema("json-schema.schema.json").map(SchemaPlace.init)
  /// The functions of every pipeline.
  private(set) lazy var functions = Compiler.functionEnvironment
  /// The built-in step kinds.
  private(set) lazy var kinds = Compiler.stepKinds([])
}

/// A step kind that a pipeline can name.
struct KnownKind {
  var kind: StepKind
  /// The path of its file; nil for a built-in one.
  var path: String?

  var name: String { kind.decl.name.value }

  /// What its `summary:` says.
  var summary: String? {
    let tree = kind.decl.tree
    return tree.root.flatMap { tree.value($0, "summary") }.map { tree.string($0) }
  }

  var place: SchemaPlace? { kind.schema.map(SchemaPlace.init) }
}

extension Server {
  /// The step kinds of a pipeline's folder, and the built-in ones that those don't replace.
  func kinds(ofPipeline path: String) -> [KnownKind] {
    let folder = Paths.folder(of: path) + "step-kinds"
    let files = files
    var own: [KnownKind] = []
    if files.isFolder(folder) {
      for name in files.names(in: folder, ending: ".yml") {
        guard let bytes = files.read(folder + "/" + name) else { continue }
        let file = SourceFile(name: folder + "/" + name, text: bytes)
        // Kinds are found by the names of their files.
        guard let kind = Compiler.stepKinds([file]).first,
          kind.decl.name.value == String(name.dropLast(4))
        else { continue }
        own.append(KnownKind(kind: kind, path: folder + "/" + name))
      }
    }
    let names = Set(own.map(\.name))
    return own
      + knowledge.kinds.filter { !names.contains($0.decl.name.value) }.map { KnownKind(kind: $0) }
  }
}
