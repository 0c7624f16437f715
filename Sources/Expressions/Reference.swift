package import SourceText
import Values

/// A use of a global name in an expression, with the members that follow it, as far as they are
/// known.
///
/// `data.good`, `data["good"]`, `data.?good`, `data[?"good"]` and `has(data.good)` all refer to the
/// member `good` of `data`. A variable of a macro isn't a global name, whatever it is called.
package struct Reference: Hashable, Sendable {
  /// What is done with the value that the members lead to.
  package enum Use: Hashable, Sendable {
    /// It is used as it is, so anything in it may matter.
    case value
    /// One of its items or members is used; only evaluation tells which.
    case anyMember
    /// It is only tested for presence.
    case presence
    /// A function of this name is called on it; or it isn't a value but the function's namespace,
    /// such as `s3` in `s3.isEmpty(…)`.
    case call(String)
  }

  package let name: String
  package let members: [String]
  package let use: Use
  package let span: Span
  /// Where the name itself is.
  package let nameSpan: Span

  /// As written: `config.aws.s3["my-bucket"]`.
  package var text: String {
    members.reduce(name) { path, member in
      Lexer.isName(member) ? "\(path).\(member)" : "\(path)[\(member.debugDescription)]"
    }
  }
}

extension Template {
  /// What its expressions refer to, in their order.
  package var references: [Reference] { expressions.flatMap(\.references) }

  /// Whether the part of it in a span is a call of a function.
  package func isCall(at span: Span) -> Bool { expressions.contains { $0.isCall(at: span) } }

  private var expressions: [Expression] {
    pieces.compactMap { piece in
      if case .expression(let expression) = piece { expression } else { nil }
    }
  }
}

extension Expression {
  /// What it refers to, in its order.
  package var references: [Reference] {
    var finder = ReferenceFinder(expression: self)
    finder.visit(root, as: .value)
    return finder.found
  }

  /// The reference that the whole expression is; nil if it does anything else.
  package var reference: Reference? { reference(at: root, as: .value) }

  /// Whether the part of it in a span is a call of a function.
  fileprivate func isCall(at span: Span) -> Bool {
    nodes.contains { $0.kind == .call && $0.span == span }
  }

  /// The reference that a node is, all its members known.
  func reference(at index: Int, as use: Reference.Use) -> Reference? {
    var members: [String] = []
    var at = index
    while true {
      let node = nodes[at]
      switch node.kind {
      case .global:
        return Reference(
          name: name(node.a), members: members.reversed(),
          use: nodes[index].kind == .has ? .presence : use, span: nodes[index].span,
          nameSpan: node.span)
      case .select, .has: members.append(name(node.b))
      case .index:
        guard let key = stringLiteral(node.b) else { return nil }
        members.append(key)
      case .literal, .local, .call, .operator, .and, .or, .conditional, .list, .map,
        .comprehension, .bind, .block, .optionalMap:
        return nil
      }
      at = Int(node.a)
    }
  }

  private func stringLiteral(_ index: Int32) -> String? {
    let node = nodes[Int(index)]
    guard node.kind == .literal, case .string(let text) = literals[Int(node.a)] else { return nil }
    return text
  }
}

/// Visits an expression from its root, which skips nodes that only the parser needed.
struct ReferenceFinder {
  let expression: Expression
  var found: [Reference] = []

  /// `use` is what is done with the node's value.
  mutating func visit(_ index: Int, as use: Reference.Use) {
    if let reference = expression.reference(at: index, as: use) {
      found.append(reference)
      return
    }
    let node = expression.nodes[index]
    switch node.kind {
    case .literal, .local, .global: break
    case .select, .has: visit(node.a)
    case .index:
      visit(Int(node.a), as: .anyMember)
      visit(node.b)
    case .call: visitCall(node)
    case .operator:
      visit(node.b)
      if node.c >= 0 { visit(node.c) }
    case .and, .or: for operand in extra(node.b, node.c) { visit(operand) }
    case .conditional:
      visit(node.a)
      visit(node.b)
      visit(node.c)
    case .list, .map: for item in extra(node.b, node.c) { visit(item >> 1) }
    case .comprehension:
      visit(node.a)
      for part in extra(node.b + 2, 2) where part >= 0 { visit(part) }
    case .bind:
      visit(node.b)
      visit(node.c)
    case .block:
      for (at, part) in extra(node.b, node.c * 2 + 1).enumerated() where at % 2 == 0 {
        visit(part)
      }
    case .optionalMap:
      visit(node.a)
      visit(node.b)
    }
  }

  private mutating func visit(_ index: Int32) { visit(Int(index), as: .value) }

  private mutating func visitCall(_ node: Expression.Node) {
    var arguments = extra(node.b, node.c)
    let hasReceiver = expression.extra[Int(node.b) - 1] == 1
    if hasReceiver, let receiver = arguments.popFirst() {
      let function = expression.name(expression.extra[Int(node.b) - 3])
      visit(Int(receiver), as: .call(function))
    }
    for argument in arguments { visit(argument) }
  }

  private func extra(_ first: Int32, _ count: Int32) -> ArraySlice<Int32> {
    expression.extra[Int(first)..<Int(first + count)]
  }
}
