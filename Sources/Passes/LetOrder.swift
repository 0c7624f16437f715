package import Diagnostics
import Expressions
package import PipelineSyntax
import SourceText

/// Finds `let`s that use later ones, or themselves.
package struct LetOrder {
  private let pipeline: PipelineDecl
  /// The `let`s that each `let` uses, by their index.
  private var uses: [[Spanned<Int>]] = []
  /// For each `let`, the names that it uses too early.
  private(set) var early: [[String]] = []

  package init(_ pipeline: PipelineDecl) {
    self.pipeline = pipeline
    let lets = pipeline.lets
    let indices = Dictionary(
      lets.enumerated().map { ($1.name.value, $0) }, uniquingKeysWith: { first, _ in first })
    for (index, item) in lets.enumerated() {
      let used = pipeline.tree.references(in: item.value).compactMap { reference in
        indices[reference.name].map { Spanned($0, reference.span) }
      }
      uses.append(used)
      early.append(used.filter { $0.value >= index }.map { lets[$0.value].name.value })
    }
  }

  package func check(into diagnostics: inout [Diagnostic]) {
    var isInCycle: Set<Int> = []
    for index in uses.indices {
      for use in uses[index] where use.value >= index {
        let name = pipeline.lets[use.value].name
        if let path = path(from: use.value, to: index) {
          // A cycle is one mistake, reported where it is first entered.
          if isInCycle.isDisjoint(with: path) {
            let names = ([index] + path).map { pipeline.lets[$0].name.value }
            diagnostics.append(.cyclicLet(names, at: use.span))
          }
          isInCycle.formUnion(path)
        } else {
          diagnostics.append(.laterLet(name.value, at: use.span, declared: name.span))
        }
      }
    }
  }

  /// A path of uses, with both ends; nil if there is none.
  private func path(from start: Int, to end: Int) -> [Int]? {
    var cameFrom: [Int: Int] = [:]
    var waiting = [start]
    var known: Set<Int> = [start]
    while let next = waiting.popLast() {
      if next == end {
        var path = [next]
        while let before = cameFrom[path[0]] { path.insert(before, at: 0) }
        return path
      }
      for use in uses[next] where known.insert(use.value).inserted {
        cameFrom[use.value] = next
        waiting.append(use.value)
      }
    }
    return nil
  }
}
