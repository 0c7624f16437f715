import Documents
import Diagnostics
import PipelineIR
import PipelineSyntax
import SourceText
import Values

/// Secrets in the arguments of steps.
extension StepExpander {
  mutating func warnOfSecrets(
    from first: Int32, name: String, _ declaration: StepDecl, _ parameters: Parameters,
    _ report: inout Report
  ) {
    for argument in program.arguments[Int(first)...] where argument.secret >= 0 {
      let secret = program.secrets[Int(argument.secret)]
      let reference = secret.reference
      let parameter = parameters.items.first { $0.value.secretReferences.contains(reference) }
      let whole = parameter.flatMap { parameter in
        declaration.parameters.flatMap { tree.value($0, parameter.name) }
      }
      let node = whole.flatMap { node in
        parameter.flatMap { leaf(of: node, $0.value, yielding: reference) }
      }
      let span = tree.span(node ?? declaration.name ?? declaration.node)
      warn(of: secret, step: name, at: span, &report)
    }
  }

  /// Warns of each secret once, in the first step that it is passed to.
  mutating func warn(of secret: Secret, step name: String, at span: Span, _ report: inout Report) {
    for source in secret.sources where warned.insert(source).inserted {
      report.diagnostics.append(.secretInArguments(source, step: name, at: span))
    }
  }

  /// Marks the arguments that are secrets by the options before them or by their form, wherever they
  /// come from.
  mutating func markSecrets(from first: Int32, name: String) {
    var hint = SecretHint()
    for index in Int(first)..<program.arguments.count {
      let argument = program.arguments[index]
      guard argument.secret < 0 else {
        hint = SecretHint()
        continue
      }
      let isSecret =
        hint.isTelling
        ? SecretParts.isSecret(program.text(argument.text))
        : program.texts.withBytes(argument.text) { SecretParts.isIn($0) }
      let isOption = program.texts.withBytes(argument.text) { $0.first == 0x2D }
      let value = isSecret || isOption ? Value.string(program.text(argument.text)) : .null
      if isSecret {
        program.arguments.removeSubrange(index...index)
        let place = "pipeline#/steps/\(name)/arguments/\(index - Int(first) + 1)"
        let count = program.arguments.count
        if program.addArgument(.secret(Secret(value, reference: place))) {
          program.arguments.insert(program.arguments.remove(at: count), at: index)
        }
      }
      hint = SecretHint().item(after: value.argumentText)
    }
  }

  /// The scalar in a node from which a secret comes, found by the node's value.
  private func leaf(of node: NodeID, _ value: Value, yielding reference: String) -> NodeID? {
    let isSource = { (value: Value) in value.secretReferences.contains(reference) }
    switch (tree.kind(node), value.unwrapped) {
    case (.map, .map(let map)):
      for entry in tree.entries(node) {
        guard let part = map[tree.string(entry.key)], isSource(part) else { continue }
        return leaf(of: entry.value, part, yielding: reference)
      }
      return nil
    case (.list, .list(let items)):
      for (item, part) in zip(tree.items(node), items) where isSource(part) {
        return leaf(of: item, part, yielding: reference)
      }
      return nil
    default: return node
    }
  }
}
