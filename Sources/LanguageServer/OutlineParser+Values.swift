import Text

/// Values of entries and items.
extension OutlineParser {
  /// Reads a value that begins on this line, and the lines that belong to it.
  ///
  /// - Parameter indent: the column of its key or dash; lines of the value are further right.
  /// - Returns: whether it is still open at the end of the text.
  mutating func readValue(of owner: Int, indent: Int) -> Bool {
    skipBlanks()
    // Anchors and tags.
    while at < bytes.count, bytes[at] == .ampersand || bytes[at] == .exclamation, !isBlank(at + 1) {
      while at < bytes.count, !isBlank(at) { at += 1 }
      skipBlanks()
    }
    guard at < bytes.count else {
      if owner >= 0 { outline.end = .scalar(owner: owner) }
      return owner >= 0
    }
    if isLineEnd(at) || (bytes[at] == .hash && at > 0 && isSpace(at - 1)) {
      skipLine()
      return false
    }
    switch bytes[at] {
    case .bar, .greater: return readBlock(of: owner, indent: indent)
    case .quote, .apostrophe: return readQuoted(of: owner, indent: indent)
    case .openBrace, .openBracket:
      if owner >= 0 { outline.nodes[owner].holdsFlow = true }
      return readFlow(of: owner, indent: indent)
    default: return readPlain(of: owner, indent: indent)
    }
  }

  private mutating func set(_ scalar: Outline.Scalar, of owner: Int) {
    guard owner >= 0 else {
      outline.rootValue = scalar
      return
    }
    if outline.nodes[owner].value == nil { outline.nodes[owner].value = scalar }
    outline.nodes[owner].end = max(outline.nodes[owner].end, scalar.range.upperBound)
  }

  private mutating func readBlock(of owner: Int, indent: Int) -> Bool {
    let header = at
    var next = nextLine(at)
    let first = min(next, bytes.count)
    var end = first
    while next < bytes.count {
      if let (column, start) = indentation(next) {
        guard column > indent else { break }
        end = lineEnd(start)
      }
      let following = nextLine(next)
      guard following > next else { break }
      next = following
    }
    let isAtEnd = next >= bytes.count && lineEnd(header) < bytes.count
    // Blanks after the last line are where a cursor is.
    if isAtEnd { end = bytes.count }
    set(Outline.Scalar(range: first..<max(first, end), style: .block), of: owner)
    at = max(next, header + 1)
    guard isAtEnd else { return false }
    // The last line's indentation says whether it belongs to the block.
    let lastLine = lineStart(bytes.count)
    let column = bytes.count - lastLine
    if indentation(lastLine) == nil, column <= indent { return false }
    outline.end = .scalar(owner: owner)
    return true
  }

  func lineStart(_ offset: Int) -> Int {
    var start = min(offset, bytes.count)
    while start > 0, !isLineEnd(start - 1) { start -= 1 }
    return start
  }

  private mutating func readQuoted(of owner: Int, indent: Int) -> Bool {
    let open = at
    let style: Outline.Style = bytes[open] == .quote ? .double : .single
    let limit = blockEnd(after: open, indent: indent)
    if let close = closingQuote(open, within: limit) {
      set(Outline.Scalar(range: open..<(close + 1), style: style), of: owner)
      at = close + 1
      // What follows on the line isn't part of it.
      skipLine()
      return false
    }
    let isLast = limit >= bytes.count && lineEnd(open) >= bytes.count
    let end = isLast ? bytes.count : lineEnd(open)
    set(Outline.Scalar(range: open..<end, style: style, isClosed: false), of: owner)
    at = end
    if isLast {
      outline.end = .scalar(owner: owner)
      return owner >= 0
    }
    skipLine()
    return false
  }

  /// Where the lines end that are further right than a column.
  func blockEnd(after offset: Int, indent: Int) -> Int {
    var next = nextLine(offset)
    while next < bytes.count {
      if let (column, _) = indentation(next), column <= indent { return next }
      let following = nextLine(next)
      guard following > next else { return bytes.count }
      next = following
    }
    return bytes.count
  }

  private mutating func readPlain(of owner: Int, indent: Int) -> Bool {
    let start = at
    var end = plainEnd(at)
    at = lineEnd(at)
    var isLast = at >= bytes.count
    // More lines of a text.
    while !isLast {
      let next = nextLine(at)
      guard next < bytes.count, let (column, first) = indentation(next), column > indent,
        bytes[first] != .hash, isContinuation(first, of: start..<end)
      else { break }
      end = plainEnd(first)
      at = lineEnd(first)
      isLast = at >= bytes.count
    }
    if isLast { end = bytes.count }
    set(Outline.Scalar(range: start..<end, style: .plain), of: owner)
    if isLast {
      outline.end = .scalar(owner: owner)
      return owner >= 0
    }
    skipLine()
    return false
  }

  /// Whether a line that is further right goes on with a text: not if it looks like a key or an
  /// item, unless an expression is open.
  private func isContinuation(_ first: Int, of text: Range<Int>) -> Bool {
    if hasOpenExpression(text) { return true }
    if bytes[first] == .hyphen, isBlank(first + 1) { return false }
    let limit = lineEnd(first)
    var next = first
    while next < limit {
      if bytes[next] == .colon, isBlank(next + 1) { return false }
      next += 1
    }
    return true
  }

  private func hasOpenExpression(_ text: Range<Int>) -> Bool {
    var depth = 0
    var next = text.lowerBound
    while next < text.upperBound {
      if depth == 0, bytes[next] == .dollar, next + 1 < text.upperBound,
        bytes[next + 1] == .openBrace
      {
        depth = 1
        next += 1
      } else if depth > 0, bytes[next] == .openBrace {
        depth += 1
      } else if depth > 0, bytes[next] == .closeBrace {
        depth -= 1
      }
      next += 1
    }
    return depth > 0
  }

  /// Where a plain text ends on its line: before a comment and blanks.
  private func plainEnd(_ start: Int) -> Int {
    let limit = lineEnd(start)
    var end = limit
    var next = start + 1
    while next < limit {
      if bytes[next] == .hash, isSpace(next - 1) {
        end = next
        break
      }
      next += 1
    }
    while end > start, isSpace(end - 1) { end -= 1 }
    return end
  }
}
