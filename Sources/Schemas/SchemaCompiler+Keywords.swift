import Text
import Documents
import Diagnostics
import SourceText
import Values

/// A schema whose keywords are being read.
struct SchemaDraft {
  var node: SchemaNode
  let tree: Tree
  let item: SchemaCompiler.WorkItem
  let reading: Reading
  /// Draft 4's `exclusiveMinimum: true`.
  var minimumIsExclusive = false
  var maximumIsExclusive = false
  var additionalItems: NodeID?
  var itemsIsList = false
  var required: NodeID?
  var properties: NodeID?

  var dialect: Dialect { reading.dialect }
}

extension SchemaCompiler {
  mutating func compile(_ item: WorkItem, load: (String) -> Tree?) {
    let tree = set.documents[item.document].tree
    var draft = SchemaDraft(
      node: tables.nodes[item.index], tree: tree, item: item,
      reading: set.resources[item.resource].reading)
    if draft.dialect >= .draft6 { draft.node.flags.insert(.countsWholeFloats) }
    if draft.dialect <= .draft2019 { draft.node.flags.insert(.containsIsSilent) }
    if draft.reading.assertsFormat { draft.node.flags.insert(.assertsFormat) }
    switch tree.kind(item.node) {
    case .bool:
      if tree.withBytes(item.node, { $0.first == UInt8(ascii: "f") }) {
        draft.node.flags.insert(.isFalse)
      }
    case .map: readKeywords(&draft, load: load)
    case .null, .int, .float, .string, .list:
      diagnostics.append(.notASchema(tree.kind(item.node), at: tree.span(item.node)))
    }
    tables.nodes[item.index] = draft.node
  }

  private mutating func readKeywords(_ draft: inout SchemaDraft, load: (String) -> Tree?) {
    let tree = draft.tree
    if !draft.dialect.hasReferenceSiblings,
      let reference = tree.value(draft.item.node, Keyword.reference.rawValue),
      tree.kind(reference) == .string
    {
      read(.reference, reference, &draft, load: load)
      draft.node.flags.insert(.isReference)
      return
    }
    for (key, value) in tree.entries(draft.item.node) {
      guard let keyword = tree.withBytes(key, { Keyword($0) }) else { continue }
      read(keyword, value, &draft, load: load)
    }
    finish(&draft)
  }

  private mutating func read(
    _ keyword: Keyword, _ value: NodeID, _ draft: inout SchemaDraft, load: (String) -> Tree?
  ) {
    switch keyword {
    case .reference, .dynamicReference, .recursiveReference:
      readReference(keyword, value, &draft, load: load)
    case .type, .const, .enumeration, .multipleOf, .maximum, .exclusiveMaximum, .minimum,
      .exclusiveMinimum, .maxLength, .minLength, .pattern, .maxItems, .minItems, .uniqueItems,
      .maxContains, .minContains, .maxProperties, .minProperties, .required, .dependentRequired:
      if draft.reading.hasValidation { readAssertion(keyword, value, &draft) }
    case .allOf, .anyOf, .oneOf, .not, .ifSchema, .thenSchema, .elseSchema, .dependentSchemas,
      .prefixItems, .items, .additionalItems, .contains, .properties, .patternProperties,
      .additionalProperties, .propertyNames, .dependencies:
      if draft.reading.hasApplicators { readApplicator(keyword, value, &draft) }
    case .unevaluatedItems, .unevaluatedProperties:
      if draft.reading.hasUnevaluated, draft.dialect >= .draft2019 {
        let child = child(value, draft)
        if keyword == .unevaluatedItems {
          draft.node.unevaluatedItems = child
        } else {
          draft.node.unevaluatedProperties = child
        }
      }
    case .format:
      if let text = text(value, draft) {
        draft.node.format = Format(name: text, in: draft.dialect)
      }
    case .contentEncoding:
      draft.node.contentEncodingIsBase64 =
        draft.dialect == .draft7 && text(value, draft) == "base64"
    case .contentMediaType:
      draft.node.contentIsJSON =
        draft.dialect == .draft7 && text(value, draft) == "application/json"
    case .secret, .writeOnly:
      if isTrue(value, draft) {
        draft.node.flags.insert(.isSecret)
      } else if keyword == .secret {
        draft.node.flags.insert(.isPublic)
      }
    case .defaultValue: draft.node.defaultNode = Int32(clamping: draft.tree.resolved(value).index)
    case .trailingSlash: if isTrue(value, draft) { draft.node.flags.insert(.addsSlash) }
    case .unknownKeys:
      if text(value, draft) == "warning" { draft.node.flags.insert(.warnsOfUnknownKeys) }
    case .id, .oldID, .schema, .anchor, .dynamicAnchor, .recursiveAnchor, .vocabulary,
      .definitions, .defs, .contentSchema, .title, .description, .patternDescription, .otherNames:
      break
    }
  }

  func text(_ value: NodeID, _ draft: SchemaDraft) -> String? {
    draft.tree.kind(value) == .string ? draft.tree.string(value) : nil
  }

  func isTrue(_ value: NodeID, _ draft: SchemaDraft) -> Bool {
    draft.tree.kind(value) == .bool && draft.tree.withBytes(value) { $0.first == UInt8(ascii: "t") }
  }

  mutating func child(_ node: NodeID, _ draft: SchemaDraft) -> Int32 {
    schema(node, in: draft.item.document, draft.item.resource)
  }

  /// A list of schemas; empty, with a diagnostic, for anything else.
  mutating func children(_ node: NodeID, _ keyword: Keyword, _ draft: SchemaDraft) -> TableRange {
    guard draft.tree.kind(node) == .list else {
      refuse(keyword, "must be a list of schemas", node, draft)
      return .empty
    }
    let start = UInt32(clamping: tables.children.count)
    for item in draft.tree.items(node) { tables.children.append(child(item, draft)) }
    return TableRange(start: start, count: UInt32(clamping: tables.children.count) - start)
  }

  mutating func refuse(
    _ keyword: Keyword, _ reason: String, _ node: NodeID, _ draft: SchemaDraft
  ) {
    diagnostics.append(
      .badKeyword(keyword.rawValue, reason, at: draft.tree.span(node)))
  }

  private mutating func readReference(
    _ keyword: Keyword, _ value: NodeID, _ draft: inout SchemaDraft, load: (String) -> Tree?
  ) {
    switch keyword {
    case .dynamicReference: guard draft.dialect == .draft2020 else { return }
    case .recursiveReference: guard draft.dialect == .draft2019 else { return }
    default: break
    }
    guard let text = text(value, draft) else {
      return refuse(keyword, "must be a string", value, draft)
    }
    guard let target = resolve(text, draft.item, at: draft.tree.span(value), load: load) else {
      return
    }
    let index = schema(target.node, in: target.document, target.resource)
    if keyword == .reference {
      draft.node.reference = index
      return
    }
    var entry = DynamicEntry(name: -1, fallback: index)
    let home = set.resources[target.resource]
    if keyword == .recursiveReference {
      if home.isRecursive { entry.name = dynamicName("") }
    } else if let anchor = target.anchor, home.dynamicAnchors[anchor] != nil {
      entry.name = dynamicName(anchor)
    }
    draft.node.dynamicReference = Int32(clamping: tables.dynamics.count)
    tables.dynamics.append(entry)
  }

  /// Derives what depends on several keywords together.
  private mutating func finish(_ draft: inout SchemaDraft) {
    if draft.minimumIsExclusive { swap(&draft.node.minimum, &draft.node.exclusiveMinimum) }
    if draft.maximumIsExclusive { swap(&draft.node.maximum, &draft.node.exclusiveMaximum) }
    if draft.itemsIsList, let rest = draft.additionalItems { draft.node.items = child(rest, draft) }
    readProperties(&draft)
    let node = draft.node
    var flags = node.flags
    if node.types != .all { flags.insert(.hasTypes) }
    if !node.allOf.isEmpty || !node.anyOf.isEmpty || !node.oneOf.isEmpty || node.not >= 0
      || node.ifSchema >= 0 || node.reference >= 0 || node.dynamicReference >= 0
    {
      flags.insert(.hasApplicators)
    }
    if node.unevaluatedItems >= 0 || node.unevaluatedProperties >= 0 {
      flags.insert(.hasUnevaluated)
    }
    if !node.properties.isEmpty || !node.patterns.isEmpty || node.additional >= 0
      || node.propertyNames >= 0 || !node.dependencies.isEmpty || node.minProperties >= 0
      || node.maxProperties >= 0
    {
      flags.insert(.hasPropertyKeywords)
    }
    if !node.prefix.isEmpty || node.items >= 0 || node.contains >= 0 || node.minItems >= 0
      || node.maxItems >= 0 || flags.contains(.hasUniqueItems)
    {
      flags.insert(.hasItemKeywords)
    }
    if node.minLength >= 0 || node.maxLength >= 0 || node.pattern >= 0 || node.format != .none
      || node.contentIsJSON || node.contentEncodingIsBase64
    {
      flags.insert(.hasStringKeywords)
    }
    if node.minimum >= 0 || node.maximum >= 0 || node.exclusiveMinimum >= 0
      || node.exclusiveMaximum >= 0 || node.multipleOf >= 0
    {
      flags.insert(.hasNumberKeywords)
    }
    draft.node.flags = flags
    tidyReference(&draft)
  }

  /// Marks a schema that only refers to another one.
  private func tidyReference(_ draft: inout SchemaDraft) {
    let node = draft.node
    let others: SchemaNode.Flags = [
      .hasTypes, .hasUnevaluated, .hasPropertyKeywords, .hasItemKeywords, .hasStringKeywords,
      .hasNumberKeywords, .isSecret, .isPublic, .addsSlash,
    ]
    if node.reference >= 0, node.flags.isDisjoint(with: others), node.dynamicReference < 0,
      node.allOf.isEmpty, node.anyOf.isEmpty, node.oneOf.isEmpty, node.not < 0,
      node.ifSchema < 0, node.constant < 0, node.enumeration.isEmpty, node.defaultNode < 0
    {
      draft.node.flags.insert(.isReference)
    }
  }
}
