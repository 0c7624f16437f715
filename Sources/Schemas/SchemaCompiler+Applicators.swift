import Documents
import Diagnostics
import SourceText
import Values

extension SchemaCompiler {
  mutating func readApplicator(_ keyword: Keyword, _ value: NodeID, _ draft: inout SchemaDraft) {
    // A keyword that a draft doesn't have yet, or has dropped, means nothing in it.
    switch keyword {
    case .dependencies: break
    default: if keyword.shape(in: draft.dialect) == .none { return }
    }
    switch keyword {
    case .allOf: draft.node.allOf = children(value, keyword, draft)
    case .anyOf: draft.node.anyOf = children(value, keyword, draft)
    case .oneOf: draft.node.oneOf = children(value, keyword, draft)
    case .not: draft.node.not = child(value, draft)
    case .ifSchema: draft.node.ifSchema = child(value, draft)
    case .thenSchema: draft.node.thenSchema = child(value, draft)
    case .elseSchema: draft.node.elseSchema = child(value, draft)
    case .contains: draft.node.contains = child(value, draft)
    case .propertyNames: draft.node.propertyNames = child(value, draft)
    case .additionalProperties: draft.node.additional = child(value, draft)
    case .additionalItems: draft.additionalItems = value
    case .prefixItems: draft.node.prefix = children(value, keyword, draft)
    case .items:
      if draft.dialect <= .draft2019, draft.tree.kind(value) == .list {
        draft.itemsIsList = true
        draft.node.prefix = children(value, keyword, draft)
      } else {
        draft.node.items = child(value, draft)
      }
    case .properties: draft.properties = value
    case .patternProperties: readPatterns(value, &draft)
    case .dependencies, .dependentSchemas: readDependencies(keyword, value, &draft)
    default: break
    }
  }

  private mutating func readPatterns(_ value: NodeID, _ draft: inout SchemaDraft) {
    guard draft.tree.kind(value) == .map else {
      return refuse(.patternProperties, "must be a map of schemas", value, draft)
    }
    let start = UInt32(clamping: tables.patterns.count)
    for (key, schema) in draft.tree.entries(value) {
      let pattern = expression(draft.tree.string(key), at: draft.tree.span(key))
      tables.patterns.append(PatternEntry(expression: pattern, schema: child(schema, draft)))
    }
    draft.node.patterns = TableRange(
      start: start, count: UInt32(clamping: tables.patterns.count) - start)
  }

  /// `dependencies` and the keywords that replaced it; all of them apply.
  mutating func readDependencies(
    _ keyword: Keyword, _ value: NodeID, _ draft: inout SchemaDraft
  ) {
    guard draft.tree.kind(value) == .map else {
      return refuse(keyword, "must be a map", value, draft)
    }
    let earlier = draft.node.dependencies
    let start = UInt32(clamping: tables.dependencies.count)
    tables.dependencies.append(contentsOf: Array(tables.dependencies[earlier.indices]))
    for (key, schema) in draft.tree.entries(value) {
      let name = draft.tree.withBytes(key) { tables.name($0) }
      var entry = DependencyEntry(
        nameStart: name.start, nameCount: name.count, required: .empty, schema: -1)
      if draft.tree.kind(schema) == .list {
        let first = UInt32(clamping: tables.names.count)
        for item in draft.tree.items(schema) {
          tables.names.append(draft.tree.withBytes(item) { tables.name($0) })
        }
        entry.required = TableRange(
          start: first, count: UInt32(clamping: tables.names.count) - first)
      } else {
        entry.schema = child(schema, draft)
      }
      tables.dependencies.append(entry)
    }
    draft.node.dependencies = TableRange(
      start: start, count: UInt32(clamping: tables.dependencies.count) - start)
  }

  /// `properties` and `required`, in one table.
  mutating func readProperties(_ draft: inout SchemaDraft) {
    let start = tables.properties.count
    if let properties = draft.properties {
      guard draft.tree.kind(properties) == .map else {
        return refuse(.properties, "must be a map of schemas", properties, draft)
      }
      for (key, schema) in draft.tree.entries(properties) {
        appendProperty(key, schema: child(schema, draft), draft)
      }
    }
    if let required = draft.required {
      guard draft.tree.kind(required) == .list else {
        return refuse(.required, "must be a list of names", required, draft)
      }
      for name in draft.tree.items(required) { require(name, from: start, &draft) }
    }
    draft.node.properties = TableRange(
      start: UInt32(clamping: start), count: UInt32(clamping: tables.properties.count - start))
    guard tables.properties.count - start > 12 else { return }
    let order = (start..<tables.properties.count).sorted { left, right in
      let left = tables.properties[left]
      let right = tables.properties[right]
      return (left.word, left.nameCount) < (right.word, right.nameCount)
    }
    draft.node.sortedProperties = TableRange(
      start: UInt32(clamping: tables.sortedProperties.count), count: UInt32(clamping: order.count))
    tables.sortedProperties += order.map { UInt32(clamping: $0) }
  }

  private mutating func appendProperty(_ key: NodeID, schema: Int32, _ draft: SchemaDraft) {
    let (range, word) = draft.tree.withBytes(key) { (tables.name($0), PackedName.word($0, 0)) }
    tables.properties.append(
      PropertyEntry(
        word: word, nameStart: range.start, nameCount: range.count, schema: schema, required: -1,
        keyNode: key.index))
  }

  private mutating func require(_ name: NodeID, from start: Int, _ draft: inout SchemaDraft) {
    guard draft.tree.kind(name) == .string else {
      return refuse(.required, "must be a list of names", name, draft)
    }
    let found = draft.tree.withBytes(name) { bytes -> Int? in
      let word = PackedName.word(bytes, 0)
      return tables.properties.indices[start...].first { at in
        let entry = tables.properties[at]
        let range = TextRange(start: entry.nameStart, count: entry.nameCount)
        return entry.word == word && Int(entry.nameCount) == bytes.count
          && tables.text[range.indices].elementsEqual(bytes)
      }
    }
    let at = found ?? tables.properties.count
    if found == nil { appendProperty(name, schema: -1, draft) }
    guard tables.properties[at].required < 0 else { return }
    tables.properties[at].required = Int32(clamping: draft.node.requiredCount)
    draft.node.requiredCount += 1
  }
}
