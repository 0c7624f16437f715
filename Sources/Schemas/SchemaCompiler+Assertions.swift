import Documents
import Diagnostics
import SourceText
import Values

extension SchemaCompiler {
  mutating func readAssertion(_ keyword: Keyword, _ value: NodeID, _ draft: inout SchemaDraft) {
    switch keyword {
    case .type: readType(value, &draft)
    case .const:
      if draft.dialect >= .draft6 { draft.node.constant = constants([value], draft).first ?? -1 }
    case .enumeration:
      guard draft.tree.kind(value) == .list else {
        return refuse(keyword, "must be a list of values", value, draft)
      }
      draft.node.flags.insert(.hasEnumeration)
      let indices = constants(draft.tree.items(value), draft)
      draft.node.enumeration = TableRange(
        start: UInt32(clamping: indices.lowerBound), count: UInt32(clamping: indices.count))
    case .multipleOf: draft.node.multipleOf = number(keyword, value, draft)
    case .minimum, .maximum, .exclusiveMinimum, .exclusiveMaximum:
      readLimit(keyword, value, &draft)
    case .minLength: draft.node.minLength = count(keyword, value, draft)
    case .maxLength: draft.node.maxLength = count(keyword, value, draft)
    case .minItems: draft.node.minItems = count(keyword, value, draft)
    case .maxItems: draft.node.maxItems = count(keyword, value, draft)
    case .minProperties: draft.node.minProperties = count(keyword, value, draft)
    case .maxProperties: draft.node.maxProperties = count(keyword, value, draft)
    case .minContains:
      if draft.dialect >= .draft2019 { draft.node.minContains = count(keyword, value, draft) }
    case .maxContains:
      if draft.dialect >= .draft2019 { draft.node.maxContains = count(keyword, value, draft) }
    case .pattern:
      guard let text = text(value, draft) else {
        return refuse(keyword, "must be a string", value, draft)
      }
      draft.node.pattern = expression(text, at: draft.tree.span(value))
    case .uniqueItems: if isTrue(value, draft) { draft.node.flags.insert(.hasUniqueItems) }
    case .required: draft.required = value
    case .dependentRequired:
      if draft.dialect >= .draft2019 { readDependencies(keyword, value, &draft) }
    default: break
    }
  }

  private mutating func readType(_ value: NodeID, _ draft: inout SchemaDraft) {
    var types: TypeSet = []
    let names = draft.tree.kind(value) == .list ? Array(draft.tree.items(value)) : [value]
    for name in names {
      guard let text = text(name, draft), let type = TypeSet(name: text) else {
        refuse(
          .type,
          (text(name, draft).map { "is `\($0)`, and " } ?? "")
            + "must name types: `string`, `integer`, `number`, `boolean`, `object`, "
            + "`array` or `null`", name, draft)
        return
      }
      types.insert(type)
    }
    if types.contains(.number) { types.insert(.integer) }
    draft.node.types = types
  }

  private mutating func constants(_ values: some Sequence<NodeID>, _ draft: SchemaDraft)
    -> Range<Int32>
  {
    let start = Int32(clamping: tables.constants.count)
    for value in values {
      let value = draft.tree.resolved(value)
      let isText = draft.tree.kind(value) == .string
      let (word, count, text) = draft.tree.withBytes(value) { bytes in
        (
          PackedName.word(bytes, 0), bytes.count,
          isText ? tables.name(bytes) : TextRange(start: 0, count: 0)
        )
      }
      tables.constants.append(
        ConstantEntry(
          kind: draft.tree.kind(value), count: UInt32(clamping: count), word: word, text: text,
          document: draft.node.document, node: value.index))
    }
    return start..<Int32(clamping: tables.constants.count)
  }

  private func decimal(_ value: NodeID, _ draft: SchemaDraft) -> DecimalNumber? {
    switch draft.tree.kind(value) {
    case .int, .float: draft.tree.withBytes(value) { DecimalNumber($0) }
    case .null, .bool, .string, .list, .map: nil
    }
  }

  private mutating func number(_ keyword: Keyword, _ value: NodeID, _ draft: SchemaDraft) -> Int32 {
    guard let decimal = decimal(value, draft) else {
      refuse(keyword, "must be a number", value, draft)
      return -1
    }
    var limit = LimitEntry(
      integer: decimal.integer ?? 0, text: TextRange(start: 0, count: 0))
    if decimal.integer == nil { limit.text = draft.tree.withBytes(value) { tables.name($0) } }
    tables.limits.append(limit)
    return Int32(clamping: tables.limits.count - 1)
  }

  private mutating func count(_ keyword: Keyword, _ value: NodeID, _ draft: SchemaDraft) -> Int32 {
    guard let decimal = decimal(value, draft), decimal.isWhole, !decimal.isNegative else {
      refuse(keyword, "must be a whole number, 0 or more", value, draft)
      return -1
    }
    return decimal.integer.map { Int32(clamping: $0) } ?? Int32.max
  }

  private mutating func readLimit(
    _ keyword: Keyword, _ value: NodeID, _ draft: inout SchemaDraft
  ) {
    if draft.dialect == .draft4, keyword == .exclusiveMinimum || keyword == .exclusiveMaximum {
      if keyword == .exclusiveMinimum {
        draft.minimumIsExclusive = isTrue(value, draft)
      } else {
        draft.maximumIsExclusive = isTrue(value, draft)
      }
      return
    }
    let limit = number(keyword, value, draft)
    switch keyword {
    case .minimum: draft.node.minimum = limit
    case .maximum: draft.node.maximum = limit
    case .exclusiveMinimum: draft.node.exclusiveMinimum = limit
    default: draft.node.exclusiveMaximum = limit
    }
  }
}
