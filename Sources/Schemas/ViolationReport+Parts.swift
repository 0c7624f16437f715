import Documents
import Diagnostics
import SourceText
import Values

extension ViolationReport {
  func length(
    _ violation: Violation<Instance>, _ length: Int, _ keyword: Keyword, _ words: String
  ) -> Diagnostic {
    let node = arena.nodes[violation.schema]
    let bound = Int(keyword == .minLength ? node.minLength : node.maxLength)
    if length == 0, bound == 1 {
      return make(.schemaBadLength, violation, "\(subject(violation)) must not be empty", keyword)
    }
    if keyword == .minLength, node.pattern < 0,
      let wanted = text(violation.schema, .patternDescription)
    {
      return make(
        .schemaBadLength, violation, "expected \(wanted), found \(found(violation))", keyword)
    }
    return make(
      .schemaBadLength, violation,
      "\(subject(violation)) needs \(words) \(Wording.count(bound, "character", "characters")), and has \(length)",
      keyword)
  }

  func size(_ violation: Violation<Instance>) -> Diagnostic {
    let node = arena.nodes[violation.schema]
    let count = instance.count(violation.node)
    let (words, bound, keyword): (String, Int32, Keyword) =
      switch violation.reason {
      case .tooFewItems: ("at least", node.minItems, .minItems)
      case .tooManyItems: ("at most", node.maxItems, .maxItems)
      case .tooFewKeys: ("at least", node.minProperties, .minProperties)
      default: ("at most", node.maxProperties, .maxProperties)
      }
    let unit =
      violation.kind == .list
      ? Wording.count(Int(bound), "item", "items") : Wording.count(Int(bound), "key", "keys")
    return make(
      .schemaBadLength, violation,
      "\(subject(violation)) needs \(words) \(unit), and has \(count == 0 ? "none" : "\(count)")",
      keyword,
      at: place(violation))
  }

  /// Where to point for a whole container: its key.
  func place(_ violation: Violation<Instance>) -> Span? {
    if let key = violation.key, let span = instance.keySpan(key) { return span }
    guard violation.kind == .map else { return instance.span(violation.node) }
    var entries = instance.entries(violation.node)
    guard let first = entries.next() else { return instance.span(violation.node) }
    return instance.keySpan(first.key) ?? instance.span(violation.node)
  }

  func text(_ schema: Int, _ keyword: Keyword) -> String? {
    let node = arena.nodes[schema]
    let tree = arena.documents[Int(node.document)]
    guard let value = tree.value(NodeID(index: node.node), keyword.rawValue),
      tree.kind(value) == .string
    else { return nil }
    return tree.string(value)
  }

  func badPattern(_ violation: Violation<Instance>) -> Diagnostic {
    let wanted =
      text(violation.schema, .patternDescription)
      ?? "a string that matches \(Wording.quoted(text(violation.schema, .pattern) ?? "", limit: 80))"
    return make(
      .schemaBadPattern, violation, "expected \(wanted), found \(found(violation))", .pattern,
      hint: patternHint(violation))
  }

  func badKeyName(_ violation: Violation<Instance>, _ key: Instance.Key) -> Diagnostic {
    let name = Wording.quoted(instance.keyString(key))
    var violation = violation
    violation.schema = arena.following(violation.schema)
    let wanted = text(violation.schema, .patternDescription)
    return make(
      .schemaBadPattern, violation, "\(name) isn't allowed as a key here",
      wanted == nil ? nil : .pattern, hint: wanted.map { Hint("use \($0)") },
      at: instance.keySpan(key))
  }

  func badFormat(_ violation: Violation<Instance>) -> Diagnostic {
    let format = text(violation.schema, .format) ?? ""
    let wording = [
      "uuid": "a UUID", "uri": "a URI", "iri": "an IRI", "hostname": "a host name",
      "email": "an email address", "ipv4": "an IPv4 address", "ipv6": "an IPv6 address",
      "date-time": "a date and time",
    ][format]
    let hint: Hint? =
      switch format {
      case "uuid": "run `uuidgen` to make one"
      case "uri", "iri": "start it with a scheme, such as `https://`"
      case "date-time": "write it like `2026-03-01T05:06:07Z`"
      default: nil
      }
    return make(
      .schemaBadFormat, violation,
      "\(found(violation)) isn't \(wording ?? "a valid `\(format)`")", .format, hint: hint)
  }

  func duplicate(
    _ violation: Violation<Instance>, _ first: Instance.Node, _ at: Int
  ) -> Diagnostic {
    var diagnostic = make(
      .schemaDuplicateItem, violation, "item \(at + 1) of the list is a duplicate",
      .uniqueItems)
    diagnostic.notes.insert(
      Diagnostic.Note("it is first given here", at: instance.span(first)), at: 0)
    return diagnostic
  }

  func contained(_ violation: Violation<Instance>) -> Diagnostic {
    let wanted =
      arena.summary(Int(arena.nodes[violation.schema].contains)).map { ": \($0)" } ?? ""
    let message =
      switch violation.reason {
      case .tooFewContained(let count):
        "fewer than \(count) items are what the schema requires\(wanted)"
      case .tooManyContained(let count):
        "more than \(count) items are what the schema limits\(wanted)"
      default: "no item of the list is what the schema requires\(wanted)"
      }
    return make(.schemaMissingItem, violation, message, .contains, at: place(violation))
  }

  // MARK: Keys

  /// The names declared by a schema and by others at the same place.
  func knownKeys(_ violation: Violation<Instance>) -> [String] {
    var schemas = [Int32(clamping: violation.schema)]
    schemas += arena.nodes.indices.contains(Int(root)) && violation.path.isEmpty ? [root] : []
    var names: [String] = []
    for index in arena.expanded(schemas).sorted() {
      for at in arena.nodes[index].properties.indices where arena.properties[at].schema >= 0 {
        let schema = Int(arena.properties[at].schema)
        guard !arena.nodes[schema].flags.contains(.isFalse) else { continue }
        let name = arena.name(arena.properties[at])
        if !names.contains(name) { names.append(name) }
      }
    }
    return names
  }

  func unknownKey(_ violation: Violation<Instance>, _ key: Instance.Key) -> Diagnostic {
    let name = instance.keyString(key)
    let known = knownKeys(violation)
    var hint = Suggestion.hint(for: name, among: known)
    if Suggestion.plain(name) != name, known.contains(Suggestion.plain(name)) {
      hint = "its quotes are curly: write `\(Suggestion.plain(name))` without them"
    }
    if let inner = holder(of: name, violation) { hint = "it belongs in `\(inner)`" }
    if hint == nil {
      var words = known.prefix(8).map { "`\($0)`" }
      if known.count > 8 { words.append("\(known.count - 8) more") }
      hint =
        switch words.count {
        case 0: "no keys are allowed here"
        case 1: "the only known key is \(words[0])"
        default: "known keys are \(Wording.list(words, "and"))"
        }
    }
    let keyword: Keyword =
      arena.nodes[violation.schema].additional >= 0 ? .additionalProperties : .unevaluatedProperties
    return make(
      .schemaUnknownKey, violation, "unknown key \(Wording.quoted(name))", keyword, hint: hint,
      at: instance.keySpan(key))
  }

  /// The only known key whose value has a key of a name.
  private func holder(of name: String, _ violation: Violation<Instance>) -> String? {
    var schemas = [Int32(clamping: violation.schema)]
    schemas += arena.nodes.indices.contains(Int(root)) && violation.path.isEmpty ? [root] : []
    var holders: [String] = []
    for index in arena.expanded(schemas).sorted() {
      for at in arena.nodes[index].properties.indices where arena.properties[at].schema >= 0 {
        let inner = arena.expanded([arena.properties[at].schema])
        let hasName = inner.contains { schema in
          arena.nodes[schema].properties.indices.contains {
            arena.name(arena.properties[$0]) == name
          }
        }
        let holder = arena.name(arena.properties[at])
        if hasName, !holders.contains(holder) { holders.append(holder) }
      }
    }
    return holders.count == 1 ? holders.first : nil
  }

  func missingKey(_ violation: Violation<Instance>, _ property: Int) -> Diagnostic {
    let entry = arena.properties[property]
    let name = arena.name(entry)
    let within = violation.key.map { " in `\(instance.keyString($0))`" } ?? ""
    var described = ""
    if entry.schema >= 0 {
      let schema = arena.following(Int(entry.schema))
      var words: [String] = []
      let types = arena.nodes[schema].types
      if types != .all { words.append(types.wording) }
      if let summary = arena.summary(Int(entry.schema)) ?? arena.summary(schema) {
        words.append(summary)
      }
      if !words.isEmpty { described = " (\(words.joined(separator: ": ")))" }
    }
    let tree = arena.documents[Int(arena.nodes[violation.schema].document)]
    var diagnostic = make(
      .schemaMissingKey, violation, "missing key `\(name)`\(within)\(described)", .required,
      hint: onlyValue(entry.schema).map { Hint("add `\(name): \($0)`") }, at: place(violation))
    diagnostic.notes = [
      Diagnostic.Note("declared here", at: tree.span(NodeID(index: entry.keyNode)))
    ]
    return diagnostic
  }

  /// The text of the only value that a schema takes.
  private func onlyValue(_ schema: Int32) -> String? {
    guard schema >= 0 else { return nil }
    let node = arena.nodes[arena.following(Int(schema))]
    let tree = arena.documents[Int(node.document)]
    let id = NodeID(index: node.node)
    if let value = tree.value(id, Keyword.const.rawValue) { return tree.shortText(value) }
    guard let values = tree.value(id, Keyword.enumeration.rawValue), tree.count(values) == 1 else {
      return nil
    }
    return tree.items(values).first { _ in true }.map { tree.shortText($0) }
  }

  func missingDependent(
    _ violation: Violation<Instance>, _ name: String, _ because: String
  ) -> Diagnostic {
    let node = arena.nodes[violation.schema]
    let tree = arena.documents[Int(node.document)]
    let hasOld = tree.value(NodeID(index: node.node), Keyword.dependencies.rawValue) != nil
    return make(
      .schemaMissingKey, violation, "missing key `\(name)`, required by `\(because)`",
      hasOld ? .dependencies : .dependentRequired, hint: "add `\(name)`, or remove `\(because)`",
      at: place(violation))
  }

  func notAllowed(_ violation: Violation<Instance>) -> Diagnostic {
    make(
      .schemaNotAllowed, violation, "\(subject(violation)) isn't allowed here", nil,
      at: place(violation))
  }
}

extension SchemaArena {
  /// Follows schemas that are only references.
  func following(_ schema: Int) -> Int {
    var index = schema
    for _ in 0..<100 where nodes[index].flags.contains(.isReference) {
      index = Int(nodes[index].reference)
    }
    return index
  }

  /// The first line of a schema's description, or its title, without a full stop.
  func summary(_ schema: Int) -> String? {
    guard nodes.indices.contains(schema) else { return nil }
    let node = nodes[schema]
    let tree = documents[Int(node.document)]
    let id = NodeID(index: node.node)
    guard tree.kind(id) == .map else { return nil }
    for keyword in [Keyword.description, .title] {
      guard let value = tree.value(id, keyword.rawValue), tree.kind(value) == .string else {
        continue
      }
      let line = tree.string(value).prefix { $0 != "\n" }
      let sentence = line.hasSuffix(".") ? line.dropLast() : line
      if !sentence.isEmpty {
        return sentence.count > 120 ? "\(sentence.prefix(119))…" : String(sentence)
      }
    }
    return nil
  }
}

extension Tree {
  /// A value in a few words.
  func shortText(_ id: NodeID) -> String {
    switch kind(id) {
    case .null: "null"
    case .bool, .int, .float, .string: string(id)
    case .list: "a list"
    case .map: "a map"
    }
  }
}
