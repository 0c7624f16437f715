package import SourceText
import Values

extension Expression {
  /// The paths from global names, such as `config.a.b`, that the expression reads, or the part of it
  /// that stands in a span.
  package func paths(within span: Span? = nil) -> [Marked<String>] {
    var paths = [String?](repeating: nil, count: nodes.count)
    var isPart = [Bool](repeating: false, count: nodes.count)
    for (index, node) in nodes.enumerated() {
      switch node.kind {
      case .global: paths[index] = name(node.a)
      case .select, .has: extend(index, node.a, by: name(node.b), &paths, &isPart)
      case .index:
        if nodes.indices.contains(Int(node.b)), nodes[Int(node.b)].kind == .literal,
          case .string(let key) = literals[Int(nodes[Int(node.b)].a)]
        {
          extend(index, node.a, by: key, &paths, &isPart)
        }
      case .literal, .local, .call, .operator, .and, .or, .conditional, .list, .map, .comprehension,
        .bind, .block, .optionalMap:
        break
      }
    }
    return nodes.indices.compactMap { index in
      guard !isPart[index], let path = paths[index] else { return nil }
      let place = nodes[index].span
      if let span, place.start < span.start || place.end > span.end { return nil }
      return Marked(path, place)
    }
  }

  /// Whether the part of it in a span is a call of a function.
  package func isCall(at span: Span) -> Bool {
    nodes.contains { $0.kind == .call && $0.span == span }
  }

  private func extend(
    _ index: Int, _ operand: Int32, by key: String, _ paths: inout [String?],
    _ isPart: inout [Bool]
  ) {
    guard paths.indices.contains(Int(operand)), let path = paths[Int(operand)] else { return }
    paths[index] = path + "." + key
    isPart[Int(operand)] = true
  }
}

extension Template {
  /// The paths that its expressions read, or the part of them that stands in a span.
  package func paths(within span: Span? = nil) -> [Marked<String>] {
    expressions.flatMap { $0.paths(within: span) }
  }

  /// Whether the part of it in a span is a call of a function.
  package func isCall(at span: Span) -> Bool { expressions.contains { $0.isCall(at: span) } }

  private var expressions: [Expression] {
    pieces.compactMap { piece in
      if case .expression(let expression) = piece { expression } else { nil }
    }
  }
}
