package import Documents
package import Diagnostics
package import Values

extension Schema {
  /// All violations in a document, or in one of its nodes.
  package func diagnose(
    _ tree: Tree, _ node: NodeID? = nil, deferringExpressions: Bool = false,
    assertingFormats: Bool = false
  ) -> [Diagnostic] {
    guard let node = node ?? tree.root else { return [] }
    return diagnose(
      TreeInstance(tree: tree), node,
      ValidationOptions(
        assertsFormats: assertingFormats, defersExpressions: deferringExpressions))
  }

  /// All violations in an evaluated value.
  package func diagnose(_ located: SpannedValue, assertingFormats: Bool = false) -> [Diagnostic] {
    diagnose(SpannedInstance(), located, ValidationOptions(assertsFormats: assertingFormats))
  }

  /// Whether a valid document has to have certain keys.
  package var requiresKeys: Bool {
    arena.nodes.indices.contains(Int(root)) && arena.nodes[Int(root)].requiredCount > 0
  }

  /// Violations in the schema's own defaults: each must be valid for its schema.
  package func defaultViolations() -> [Diagnostic] {
    arena.nodes.indices.flatMap { index -> [Diagnostic] in
      let schema = arena.nodes[index]
      guard schema.defaultNode >= 0, arena.documents.indices.contains(Int(schema.document)) else {
        return []
      }
      return Schema(arena: arena, root: Int32(clamping: index)).diagnose(
        arena.documents[Int(schema.document)], NodeID(index: UInt32(schema.defaultNode)))
    }
  }

  /// Whether a document, or one of its nodes, is valid.
  package func isValid(
    _ tree: Tree, _ node: NodeID? = nil, _ options: ValidationOptions = ValidationOptions()
  ) -> Bool {
    guard let node = node ?? tree.root else { return false }
    return isValid(TreeInstance(tree: tree), node, options)
  }

  /// Whether an evaluated value is valid.
  package func isValid(
    _ located: SpannedValue, _ options: ValidationOptions = ValidationOptions()
  ) -> Bool { isValid(SpannedInstance(), located, options) }

  private func isValid<Instance: SchemaInstance>(
    _ instance: Instance, _ node: Instance.Node, _ options: ValidationOptions
  ) -> Bool {
    var validator = Validator(arena, instance, options)
    return validator.validate(node, instance.kind(node), root)
  }

  private func diagnose<Instance: SchemaInstance>(
    _ instance: Instance, _ node: Instance.Node, _ options: ValidationOptions
  ) -> [Diagnostic] {
    var validator = Validator(arena, instance, options)
    let kind = instance.kind(node)
    if validator.validate(node, kind, root), !validator.hasWarnings { return [] }
    if let full {
      return full()?.diagnose(instance, node, options) ?? [.missingSchema("of a snapshot", at: nil)]
    }
    let hasWarnings = validator.hasWarnings
    validator = Validator(arena, instance, options)
    validator.isCollecting = true
    validator.hasWarnings = hasWarnings
    _ = validator.validate(node, kind, root)
    if validator.isStopped { validator.isStopped = false; validator.noteBound(node, kind, root) }
    let report = ViolationReport(arena: arena, instance: instance, root: root)
    return report.diagnostics(validator.violations).sortedAndUnique()
  }
}

extension Validator {
  /// Records that a limit was hit, unless it is recorded already or there are enough violations.
  mutating func noteBound(_ node: Instance.Node, _ kind: Tree.Kind, _ schema: Int32) {
    let isNoted = violations.contains { if case .tooDeep = $0.reason { true } else { false } }
    guard !isNoted, violations.count < Self.violationLimit else { return }
    _ = fail(.tooDeep, node, kind, Int(schema))
  }
}
