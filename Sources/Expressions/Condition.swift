import SourceText
import Values

/// A condition as a formula over atoms, to find out by logic alone whether it can hold.
package indirect enum Condition: Hashable, Sendable {
  case constant(Bool)
  /// Something that may be true or false; equal things have the same name.
  case atom(String)
  /// That something has one particular value.
  case equals(String, value: String)
  case not(Condition)
  case and([Condition])
  case or([Condition])

  /// How many combinations of the unknowns are tried.
  private static let combinations = 1 << 14

  /// Whether it can be true; true as well if finding out would take too long.
  package var canHold: Bool {
    var atoms: Set<String> = []
    var values: [String: Set<String>] = [:]
    collect(&atoms, &values)
    // Sorted for determinism.
    let open = atoms.sorted()
    let subjects = values.keys.sorted()
    let choices = subjects.map { values[$0, default: []].sorted() }
    var total = 1
    for count in open.map({ _ in 2 }) + choices.map({ $0.count + 1 }) {
      total *= count
      guard total <= Self.combinations else { return true }
    }
    return (0..<total).contains { number in
      var rest = number
      var held: Set<String> = []
      for atom in open {
        if rest % 2 == 1 { held.insert(atom) }
        rest /= 2
      }
      var chosen: [String: String] = [:]
      for (subject, choice) in zip(subjects, choices) {
        // One more than the values: none of them.
        let pick = rest % (choice.count + 1)
        if pick < choice.count { chosen[subject] = choice[pick] }
        rest /= choice.count + 1
      }
      return holds(held, chosen)
    }
  }

  private func collect(_ atoms: inout Set<String>, _ values: inout [String: Set<String>]) {
    switch self {
    case .constant: break
    case .atom(let name): atoms.insert(name)
    case .equals(let subject, let value): values[subject, default: []].insert(value)
    case .not(let part): part.collect(&atoms, &values)
    case .and(let parts), .or(let parts): for part in parts { part.collect(&atoms, &values) }
    }
  }

  private func holds(_ held: Set<String>, _ chosen: [String: String]) -> Bool {
    switch self {
    case .constant(let value): value
    case .atom(let name): held.contains(name)
    case .equals(let subject, let value): chosen[subject] == value
    case .not(let part): !part.holds(held, chosen)
    case .and(let parts): parts.allSatisfy { $0.holds(held, chosen) }
    case .or(let parts): parts.contains { $0.holds(held, chosen) }
    }
  }
}

extension Expression {
  /// The expression as a condition. `resolve` says what is known about a reference, such as
  /// `stages.enrich`.
  package func condition(resolving resolve: (Reference) -> Condition?) -> Condition {
    if references.isEmpty, case .success(.bool(let value)) = evaluate(in: .init(variables: [:])) {
      return .constant(value)
    }
    return condition(root, resolve)
  }

  private func condition(_ index: Int, _ resolve: (Reference) -> Condition?) -> Condition {
    let node = nodes[index]
    if let reference = reference(at: index, as: .value), reference.use == .value {
      return resolve(reference) ?? .atom(key(index))
    }
    switch node.kind {
    case .literal:
      if case .bool(let value) = literals[Int(node.a)] { return .constant(value) }
      return .atom(key(index))
    case .and: return .and(parts(node).map { condition($0, resolve) })
    case .or: return .or(parts(node).map { condition($0, resolve) })
    case .conditional:
      let first = condition(Int(node.a), resolve)
      return .or([
        .and([first, condition(Int(node.b), resolve)]),
        .and([.not(first), condition(Int(node.c), resolve)]),
      ])
    case .operator:
      switch Builtin(rawValue: node.a) {
      case .not: return .not(condition(Int(node.b), resolve))
      case .equal: return equality(index, node)
      case .notEqual: return .not(equality(index, node))
      default: return .atom(key(index))
      }
    case .global, .local, .select, .has, .index, .call, .list, .map, .comprehension, .bind, .block,
      .optionalMap:
      return .atom(key(index))
    }
  }

  private func equality(_ index: Int, _ node: Node) -> Condition {
    let sides = [Int(node.b), Int(node.c)]
    let constants = sides.filter { nodes[$0].kind == .literal }
    let others = sides.filter { nodes[$0].kind != .literal }
    guard let constant = constants.first, let other = others.first else {
      return .atom(key(index, of: .equal))
    }
    return .equals(key(other), value: key(constant))
  }

  private func parts(_ node: Node) -> [Int] {
    (Int(node.b)..<(Int(node.b) + Int(node.c))).map { Int(extra[$0]) }
  }

  /// `a.b` and `a["b"]` are the same member; `a.?b` and `a[?"b"]` are its optional.
  private func member(_ node: Node, _ key: String) -> String {
    "\(self.key(Int(node.a)))[\(node.flag) \(key)]"
  }

  /// A text that two parts have in common only if they yield the same value.
  private func key(_ index: Int, of builtin: Builtin? = nil) -> String {
    guard nodes.indices.contains(index) else { return "" }
    let node = nodes[index]
    switch node.kind {
    case .literal: return "\(literals[Int(node.a)])"
    case .global: return name(node.a)
    case .select: return member(node, "\(Value.string(name(node.b)))")
    case .has: return "has(\(member(node, "\(Value.string(name(node.b)))")))"
    case .index: return member(node, key(Int(node.b)))
    case .operator:
      return "(\((builtin.map(\.rawValue)) ?? node.a) \(key(Int(node.b))) \(key(Int(node.c))))"
    case .call:
      let arguments = parts(node).map { key($0) }.joined(separator: ", ")
      return "\(node.a) \(name(extra[Int(node.b) - 3]))(\(arguments))"
    case .local, .and, .or, .conditional, .list, .map, .comprehension, .bind, .block, .optionalMap:
      return "\(node.span.start)-\(node.span.end)"
    }
  }
}
