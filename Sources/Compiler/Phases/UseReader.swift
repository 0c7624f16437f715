import Diagnostics
import Documents
import PipelineSyntax
import Schemas
import SourceText
import Text
import Values
import YAMLSyntax

/// Reads the files that a pipeline uses, each use by itself: two uses of a file have two sources.
struct UseReader {
  var work: Work
  private(set) var modules: [UsedModule]
  /// The names of all declarations, by kind, with their first places.
  private var declared: [String: (span: Span, module: Int)] = [:]

  static let parts = [
    "penstock", "module", "summary", "params", "use", "let", "checks", "datasets", "stages",
    "steps", "cluster", "run",
  ]
  private static let depth = 16

  init(_ tree: Tree, _ work: Work) {
    self.work = work
    modules = [
      UsedModule(
        tree: tree, root: tree.rootOrFirst, path: "", prefix: "", ownPrefix: "", name: "",
        user: nil, place: nil, with: nil, parameters: [], schema: nil, holder: "params")
    ]
  }

  mutating func read() {
    readUses(of: 0, stack: [""])
    for index in modules.indices.reversed() { collectNames(of: index) }
    for index in modules.indices { checkNames(of: index) }
  }

  // MARK: Files

  private mutating func readUses(of user: Int, stack: [String]) {
    let (tree, root) = (modules[user].tree, modules[user].root)
    guard checkShape(tree, root), let list = tree.value(root, "use") else { return }
    for item in tree.items(list) {
      guard let node = tree.value(item, "file"), tree.kind(node) == .string else {
        work.diagnostics.append(.useWithoutFile(at: tree.span(item)))
        continue
      }
      guard modules.count < Uses.limit, stack.count < Self.depth else {
        work.diagnostics.append(.useTooMany(at: tree.span(node)))
        return
      }
      let path = Uses.path(tree.string(node), from: modules[user].path)
      if let first = stack.firstIndex(of: path) {
        work.diagnostics.append(.useCycle(Array(stack[first...]) + [path], at: tree.span(node)))
        continue
      }
      if let index = readUse(item, file: node, path, of: user) {
        modules[user].uses.append(index)
        readUses(of: index, stack: stack + [path])
      }
    }
  }

  /// Whether `use` and a module's `params` are what the schema of pipelines says: the rest is checked
  /// when everything is put together.
  private mutating func checkShape(_ tree: Tree, _ root: NodeID) -> Bool {
    let parts = ["use", "params"].compactMap { tree.value(root, $0) }.map(tree.span)
    guard !parts.isEmpty, let schema = work.ourSchema("pipeline.schema.json") else { return true }
    let found = schema.diagnose(tree, deferringExpressions: true).filter { violation in
      parts.contains { part in
        violation.span.map { part.start <= $0.start && $0.end <= part.end } ?? false
      }
    }
    work.diagnostics += found
    return !found.hasErrors
  }

  private mutating func readUse(
    _ item: NodeID, file node: NodeID, _ path: String, of user: Int
  ) -> Int? {
    let using = modules[user].tree
    let span = using.span(node)
    guard let file = work.input.used[path] else {
      work.diagnostics.append(
        .useFileMissing(
          using.string(node), takesFiles: Work.takesFiles(work.input.pipeline), at: span))
      return nil
    }
    let source = work.sources.add(file)
    work.uses[source] = span
    guard
      let tree = YAMLReader.read(file, source: source, rules: .core, into: &work.diagnostics)
    else { return nil }
    guard let root = tree.root, let module = tree.value(root, "module"),
      tree.value(root, "penstock").map({ tree.string($0) }) == "v1"
    else {
      let first = tree.root.flatMap { tree.entries($0).first { _ in true } }
      work.diagnostics.append(
        .useNotAModule(at: tree.span(first?.key ?? tree.rootOrFirst)))
      return nil
    }
    for entry in tree.entries(root) where !Self.parts.contains(tree.string(entry.key)) {
      work.diagnostics.append(
        .useUnknownPart(tree.string(entry.key), at: tree.span(entry.key)))
    }
    let alias = using.value(item, "as").map { using.string($0) }
    let name = alias ?? tree.string(module)
    let ownPrefix = alias.map { $0 + "_" } ?? ""
    let prefix = modules[user].prefix + ownPrefix
    var found: [Diagnostic] = []
    let parameters =
      tree.value(root, "params").map { ParameterDecl.all(tree, $0, &found) } ?? []
    let schema = ParameterSchema(
      tree, tree.value(root, "params"), parameters, uri: "penstock:///use/\(source.index)",
      into: &found)
    schema.check(into: &found)
    work.diagnostics += found
    let holder =
      modules[user].prefix
      + String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" }) + "_params"
    modules.append(
      UsedModule(
        tree: tree, root: root, path: path, prefix: prefix, ownPrefix: ownPrefix, name: name,
        user: user, place: span, with: using.value(item, "with"), parameters: parameters,
        schema: schema, holder: holder))
    return modules.count - 1
  }

  // MARK: Names

  private mutating func collectNames(of index: Int) {
    let module = modules[index]
    let tree = module.tree
    func keys(_ part: String) -> [String] {
      tree.value(module.root, part).map { node in tree.entries(node).map { tree.string($0.key) } }
        ?? []
    }
    var stages: [String] = []
    if let list = tree.value(module.root, "stages") {
      for stage in tree.items(list) {
        if let name = tree.value(stage, "stage") { stages.append(tree.string(name)) }
      }
    }
    modules[index].lets.formUnion(keys("let"))
    modules[index].datasets.formUnion(keys("datasets"))
    modules[index].stages.formUnion(stages)
    guard let user = module.user else { return }
    let own = modules[index]
    modules[user].lets.formUnion(own.lets.map { own.ownPrefix + $0 })
    modules[user].datasets.formUnion(own.datasets.map { own.ownPrefix + $0 })
    modules[user].stages.formUnion(own.stages.map { own.ownPrefix + $0 })
  }

  /// Names must be declared in one file only. Within a file, others look after them.
  private mutating func checkNames(of index: Int) {
    let module = modules[index]
    let tree = module.tree
    for part in ["let", "datasets"] {
      guard let node = tree.value(module.root, part) else { continue }
      for entry in tree.entries(node) {
        declare(module.prefix + tree.string(entry.key), part, tree.span(entry.key), index)
      }
    }
    if index == 0, let node = tree.value(module.root, "inputs") {
      for entry in tree.entries(node) {
        declare(tree.string(entry.key), "let", tree.span(entry.key), 0)
      }
    }
    if let list = tree.value(module.root, "stages") {
      for stage in tree.items(list) {
        guard let name = tree.value(stage, "stage") else { continue }
        declare(module.prefix + tree.string(name), "stages", tree.span(name), index)
      }
    }
    if index > 0, let place = module.place {
      declare(module.holder, "let", place, index)
    }
  }

  private mutating func declare(_ name: String, _ part: String, _ span: Span, _ module: Int) {
    let key = part + "/" + name
    guard let first = declared[key] else {
      declared[key] = (span, module)
      return
    }
    // Names that one document has twice are found when it is read as a whole.
    guard first.module != module else { return }
    work.diagnostics.append(.useConflict(name, at: span, first: first.span))
  }
}
