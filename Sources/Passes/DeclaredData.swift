import Documents
import Expressions
package import PipelineSyntax
import SourceText
import Values

/// The data that a stage's steps name, by the pipeline's text alone: to draw a pipeline without
/// inputs. What a run does to data is in its program.
package struct DeclaredData: Sendable {
  /// Names of datasets, in the pipeline's order.
  package private(set) var reads: [String] = []
  package private(set) var writes: [String] = []
  package private(set) var deletes: [String] = []

  package init(_ stage: StageDecl, of pipeline: PipelineDecl, kinds: [StepKindDecl]) {
    var found = Finder(pipeline)
    for node in stage.steps.map({ Array(pipeline.tree.items($0)) }) ?? [] {
      found.visit(StepDecl(pipeline.tree, node), kinds)
    }
    let names = { (numbers: Set<Int>) in numbers.sorted().map { pipeline.datasets[$0].name.value } }
    reads = names(found.reads)
    writes = names(found.writes)
    deletes = names(found.deletes)
  }

  private struct Finder {
    let pipeline: PipelineDecl
    let tree: Tree
    var reads: Set<Int> = []
    var writes: Set<Int> = []
    var deletes: Set<Int> = []

    init(_ pipeline: PipelineDecl) {
      self.pipeline = pipeline
      tree = pipeline.tree
    }

    mutating func visit(_ step: StepDecl, _ kinds: [StepKindDecl]) {
      reads.formUnion(datasets(in: step.reads, of: step))
      writes.formUnion(datasets(in: step.writes, of: step))
      deletes.formUnion(datasets(in: step.deletes, of: step))
      guard let name = step.kind.map({ tree.string($0) }), let parameters = step.parameters,
        let kind = kinds.first(where: { $0.name.value == name })
      else { return }
      let value = { [tree] (name: String) in tree.value(parameters, name) }
      for name in kind.reads { reads.formUnion(datasets(in: value(name.value), of: step)) }
      for name in kind.writes { writes.formUnion(datasets(in: value(name.value), of: step)) }
      for deletion in kind.deletes {
        if let condition = deletion.condition {
          guard let flag = value(condition), tree.kind(flag) != .bool || tree.string(flag) == "true"
          else { continue }
        }
        deletes.formUnion(datasets(in: value(deletion.parameter), of: step))
      }
    }

    /// The datasets that a value names: as text, as `data.NAME`, or through a `let` or an `each`.
    private func datasets(in node: NodeID?, of step: StepDecl, depth: Int = 8) -> Set<Int> {
      guard let node, depth > 0 else { return [] }
      if tree.kind(node) == .list {
        return tree.items(node).reduce(into: []) {
          $0.formUnion(datasets(in: $1, of: step, depth: depth))
        }
      }
      guard tree.hasExpression(node) else {
        let text = tree.string(node)
        return Set([pipeline.dataset(named: text) ?? dataset(at: text)].compactMap { $0 })
      }
      var found: Set<Int> = []
      for reference in tree.references(in: node) {
        if reference.name == "data" {
          let named = reference.members.first.flatMap { pipeline.dataset(named: $0) }
          found.formUnion(named.map { [$0] } ?? [])
        } else {
          let item = pipeline.lets.first { $0.name.value == reference.name }?.value
          let variable = step.each.flatMap { tree.value($0, reference.name) }
          found.formUnion(datasets(in: variable ?? item, of: step, depth: depth - 1))
        }
      }
      return found
    }

    private func dataset(at location: String) -> Int? {
      pipeline.datasets.firstIndex { $0.at.map { tree.string($0) } == location }
    }
  }
}
