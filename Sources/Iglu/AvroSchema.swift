import Diagnostics
import SourceText
import Values

/// An Avro schema, and what it says of plain JSON: unions have no tags, and fields that a record
/// does not declare do not count.
struct AvroSchema: Sendable {
  private enum Kind: Sendable {
    case null, boolean, int, long, float, double, bytes, string
    case fixed(size: Int)
    case record([Field])
    case enumeration([String])
    case array(Int)
    case map(Int)
    case union([Int])
  }

  private struct Field: Sendable {
    var name: String
    var type: Int
    var hasDefault: Bool
    var span: Span
  }

  /// What each type is, and where it is declared; types refer to one another by index.
  private var types: [(kind: Kind, span: Span)] = []
  private var named: [String: Int] = [:]
  private var root = 0

  init?(_ tree: Tree, into diagnostics: inout [Diagnostic]) {
    guard let top = tree.root else { return nil }
    do throws(Diagnostic.Problem) {
      root = try add(tree, top, space: "", depth: 0)
    } catch {
      diagnostics.append(.badAvro(error.reason, at: error.span))
      return nil
    }
  }

  private static let depthLimit = 64
  private static let primitives: [String: Kind] = [
    "null": .null, "boolean": .boolean, "int": .int, "long": .long, "float": .float,
    "double": .double, "bytes": .bytes, "string": .string,
  ]

  private mutating func put(_ kind: Kind, _ span: Span) -> Int {
    types.append((kind, span))
    return types.count - 1
  }

  private mutating func add(
    _ tree: Tree, _ node: NodeID, space: String, depth: Int
  ) throws(Diagnostic.Problem) -> Int {
    let span = tree.span(node)
    guard depth < Self.depthLimit else { throw .init("it nests too deep", span) }
    switch tree.kind(node) {
    case .string: return try reference(tree.string(node), space, span)
    case .list:
      var members: [Int] = []
      for item in tree.items(node) {
        members.append(try add(tree, item, space: space, depth: depth + 1))
      }
      return put(.union(members), span)
    case .map: return try addObject(tree, node, space: space, depth: depth)
    case .null, .bool, .int, .float: throw .init("a type is a text, a list or an object", span)
    }
  }

  private mutating func reference(
    _ name: String, _ space: String, _ span: Span
  ) throws(Diagnostic.Problem) -> Int {
    if let known = named[name] ?? named["\(space).\(name)"] { return known }
    guard let kind = Self.primitives[name] else {
      throw .init("there is no type `\(name)`", span)
    }
    return put(kind, span)
  }

  private mutating func addObject(
    _ tree: Tree, _ node: NodeID, space: String, depth: Int
  ) throws(Diagnostic.Problem) -> Int {
    let span = tree.span(node)
    func text(_ key: String) -> String? { tree.value(node, key).map { tree.string($0) } }
    guard let type = tree.value(node, "type") else { throw .init("`type` is missing", span) }
    guard tree.kind(type) == .string else {
      return try add(tree, type, space: space, depth: depth + 1)
    }
    let name = text("name") ?? ""
    let space = text("namespace") ?? space
    let place = tree.entry(node, "name").map { tree.span($0.value) } ?? tree.span(type)
    switch tree.string(type) {
    case "record", "error":
      let index = put(.record([]), place)
      declare(name, space, index)
      types[index].kind = .record(try fields(tree, node, space: space, depth: depth))
      return index
    case "enum":
      let symbols = tree.value(node, "symbols").map { tree.items($0).map { tree.string($0) } }
      let index = put(.enumeration(symbols ?? []), place)
      declare(name, space, index)
      return index
    case "fixed":
      let index = put(.fixed(size: text("size").flatMap { Int($0) } ?? 0), place)
      declare(name, space, index)
      return index
    case "array", "map":
      let isArray = tree.string(type) == "array"
      guard let part = tree.value(node, isArray ? "items" : "values") else {
        throw .init("`\(isArray ? "items" : "values")` is missing", span)
      }
      let inner = try add(tree, part, space: space, depth: depth + 1)
      return put(isArray ? .array(inner) : .map(inner), tree.span(type))
    case let other: return try reference(other, space, tree.span(type))
    }
  }

  private mutating func declare(_ name: String, _ space: String, _ index: Int) {
    named[name] = index
    if !space.isEmpty { named["\(space).\(name)"] = index }
  }

  private mutating func fields(
    _ tree: Tree, _ node: NodeID, space: String, depth: Int
  ) throws(Diagnostic.Problem) -> [Field] {
    guard let list = tree.value(node, "fields") else {
      throw .init("`fields` is missing", tree.span(node))
    }
    var fields: [Field] = []
    for item in tree.items(list) {
      guard let name = tree.value(item, "name"), let type = tree.value(item, "type") else {
        throw .init("a field needs `name` and `type`", tree.span(item))
      }
      fields.append(
        Field(
          name: tree.string(name), type: try add(tree, type, space: space, depth: depth + 1),
          hasDefault: tree.value(item, "default") != nil, span: tree.span(name)))
    }
    return fields
  }
}

// MARK: Checking

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
    let given = tree.kind(node)
    let isMet: Bool
    guard depth < 2 * Self.depthLimit else { return }
    switch kind {
    case .null: isMet = given == .null
    case .boolean: isMet = given == .bool
    case .int: isMet = given == .int && Int32(tree.string(node)) != nil
    case .long: isMet = given == .int && Int64(tree.string(node)) != nil
    case .float, .double: isMet = given == .int || given == .float
    case .bytes, .string: isMet = given == .string
    case .fixed(let size): isMet = given == .string && tree.withBytes(node) { $0.count == size }
    case .enumeration(let symbols):
      isMet = given == .string && symbols.contains(tree.string(node))
      if !isMet, given == .string {
        found.append(
          .notAvroSymbol(tree.string(node), among: symbols, at: tree.span(node), declared: place))
        return
      }
    case .array(let inner):
      isMet = given == .list
      if isMet {
        for item in tree.items(node) { check(tree, item, inner, depth: depth + 1, into: &found) }
      }
    case .map(let inner):
      isMet = given == .map
      if isMet {
        for entry in tree.entries(node) {
          check(tree, entry.value, inner, depth: depth + 1, into: &found)
        }
      }
    case .record(let fields):
      isMet = given == .map
      if isMet { check(tree, node, fields, depth, into: &found) }
    case .union(let members):
      checkUnion(tree, node, members, depth, into: &found)
      return
    }
    if !isMet {
      found.append(
        .notOfAvroType(wording(type), given, at: tree.span(node), declared: place))
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

  /// The one member that could be meant says what is wrong; else all are named.
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
