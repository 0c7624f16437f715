import Documents
import Expressions
package import PipelineSyntax
import SourceText
import Values

/// The data that a step names, by the pipeline's text alone: to draw a pipeline without inputs. What
/// a run does to data is in its program.
package struct DeclaredData: Sendable {
  package enum Place: Hashable, Sendable {
    /// A dataset, by its index.
    case dataset(Int)
    /// A location that no dataset has, as written.
    case location(String)
  }

  /// In the order of the text, without duplicates.
  package private(set) var reads: [Place] = []
  package private(set) var writes: [Place] = []
  package private(set) var deletes: [Place] = []

  package init(_ step: StepDecl, of pipeline: PipelineDecl, kinds: [StepKindDecl]) {
    let finder = Finder(pipeline: pipeline, step: step)
    let tree = pipeline.tree
    reads = finder.places(in: step.reads)
    writes = finder.places(in: step.writes)
    deletes = finder.places(in: step.deletes)
    guard let name = step.kind.map({ tree.string($0) }), let parameters = step.parameters,
      let kind = kinds.first(where: { $0.name.value == name })
    else { return }
    let value = { (name: String) in tree.value(parameters, name) }
    for name in kind.reads { add(finder.places(in: value(name.value)), to: &reads) }
    for name in kind.writes { add(finder.places(in: value(name.value)), to: &writes) }
    for deletion in kind.deletes {
      if let condition = deletion.condition {
        guard let flag = value(condition), tree.kind(flag) != .bool || tree.string(flag) == "true"
        else { continue }
      }
      add(finder.places(in: value(deletion.parameter)), to: &deletes)
    }
  }

  private func add(_ new: [Place], to places: inout [Place]) {
    places += new.filter { !places.contains($0) }
  }

  private struct Finder {
    let pipeline: PipelineDecl
    let step: StepDecl
    var tree: Tree { pipeline.tree }

    /// The places that a value names: as text, as `data.NAME`, or through a `let` or an `each`.
    func places(in node: NodeID?) -> [Place] {
      guard let node else { return [] }
      if tree.kind(node) == .list {
        return tree.items(node).reduce(into: []) { all, item in
          all += places(in: item).filter { !all.contains($0) }
        }
      }
      let text = tree.string(node)
      guard tree.hasExpression(node) else {
        if let dataset = pipeline.dataset(named: text) ?? dataset(at: text) {
          return [.dataset(dataset)]
        }
        return text.isEmpty ? [] : [.location(text)]
      }
      let found = datasets(in: node, depth: 8)
      // As written, if no dataset has it.
      return found.isEmpty ? [.location(text)] : found.sorted().map { .dataset($0) }
    }

    private func datasets(in node: NodeID?, depth: Int) -> Set<Int> {
      guard let node, depth > 0 else { return [] }
      if tree.kind(node) == .list {
        return tree.items(node).reduce(into: []) {
          $0.formUnion(datasets(in: $1, depth: depth))
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
          found.formUnion(datasets(in: variable ?? item, depth: depth - 1))
        }
      }
      return found
    }

    private func dataset(at location: String) -> Int? {
      pipeline.datasets.firstIndex { $0.at.map { tree.string($0) } == location }
    }
  }
}
