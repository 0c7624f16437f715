import Text
import Documents
import Values

extension SchemaSet {
  /// Finds a document's resources and anchors.
  mutating func scan(_ document: Int, load: (String) -> Tree?) {
    guard !documents[document].isScanned else { return }
    documents[document].isScanned = true
    let home = documents[document]
    var stack = [ScanItem(node: home.root, resource: -1, reading: Reading(dialect: defaultDialect))]
    // Each node is visited once, except through aliases, which add nothing new.
    var budget = home.tree.nodes.count &* 2 + 16
    while let item = stack.popLast(), budget > 0 {
      budget -= 1
      visit(item, in: document, home.tree, load: load, pushing: &stack)
    }
    if let root = resourceOfNode[DocumentNode(document, home.root)] {
      resourceOfURI[home.uri] = root
    }
  }

  private struct ScanItem {
    var node: NodeID
    /// -1 at a document's root.
    var resource: Int
    var reading: Reading
  }

  /// A schema's own `$id` and anchors.
  private struct Identity {
    var id: String?
    var schema: String?
    var anchor: (String, NodeID)?
    var dynamicAnchor: String?
    var isRecursive = false
    var hasReference = false
  }

  private mutating func visit(
    _ item: ScanItem, in document: Int, _ tree: Tree, load: (String) -> Tree?,
    pushing stack: inout [ScanItem]
  ) {
    var item = item
    let isRoot = item.resource < 0
    guard isRoot || tree.kind(item.node) == .map else { return }
    let identity = identity(of: item.node, in: tree)
    if let schema = identity.schema, isRoot || identity.id != nil {
      item.reading = reading(metaschema: schema, load: load)
    }
    let dialect = item.reading.dialect
    let isShadowed = identity.hasReference && !dialect.hasReferenceSiblings
    var id = isShadowed ? nil : identifier(of: item.node, in: tree, dialect)
    if let name = id, name.utf8.first == .hash, dialect <= .draft7 {
      // Before `$anchor`, drafts had `$id: "#name"`.
      id = nil
      if isRoot { openResource("", &item, in: document) }
      resources[item.resource].anchors[String(name.dropFirst())] = item.node
    }
    if isRoot || id != nil { openResource(id ?? "", &item, in: document) }
    note(identity, of: item, dialect)
    pushChildren(of: item, in: tree, to: &stack)
  }

  private func identity(of node: NodeID, in tree: Tree) -> Identity {
    var identity = Identity()
    for (key, value) in tree.entries(node) {
      guard let keyword = tree.withBytes(key, { $0.first == .dollar ? Keyword($0) : nil }) else {
        if tree.withBytes(key, { Keyword($0) == .oldID }) { identity.id = identity.id ?? "" }
        continue
      }
      let text = tree.kind(value) == .string ? tree.string(value) : nil
      switch keyword {
      case .id: identity.id = text
      case .schema: identity.schema = text
      case .anchor: identity.anchor = text.map { ($0, node) }
      case .dynamicAnchor: identity.dynamicAnchor = text
      case .recursiveAnchor:
        identity.isRecursive = tree.withBytes(value) { $0.first == UInt8(ascii: "t") }
      case .reference: identity.hasReference = text != nil
      default: break
      }
    }
    return identity
  }

  private func identifier(of node: NodeID, in tree: Tree, _ dialect: Dialect) -> String? {
    guard let id = tree.value(node, dialect.idKeyword.rawValue), tree.kind(id) == .string else {
      return nil
    }
    return tree.string(id)
  }

  /// Makes the item's schema a resource, unless it is one already.
  private mutating func openResource(_ id: String, _ item: inout ScanItem, in document: Int) {
    let node = DocumentNode(document, item.node)
    let base = item.resource < 0 ? documents[document].uri : resources[item.resource].uri
    let uri = SchemaURI.resolve(id, against: base).uri
    if let known = resourceOfNode[node] {
      item.resource = known
      return
    }
    resources.append(
      Resource(document: document, node: item.node, uri: uri, reading: item.reading))
    item.resource = resources.count - 1
    resourceOfNode[node] = item.resource
    if resourceOfURI[uri] == nil { resourceOfURI[uri] = item.resource }
  }

  private mutating func note(_ identity: Identity, of item: ScanItem, _ dialect: Dialect) {
    guard dialect >= .draft2019 else { return }
    if let (name, node) = identity.anchor { resources[item.resource].anchors[name] = node }
    if identity.isRecursive, dialect == .draft2019 { resources[item.resource].isRecursive = true }
    if let name = identity.dynamicAnchor, dialect == .draft2020 {
      resources[item.resource].anchors[name] = item.node
      resources[item.resource].dynamicAnchors[name] = item.node
    }
  }

  private func pushChildren(of item: ScanItem, in tree: Tree, to stack: inout [ScanItem]) {
    func push(_ node: NodeID) {
      stack.append(
        ScanItem(node: tree.resolved(node), resource: item.resource, reading: item.reading))
    }
    for (key, value) in tree.entries(item.node) {
      guard let keyword = tree.withBytes(key, { Keyword($0) }) else { continue }
      switch keyword.shape(in: item.reading.dialect) {
      case .none: break
      case .schema: push(value)
      case .schemas: for child in tree.items(value) { push(child) }
      case .map, .mapOfSchemasOrNames: for child in tree.entries(value) { push(child.value) }
      case .schemaOrSchemas:
        if tree.kind(value) == .list {
          for child in tree.items(value) { push(child) }
        } else {
          push(value)
        }
      }
    }
  }
}

extension SchemaSet.DocumentNode {
  init(_ document: Int, _ node: NodeID) {
    self.init(document: UInt32(clamping: document), node: node.index)
  }
}
