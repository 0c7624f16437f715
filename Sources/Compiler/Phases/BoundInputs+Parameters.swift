import Diagnostics
import Documents
import PipelineSyntax
import SourceText
import Values

extension Checked {
  mutating func checkParameters() {
    var found: [Diagnostic] = []
    parameterSchema(into: &found).check(into: &found)
    work.diagnostics += found
  }

  /// The types of the pipeline's parameters.
  func parameterSchema(into diagnostics: inout [Diagnostic]) -> ParameterSchema {
    ParameterSchema(pipeline, into: &diagnostics)
  }
}

extension ParameterSchema {
  init(_ pipeline: PipelineDecl, into diagnostics: inout [Diagnostic]) {
    let tree = pipeline.tree
    self.init(
      tree, tree.root.flatMap { tree.value($0, "params") }, pipeline.parameters,
      uri: "penstock:///params", into: &diagnostics)
  }
}

extension BoundInputs {
  /// Reads the values of `--param`.
  mutating func bindParameters() {
    // Of a file that isn't a pipeline nothing else is said.
    if work.diagnostics.contains(where: { $0.code == .schemaWrongDocument }) { return }
    let declared = pipeline.parameters
    guard !declared.isEmpty || !work.input.parameters.isEmpty else { return }
    var given: [GivenText] = []
    var unreadable: Set<String> = []
    for text in work.input.parameters {
      guard let one = GivenText(text) else {
        work.diagnostics.append(.notASetting(text.value, "param", at: text.span))
        unreadable.insert(text.value)
        continue
      }
      if let first = given.first(where: { $0.name.value == one.name.value }) {
        if first.value != one.value {
          work.diagnostics.append(
            .paramGivenTwice(one.name.value, at: one.name.span, first: first.name.span))
        }
        continue
      }
      guard declared.contains(where: { $0.name.value == one.name.value }) else {
        work.diagnostics.append(
          .paramUnknown(one.name.value, among: declared.map(\.name.value), at: one.name.span))
        continue
      }
      given.append(one)
    }
    let missing = declared.filter { declaration in
      declaration.isRequired && !unreadable.contains(declaration.name.value)
        && !given.contains { $0.name.value == declaration.name.value }
    }
    guard missing.isEmpty else {
      work.diagnostics.append(
        .paramMissing(missing.map { ($0.name.value, $0.words, $0.name.span) }))
      return
    }
    guard unreadable.isEmpty else { return }
    var ignored: [Diagnostic] = []
    let schema = ParameterSchema(pipeline, into: &ignored)
    guard let document = document(of: given, schema), checkSecrets(document, given) else { return }
    if let values = schema.values(document, into: &work.diagnostics) {
      parameters = (document, values)
    }
  }

  /// Refuses texts that hold secrets, and hides them.
  private mutating func checkSecrets(_ document: Tree, _ given: [GivenText]) -> Bool {
    guard let root = document.root else { return true }
    // Of their names the declarations say that they aren't secrets.
    let values = document.entries(root).filter { entry in
      SecretMarks(tree: document).holdsSecrets(entry.value)
    }
    for entry in values {
      guard
        let one = given.first(where: { $0.name.value == document.string(entry.key) }),
        let file = work.sources[one.valueSpan.source]
      else { continue }
      work.sources.hide([file.written(one.valueSpan)], in: one.valueSpan.source)
      work.diagnostics.append(.setSecret(one.name.value, at: one.name.span))
    }
    return values.isEmpty
  }

  /// A map of the values that are given, in the place of the declarations.
  private func document(of given: [GivenText], _ schema: ParameterSchema) -> Tree? {
    let tree = pipeline.tree
    guard let node = tree.root.flatMap({ tree.value($0, "params") }) else { return nil }
    let names = given.map { one in
      one.names([(one.name.value, 0..<one.name.value.utf8.count)])
    }
    let values = given.map { $0.document(as: schema.type(of: $0.name.value)) }
    var assembler = TreeAssembler([tree] + names + values)
    assembler.begin(.map, as: node, of: 0)
    for index in given.indices {
      let key = 1 + index
      let value = key + given.count
      guard let list = names[index].root, let root = values[index].root else { continue }
      for item in names[index].items(list) { assembler.copy(item, of: key) }
      assembler.copy(root, of: value)
    }
    assembler.end()
    return assembler.tree
  }
}
