import Text
import Values
import RegularExpressions

/// A place in a document, and what the schemas that describe it say about changes there.
struct SchemaPlace {
  struct Node {
    var schema: ValueMap
    var file: String
  }

  /// Those that describe the place; none below what no schema describes.
  var nodes: [Node]
  /// Its own, or what it inherits.
  var marks: [ChangeMark]

  /// What a document without a value there means.
  var fallback: Value? { nodes.lazy.compactMap { $0.schema["default"] }.first }
}

/// Schemas as a source of `x-change`: they have been checked elsewhere, and nothing is validated
/// here. A place has the marks of all schemas that describe it, else those of the place above.
struct ChangeSchemas: Sendable {
  /// By path, as in `schemas/mine/config.schema.json`.
  private(set) var files: [String: Value] = [:]
  /// The parameters of the step kinds, by name.
  var parameters: [String: SchemaPlace.Node] = [:]

  private static var deepest: Int { 24 }

  mutating func add(_ path: String, _ value: Value) { files[path] = value }

  func root(_ path: String, _ instance: Value?) -> SchemaPlace? {
    guard case .map(let schema)? = files[path] else { return nil }
    return place([SchemaPlace.Node(schema: schema, file: path)], inheriting: [], instance)
  }

  /// A place for a schema that isn't a file.
  func place(of schema: Value?, in file: String, _ instance: Value?) -> SchemaPlace {
    guard case .map(let map)? = schema else { return SchemaPlace(nodes: [], marks: []) }
    return place([SchemaPlace.Node(schema: map, file: file)], inheriting: [], instance)
  }

  /// A member of a place.
  func member(_ key: String, of place: SchemaPlace, _ instance: Value?) -> SchemaPlace {
    if key.hasPrefix("$"), place.nodes.contains(where: { $0.file == ChangeRuleSet.runJobFlow }) {
      // How a pipeline writes a part of the request.
      return key == "$value" ? place : SchemaPlace(nodes: [], marks: place.marks)
    }
    var found: [SchemaPlace.Node] = []
    var isClosed = false
    for node in place.nodes {
      let count = found.count
      if case .map(let properties)? = node.schema["properties"], let schema = properties[key] {
        append(schema, node, to: &found)
      }
      if case .map(let patterns)? = node.schema["patternProperties"] {
        for entry in patterns.entries
        where Self.matches(key, entry.key.keyText) {
          append(entry.value, node, to: &found)
        }
      }
      guard found.count == count, let rest = node.schema["additionalProperties"] else { continue }
      if case .bool(false) = rest { isClosed = true }
      append(rest, node, to: &found)
    }
    if found.isEmpty, isClosed { return SchemaPlace(nodes: [], marks: []) }
    found += found.compactMap { described(by: $0, key) }
    return self.place(found, inheriting: place.marks, instance)
  }

  /// What describes a member besides its schema: EMR's request, a step kind's parameters, JSON Schema
  /// itself.
  private func described(by node: SchemaPlace.Node, _ key: String) -> SchemaPlace.Node? {
    let path: String
    switch node.schema["x-change-of"]?.plainText {
    case "step-kind": return parameters[key]
    case "job-flow": path = ChangeRuleSet.runJobFlow
    case "schema": path = ChangeRuleSet.ownSchema
    default: return nil
    }
    guard case .map(let schema)? = files[path] else { return nil }
    return SchemaPlace.Node(schema: schema, file: path)
  }

  func item(of place: SchemaPlace, _ instance: Value?) -> SchemaPlace {
    var found: [SchemaPlace.Node] = []
    for node in place.nodes {
      if let schema = node.schema["items"] { append(schema, node, to: &found) }
      if case .list(let schemas)? = node.schema["prefixItems"] {
        for schema in schemas { append(schema, node, to: &found) }
      }
    }
    return self.place(found, inheriting: place.marks, instance)
  }

  private func append(
    _ schema: Value, _ node: SchemaPlace.Node, to nodes: inout [SchemaPlace.Node]
  ) {
    if case .map(let map) = schema {
      nodes.append(SchemaPlace.Node(schema: map, file: node.file))
    }
  }

  private func place(
    _ nodes: [SchemaPlace.Node], inheriting marks: [ChangeMark], _ instance: Value?
  ) -> SchemaPlace {
    var expanded: [SchemaPlace.Node] = []
    for node in nodes { expand(node, instance, Self.deepest, into: &expanded) }
    let own = expanded.flatMap { $0.schema["x-change"].map(ChangeMark.list) ?? [] }
    return SchemaPlace(nodes: expanded, marks: own.isEmpty ? marks : own)
  }

  /// A schema, and those that it says describe the same place.
  private func expand(
    _ node: SchemaPlace.Node, _ instance: Value?, _ depth: Int,
    into nodes: inout [SchemaPlace.Node]
  ) {
    guard depth > 0 else { return }
    nodes.append(node)
    func add(_ schema: Value?) {
      guard case .map(let map)? = schema else { return }
      expand(SchemaPlace.Node(schema: map, file: node.file), instance, depth - 1, into: &nodes)
    }
    if let text = node.schema["$ref"]?.plainText, let target = target(text, from: node.file) {
      expand(target, instance, depth - 1, into: &nodes)
    }
    for keyword in ["allOf", "anyOf", "oneOf"] {
      if case .list(let schemas)? = node.schema[keyword] { for schema in schemas { add(schema) } }
    }
    guard let condition = node.schema["if"] else { return }
    let holds = instance.map { Self.mayHold(condition, $0) }
    if holds != false { add(node.schema["then"]) }
    if holds != true { add(node.schema["else"]) }
  }

  private func target(_ reference: String, from file: String) -> SchemaPlace.Node? {
    let parts = reference.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
    let path = parts.first.map(String.init) ?? ""
    let file = path.isEmpty ? file : Self.join(file, path)
    var value = files[file]
    for key in (parts.count > 1 ? parts[1] : "").split(separator: "/") {
      let key = String(key).replacing("~1", with: "/").replacing("~0", with: "~")
      if case .list(let items)? = value {
        value = Int(key).flatMap { items.indices.contains($0) ? items[$0] : nil }
      } else {
        value = value?.member(key)
      }
    }
    guard case .map(let schema)? = value else { return nil }
    return SchemaPlace.Node(schema: schema, file: file)
  }

  /// A path relative to a file.
  static func join(_ file: String, _ path: String) -> String {
    var parts = file.split(separator: "/").dropLast().map(String.init)
    for part in path.split(separator: "/") where part != "." {
      if part == "..", !parts.isEmpty { parts.removeLast() } else { parts.append(String(part)) }
    }
    return parts.joined(separator: "/")
  }

  /// The paths of the other files that a schema refers to.
  static func references(of value: Value, in file: String) -> [String] {
    switch value {
    case .map(let map):
      map.entries.flatMap { entry -> [String] in
        guard entry.key.keyText == "$ref", let text = entry.value.plainText,
          let path = text.split(separator: "#", omittingEmptySubsequences: false).first,
          !path.isEmpty
        else { return references(of: entry.value, in: file) }
        return [join(file, String(path))]
      }
    case .list(let items): items.flatMap { references(of: $0, in: file) }
    default: []
    }
  }

  /// Whether a text matches; a pattern that isn't understood matches all.
  private static func matches(_ text: String, _ pattern: String) -> Bool {
    guard case .success(let expression) = RegularExpression.compile(pattern, syntax: .ecma) else {
      return true
    }
    return expression.matches(text)
  }

  /// Whether a document may satisfy a condition, by the keywords that name kinds of documents:
  /// `properties`, `required`, `const`, `enum`, `pattern`.
  static func mayHold(_ schema: Value, _ instance: Value) -> Bool {
    guard case .map(let schema) = schema else { return true }
    if let const = schema["const"], !const.equals(instance) { return false }
    if case .list(let values)? = schema["enum"], !values.contains(where: { $0.equals(instance) }) {
      return false
    }
    if let pattern = schema["pattern"]?.plainText, case .string(let text) = instance,
      !matches(text, pattern)
    {
      return false
    }
    guard case .map(let map) = instance else { return true }
    if case .list(let names)? = schema["required"],
      names.contains(where: { map[$0.keyText] == nil })
    {
      return false
    }
    guard case .map(let properties)? = schema["properties"] else { return true }
    if case .bool(false)? = schema["additionalProperties"],
      map.entries.contains(where: { properties[$0.key.keyText] == nil })
    {
      return false
    }
    return properties.entries.allSatisfy { entry in
      map[entry.key.keyText].map { mayHold(entry.value, $0) } ?? true
    }
  }
}
