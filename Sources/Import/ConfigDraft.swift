import Documents
import Text
import Values

/// The configuration of the pipeline that is being written, and its schema.
struct ConfigDraft: Sendable {
  /// What the schema says of a value.
  struct Facet: Sendable {
    var description: String
    /// What a change means, as `x-change` has it.
    var change: [String] = []
    var pattern: String?
    var patternDescription: String?
    var minimum: Int64?
    var choices: [Value] = []
    var isSecret = false
    /// Above the value in the configuration.
    var comment: String?
  }

  indirect enum Node: Sendable {
    case leaf(Value, Facet)
    case group([(key: String, node: Node)], Facet)
  }

  private var written: [(key: String, node: Node)] = []

  /// In the order in which people look for them.
  var entries: [(key: String, node: Node)] {
    let position = { (key: String) in Self.order.firstIndex(of: key) ?? Self.order.count }
    return written.enumerated().sorted {
      (position($0.element.key), $0.offset) < (position($1.element.key), $1.offset)
    }.map(\.element)
  }

  private static let order = [
    "region", "account", "release", "ami_version", "source", "storage", "log_uri", "log_key",
    "machines", "capacity", "network", "key_name", "roles", "security_configuration", "tags",
  ]

  /// The expression of a value: an existing one if the same value has this place, or else a new
  /// one, whose last key gets a number if it is taken.
  mutating func add(_ path: [String], _ value: Value, _ facet: Facet) -> String {
    let path = path.map(Self.identifier)
    guard let last = path.last else { return "config" }
    let groups = Array(path.dropLast())
    for number in 1... {
      let key = number == 1 ? last : "\(last)_\(number)"
      switch node(at: groups + [key]) {
      case .leaf(let known, let old)?
      where known.isSame(as: value) && old.isSecret == facet.isSecret:
        return Self.expression(groups + [key])
      case nil:
        Self.insert(.leaf(value, facet), at: groups + [key], into: &written)
        return Self.expression(groups + [key])
      case .leaf?, .group?: continue
      }
    }
    return "config"
  }

  private static func expression(_ path: [String]) -> String {
    (["config"] + path).joined(separator: ".")
  }

  func node(at path: [String]) -> Node? {
    var level = written
    var found: Node?
    for key in path {
      guard let entry = level.first(where: { $0.key == key }) else { return nil }
      found = entry.node
      if case .group(let inner, _) = entry.node { level = inner } else { level = [] }
    }
    return found
  }

  private static func insert(
    _ node: Node, at path: [String], into level: inout [(key: String, node: Node)]
  ) {
    guard let key = path.first else { return }
    let rest = Array(path.dropFirst())
    let at = level.firstIndex { $0.key == key }
    guard !rest.isEmpty else {
      level.append((key, node))
      return
    }
    var inner: [(key: String, node: Node)] = []
    var facet = Facet(description: groupDescription(key))
    if let at, case .group(let known, let old) = level[at].node { (inner, facet) = (known, old) }
    insert(node, at: rest, into: &inner)
    if let at {
      level[at].node = .group(inner, facet)
    } else {
      level.append((key, .group(inner, facet)))
    }
  }

  private static func groupDescription(_ key: String) -> String {
    switch key {
    case "network": "Where the machines are, and who may reach them."
    case "roles": "Who does what."
    case "machines": "The machines, by what they do."
    case "capacity": "How far the cluster may grow and shrink."
    case "storage": "Folders, by what is in them."
    case "secrets": "What is shown nowhere."
    case "source": "The values of the source's own variables."
    default: "Of the \(key) machines."
    }
  }

  /// A name that expressions can use, in small letters.
  static func identifier(_ text: String) -> String {
    var out: [UInt8] = []
    var before: UInt8 = .underscore
    for byte in text.utf8 {
      let isUpper = UInt8.uppercase.contains(byte)
      if isUpper, UInt8.lowercase.contains(before) || ASCII.isDigit(before) {
        out.append(.underscore)
      }
      let lower = isUpper ? byte | 0x20 : byte
      let isUsed = ASCII.isDigit(lower) || UInt8.lowercase.contains(lower)
      if isUsed {
        out.append(lower)
      } else if out.last != .underscore, !out.isEmpty {
        out.append(.underscore)
      }
      before = byte
    }
    while out.last == .underscore { out.removeLast() }
    if out.isEmpty { return "value" }
    if let first = out.first, ASCII.isDigit(first) { out = Array("n".utf8) + out }
    let name = String(decoding: out, as: UTF8.self)
    if name == "in" { return "input" }
    return reserved.contains(name) ? name + "_" : name
  }

  /// CEL's words, and the names that pipelines have.
  private static let reserved: Set<String> = [
    "as", "break", "const", "continue", "else", "false", "for", "function", "if", "import", "in",
    "let", "loop", "namespace", "null", "package", "return", "true", "var", "void", "while", "run",
    "stages", "data", "cluster", "parameters", "index", "s3", "config",
  ]
}

extension Value {
  /// The same type and the same value.
  func isSame(as other: Value) -> Bool {
    switch (self, other) {
    case (.string, .string), (.bool, .bool), (.list, .list), (.map, .map), (.null, .null):
      equals(other)
    case (.int, .int), (.number, .number), (.double, .double): equals(other)
    default: false
    }
  }
}

// MARK: Writing

extension ConfigDraft {

  var hasSecrets: Bool { Self.hasSecrets(entries) }

  private static func hasSecrets(_ level: [(key: String, node: Node)]) -> Bool {
    level.contains { entry in
      switch entry.node {
      case .leaf(_, let facet): facet.isSecret
      case .group(let inner, _): hasSecrets(inner)
      }
    }
  }

  /// The configuration itself. What is `${` there is no expression.
  func yaml(comments: [String]) -> String {
    var text = comments.map { "# \($0)\n" }.joined()
    Self.write(entries, 0, &text)
    return text
  }

  private static func write(
    _ level: [(key: String, node: Node)], _ depth: Int, _ text: inout String
  ) {
    let margin = String(repeating: "  ", count: depth)
    for entry in level {
      switch entry.node {
      case .group(let inner, _):
        text += "\(margin)\(entry.key):\n"
        write(inner, depth + 1, &text)
      case .leaf(let value, let facet):
        if let comment = facet.comment { text += "\(margin)# \(comment)\n" }
        text += "\(margin)\(entry.key):"
        write(value, depth, &text)
      }
    }
  }

  private static func write(_ value: Value, _ depth: Int, _ text: inout String) {
    let margin = String(repeating: "  ", count: depth + 1)
    switch value {
    case .list(let items) where !items.isEmpty:
      text += "\n"
      for item in items {
        text += "\(margin)-"
        if case .map(let map) = item, !map.isEmpty {
          let inner = map.entries.map { entry in
            "\(YAMLScalar.key(entry.key.plainKey)): \(scalar(entry.value, depth + 2))"
          }
          text += " " + inner.joined(separator: "\n\(margin)  ") + "\n"
        } else {
          write(item, depth + 1, &text)
        }
      }
    case .map(let map) where !map.isEmpty:
      text += "\n"
      for entry in map.entries {
        text += "\(margin)\(YAMLScalar.key(entry.key.plainKey)):"
        write(entry.value, depth + 1, &text)
      }
    default: text += " \(scalar(value, depth + 1))\n"
    }
  }

  private static func scalar(_ value: Value, _ depth: Int) -> String {
    switch value {
    case .string(let text): return YAMLScalar.value(text, depth: depth)
    case .list(let items) where items.isEmpty: return "[]"
    case .map(let map) where map.isEmpty: return "{}"
    default:
      var writer = CanonicalJSONWriter(pretty: false)
      writer.value(value, revealingSecrets: true)
      return String(decoding: writer.bytes, as: UTF8.self)
    }
  }

  /// The JSON Schema.
  func schema(title: String) -> [UInt8] {
    var schema = ValueMap([
      "$schema": .string("https://json-schema.org/draft/2020-12/schema"), "title": .string(title),
    ])
    for entry in Self.object(entries).entries { schema[entry.key] = entry.value }
    var writer = SchemaText()
    writer.write(.map(schema), depth: 0)
    return Array((writer.text + "\n").utf8)
  }

  private static func object(_ level: [(key: String, node: Node)]) -> ValueMap {
    var properties = ValueMap()
    for entry in level {
      switch entry.node {
      case .leaf(let value, let facet): properties[entry.key] = .map(schema(value, facet))
      case .group(let inner, let facet):
        var group = ValueMap(["description": .string(facet.description)])
        for part in object(inner).entries { group[part.key] = part.value }
        properties[entry.key] = .map(group)
      }
    }
    var object = ValueMap()
    object["type"] = .string("object")
    object["required"] = .list(level.map { .string($0.key) })
    object["additionalProperties"] = .bool(false)
    object["properties"] = .map(properties)
    return object
  }

  private static func schema(_ value: Value, _ facet: Facet) -> ValueMap {
    var schema = ValueMap(["description": .string(facet.description)])
    if !facet.change.isEmpty { schema["x-change"] = .list(facet.change.map { .string($0) }) }
    if facet.isSecret { schema["x-secret"] = .bool(true) }
    for entry in type(of: value).entries { schema[entry.key] = entry.value }
    if !facet.choices.isEmpty { schema["enum"] = .list(facet.choices) }
    if let pattern = facet.pattern { schema["pattern"] = .string(pattern) }
    if let words = facet.patternDescription { schema["x-pattern-description"] = .string(words) }
    if let minimum = facet.minimum { schema["minimum"] = .int(minimum) }
    return schema
  }

  private static func type(of value: Value) -> ValueMap {
    switch value {
    case .string: return ValueMap(["type": .string("string")])
    case .bool: return ValueMap(["type": .string("boolean")])
    case .int: return ValueMap(["type": .string("integer")])
    case .double, .number: return ValueMap(["type": .string("number")])
    case .list(let items):
      var schema = ValueMap(["type": .string("array")])
      let types = items.map { Value.map(type(of: $0)) }
      if let first = types.first, types.allSatisfy({ $0.equals(first) }) { schema["items"] = first }
      return schema
    case .map(let map):
      let types = map.entries.map { Value.map(type(of: $0.value)) }
      var schema = ValueMap(["type": .string("object")])
      if let first = types.first, types.allSatisfy({ $0.equals(first) }),
        case .map(let item) = first,
        item["properties"] == nil
      {
        schema["additionalProperties"] = first
      }
      return schema
    default: return ValueMap()
    }
  }
}

extension Value {
  /// A map's key as text.
  var plainKey: String { if case .string(let text) = self { text } else { "" } }
}

/// JSON with small values on one line.
private struct SchemaText {
  var text = ""

  mutating func write(_ value: Value, depth: Int) {
    let margin = String(repeating: "  ", count: depth)
    guard case .map(let map) = value, !map.isEmpty else {
      text += Self.flat(value)
      return
    }
    let flat = Self.flat(value)
    if flat.utf8.count + depth * 2 < 60, map["properties"] == nil {
      text += flat
      return
    }
    text += "{"
    for (at, entry) in map.entries.enumerated() {
      text += "\(at == 0 ? "" : ",")\n\(margin)  \(Self.flat(entry.key)): "
      write(entry.value, depth: depth + 1)
    }
    text += "\n\(margin)}"
  }

  private static func flat(_ value: Value) -> String {
    switch value {
    case .map(let map):
      return map.isEmpty
        ? "{}"
        : "{ " + map.entries.map { "\(flat($0.key)): \(flat($0.value))" }.joined(separator: ", ")
          + " }"
    case .list(let items): return "[" + items.map(flat).joined(separator: ", ") + "]"
    default:
      var writer = CanonicalJSONWriter(pretty: false)
      writer.value(value, revealingSecrets: true)
      return String(decoding: writer.bytes, as: UTF8.self)
    }
  }
}
