package import Documents
package import PipelineSyntax
import SourceText
package import Values

extension SpannedValue {
  /// Adds the place in an input that each value comes from, also through `let`s, if there is
  /// exactly one. Visits every expression of the cluster, so use it only for diagnostics.
  package func blaming(_ pipeline: PipelineDecl, _ inputTrees: [String: [Tree]]) -> SpannedValue {
    guard let root = pipeline.cluster?.jobFlow else { return self }
    let tree = pipeline.tree
    var nodes: [Span: NodeID] = [:]
    var stack = [root]
    while let node = stack.popLast() {
      switch tree.kind(node) {
      case .list: stack += tree.items(node)
      case .map: stack += tree.entries(node).map(\.value)
      case .string: if tree.hasExpression(node) { nodes[tree.span(node)] = node }
      case .null, .bool, .int, .float: break
      }
    }
    let blame = InputBlame(pipeline, inputTrees)
    return placed { span in nodes[span].flatMap { blame.place(of: $0) } }
  }

  private func placed(_ place: (Span) -> Span?) -> SpannedValue {
    var located = self
    if origin == nil, let span { located.origin = place(span) }
    switch content {
    case .scalar: break
    case .list(let items): located.content = .list(items.map { $0.placed(place) })
    case .map(let entries):
      located.content = .map(
        entries.map { entry in
          Entry(key: entry.key, keySpan: entry.keySpan, value: entry.value.placed(place))
        })
    }
    return located
  }
}
