import Documents
import PipelineSyntax
import SourceText
import Values

/// Finds step kinds by name: the user's first, then the built-in ones.
enum StepKindLibrary {
  private static let folder = "step-kinds/"
  private static let ending = ".yml"

  static func file(_ name: String, _ input: CompilerInput) -> SourceFile? {
    if let own = input.stepKinds.first(where: { self.name(ofPath: $0.name) == name }) { return own }
    let path = folder + name + ending
    return Builtins.file(path).map { SourceFile(name: "<builtin>/\(path)", text: $0) }
  }

  /// The names of all kinds, the user's first.
  static func names(_ input: CompilerInput) -> [String] {
    input.stepKinds.map { name(ofPath: $0.name) }
      + Builtins.paths.filter { $0.hasPrefix(folder) }.map { name(ofPath: $0) }
  }

  private static func name(ofPath path: String) -> String {
    let file =
      path.utf8.lastIndex(of: UInt8(ascii: "/")).map {
        path[path.utf8.index(after: $0)...]
      } ?? path[...]
    return file.hasSuffix(ending) ? String(file.dropLast(ending.count)) : String(file)
  }

  /// The kinds that a pipeline's steps name, each once, in the order of first use.
  static func used(by pipeline: PipelineDecl) -> [String] {
    let tree = pipeline.tree
    var names: [String] = []
    var lists = pipeline.stages.compactMap(\.steps)
    if let list = pipeline.cluster?.onCreate { lists.append(list) }
    if let list = pipeline.cluster?.onReuse { lists.append(list) }
    let single = pipeline.datasets.flatMap { [$0.restore, $0.release?.step].compactMap { $0 } }
    let add = { (node: NodeID) in
      guard let kind = StepDecl(tree, node).kind else { return }
      let isKnown = names.contains { name in
        tree.withBytes(kind) { $0.elementsEqual(name.utf8) }
      }
      if !isKnown { names.append(tree.string(kind)) }
    }
    for list in lists { for node in tree.items(list) { add(node) } }
    for node in single { add(node) }
    return names
  }
}
