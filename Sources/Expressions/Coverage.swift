package import SourceText
import Synchronization

/// What a compilation came across, by the place in the pipeline or step kind: which conditions were
/// true, and which false. For measuring what tests cover; a compilation without one notes nothing.
package final class CoverageRecord: Sendable {
  package struct Outcomes: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// A condition was true, a rule was met, an `each` had items, a stage or step ran.
    package static var yes: Outcomes { Outcomes(rawValue: 1) }
    /// The opposite.
    package static var no: Outcomes { Outcomes(rawValue: 2) }
    package static var both: Outcomes { [.yes, .no] }
  }

  private let state = Mutex<[Span: Outcomes]>([:])

  package init() {}

  package func note(_ span: Span, _ outcome: Bool) {
    state.withLock { state in _ = state[span, default: []].update(with: outcome ? .yes : .no) }
  }

  /// By place.
  package var outcomes: [Span: Outcomes] { state.withLock { $0 } }
}

extension Expression {
  /// The places of the conditions in it: what `?:` asks, the sides of `&&` and `||`, and what macros
  /// such as `filter` ask of each item. Literals aren't among them.
  package var conditions: [Span] {
    var found: [Int] = []
    for node in nodes {
      switch node.kind {
      case .conditional: found.append(Int(node.a))
      case .and, .or: found += (Int(node.b)..<Int(node.b) + Int(node.c)).map { Int(extra[$0]) }
      case .comprehension: found += conditions(ofMacro: node)
      case .literal, .global, .local, .select, .has, .index, .call, .operator, .list, .map, .bind,
        .block, .optionalMap:
        continue
      }
    }
    return found.filter { nodes.indices.contains($0) && nodes[$0].kind != .literal }.map {
      nodes[$0].span
    }
  }

  private func conditions(ofMacro node: Node) -> [Int] {
    let at = Int(node.b)
    let filter = Int(extra[at + 2])
    switch Macro(rawValue: node.flag) {
    case .all, .exists, .existsOne, .filter: return [Int(extra[at + 3])]
    case .map, .transformList, .transformMap, .transformMapEntry: return filter < 0 ? [] : [filter]
    case .sortBy, nil: return []
    }
  }
}

extension Template {
  /// The places of the conditions in all of its expressions.
  package var conditions: [Span] {
    pieces.flatMap { piece -> [Span] in
      if case .expression(let expression) = piece { expression.conditions } else { [] }
    }
  }
}
