import Documents
import Text
import SourceText
import Values

/// What schemas check: nodes of a tree, or evaluated values.
protocol SchemaInstance {
  associatedtype Node
  associatedtype Key
  associatedtype Entries: IteratorProtocol where Entries.Element == (key: Key, value: Node)
  associatedtype Items: IteratorProtocol where Items.Element == Node

  func kind(_ node: Node) -> Tree.Kind
  /// Number of items or entries.
  func count(_ node: Node) -> Int
  func entries(_ node: Node) -> Entries
  func items(_ node: Node) -> Items
  /// The bytes of a scalar's text.
  func withBytes<Result>(_ node: Node, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result
  func withKeyBytes<Result>(
    _ key: Key, _ body: (UnsafeBufferPointer<UInt8>) -> Result
  ) -> Result
  /// A key as a string.
  func node(_ key: Key) -> Node
  func span(_ node: Node) -> Span?
  func keySpan(_ key: Key) -> Span?
  /// Whether the value is a secret even if its schema doesn't say so.
  func isSecret(_ node: Node) -> Bool
  /// Whether names and forms say that it is one.
  func isMarked(_ node: Node) -> Bool
  /// A 64-bit integer; nil for any other number.
  func integer(_ node: Node) -> Int64?
}

extension SchemaInstance {
  func isMarked(_ node: Node) -> Bool { false }

  func string(_ node: Node) -> String { withBytes(node) { String(decoding: $0, as: UTF8.self) } }
  func keyString(_ key: Key) -> String {
    withKeyBytes(key) { String(decoding: $0, as: UTF8.self) }
  }
}

/// A YAML or JSON document.
struct TreeInstance: SchemaInstance {
  typealias Node = NodeID
  typealias Key = NodeID
  typealias Entries = Tree.Entries
  typealias Items = Tree.Items

  let tree: Tree

  func kind(_ node: NodeID) -> Tree.Kind { tree.kind(node) }
  func count(_ node: NodeID) -> Int { tree.count(node) }
  func entries(_ node: NodeID) -> Tree.Entries { tree.entries(node) }
  func items(_ node: NodeID) -> Tree.Items { tree.items(node) }

  func withBytes<Result>(
    _ node: NodeID, _ body: (UnsafeBufferPointer<UInt8>) -> Result
  ) -> Result { tree.withBytes(node, body) }

  func withKeyBytes<Result>(
    _ key: NodeID, _ body: (UnsafeBufferPointer<UInt8>) -> Result
  ) -> Result { tree.withBytes(key, body) }

  func node(_ key: NodeID) -> NodeID { key }
  func span(_ node: NodeID) -> Span? { tree.span(node) }
  func keySpan(_ key: NodeID) -> Span? { tree.span(key) }
  func isSecret(_ node: NodeID) -> Bool { false }

  func isMarked(_ node: NodeID) -> Bool {
    guard let root = tree.root else { return false }
    return SecretMarks(tree: tree).spans(root).contains(tree.span(node))
  }

  func integer(_ node: NodeID) -> Int64? {
    guard tree.kind(node) == .int else { return nil }
    return tree.withBytes(node) { DecimalNumber.smallInteger($0) }
  }
}

/// An evaluated value with its places.
struct SpannedInstance: SchemaInstance {
  typealias Node = SpannedValue

  struct Key {
    var text: String
    var span: Span?
  }

  /// The value of a scalar, or of a container that came from one.
  private func value(_ node: SpannedValue) -> Value? {
    guard case .scalar(let value) = node.content else { return nil }
    if case .optional(let wrapped) = value.revealed { return wrapped?.revealed ?? .null }
    return value.revealed
  }

  func kind(_ node: SpannedValue) -> Tree.Kind {
    switch node.content {
    case .list: .list
    case .map: .map
    case .scalar:
      switch value(node) ?? .null {
      case .null, .optional: .null
      case .bool: .bool
      case .int, .uint: .int
      case .double: .float
      case .number(let text): Value.isWhole(text) ? .int : .float
      case .string, .bytes, .timestamp, .duration, .type, .opaque, .secret: .string
      case .list: .list
      case .map: .map
      }
    }
  }

  func isSecret(_ node: SpannedValue) -> Bool {
    if case .scalar(.secret) = node.content { true } else { false }
  }

  func count(_ node: SpannedValue) -> Int {
    switch node.content {
    case .list(let items): return items.count
    case .map(let entries): return entries.count
    case .scalar:
      if case .list(let items) = value(node) { return items.count }
      if case .map(let map) = value(node) { return map.count }
      return 0
    }
  }

  /// A part of a value that comes from one scalar: it has the scalar's place and secrecy.
  private func part(_ value: Value, of node: SpannedValue) -> SpannedValue {
    let value: Value = isSecret(node) ? .secret(Secret(value, reference: "")) : value
    return SpannedValue(.scalar(value), span: node.span, origin: node.origin)
  }

  struct Entries: IteratorProtocol {
    var entries: IndexingIterator<[SpannedValue.Entry]>

    mutating func next() -> (key: Key, value: SpannedValue)? {
      guard let entry = entries.next() else { return nil }
      return (Key(text: entry.key, span: entry.keySpan ?? entry.value.span), entry.value)
    }
  }

  func entries(_ node: SpannedValue) -> Entries {
    switch node.content {
    case .map(let entries): return Entries(entries: entries.makeIterator())
    case .list: return Entries(entries: [].makeIterator())
    case .scalar:
      guard case .map(let map) = value(node) else { return Entries(entries: [].makeIterator()) }
      let entries = map.entries.compactMap { entry -> SpannedValue.Entry? in
        guard case .string(let key) = entry.key.revealed else { return nil }
        return SpannedValue.Entry(key: key, keySpan: node.span, value: part(entry.value, of: node))
      }
      return Entries(entries: entries.makeIterator())
    }
  }

  func items(_ node: SpannedValue) -> IndexingIterator<[SpannedValue]> {
    switch node.content {
    case .list(let items): return items.makeIterator()
    case .map: return [].makeIterator()
    case .scalar:
      guard case .list(let items) = value(node) else { return [].makeIterator() }
      return items.map { part($0, of: node) }.makeIterator()
    }
  }

  func withBytes<Result>(
    _ node: SpannedValue, _ body: (UnsafeBufferPointer<UInt8>) -> Result
  ) -> Result {
    var text =
      switch value(node) ?? .null {
      case .null: "null"
      case .bool(let flag): flag ? "true" : "false"
      case .int(let number): String(number)
      case .uint(let number): String(number)
      case .double(let number): number.description
      case .string(let text), .number(let text), .type(let text), .opaque(_, let text): text
      case .bytes(let bytes): Base64.encode(bytes)
      case .timestamp(let moment): moment.description
      case .duration(let duration): duration.description
      case .list, .map, .optional, .secret: ""
      }
    return text.withUTF8(body)
  }

  func withKeyBytes<Result>(
    _ key: Key, _ body: (UnsafeBufferPointer<UInt8>) -> Result
  ) -> Result {
    var text = key.text
    return text.withUTF8(body)
  }

  func node(_ key: Key) -> SpannedValue { SpannedValue(.scalar(.string(key.text)), span: key.span) }
  func span(_ node: SpannedValue) -> Span? { node.origin ?? node.span }
  func keySpan(_ key: Key) -> Span? { key.span }

  func integer(_ node: SpannedValue) -> Int64? {
    switch value(node) ?? .null {
    case .int(let number): number
    case .uint(let number): Int64(exactly: number)
    default: nil
    }
  }
}
