import Documents
import Diagnostics
import SourceText
import Values

/// An Avro schema for plain JSON: unions have no tags, and undeclared fields of a record are
/// ignored.
struct AvroSchema: Sendable {
  enum Kind: Sendable {
    case null, boolean, int, long, float, double, bytes, string
    case fixed(size: Int)
    case record([Field])
    case enumeration([String])
    case array(Int)
    case map(Int)
    case union([Int])
  }

  struct Field: Sendable {
    var name: String
    var type: Int
    var hasDefault: Bool
    var span: Span
  }

  /// Each type's kind and where it is declared; types refer to each other by index.
  private(set) var types: [(kind: Kind, span: Span)] = []
  private var named: [String: Int] = [:]
  private(set) var root = 0

  init?(_ tree: Tree, into diagnostics: inout [Diagnostic]) {
    guard let top = tree.root else { return nil }
    do throws(Diagnostic.Problem) {
      root = try add(tree, top, space: "", depth: 0)
    } catch {
      diagnostics.append(.badAvro(error.reason, at: error.span))
      return nil
    }
  }

  static let depthLimit = 64
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
    guard depth < Self.depthLimit else { throw .init("it is nested too deep", span) }
    switch tree.kind(node) {
    case .string: return try reference(tree.string(node), space, span)
    case .list:
      var members: [Int] = []
      for item in tree.items(node) {
        members.append(try add(tree, item, space: space, depth: depth + 1))
      }
      return put(.union(members), span)
    case .map: return try addObject(tree, node, space: space, depth: depth)
    case .null, .bool, .int, .float:
      throw .init("a type must be a string, a list or an object", span)
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
