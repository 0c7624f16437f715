import Diagnostics
import Documents
import Expressions
import Passes
import PipelineSyntax
import SourceText
import Text
import Values
import YAMLSyntax

/// Puts the parts of a pipeline and of the files that it uses into one document.
struct UseWriter {
  let modules: [UsedModule]
  let work: Work
  var assembler: TreeAssembler
  var diagnostics: [Diagnostic] = []
  var arguments: [UseArgument] = []
  /// The uses that have their place in a list of stages or steps.
  private var placed: [UseList: Set<Int>] = [:]
  /// Of step kinds: their parameters that name data.
  private var data: [String: Set<String>] = [:]

  /// What a list is of, by the part of a file that goes into it.
  enum UseList: String, CaseIterable {
    case stages, steps
  }

  /// A node of one of the modules.
  struct Part {
    var module: Int
    var node: NodeID
  }

  init(_ modules: [UsedModule], _ work: Work) {
    self.modules = modules
    self.work = work
    assembler = TreeAssembler(modules.map(\.tree))
  }

  func tree(_ part: Part) -> Tree { modules[part.module].tree }

  mutating func write() -> Tree {
    let main = modules[0]
    let sections = ["let", "checks", "datasets", "stages", "cluster", "run"]
    assembler.begin(.map, as: main.root, of: 0)
    var written: Set<String> = []
    for entry in main.tree.entries(main.root) {
      let name = main.tree.string(entry.key)
      if name == "use" { continue }
      assembler.copy(entry.key, of: 0)
      if sections.contains(name) {
        write(section: name)
        written.insert(name)
      } else {
        assembler.copy(entry.value, of: 0)
      }
    }
    for name in sections where !written.contains(name) && !parts(name).isEmpty {
      assembler.text(name.utf8, as: main.root, of: 0)
      write(section: name)
    }
    assembler.end()
    checkPlaces()
    return assembler.tree
  }

  /// The parts of a name, of all modules that have it.
  private func parts(_ name: String) -> [Part] {
    modules.indices.compactMap { index in
      if name == "let", index > 0, !modules[index].parameters.isEmpty {
        return Part(module: index, node: modules[index].root)
      }
      return modules[index].tree.value(modules[index].root, name).map {
        Part(module: index, node: $0)
      }
    }
  }

  /// A section itself: a module without `let`s has a part for its parameters.
  private func part(_ section: String, _ part: Part) -> Part {
    let module = modules[part.module]
    return Part(
      module: part.module, node: module.tree.value(module.root, section) ?? part.node)
  }

  private mutating func write(section: String) {
    let parts = parts(section)
    guard let first = parts.first else { return assembler.copy(modules[0].root, of: 0) }
    // What has another shape is copied, to be refused like that of any pipeline.
    let wanted: Tree.Kind? =
      ["let", "datasets"].contains(section)
      ? .map : ["checks", "stages"].contains(section) ? .list : nil
    if let wanted, let odd = parts.first(where: { tree($0).kind(part(section, $0).node) != wanted })
    {
      return assembler.copy(part(section, odd).node, of: odd.module)
    }
    switch section {
    case "let":
      assembler.begin(.map, as: first.node, of: first.module)
      writeLets(of: 0)
      assembler.end()
    case "datasets":
      assembler.begin(.map, as: first.node, of: first.module)
      for part in parts {
        for entry in tree(part).entries(part.node) {
          name(entry.key, of: part.module, always: true)
          dataset(Part(module: part.module, node: entry.value))
        }
      }
      assembler.end()
    case "checks":
      assembler.begin(.list, as: first.node, of: first.module)
      for part in parts {
        for item in tree(part).items(part.node) { value(Part(module: part.module, node: item)) }
      }
      assembler.end()
    case "stages":
      guard first.module == 0 else {
        assembler.begin(.list, as: first.node, of: first.module)
        return assembler.end()
      }
      list(first, of: .stages) { $0.stage($1) }
    default: merged(parts, [section])
    }
  }

  // MARK: Lets

  /// The `let`s of a module, with those of each one that it uses before the first that needs them.
  private mutating func writeLets(of index: Int) {
    let module = modules[index]
    var waiting = module.uses
    if module.user != nil { writeParameters(of: index) }
    if let node = module.tree.value(module.root, "let") {
      for entry in module.tree.entries(node) {
        let needed = Set(module.tree.references(in: entry.value).map(\.name))
        for use in waiting where isNeeded(use, needed) { writeLets(of: use) }
        waiting.removeAll { isNeeded($0, needed) }
        name(entry.key, of: index, always: true)
        value(Part(module: index, node: entry.value))
      }
    }
    for use in waiting { writeLets(of: use) }
  }

  private func isNeeded(_ use: Int, _ names: Set<String>) -> Bool {
    modules[use].lets.contains { names.contains(modules[use].ownPrefix + $0) }
  }

  // MARK: Stages

  /// A list of stages or steps; each `use` in it is replaced by those of the file.
  mutating func list(
    _ part: Part, of kind: UseList, each write: (inout UseWriter, Part) -> Void
  ) {
    guard tree(part).kind(part.node) == .list else { return value(part) }
    assembler.begin(.list, as: part.node, of: part.module)
    items(part, of: kind, each: write)
    assembler.end()
  }

  private mutating func items(
    _ part: Part, of kind: UseList, each write: (inout UseWriter, Part) -> Void
  ) {
    let tree = tree(part)
    for item in tree.items(part.node) {
      guard let (name, node) = UseLists.place(tree, item) else {
        write(&self, Part(module: part.module, node: item))
        continue
      }
      let uses = modules[part.module].uses
      guard tree.count(item) == 1, let use = uses.first(where: { modules[$0].name == name }) else {
        diagnostics.append(
          tree.count(item) > 1
            ? .usePlaceWithMore(at: tree.span(item))
            : .usePlaceUnknown(name, among: uses.map { modules[$0].name }, at: tree.span(node)))
        continue
      }
      guard let inner = modules[use].tree.value(modules[use].root, kind.rawValue) else {
        diagnostics.append(
          .usePlaceWithout(kind.rawValue, name, file: modules[use].path, at: tree.span(node)))
        continue
      }
      if !placed[kind, default: []].insert(use).inserted {
        diagnostics.append(.usePlaceTwice(name, kind.rawValue, at: tree.span(node)))
        continue
      }
      items(Part(module: use, node: inner), of: kind, each: write)
    }
  }

  private mutating func checkPlaces() {
    for (index, module) in modules.enumerated().dropFirst() {
      for kind in UseList.allCases {
        guard let (key, list) = module.tree.entry(module.root, kind.rawValue),
          module.tree.count(list) > 0, !(placed[kind] ?? []).contains(index)
        else { continue }
        let span = module.tree.span(key)
        diagnostics.append(
          .usePlaceMissing(module.name, kind.rawValue, at: module.place ?? span, list: span))
      }
    }
  }

  mutating func stage(_ part: Part) {
    map(part) { writer, key, part in
      switch key {
      case "stage": writer.name(part.node, of: part.module, always: true)
      case "part-of": writer.reference(part, to: .stages)
      case "requires": writer.requirements(part)
      case "steps": writer.list(part, of: .steps) { $0.step($1, []) }
      default: writer.value(part)
      }
    }
  }

  private mutating func requirements(_ part: Part) {
    guard tree(part).kind(part.node) == .list else { return value(part) }
    assembler.begin(.list, as: part.node, of: part.module)
    for item in tree(part).items(part.node) {
      map(Part(module: part.module, node: item)) { writer, key, part in
        if ["empty", "data", "depth"].contains(key) {
          writer.reference(part, to: .datasets)
        } else {
          writer.value(part)
        }
      }
    }
    assembler.end()
  }

  mutating func dataset(_ part: Part) {
    map(part) { writer, key, part in
      switch key {
      case "within": writer.reference(part, to: .datasets)
      case "restore", "release": writer.step(part, [])
      default: writer.value(part)
      }
    }
  }

  mutating func step(_ part: Part, _ outer: Set<String>) {
    let tree = tree(part)
    let names = outer.union(eachNames(tree, part.node, "each"))
    map(part) { writer, key, part in
      switch StepDecl.Member(rawValue: key) {
      case .each: writer.value(part, outer)
      case .reads, .writes, .deletes: writer.references(part, names)
      case .before: writer.reference(part, to: .stages)
      case nil: writer.parameters(part, ofKind: key, names)
      default: writer.value(part, names)
      }
    }
  }

  private mutating func parameters(_ part: Part, ofKind kind: String, _ names: Set<String>) {
    let data = dataParameters(of: kind)
    map(part, names) { writer, key, part in
      if data.contains(key) { writer.references(part, names) } else { writer.value(part, names) }
    }
  }

  private mutating func dataParameters(of kind: String) -> Set<String> {
    if let known = data[kind] { return known }
    var found: Set<String> = []
    var copy = work
    if let file = StepKindLibrary.file(kind, work.input),
      let tree = copy.tree(file, SourceID(index: 0))
    {
      var ignored: [Diagnostic] = []
      found = Set(StepKindDecl(tree, into: &ignored)?.data ?? [])
    }
    data[kind] = found
    return found
  }

  // MARK: Maps

  /// A map, each entry's value by its key; what isn't a map as it is.
  private mutating func map(
    _ part: Part, _ names: Set<String> = [],
    each write: (inout UseWriter, String, Part) -> Void
  ) {
    let tree = tree(part)
    guard tree.kind(part.node) == .map else { return value(part, names) }
    assembler.begin(.map, as: part.node, of: part.module)
    for entry in tree.entries(part.node) {
      assembler.copy(entry.key, of: part.module)
      write(&self, tree.string(entry.key), Part(module: part.module, node: entry.value))
    }
    assembler.end()
  }

  /// Parts of one place, of which no two may say a thing.
  private mutating func merged(_ parts: [Part], _ path: [String]) {
    guard let first = parts.first else { return }
    if parts.count == 1 { return single(first, path) }
    if parts.allSatisfy({ tree($0).kind($0.node) == .map }) {
      assembler.begin(.map, as: first.node, of: first.module)
      for (key, values) in entries(parts) {
        assembler.copy(key.node, of: key.module)
        merged(values, path + [tree(key).string(key.node)])
      }
      return assembler.end()
    }
    for other in parts.dropFirst()
    where !tree(first).isSame(first.node, as: tree(other), other.node) {
      diagnostics.append(
        .useKeyConflict(
          path.joined(separator: "."), at: tree(other).span(other.node),
          first: tree(first).span(first.node)))
    }
    single(first, path)
  }

  private mutating func single(_ part: Part, _ path: [String]) {
    if path == ["cluster", "on-create"] || path == ["cluster", "on-reuse"] {
      return list(part, of: .steps) { $0.step($1, []) }
    }
    guard path == ["cluster"] else { return value(part) }
    map(part) { writer, key, part in writer.single(part, path + [key]) }
  }

  private func entries(_ parts: [Part]) -> [(key: Part, values: [Part])] {
    var entries: [(key: Part, values: [Part])] = []
    var numbers: [String: Int] = [:]
    for part in parts {
      for entry in tree(part).entries(part.node) {
        let name = tree(part).string(entry.key)
        let value = Part(module: part.module, node: entry.value)
        if let number = numbers[name] {
          entries[number].values.append(value)
        } else {
          numbers[name] = entries.count
          entries.append((Part(module: part.module, node: entry.key), [value]))
        }
      }
    }
    return entries
  }
}
