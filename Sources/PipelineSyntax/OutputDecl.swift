package import Documents
import Diagnostics
package import SourceText
import Values

/// A small value that a step leaves in an object in S3, for what comes after it.
package struct OutputDecl: Sendable {
  package let name: Spanned<String>
  /// The object's location.
  package let at: NodeID?
  /// `string`, `int`, `bool` or `marker`.
  package let type: Spanned<String>?
  /// The texts that it may have; empty: any.
  package let choices: [Spanned<String>]
  /// How many bytes it may have.
  package let maxBytes: Int64?
  /// The step, and its stage's index.
  package let step: NodeID
  package let stage: Int
  /// Whether the step has an `each`.
  package let isRepeated: Bool

  private init(
    _ tree: Tree, name: NodeID, node: NodeID, step: StepDecl, stage: Int,
    _ diagnostics: inout [Diagnostic]
  ) {
    let fields = Fields(tree, node)
    self.name = Spanned(tree.string(name), tree.span(name))
    at = fields["at"]
    type = fields.text("type", &diagnostics)
    choices = fields.texts("enum", &diagnostics)
    maxBytes = fields["max-bytes"].flatMap { tree.literal($0, of: "max-bytes", &diagnostics) }
      .flatMap { Int64(tree.string($0)) }
    self.step = step.node
    self.stage = stage
    isRepeated = step.each != nil
  }

  static func all(
    _ tree: Tree, _ stages: [StageDecl], _ diagnostics: inout [Diagnostic]
  ) -> [OutputDecl] {
    var outputs: [OutputDecl] = []
    for (index, stage) in stages.enumerated() {
      guard let list = stage.steps else { continue }
      for node in tree.items(list) where tree.value(node, "outputs") != nil {
        let step = StepDecl(tree, node)
        for entry in step.outputs.map({ Array(tree.entries($0)) }) ?? [] {
          outputs.append(
            OutputDecl(
              tree, name: entry.key, node: entry.value, step: step, stage: index, &diagnostics))
        }
      }
    }
    return outputs
  }
}
