import Documents
import Diagnostics
import SourceText
import Values

/// Puts violations into words.
struct ViolationReport<Instance: SchemaInstance> {
  let arena: SchemaArena
  let instance: Instance
  let root: Int32

  func diagnostic(_ violation: Violation<Instance>) -> Diagnostic {
    switch violation.reason {
    case .wrongType(let types): wrongType(violation, types)
    case .notAmong(let ranges): notAmong(violation, ranges)
    case .belowMinimum: limit(violation, "at least", .minimum, \.minimum)
    case .aboveMaximum: limit(violation, "at most", .maximum, \.maximum)
    case .notAboveMinimum:
      limit(violation, "more than", .exclusiveMinimum, \.exclusiveMinimum)
    case .notBelowMaximum:
      limit(violation, "less than", .exclusiveMaximum, \.exclusiveMaximum)
    case .notMultiple: limit(violation, "a multiple of", .multipleOf, \.multipleOf)
    case .tooShort(let count): length(violation, count, .minLength, "at least")
    case .tooLong(let count): length(violation, count, .maxLength, "at most")
    case .tooFewItems, .tooManyItems, .tooFewKeys, .tooManyKeys: size(violation)
    case .badPattern: badPattern(violation)
    case .badFormat: badFormat(violation)
    case .badContent:
      make(
        .schemaBadFormat, violation, "the string's content isn't what the schema requires",
        .contentMediaType)
    case .duplicateItem(let first, let at):
      duplicate(violation, first, at)
    case .notContained, .tooFewContained, .tooManyContained: contained(violation)
    case .unknownKey(let key): unknownKey(violation, key)
    case .unknownItem:
      make(.schemaNotAllowed, violation, "this item isn't allowed in the list", .items)
    case .badKeyName(let key): badKeyName(violation, key)
    case .missingKey(let property): missingKey(violation, property)
    case .missingDependent(let name, let because):
      missingDependent(violation, name, because)
    case .notAllowed: notAllowed(violation)
    case .excluded:
      make(
        .schemaNotAllowed, violation, "\(subject(violation)) is excluded by the schema", .not)
    case .noAlternative:
      make(
        .schemaNoAlternative, violation, "\(subject(violation)) matches none of the alternatives",
        nil)
    case .severalAlternatives(let count):
      make(
        .schemaNoAlternative, violation,
        "\(subject(violation)) matches \(count) of the alternatives instead of exactly one",
        .oneOf)
    case .tooDeep:
      make(
        .schemaTooDeep, violation,
        "this is too complex to check: the data or its schema is nested "
          + "too deep, or the schema refers to itself", nil)
    }
  }

  // MARK: Parts

  func make(
    _ code: DiagnosticCode, _ violation: Violation<Instance>, _ message: String,
    _ keyword: Keyword?, hint: Hint? = nil, at span: Span? = nil
  ) -> Diagnostic {
    Diagnostic(
      code, message, at: span ?? instance.span(violation.node),
      notes: [declaration(violation.schema, keyword)], hint: hint,
      severity: violation.isWarning ? .warning : nil)
  }

  /// The place where a schema says it, with the schema's description.
  func declaration(_ schema: Int, _ keyword: Keyword?) -> Diagnostic.Note {
    let node = arena.nodes[schema]
    let tree = arena.documents[Int(node.document)]
    let id = NodeID(index: node.node)
    var span = tree.span(id)
    if let keyword, let entry = tree.entry(id, keyword.rawValue) {
      let value = tree.span(entry.value)
      let isScalar = tree.kind(entry.value) != .map && tree.kind(entry.value) != .list
      span = isScalar ? tree.span(entry.key).union(value) : tree.span(entry.key)
    } else if tree.kind(id) == .map, let first = tree.entries(id).first(where: { _ in true }) {
      span = tree.span(first.key)
    }
    let summary = self.summary(schema).map { ": \($0)" } ?? ""
    return Diagnostic.Note("declared here\(summary)", at: span)
  }

  /// The first line of a schema's description, or its title.
  func summary(_ schema: Int) -> String? { arena.summary(schema) }

  func isSecret(_ violation: Violation<Instance>) -> Bool {
    instance.isSecret(violation.node)
      || SecretFinder(arena: arena, instance: instance).isSecret(
        violation.node, at: violation.path, from: root)
      || violation.kind == .string && SecretParts.isIn(instance.string(violation.node))
  }

  /// The key of the value in backticks; "the value" if it has none.
  func subject(_ violation: Violation<Instance>) -> String {
    if let key = violation.key { return Wording.quoted(instance.keyString(key)) }
    switch violation.path.last {
    case .key(let name): return Wording.quoted(name)
    case .index(let at): return "item \(at + 1)"
    case nil: return "the value"
    }
  }

  /// What was found, as in "the string `two`"; only its kind for a secret.
  func found(_ violation: Violation<Instance>) -> String {
    switch violation.kind {
    case .null, .list, .map: return violation.kind.wording
    case .bool, .int, .float, .string:
      guard !isSecret(violation) else { return violation.kind.wording }
      let name =
        switch violation.kind {
        case .bool: "boolean"
        case .int: "integer"
        case .float: "number"
        case .string, .null, .list, .map: "string"
        }
      return "the \(name) \(Wording.quoted(instance.string(violation.node), limit: 100))"
    }
  }

  // MARK: Values

  private func wrongType(_ violation: Violation<Instance>, _ types: TypeSet) -> Diagnostic {
    if violation.kind == .null { return nothing(violation, types) }
    if types.subtracting(.null) == .string, violation.kind == .int || violation.kind == .float,
      let wanted = text(violation.schema, .patternDescription),
      !arena.matches(
        Int(arena.nodes[violation.schema].pattern), instance.string(violation.node))
    {
      return make(
        .schemaWrongType, violation, "expected \(wanted), found \(found(violation))", .type,
        hint: typeHint(violation, types))
    }
    return make(
      .schemaWrongType, violation, "expected \(types.wording), found \(found(violation))", .type,
      hint: typeHint(violation, types))
  }

  /// A missing value: points at its key.
  private func nothing(_ violation: Violation<Instance>, _ types: TypeSet) -> Diagnostic {
    if violation.path.isEmpty, violation.key == nil {
      return make(
        .schemaWrongType, violation, "the file is empty, but should contain \(types.wording)",
        .type,
        hint: "is it the right file?")
    }
    let isWritten = instance.span(violation.node).map { $0.start < $0.end } ?? false
    return make(
      .schemaWrongType, violation, "\(subject(violation)) has no value", .type,
      hint: violation.key == nil
        ? "give it \(types.wording), or remove the item" : "give it \(types.wording)",
      at: isWritten ? nil : violation.key.flatMap { instance.keySpan($0) })
  }

  private func notAmong(_ violation: Violation<Instance>, _ ranges: [TableRange]) -> Diagnostic {
    let constants = ranges.flatMap { Array(arena.constants[$0.indices]) }
    let texts = constants.map { constant in
      arena.documents[Int(constant.document)].shortText(NodeID(index: constant.node))
    }
    let hint = enumHint(violation, texts)
    let keyword: Keyword = arena.nodes[violation.schema].constant >= 0 ? .const : .enumeration
    if hint != nil, texts.count > 8 {
      return make(
        .schemaBadEnum, violation,
        "\(found(violation)) isn't one of the \(texts.count) allowed values", keyword,
        hint: hint)
    }
    return make(
      .schemaBadEnum, violation,
      "expected \(Wording.alternatives(texts)), found \(found(violation))", keyword, hint: hint)
  }

  /// What was probably meant: the only value, another name of one, or one that is spelt alike.
  private func enumHint(_ violation: Violation<Instance>, _ texts: [String]) -> Hint? {
    guard violation.kind != .list, violation.kind != .map, !isSecret(violation) else { return nil }
    let given = instance.string(violation.node)
    if let meant = otherName(given, violation.schema) { return .write(meant) }
    if texts.count == 1, let only = texts.first { return .write(only) }
    guard violation.kind == .string else { return nil }
    return repaired(given) { texts.contains($0) }.map { .write($0) }
      ?? Suggestion.hint(for: given, among: texts)
  }

  private func otherName(_ given: String, _ schema: Int) -> String? {
    let node = arena.nodes[schema]
    let tree = arena.documents[Int(node.document)]
    guard let names = tree.value(NodeID(index: node.node), Keyword.otherNames.rawValue),
      let meant = tree.value(names, given.uppercased()) ?? tree.value(names, given),
      tree.kind(meant) == .string
    else { return nil }
    return tree.string(meant)
  }

  private func limit(
    _ violation: Violation<Instance>, _ words: String, _ keyword: Keyword,
    _ path: KeyPath<SchemaNode, Int32>
  ) -> Diagnostic {
    let node = arena.nodes[violation.schema]
    let tree = arena.documents[Int(node.document)]
    let id = NodeID(index: node.node)
    // Draft 4 has `minimum` and a separate boolean.
    let plain: Keyword =
      keyword == .exclusiveMinimum ? .minimum : keyword == .exclusiveMaximum ? .maximum : keyword
    let value = [keyword, plain].lazy
      .compactMap { tree.value(id, $0.rawValue) }.first { tree.kind($0) != .bool }
    let bound = value.map { tree.string($0) } ?? "?"
    return make(
      .schemaOutOfRange, violation, "expected \(words) \(bound), found \(found(violation))",
      keyword)
  }
}
