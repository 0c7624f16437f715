import Documents
import RegularExpressions
import Text
import Diagnostics
import SourceText
import Values

/// Compiles a schema and all schemas reachable from it into an arena, each once.
struct SchemaCompiler {
  struct WorkItem {
    var document: Int
    var node: NodeID
    var resource: Int
    var index: Int
  }

  var set: SchemaSet
  var tables = SchemaTables()
  var diagnostics: [Diagnostic] = []
  /// The compiled schema by document and node, or -1.
  var compiled: [[Int32]] = []
  var work: [WorkItem] = []
  var expressionOfPattern: [String: Int32] = [:]
  var dynamicNames: [String] = []
  var dynamicTargets: [[UInt32: Int32]] = []
  /// Documents that were not found, to report each only once.
  var missing: Set<String> = []

  init(set: SchemaSet) { self.set = set }

  mutating func arena() -> SchemaArena {
    tables.noteMarks()
    return SchemaArena(tables, documents: set.documents.map(\.tree), targets: dynamicTargets)
  }

  mutating func compile(
    resource: Int, fragment: String, load: (String) -> Tree?
  ) -> Int32? {
    guard let root = target(resource, fragment) else {
      diagnostics.append(.missingSchema("#\(fragment)", at: nil))
      return nil
    }
    let index = schema(root.node, in: root.document, root.resource)
    var isFinished = false
    while !isFinished {
      while let item = work.popLast() { compile(item, load: load) }
      isFinished = addDynamicTargets()
    }
    return index
  }

  /// The index of a schema that will be compiled.
  mutating func schema(_ node: NodeID, in document: Int, _ resource: Int) -> Int32 {
    let tree = set.documents[document].tree
    let node = tree.resolved(node)
    while compiled.count <= document {
      compiled.append(
        [Int32](repeating: -1, count: set.documents[compiled.count].tree.nodes.count))
    }
    let known = compiled[document][Int(node.index)]
    if known >= 0 { return known }
    let own = set.resourceOfNode[SchemaSet.DocumentNode(document, node)] ?? resource
    let index = tables.nodes.count
    tables.nodes.append(
      SchemaNode(
        document: UInt32(clamping: document), node: node.index, resource: UInt32(clamping: own)))
    compiled[document][Int(node.index)] = Int32(clamping: index)
    work.append(WorkItem(document: document, node: node, resource: own, index: index))
    return Int32(clamping: index)
  }

  struct Target {
    var document: Int
    var node: NodeID
    var resource: Int
    /// The anchor by which it was found.
    var anchor: String?
  }

  /// The target of a fragment in a resource.
  func target(_ resource: Int, _ fragment: String) -> Target? {
    let home = set.resources[resource]
    guard let tokens = SchemaURI.pointer(fragment) else {
      let name = PercentEncoding.decode(fragment)
      guard let node = home.anchors[name] else { return nil }
      let own = set.resourceOfNode[SchemaSet.DocumentNode(home.document, node)] ?? resource
      return Target(document: home.document, node: node, resource: own, anchor: name)
    }
    var at = Target(document: home.document, node: home.node, resource: resource)
    let tree = set.documents[home.document].tree
    for token in tokens {
      guard let next = Self.step(tree, at.node, token) else { return nil }
      at.node = tree.resolved(next)
      at.resource =
        set.resourceOfNode[SchemaSet.DocumentNode(home.document, at.node)] ?? at.resource
    }
    return at
  }

  private static func step(_ tree: Tree, _ node: NodeID, _ token: [UInt8]) -> NodeID? {
    switch tree.kind(node) {
    case .map:
      for (key, value) in tree.entries(node)
      where tree.withBytes(key, { $0.elementsEqual(token) }) { return value }
      return nil
    case .list:
      guard let index = Int(String(decoding: token, as: UTF8.self)), index >= 0 else { return nil }
      var at = 0
      for item in tree.items(node) {
        if at == index { return item }
        at += 1
      }
      return nil
    case .null, .bool, .int, .float, .string: return nil
    }
  }

  /// The target of a reference; nil, with a diagnostic, if there is none.
  mutating func resolve(
    _ reference: String, _ item: WorkItem, at span: Span, load: (String) -> Tree?
  ) -> Target? {
    let (uri, fragment) = SchemaURI.resolve(reference, against: set.resources[item.resource].uri)
    guard
      let resource = uri == set.resources[item.resource].uri
        ? item.resource : set.resource(uri, load: load)
    else {
      if missing.insert(uri).inserted { diagnostics.append(.missingSchema(uri, at: span)) }
      return nil
    }
    guard let found = target(resource, fragment) else {
      diagnostics.append(.danglingReference(reference, at: span))
      return nil
    }
    return found
  }

  /// Compiles the possible targets of dynamic references; true if there was nothing new.
  private mutating func addDynamicTargets() -> Bool {
    guard !dynamicNames.isEmpty else { return true }
    let reachable = Set(tables.nodes.map { Int($0.resource) })
    for (number, name) in dynamicNames.enumerated() {
      for resource in reachable.sorted() where dynamicTargets[number][UInt32(resource)] == nil {
        let home = set.resources[resource]
        let node = name.isEmpty ? (home.isRecursive ? home.node : nil) : home.dynamicAnchors[name]
        guard let node else { continue }
        dynamicTargets[number][UInt32(resource)] = schema(node, in: home.document, resource)
      }
    }
    return work.isEmpty
  }

  /// The number of an anchor's name (empty for `$recursiveAnchor`).
  mutating func dynamicName(_ name: String) -> Int32 {
    if let known = dynamicNames.firstIndex(of: name) { return Int32(clamping: known) }
    dynamicNames.append(name)
    dynamicTargets.append([:])
    return Int32(clamping: dynamicNames.count - 1)
  }

  mutating func expression(_ pattern: String, at span: Span) -> Int32 {
    if let known = expressionOfPattern[pattern] { return known }
    if case .failure(let error) = RegularExpression.compile(pattern, syntax: .ecma) {
      diagnostics.append(.badPatternKeyword(pattern, error.reason, at: span))
    }
    var text = pattern
    tables.patternTexts.append(text.withUTF8 { tables.name($0) })
    let index = Int32(clamping: tables.patternTexts.count - 1)
    expressionOfPattern[pattern] = index
    return index
  }
}
