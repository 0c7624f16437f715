import Documents
import Diagnostics
import SourceText
import Values

/// Checks a document against a schema.
extension AvroSchema {
  func diagnose(_ tree: Tree, _ node: NodeID) -> [Diagnostic] {
    var found: [Diagnostic] = []
    check(tree, node, root, depth: 0, into: &found)
    return found.sortedAndUnique()
  }

  private func isValid(_ tree: Tree, _ node: NodeID, _ type: Int, depth: Int) -> Bool {
    var found: [Diagnostic] = []
    check(tree, node, type, depth: depth, into: &found)
    return found.isEmpty
  }

  private func check(
    _ tree: Tree, _ node: NodeID, _ type: Int, depth: Int, into found: inout [Diagnostic]
  ) {
    let (kind, place) = types[type]
    guard depth < 2 * Self.depthLimit else { return }
    switch kind {
    case .union(let members): return checkUnion(tree, node, members, depth, into: &found)
    case .enumeration(let symbols) where tree.kind(node) == .string:
      let text = tree.string(node)
      if !symbols.contains(text) {
        found.append(
          .notAvroSymbol(text, among: symbols, at: tree.span(node), declared: place))
      }
      return
    default: break
    }
    guard fits(tree, node, kind) else {
      found.append(
        .notOfAvroType(
          wording(type), tree.kind(node), at: tree.span(node), declared: place))
      return
    }
    switch kind {
    case .record(let fields): check(tree, node, fields, depth, into: &found)
    case .array(let inner):
      for item in tree.items(node) { check(tree, item, inner, depth: depth + 1, into: &found) }
    case .map(let inner):
      for entry in tree.entries(node) {
        check(tree, entry.value, inner, depth: depth + 1, into: &found)
      }
    default: break
    }
  }

  /// Whether a value is of a type, ignoring its contents.
  private func fits(_ tree: Tree, _ node: NodeID, _ kind: Kind) -> Bool {
    let given = tree.kind(node)
    return switch kind {
    case .null: given == .null
    case .boolean: given == .bool
    case .int: given == .int && Int32(tree.string(node)) != nil
    case .long: given == .int && Int64(tree.string(node)) != nil
    case .float, .double: given == .int || given == .float
    case .bytes, .string: given == .string
    case .fixed(let size): given == .string && tree.withBytes(node) { $0.count == size }
    case .enumeration: false
    case .array: given == .list
    case .map, .record: given == .map
    case .union: true
    }
  }

  private func check(
    _ tree: Tree, _ node: NodeID, _ fields: [Field], _ depth: Int,
    into found: inout [Diagnostic]
  ) {
    for field in fields {
      if let value = tree.value(node, field.name) {
        check(tree, value, field.type, depth: depth + 1, into: &found)
      } else if !field.hasDefault, !takesNull(field.type) {
        let near = tree.entries(node).first { entry in
          let name = tree.string(entry.key)
          return !fields.contains { $0.name == name }
            && Suggestion.nearest(to: name, among: [field.name]) != nil
        }
        found.append(
          .missingAvroField(
            field.name, near: near.map { tree.string($0.key) },
            at: near.map { tree.span($0.key) } ?? Self.start(of: node, in: tree),
            declared: field.span))
      }
    }
  }

  private func takesNull(_ type: Int) -> Bool {
    switch types[type].kind {
    case .null: true
    case .union(let members): members.contains(where: takesNull)
    case .boolean, .int, .long, .float, .double, .bytes, .string, .fixed, .record, .enumeration,
      .array, .map:
      false
    }
  }

  /// Reports the violations of the only member that could be meant; otherwise names all members.
  private func checkUnion(
    _ tree: Tree, _ node: NodeID, _ members: [Int], _ depth: Int, into found: inout [Diagnostic]
  ) {
    if members.contains(where: { isValid(tree, node, $0, depth: depth + 1) }) { return }
    let given = tree.kind(node)
    let likely = members.filter { member in
      switch types[member].kind {
      case .record, .map: given == .map
      case .array: given == .list
      case .enumeration, .string, .bytes, .fixed: given == .string
      case .int, .long, .float, .double: given == .int || given == .float
      case .null, .boolean, .union: false
      }
    }
    if likely.count == 1 {
      check(tree, node, likely[0], depth: depth + 1, into: &found)
    } else {
      let wanted = members.map(wording).joined(separator: " or ")
      let place = members.first.map { types[$0].span } ?? tree.span(node)
      found.append(.notOfAvroType(wanted, given, at: tree.span(node), declared: place))
    }
  }

  private static func start(of node: NodeID, in tree: Tree) -> Span {
    let span = tree.span(node)
    return Span(span.source, Int(span.start)..<min(Int(span.end), Int(span.start) + 1))
  }

  private func wording(_ type: Int) -> String {
    switch types[type].kind {
    case .null: "null"
    case .boolean: "a boolean"
    case .int: "an integer of 32 bits"
    case .long: "an integer of 64 bits"
    case .float, .double: "a number"
    case .bytes, .string: "a string"
    case .fixed(let size): "a string of \(size) bytes"
    case .record, .map: "an object"
    case .enumeration: "a symbol"
    case .array: "a list"
    case .union(let members): members.map(wording).joined(separator: " or ")
    }
  }
}
