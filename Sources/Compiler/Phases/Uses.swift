import Diagnostics
import Documents
import Passes
import PipelineSyntax
import SourceText
import Text
import Values

/// A pipeline's document with the files that it uses put into it: one document, as if it had been
/// written as a whole, in which every node keeps the place in its own file.
enum Uses {
  /// More uses than anybody writes, which a chain of files that use each other twice would reach.
  static let limit = 256

  /// Whether a pipeline uses anything.
  static func hasAny(_ tree: Tree) -> Bool {
    guard let root = tree.root, tree.kind(root) == .map else { return false }
    if tree.value(root, "use") != nil { return true }
    return tree.value(root, "stages").map { UseLists.hasPlace(tree, $0) } ?? false
  }

  /// The files under `use`, by their paths from the pipeline's folder.
  ///
  /// - Parameter file: the path of the file that the tree is of; empty for the pipeline.
  static func paths(in tree: Tree, from file: String) -> [String] {
    guard let root = tree.root, let list = tree.value(root, "use") else { return [] }
    var paths: [String] = []
    for item in tree.items(list) {
      guard let node = tree.value(item, "file"), tree.kind(node) == .string else { continue }
      let path = path(tree.string(node), from: file)
      if !paths.contains(path) { paths.append(path) }
    }
    return paths
  }

  /// A path relative to a file, from the folder that this one's path is from.
  static func path(_ path: String, from file: String) -> String {
    guard !path.hasPrefix("/") else { return path }
    var parts = file.split(separator: "/", omittingEmptySubsequences: false).dropLast()
      .map(String.init)
    for part in path.split(separator: "/", omittingEmptySubsequences: true) {
      if part == "." { continue }
      if part == "..", let last = parts.last, last != "..", !last.isEmpty {
        parts.removeLast()
      } else {
        parts.append(String(part))
      }
    }
    return parts.joined(separator: "/")
  }

  /// Nil, with errors, if a file can't be used as it is.
  static func expand(_ tree: Tree, _ work: inout Work) -> Tree? {
    var reader = UseReader(tree, work)
    reader.read()
    work = reader.work
    guard !work.diagnostics.hasErrors else { return nil }
    var writer = UseWriter(reader.modules, work)
    let whole = writer.write()
    work.diagnostics += writer.diagnostics
    work.arguments = writer.arguments
    return work.diagnostics.hasErrors ? nil : whole
  }
}

/// The value of a used file's parameter, if it is an expression.
struct UseArgument: Sendable {
  /// The `let` that has the file's parameters.
  var holder: String
  var name: String
  var type: ValueType
  var span: Span
  var declared: Span
}

/// A file as one `use` has it; the first is the pipeline itself.
struct UsedModule {
  let tree: Tree
  let root: NodeID
  /// From the pipeline's folder; empty for the pipeline.
  let path: String
  /// What the names that it declares have in front, everywhere outside of it.
  let prefix: String
  /// The same in the file that uses it.
  let ownPrefix: String
  /// What `- use: NAME` calls it, in the file that uses it.
  let name: String
  /// The module that uses it.
  let user: Int?
  let place: Span?
  let with: NodeID?
  let parameters: [ParameterDecl]
  let schema: ParameterSchema?
  /// The `let` that has its parameters.
  let holder: String
  /// Those that it uses.
  var uses: [Int] = []
  /// The names that expressions in it see as its own: what it declares itself, and what the files
  /// that it uses do.
  var lets: Set<String> = []
  var datasets: Set<String> = []
  var stages: Set<String> = []

  /// Whether texts in it have to be changed.
  var isRewritten: Bool { user != nil }
}

/// Lists in which a use can have its place.
enum UseLists {
  /// The use whose items replace this item of a list of stages or steps.
  static func place(_ tree: Tree, _ item: NodeID) -> (name: String, node: NodeID)? {
    guard tree.kind(item) == .map, let node = tree.value(item, "use") else { return nil }
    return (tree.string(node), node)
  }

  static func hasPlace(_ tree: Tree, _ stages: NodeID) -> Bool {
    for stage in tree.items(stages) {
      if place(tree, stage) != nil { return true }
      if let steps = tree.value(stage, "steps") {
        for step in tree.items(steps) where place(tree, step) != nil { return true }
      }
    }
    return false
  }
}
