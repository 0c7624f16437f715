import Documents
import Text

/// Writes layout nodes in the canonical form.
struct LayoutPrinter {
  /// What stands before a node on its line.
  enum Introducer {
    case document
    /// `key:`
    case key
    /// `-`, or `?` and `:` of a key that is written so.
    case dash
  }

  var writer = LayoutWriter()
  /// Whether something can't be written.
  var hasFailed = false

  // MARK: Documents

  mutating func write(_ documents: [LayoutDocument], _ rest: [LayoutTrivia]) {
    for document in documents { write(document) }
    trivia(rest, at: 0, dropsFirstBlank: documents.isEmpty)
  }

  private mutating func write(_ document: LayoutDocument) {
    for kind in document.head {
      switch kind {
      case .comment(let comment): writer.comment(comment, at: 0)
      case .blank: writer.blank()
      case .directive(let text):
        writer.newLine(0)
        writer.add(text)
      case .indicator: break
      }
    }
    if document.hasMarker {
      writer.newLine(0)
      writer.add("---")
      if let comment = document.markerComment { writer.lineComments([comment]) }
    }
    root(document.root)
    trivia(document.tail, at: 0, dropsFirstBlank: writer.isEmpty)
    if document.hasEndMarker {
      writer.newLine(0)
      writer.add("...")
      if let comment = document.endComment { writer.lineComments([comment]) }
    }
  }

  private mutating func root(_ node: LayoutNode) {
    trivia(node.before, at: 0, dropsFirstBlank: true)
    if node.isEmpty, node.properties.isEmpty {
      for comment in node.trailing { writer.comment(comment, at: 0) }
      trivia(node.tail, at: 0)
      return
    }
    if node.properties.isEmpty, block(node, at: 0) { return }
    writer.newLine(0)
    var bare = node
    bare.before = []
    value(bare, at: -2, .document)
  }

  // MARK: Nodes

  /// Writes comments and empty lines as lines of their own.
  mutating func trivia(
    _ trivia: some Collection<LayoutTrivia>, at column: Int, dropsFirstBlank: Bool = false
  ) {
    var drops = dropsFirstBlank
    for item in trivia {
      switch item {
      case .blank: if !drops { writer.blank() }
      case .comment(let comment): writer.comment(comment, at: column)
      }
      drops = false
    }
  }

  /// Writes a node after what introduces it.
  /// - Parameter column: where its parent's entries start.
  mutating func value(_ node: LayoutNode, at column: Int, _ introducer: Introducer) {
    let child = column + 2
    if introducer != .document, let opened = opened(node, at: column) {
      return value(opened, at: column, introducer)
    }
    comments(node.before, at: child)
    if node.properties.isEmpty, isBlock(node) {
      if introducer == .dash, !writer.isClosed, !hasComment(node.before) {
        writer.add(" ")
        block(node, at: child, isInline: true)
      } else {
        block(node, at: child)
      }
      return
    }
    guard !(node.isEmpty && node.properties.isEmpty) else {
      writer.lineComments(node.trailing)
      trivia(node.tail, at: child, dropsFirstBlank: true)
      return
    }
    startContent(at: child, introducer, hasComments: hasComment(node.before))
    writer.add(Array(node.properties.joined(separator: [.space])))
    if !node.inner.isEmpty { comments(node.inner, at: child) }
    if isBlock(node) {
      writer.lineComments(node.trailing)
      block(node, at: child)
      return
    }
    if !node.properties.isEmpty, !node.isEmpty {
      startContent(at: child, .key, hasComments: hasComment(node.inner))
    }
    content(node, at: child)
    trivia(node.tail, at: child, dropsFirstBlank: true)
  }

  /// A blank after what introduces a node, or a new line after a comment.
  private mutating func startContent(at column: Int, _ introducer: Introducer, hasComments: Bool) {
    if hasComments {
      writer.newLine(max(column, 0))
    } else if introducer != .document {
      writer.add(" ")
    }
  }

  /// Comments between what introduces a node and the node: the first one may end the line.
  private mutating func comments(_ before: [LayoutTrivia], at column: Int) {
    var rest = before.drop { $0 == .blank }
    if let first = rest.first?.comment, !first.isOwnLine, !writer.isClosed {
      writer.lineComments([first])
      rest.removeFirst()
    }
    trivia(rest, at: max(column, 0), dropsFirstBlank: true)
  }

  private mutating func content(_ node: LayoutNode, at column: Int) {
    switch node.content {
    case .alias(let name):
      writer.add(name)
      writer.lineComments(node.trailing)
    case .scalar(let scalar):
      self.scalar(scalar, at: column, node.trailing)
    case .list, .map: flow(node, at: column)
    }
  }

  private func isBlock(_ node: LayoutNode) -> Bool {
    switch node.content {
    case .alias, .scalar: false
    case .list(let list): !list.isFlow
    case .map(let map): !map.isFlow || map.isPair
    }
  }

  /// Writes a container's entries, each on its lines; false if the node isn't a block.
  @discardableResult
  private mutating func block(_ node: LayoutNode, at column: Int, isInline: Bool = false) -> Bool {
    guard isBlock(node) else { return false }
    switch node.content {
    case .alias, .scalar: break
    case .list(let list): items(list, at: column, isInline: isInline)
    case .map(let map): entries(map, at: column, isInline: isInline)
    }
    return true
  }

  private mutating func items(_ list: LayoutList, at column: Int, isInline: Bool) {
    for (index, item) in list.items.enumerated() {
      if index > 0 || !isInline {
        trivia(item.leading, at: column, dropsFirstBlank: index == 0)
        writer.newLine(column)
      }
      writer.add("-")
      value(item.node, at: column, .dash)
    }
    trivia(list.tail, at: column)
  }

  private mutating func entries(_ map: LayoutMap, at column: Int, isInline: Bool) {
    for (index, entry) in map.entries.enumerated() {
      if index > 0 || !isInline {
        trivia(entry.leading, at: column, dropsFirstBlank: index == 0)
        writer.newLine(column)
      }
      if let key = simpleKey(entry) {
        writer.add(key)
        writer.add(":")
        value(entry.value, at: column, .key)
      } else {
        writer.add("?")
        value(entry.key, at: column, .dash)
        guard
          !entry.value.isEmpty || !entry.value.properties.isEmpty
            || hasComment(entry.value.before + entry.value.tail) || !entry.value.trailing.isEmpty
        else { continue }
        writer.newLine(column)
        writer.add(":")
        value(entry.value, at: column, .dash)
      }
    }
    trivia(map.tail, at: column)
  }

  private func hasComment(_ trivia: [LayoutTrivia]) -> Bool {
    trivia.contains { $0 != .blank }
  }

  /// A key as it stands before its colon; nil if it has to be introduced by a `?`.
  func simpleKey(_ entry: LayoutMap.Entry) -> [UInt8]? {
    let key = entry.key
    guard key.before.allSatisfy({ $0 == .blank }), key.inner.isEmpty, key.trailing.isEmpty else {
      return nil
    }
    var text = Array(key.properties.joined(separator: [.space]))
    switch key.content {
    case .alias(let name): text += name + [.space]
    case .scalar(let scalar):
      let raw = ScalarText.key(scalar)
      guard let raw, raw.count < 1000, !(raw.isEmpty && !text.isEmpty) else { return nil }
      if !text.isEmpty { text.append(.space) }
      text += raw
    case .list, .map: return nil
    }
    return text
  }
}
