import Diagnostics
import Documents
import Passes
import PipelineSyntax
import SourceText
import Values

/// The parameters of a used file, as a `let` of the whole pipeline.
extension UseWriter {
  mutating func writeParameters(of index: Int) {
    let module = modules[index]
    guard let user = module.user, check(index), !module.parameters.isEmpty,
      let node = module.tree.value(module.root, "params")
    else { return }
    assembler.text(module.holder.utf8, as: node, of: index)
    assembler.begin(.map, as: node, of: index)
    for (entry, parameter) in zip(module.tree.entries(node), module.parameters) {
      let name = parameter.name.value
      let given = module.with.flatMap { modules[user].tree.value($0, name) }
      guard given != nil || parameter.default != nil else { continue }
      assembler.copy(entry.key, of: index)
      if let given {
        add(Part(module: user, node: given), to: parameter, of: module)
      } else if let node = parameter.default {
        literal(Part(module: index, node: node), parameter)
      }
    }
    assembler.end()
  }

  private mutating func add(_ part: Part, to parameter: ParameterDecl, of module: UsedModule) {
    guard Self.holdsExpression(tree(part), part.node) else { return literal(part, parameter) }
    value(part)
    if case .object(let object)? = module.schema?.type,
      let field = object.field(parameter.name.value)
    {
      arguments.append(
        UseArgument(
          holder: module.holder, name: parameter.name.value, type: field.type,
          span: tree(part).span(part.node), declared: parameter.name.span))
    }
  }

  /// A value that is known now; a moment as the expression that makes it.
  private mutating func literal(_ part: Part, _ parameter: ParameterDecl) {
    guard let moment = parameter.moment,
      let value = MomentValue(tree(part).string(part.node), moment)
    else { return assembler.copy(part.node, of: part.module) }
    assembler.text("${\(value.expression)}".utf8, as: part.node, of: part.module)
  }

  /// Whether all parameters have values, of their types as far as they are known.
  private mutating func check(_ index: Int) -> Bool {
    let module = modules[index]
    guard let user = module.user else { return false }
    let tree = modules[user].tree
    let before = diagnostics.count
    let names = module.parameters.map(\.name.value)
    var given: [String] = []
    if let with = module.with {
      for entry in tree.entries(with) {
        let name = tree.string(entry.key)
        given.append(name)
        if !names.contains(name) {
          diagnostics.append(
            .useUnknownArgument(name, of: module.path, among: names, at: tree.span(entry.key)))
        }
      }
      checkLiterals(with, of: module, in: user)
    }
    let missing = module.parameters.filter { $0.isRequired && !given.contains($0.name.value) }
    if !missing.isEmpty {
      diagnostics.append(
        .useMissingArguments(
          missing.map { ($0.name.value, $0.words, $0.name.span) }, of: module.path,
          at: module.place ?? tree.span(modules[user].root)))
    }
    return diagnostics.count == before
  }

  private mutating func checkLiterals(_ with: NodeID, of module: UsedModule, in user: Int) {
    let tree = modules[user].tree
    var literals = TreeAssembler([tree])
    literals.begin(.map, as: with, of: 0)
    for entry in tree.entries(with) where !Self.holdsExpression(tree, entry.value) {
      guard module.parameters.contains(where: { $0.name.value == tree.string(entry.key) }) else {
        continue
      }
      literals.copy(entry.key, of: 0)
      literals.copy(entry.value, of: 0)
    }
    literals.end()
    var found: [Diagnostic] = []
    _ = module.schema?.values(literals.tree, into: &found)
    diagnostics += found
  }

  private static func holdsExpression(_ tree: Tree, _ node: NodeID) -> Bool {
    switch tree.kind(node) {
    case .null, .bool, .int, .float: false
    case .string: tree.hasExpression(node)
    case .list: tree.items(node).contains { holdsExpression(tree, $0) }
    case .map: tree.entries(node).contains { holdsExpression(tree, $0.value) }
    }
  }
}
