import Text

/// Where in a document's structure an offset is, for completion.
struct Cursor {
  enum Spot {
    /// A key of a map, or a value: nothing on the line tells yet. The parent's value: -1 for the
    /// document's.
    case free(parent: Int, isInList: Bool)
    /// The value of an entry or item.
    case value(owner: Int)
    /// Inside an expression.
    case expression(owner: Int, ExpressionScan, offset: Int)
  }

  /// The document up to the word at the cursor.
  let outline: Outline
  let spot: Spot
  /// The word that is being typed, up to the cursor.
  let word: Range<Int>

  init(_ text: [UInt8], _ offset: Int) {
    let offset = min(max(0, offset), text.count)
    var start = offset
    while start > 0, Self.isWord(text[start - 1]) { start -= 1 }
    let before = Outline(Array(text[..<offset]))
    if case .scalar(let owner) = before.end,
      let scalar = owner < 0 ? before.rootValue : before.nodes[owner].value
    {
      let (decoded, _) = before.decoded(scalar)
      if let scan = ExpressionScan.all(in: decoded).last, !scan.isClosed {
        var inner = decoded.count
        while inner > 0, ASCII.isWord(decoded[inner - 1]) { inner -= 1 }
        self.outline = before
        word = (offset - (decoded.count - inner))..<offset
        spot = .expression(owner: owner, scan, offset: inner)
        return
      }
    }
    if let found = Self.inBrackets(before) {
      self.outline = before
      word = (offset - found.typed)..<offset
      spot = .expression(owner: found.owner, found.scan, offset: found.offset)
      return
    }
    // The structure without the word.
    let quoted = start > 0 && (text[start - 1] == .quote || text[start - 1] == .apostrophe)
    let cut = quoted ? start - 1 : start
    outline = Outline(Array(text[..<cut]))
    word = start..<offset
    switch outline.end {
    case .flow(let isMap, let owner, let entry, let isAfterColon):
      if isMap, let entry, isAfterColon {
        spot = .value(owner: entry)
      } else {
        spot = .free(parent: owner, isInList: !isMap)
      }
    case .scalar(let owner): spot = .value(owner: owner)
    case .block(let stack): spot = Self.inBlock(outline, stack, cut)
    }
  }

  /// A quoted text in brackets that isn't closed, and has an open expression.
  private static func inBrackets(
    _ before: Outline
  ) -> (owner: Int, scan: ExpressionScan, offset: Int, typed: Int)? {
    guard case .flow = before.end, let last = before.nodes.indices.last else { return nil }
    var owner = last
    var scalar = before.nodes[last].value
    if scalar == nil, let key = before.nodes[last].key { scalar = key }
    // The last one read need not be the last node.
    if let entry = before.nodes.indices.last(where: {
      (before.nodes[$0].value?.range.upperBound ?? 0) >= before.text.count
    }) {
      owner = entry
      scalar = before.nodes[entry].value
    }
    guard let scalar, scalar.range.upperBound >= before.text.count else { return nil }
    let (decoded, _) = before.decoded(scalar)
    guard let scan = ExpressionScan.all(in: decoded).last, !scan.isClosed else { return nil }
    var inner = decoded.count
    while inner > 0, ASCII.isWord(decoded[inner - 1]) { inner -= 1 }
    return (owner, scan, inner, decoded.count - inner)
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    ASCII.isWord(byte) || byte == .hyphen || byte == .dollar || byte == .dot || byte == .slash
      || byte == .at || byte >= 0x80
  }

  private static func inBlock(_ outline: Outline, _ stack: [Int], _ cut: Int) -> Spot {
    var lineStart = cut
    while lineStart > 0, outline.text[lineStart - 1] != .newline { lineStart -= 1 }
    let line = outline.text[lineStart..<cut]
    // After a key on the line, its value.
    if let last = stack.last, outline.nodes[last].key != nil,
      outline.nodes[last].start >= lineStart
    {
      return .value(owner: last)
    }
    guard line.allSatisfy({ $0 == .space || $0 == .hyphen || $0 == .tab }) else {
      return .value(owner: stack.last ?? -1)
    }
    let column = cut - lineStart
    let isItem = line.contains(.hyphen)
    let parent = stack.last { outline.nodes[$0].indent < column } ?? -1
    return .free(parent: parent, isInList: isItem && parent >= 0 && outline.nodes[parent].isItem)
  }

  /// From the document to the node whose value the cursor is in.
  var path: [Outline.Step] {
    switch spot {
    case .free(let parent, _): parent < 0 ? [] : outline.path(parent)
    case .value(let owner), .expression(let owner, _, _): owner < 0 ? [] : outline.path(owner)
    }
  }
}
