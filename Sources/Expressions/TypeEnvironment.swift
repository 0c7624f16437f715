package import Values

/// What is known about the names in an expression before it is evaluated.
package struct TypeEnvironment: Sendable {
  private struct Contents {
    var variables: [String: ValueType] = [:]
    var functions = HostFunctions()
    var proven: Set<String> = []
  }

  /// A class, since each expression is checked with a copy.
  private final class Storage: Sendable {
    let contents: Contents

    init(_ contents: Contents) { self.contents = contents }
  }

  private var storage = Storage(Contents())

  package init() {}

  package var variables: [String: ValueType] { storage.contents.variables }
  var functions: HostFunctions { storage.contents.functions }
  /// Paths of fields and variables known to be present.
  var proven: Set<String> { storage.contents.proven }

  /// Whether the two are identical, not only equal.
  package func isIdentical(to other: TypeEnvironment) -> Bool { storage === other.storage }

  private func changed(_ change: (inout Contents) -> Void) -> TypeEnvironment {
    var contents = storage.contents
    change(&contents)
    var environment = self
    environment.storage = Storage(contents)
    return environment
  }

  /// The type of a name; nil if there is no such one.
  package func type(of name: String) -> ValueType? { variables[name] }

  package func declaring(_ name: String, _ type: ValueType) -> TypeEnvironment {
    changed { contents in
      contents.variables[name] = type
      guard !contents.proven.isEmpty else { return }
      // What was known about another variable of this name doesn't hold for this one.
      contents.proven = contents.proven.filter { $0 != name && !$0.hasPrefix(name + ".") }
    }
  }

  package func declaring(_ functions: HostFunctions) -> TypeEnvironment {
    changed { $0.functions.merge(functions) }
  }

  /// With what is known if a condition is true, or false.
  package func assuming(_ condition: Expression, holds: Bool) -> TypeEnvironment {
    let paths = condition.provenPaths(condition.root, holds)
    return paths.isEmpty ? self : changed { $0.proven.formUnion(paths) }
  }
}

/// What conditions prove to be present. Paths are `config.aws.s3`; a macro's variable is `#slot`.
extension Expression {
  /// The path of a chain of fields; nil for other nodes.
  func path(_ index: Int) -> String? {
    let node = nodes[index]
    switch node.kind {
    case .global: return name(node.a)
    case .local: return "#\(node.a)"
    case .select: return path(Int(node.a)).map { "\($0).\(name(node.b))" }
    default: return nil
    }
  }

  /// The paths of a node and of its prefixes.
  private func paths(to index: Int) -> [String] {
    guard let path = path(index) else { return [] }
    let node = nodes[index]
    return node.kind == .select ? paths(to: Int(node.a)) + [path] : [path]
  }

  private func paths(of operand: Int32, _ field: Int32) -> [String] {
    guard let path = path(Int(operand)) else { return [] }
    return paths(to: Int(operand)) + ["\(path).\(name(field))"]
  }

  /// The paths that are present if the node is true, or false.
  func provenPaths(_ index: Int, _ holds: Bool) -> [String] {
    let node = nodes[index]
    switch node.kind {
    case .has: return holds ? paths(of: node.a, node.b) : []
    case .and, .or:
      let operands = extra[Int(node.b)..<Int(node.b) + Int(node.c)]
      if (node.kind == .and) == holds {
        return operands.flatMap { provenPaths(Int($0), holds) }
      }
      // One operand is enough, so only what all of them prove is known.
      guard var common = operands.first.map({ provenPaths(Int($0), holds) }) else { return [] }
      for operand in operands.dropFirst() where !common.isEmpty {
        let others = provenPaths(Int(operand), holds)
        common = common.filter(others.contains)
      }
      return common
    case .operator: return provenByOperator(node, holds)
    case .conditional:
      if literal(node.c, is: !holds) {
        return provenPaths(Int(node.a), true) + provenPaths(Int(node.b), holds)
      }
      if literal(node.b, is: !holds) {
        return provenPaths(Int(node.a), false) + provenPaths(Int(node.c), holds)
      }
      return []
    case .call: return provenByCall(node, holds)
    default: return []
    }
  }

  private func literal(_ index: Int32, is flag: Bool) -> Bool {
    if case .bool(flag)? = literal(index) { return true }
    return false
  }

  private func literal(_ index: Int32) -> Value? {
    guard index >= 0, nodes[Int(index)].kind == .literal else { return nil }
    return literals[Int(nodes[Int(index)].a)]
  }

  private func provenByOperator(_ node: Node, _ holds: Bool) -> [String] {
    switch Builtin(rawValue: node.a) {
    case .not: return provenPaths(Int(node.b), !holds)
    case .equal, .notEqual:
      let areEqual = (Builtin(rawValue: node.a) == .equal) == holds
      return provenByEquality(node.b, node.c, areEqual) + provenByEquality(node.c, node.b, areEqual)
    case .in:
      // `a.?b.orValue(x) in [y, z]`
      guard holds, let fallback = fallback(node.b), nodes[Int(node.c)].kind == .list else {
        return []
      }
      let list = nodes[Int(node.c)]
      let isOther = extra[Int(list.b)..<Int(list.b) + Int(list.c)].allSatisfy { item in
        item & 1 == 0 && (literal(item >> 1).map { !$0.equals(fallback.value) } ?? false)
      }
      return isOther ? fallback.paths : []
    default: return []
    }
  }

  private func provenByEquality(_ left: Int32, _ right: Int32, _ areEqual: Bool) -> [String] {
    guard let value = literal(right) else { return [] }
    if case .null = value { return areEqual ? [] : paths(to: Int(left)) }
    guard let fallback = fallback(left), fallback.value.equals(value) != areEqual else { return [] }
    return fallback.paths
  }

  private func provenByCall(_ node: Node, _ holds: Bool) -> [String] {
    if Builtin(rawValue: node.a) == .hasValue, node.c == 1, holds {
      return paths(to: Int(extra[Int(node.b)]))
    }
    guard let fallback = fallback(node), case .bool(let flag) = fallback.value, flag != holds else {
      return []
    }
    return fallback.paths
  }

  /// For `a.?b.orValue(literal)`: the literal, and what is present if the whole isn't the literal.
  private func fallback(_ index: Int32) -> (value: Value, paths: [String])? {
    let node = nodes[Int(index)]
    return node.kind == .call ? fallback(node) : nil
  }

  private func fallback(_ node: Node) -> (value: Value, paths: [String])? {
    guard Builtin(rawValue: node.a) == .orValue, node.c == 2,
      let value = literal(extra[Int(node.b) + 1])
    else { return nil }
    return (value, paths(to: Int(extra[Int(node.b)])))
  }
}
