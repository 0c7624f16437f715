import Documents
import Text

/// Lists and maps in brackets and braces.
extension LayoutPrinter {
  /// A flow container that doesn't fit on the line as a block, whose entries are on lines of their
  /// own; nil if it fits, or isn't a flow container.
  func opened(_ node: LayoutNode, at column: Int) -> LayoutNode? {
    var block = node
    switch node.content {
    case .alias, .scalar: return nil
    case .list(var list):
      guard list.isFlow, !list.items.isEmpty else { return nil }
      list.isFlow = false
      block.before += list.items[0].leading
      list.items[0].leading = []
      block.content = .list(list)
    case .map(var map):
      guard map.isFlow, !map.isPair, !map.entries.isEmpty else { return nil }
      map.isFlow = false
      block.before += map.entries[0].leading
      map.entries[0].leading = []
      block.content = .map(map)
    }
    var bare = node
    bare.before = []
    bare.inner = []
    let start = node.before.contains { $0 != .blank } ? column + 2 : writer.column + 1
    if let flat = flat(bare), start + LayoutWriter.columns(flat) <= LayoutWriter.width {
      return nil
    }
    if node.properties.isEmpty {
      block.before += node.trailing.map { .comment($0) }
      block.trailing = []
    }
    return block
  }

  /// Writes a flow container: on the line, or as a document of its own as JSON is written.
  mutating func flow(_ node: LayoutNode, at column: Int) {
    var bare = node
    bare.properties = []
    bare.before = []
    bare.inner = []
    if let flat = flat(bare), writer.column + LayoutWriter.columns(flat) <= LayoutWriter.width {
      writer.add(flat)
      writer.lineComments(node.trailing)
      return
    }
    switch node.content {
    case .list(let list) where list.items.isEmpty:
      writer.add("[]")
      writer.lineComments(list.tail.compactMap(\.comment) + node.trailing)
    case .map(let map) where map.entries.isEmpty:
      writer.add("{}")
      writer.lineComments(map.tail.compactMap(\.comment) + node.trailing)
    case .alias, .scalar, .list, .map:
      broken(bare, at: max(column, 0))
      writer.lineComments(node.trailing)
    }
  }

  // MARK: On one line

  /// A node on one line; nil if it can't be: it has comments, or text with line ends.
  func flat(_ node: LayoutNode) -> [UInt8]? {
    guard node.before.allSatisfy({ $0 == .blank }), node.inner.allSatisfy({ $0 == .blank }) else {
      return nil
    }
    var text = Array(node.properties.joined(separator: [.space]))
    let content: [UInt8]?
    switch node.content {
    case .alias(let name): content = name
    case .scalar(let scalar): content = ScalarText.flat(scalar)
    case .list(let list): content = flat(list)
    case .map(let map): content = flat(map)
    }
    guard let content else { return nil }
    // A tag directly before a comma would go on with it.
    if !text.isEmpty { text.append(.space) }
    return text + content
  }

  private func flat(_ list: LayoutList) -> [UInt8]? {
    guard list.tail.allSatisfy({ $0 == .blank }) else { return nil }
    var parts: [[UInt8]] = []
    for item in list.items {
      guard item.leading.allSatisfy({ $0 == .blank }), item.node.trailing.isEmpty,
        let part = flat(item.node)
      else { return nil }
      parts.append(part)
    }
    return [.openBracket] + parts.joined(separator: [.comma, .space]) + [.closeBracket]
  }

  private func flat(_ map: LayoutMap) -> [UInt8]? {
    guard map.tail.allSatisfy({ $0 == .blank }) else { return nil }
    var parts: [[UInt8]] = []
    for entry in map.entries {
      guard entry.leading.allSatisfy({ $0 == .blank }), entry.value.trailing.isEmpty,
        let key = flatKey(entry), let value = flat(entry.value)
      else { return nil }
      parts.append(key + [.colon] + (value.isEmpty ? [] : [.space]) + value)
    }
    if map.isPair { return parts.first }
    if parts.isEmpty { return [.openBrace, .closeBrace] }
    return [.openBrace, .space] + parts.joined(separator: [.comma, .space]) + [.space, .closeBrace]
  }

  private func flatKey(_ entry: LayoutMap.Entry) -> [UInt8]? {
    if let key = simpleKey(entry) { return key }
    switch entry.key.content {
    case .list, .map: return entry.key.trailing.isEmpty ? flat(entry.key) : nil
    case .alias, .scalar: return nil
    }
  }

  // MARK: On several lines

  /// Writes a document's flow container with each entry on its own line, as JSON is written.
  private mutating func broken(_ node: LayoutNode, at column: Int) {
    if !node.properties.isEmpty {
      writer.add(Array(node.properties.joined(separator: [.space])) + [.space])
    }
    let inner = column + 2
    switch node.content {
    case .alias, .scalar: hasFailed = true
    case .list(let list):
      writer.add("[")
      for (index, item) in list.items.enumerated() {
        trivia(item.leading, at: inner, dropsFirstBlank: index == 0)
        writer.newLine(inner)
        member(item.node, at: inner, isLast: index == list.items.count - 1)
      }
      trivia(list.tail.filter { $0 != .blank }, at: inner)
      writer.newLine(column)
      writer.add("]")
    case .map(let map):
      writer.add("{")
      for (index, entry) in map.entries.enumerated() {
        trivia(entry.leading, at: inner, dropsFirstBlank: index == 0)
        writer.newLine(inner)
        guard let key = flatKey(entry) else {
          hasFailed = true
          return
        }
        writer.add(key + [.colon])
        if !entry.value.isEmpty || !entry.value.properties.isEmpty { writer.add(" ") }
        member(entry.value, at: inner, isLast: index == map.entries.count - 1)
      }
      trivia(map.tail.filter { $0 != .blank }, at: inner)
      writer.newLine(column)
      writer.add("}")
    }
  }

  private mutating func member(_ node: LayoutNode, at column: Int, isLast: Bool) {
    let comma: [UInt8] = isLast ? [] : [.comma]
    let flat = flat(node)
    if let flat, writer.column + LayoutWriter.columns(flat) + 1 <= LayoutWriter.width {
      writer.add(flat + comma)
    } else {
      switch node.content {
      case .alias, .scalar:
        guard let flat else {
          hasFailed = true
          return
        }
        writer.add(flat + comma)
      case .list, .map:
        if node.before.contains(where: { $0 != .blank }) { hasFailed = true }
        broken(node, at: column)
        writer.add(comma)
      }
    }
    writer.lineComments(node.trailing)
  }
}
