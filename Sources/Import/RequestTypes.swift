import Compiler
import Diagnostics
import Documents
import SourceText
import Text
package import Values

/// The types of RunJobFlow's members, by the schema of EMR's model.
///
/// YAML, the AWS CLI's shorthand, Terraform and CloudFormation write a number or a bool where EMR
/// has a text, and the other way round; they turn it into what EMR takes, and so does this.
package struct RequestTypes {
  private let tree: Tree?

  package init() {
    var ignored: [Diagnostic] = []
    tree = Builtins.file("schemas/emr/run-job-flow.schema.json").flatMap {
      JSONReader.read($0, source: SourceID(index: 0), into: &ignored)
    }
  }

  /// A body with each scalar of the type that EMR has there, and without members that are null.
  package func normalized(_ body: SpannedValue) -> SpannedValue {
    normalized(body, tree?.root)
  }

  private func normalized(_ value: SpannedValue, _ schema: NodeID?) -> SpannedValue {
    var result = value
    let schema = schema.map(resolved)
    switch value.content {
    case .map(let entries):
      result.content = .map(
        entries.compactMap { entry in
          if case .scalar(.null) = entry.value.content { return nil }
          var entry = entry
          entry.value = normalized(entry.value, schema.flatMap { member(entry.key, of: $0) })
          return entry
        })
    case .list(let items):
      let inner = schema.flatMap { tree?.value($0, "items") }
      result.content = .list(items.map { normalized($0, inner) })
    case .scalar(let scalar):
      if let type = schema.flatMap({ tree?.value($0, "type") }).flatMap({ tree?.string($0) }) {
        result.content = .scalar(Self.scalar(scalar, as: type))
      }
    }
    return result
  }

  private func resolved(_ schema: NodeID) -> NodeID {
    var node = schema
    for _ in 0..<8 {
      guard let tree, let reference = tree.value(node, "$ref"), let root = tree.root,
        let definitions = tree.value(root, "$defs")
      else { return node }
      let name = String(tree.string(reference).dropFirst("#/$defs/".utf8.count))
      guard let next = tree.value(definitions, name) else { return node }
      node = next
    }
    return node
  }

  private func member(_ key: String, of schema: NodeID) -> NodeID? {
    guard let tree else { return nil }
    if let properties = tree.value(schema, "properties"), let own = tree.value(properties, key) {
      return own
    }
    guard let others = tree.value(schema, "additionalProperties"), tree.kind(others) == .map else {
      return nil
    }
    return others
  }

  /// The JSON type of what EMR takes at a place (`string`, `integer`, `array`, …), and of its items if
  /// it is a list; nil if the model has no such place.
  package func type(at path: BodyPath) -> (type: String, items: String?)? {
    var node = tree?.root.map(resolved)
    for part in path {
      guard let at = node else { return nil }
      switch part {
      case .key(let key): node = member(key, of: at).map(resolved)
      case .index: node = tree?.value(at, "items").map(resolved)
      }
    }
    guard let node, let type = text(node, "type") else { return nil }
    return (type, tree?.value(node, "items").map(resolved).flatMap { text($0, "type") })
  }

  private func text(_ node: NodeID, _ key: String) -> String? {
    tree.flatMap { tree in tree.value(node, key).map { tree.string($0) } }
  }

  /// A scalar as EMR takes it where it has this type.
  package static func scalar(_ value: Value, as type: String) -> Value {
    switch (type, value) {
    case ("string", .bool(let flag)): return .string(flag ? "true" : "false")
    case ("string", .int), ("string", .uint), ("string", .double), ("string", .number):
      return .string(value.plainNumber)
    case ("integer", .string(let text)):
      return Int64(text).map { .int($0) } ?? value
    case ("number", .string(let text)):
      return Int64(text).map { .int($0) } ?? (Double(text) == nil ? value : .number(text))
    case ("boolean", .string(let text)):
      switch ASCII.lowercased(text) {
      case "true": return .bool(true)
      case "false": return .bool(false)
      default: return value
      }
    default: return value
    }
  }
}

extension Value {
  /// A number as its text.
  fileprivate var plainNumber: String {
    var writer = CanonicalJSONWriter(pretty: false)
    writer.value(self, revealingSecrets: true)
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}
