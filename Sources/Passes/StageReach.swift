import Documents
package import Diagnostics
import Expressions
package import PipelineSyntax
import SourceText
import Values
import YAMLSyntax

/// Finds stages that never run, whatever the inputs: their `when` contradicts itself, or the `when`
/// of a stage it needs.
package struct StageReach {
  private let pipeline: PipelineDecl
  private let lets: [String: NodeID]
  /// For each stage so far, what is true if it runs.
  private var conditions: [String: Condition] = [:]
  /// How many levels of `let`s are followed; deeper ones may be true or false.
  private static let depth = 8

  package init(_ pipeline: PipelineDecl) {
    self.pipeline = pipeline
    lets = Dictionary(pipeline.lets.map { ($0.name.value, $0.value) }) { first, _ in first }
  }

  package mutating func check(into diagnostics: inout [Diagnostic]) {
    for stage in pipeline.stages {
      let name = stage.name.value
      let whole = stage.partOf.flatMap { conditions[$0.value] }
      guard let when = stage.when else {
        conditions[name] = .and([whole ?? .constant(true), .atom("stages.\(name)")])
        continue
      }
      let own = condition(when, Self.depth) { _ in nil }
      let full = Condition.and([
        condition(when, Self.depth) { conditions[$0] }, whole ?? .constant(true),
        .atom("stages.\(name)"),
      ])
      conditions[name] = full
      if full.canHold { continue }
      diagnostics.append(
        .stageUnreachable(
          name, isAlone: !own.canHold, at: pipeline.tree.span(when), stage: stage.name.span))
      // What follows from it isn't reported again.
      conditions[name] = .atom("stages.\(name)")
    }
  }

  /// - Parameter stages: what is known of a stage that runs.
  private func condition(
    _ node: NodeID, _ depth: Int, _ stages: (String) -> Condition?
  ) -> Condition {
    let tree = pipeline.tree
    if tree.kind(node) == .bool { return .constant(tree.string(node) == "true") }
    var ignored: [Diagnostic] = []
    guard depth > 0, tree.hasExpression(node),
      let expression = tree.template(node, into: &ignored)?.singleExpression
    else { return .atom("node \(node.index)") }
    return withoutActuallyEscaping(stages) { stages in
      expression.condition { reference in
        if reference.name == "stages", reference.members.count == 1 {
          return stages(reference.members[0])
        }
        guard reference.members.isEmpty else { return nil }
        return lets[reference.name].map { condition($0, depth - 1, stages) }
      }
    }
  }
}
